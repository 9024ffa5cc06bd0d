import PitEngine
import PitGrid
import PitModel

/// Queues, rubrics and what was judged, as rows.
enum LabelReport {
    static func queues(_ states: [LabelQueueState]) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "NAME"), .init(key: "title", title: "TITLE", isWide: true),
                .init(key: "rubric", title: "RUBRIC"), .init(key: "items", title: "ITEMS"),
                .init(key: "done", title: "DONE"), .init(key: "own", title: "YOURS"),
                .init(key: "flagged", title: "FLAGGED"), .init(key: "order", title: "ORDER", isWide: true),
                .init(key: "assigned", title: "FOR"), .init(key: "overlap", title: "OVERLAP", isWide: true),
                .init(key: "releases", title: "RELEASES", isWide: true),
                .init(key: "query", title: "QUERY", isWide: true), .init(key: "author", title: "BY", isWide: true),
                .init(key: "created_at", title: "MADE"),
            ],
            rows: states.map { state in
                let queue = state.queue
                return [
                    .text(queue.name), .text(queue.title), .text(queue.rubric), .count(state.total),
                    .count(state.done), .count(state.own), .count(state.flagged), .text(words(queue.order)),
                    .list(queue.assigned), .count(queue.overlap), .list(queue.releases), .text(queue.query.words),
                    .text(queue.author), .time(queue.at),
                ]
            }, emptyText: "there are no queues; make one: pitwall queue create NAME --model MODEL")
    }

    private static func words(_ order: LabelQueue.Order) -> String {
        switch order {
        case .newest: "newest"
        case .random(let seed): "random \(seed)"
        case .uncertainty: "uncertainty"
        case .coverage: "coverage"
        }
    }

    static func labels(_ items: [JudgedItem], author: String?) -> Report {
        Report(
            columns: [
                .init(key: "at", title: "AT"), .init(key: "queue", title: "QUEUE"),
                .init(key: "item", title: "ITEM"), .init(key: "model", title: "MODEL"),
                .init(key: "release", title: "RELEASE"), .init(key: "author", title: "BY"),
                .init(key: "origin", title: "ORIGIN", isWide: true), .init(key: "question", title: "QUESTION"),
                .init(key: "value", title: "VALUE"), .init(key: "comment", title: "COMMENT", isWide: true),
                .init(key: "rubric", title: "RUBRIC", isWide: true), .init(key: "seconds", title: nil),
                .init(key: "text_hash", title: nil), .init(key: "id", title: nil),
            ],
            rows: items.flatMap { item in
                item.judgements.filter { author == nil || $0.author == author }.map { row($0, item) }
            }, emptyText: "nothing is judged yet; begin with: pitwall label")
    }

    private static func row(_ judgement: Judgement, _ item: JudgedItem) -> [Report.Value] {
        let origin =
            switch judgement.origin {
            case .person: "person"
            case .machine(let name): "machine \(name)"
            case .imported(let name): "imported \(name)"
            }
        return [
            .time(judgement.at), .text(judgement.queue), .text(item.id),
            .optional(item.target.model?.description), .optional(item.target.release), .text(judgement.author),
            .text(origin), .text(judgement.question), .optional(judgement.value?.words), .text(judgement.comment),
            .text(judgement.rubric.description), .number(judgement.seconds), .text(item.target.textHash),
            .text(judgement.id),
        ]
    }

    static func rubrics(_ rubrics: [Rubric]) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "NAME"), .init(key: "version", title: "VERSION"),
                .init(key: "title", title: "TITLE"), .init(key: "questions", title: "QUESTIONS"),
                .init(key: "keys", title: "KEYS", isWide: true), .init(key: "blind", title: "BLIND", isWide: true),
                .init(key: "masked", title: "MASKED", isWide: true), .init(key: "guidelines", title: nil),
            ],
            rows: rubrics.map { rubric in
                let keys = rubric.questions.flatMap { question in
                    question.choices.compactMap { choice in choice.key.map { ($0, "\(question.id) \(choice.value)") } }
                        + (question.key.map { [($0, question.id)] } ?? [])
                }
                return [
                    .text(rubric.name), .count(rubric.version), .text(rubric.title),
                    .list(rubric.questions.map(\.id)), .map(Dictionary(keys, uniquingKeysWith: { first, _ in first })),
                    .flag(rubric.isBlind), .flag(rubric.isMasked), .text(rubric.guidelines),
                ]
            }, emptyText: "there are no rubrics")
    }

    static func agreement(_ figures: [LabelAgreement]) -> Report {
        let isOverTime = figures.contains { $0.from != nil }
        return Report(
            columns: [
                .init(key: "question", title: "QUESTION"), .init(key: "measure", title: "MEASURE"),
                .init(key: "people", title: "PEOPLE"), .init(key: "value", title: "VALUE", show: { two($0) }),
                .init(key: "low", title: "LOW", show: { two($0) }),
                .init(key: "high", title: "HIGH", show: { two($0) }),
                .init(key: "items", title: "ITEMS"),
            ] + (isOverTime ? [.init(key: "from", title: "FROM")] : []),
            rows: figures.map { figure in
                [
                    .text(figure.question), .text(figure.measure), .list(figure.people), .optional(figure.value),
                    .optional(figure.low), .optional(figure.high), .count(figure.items),
                ] + (isOverTime ? [figure.from.map { .time($0) } ?? .none] : [])
            }, emptyText: "no item was judged by two people yet: give the queue an overlap of 2")
    }

    static func annotators(_ spans: [AnnotatorSpan]) -> Report {
        Report(
            columns: [
                .init(key: "author", title: "WHO"), .init(key: "from", title: "FROM"),
                .init(key: "items", title: "ITEMS"), .init(key: "seconds", title: "SECONDS", show: { two($0) }),
                .init(key: "good", title: "GOOD", show: { two($0) }),
                .init(key: "with_others", title: "WITH OTHERS", show: { two($0) }),
                .init(key: "gold", title: "GOLD", show: { two($0) }), .init(key: "drift", title: "CHANGED"),
            ],
            rows: spans.map { span in
                [
                    .text(span.author), .time(span.from), .count(span.items), .optional(span.seconds),
                    .optional(span.good), .optional(span.withOthers), .optional(span.gold),
                    .list(span.drift.map { "\($0.name) \(Figures.fixed($0.was, 2)) -> \(Figures.fixed($0.now, 2))" }),
                ]
            }, emptyText: "nobody has judged this queue yet")
    }

    private static func two(_ value: Report.Value) -> String {
        if case .number(let share) = value { Figures.fixed(share, 2) } else { Report.plain(value) }
    }
}
