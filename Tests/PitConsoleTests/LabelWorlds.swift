import PitConsole
import PitGrid
import PitModel

/// Queues, pages and rubrics as a store would give them.
enum LabelWorlds {
    static let thumbs = Rubric(
        name: "thumbs", title: "Thumbs", guidelines: "Good: it answers what was asked.\nBad: it does not.",
        questions: [
            RubricQuestion(
                "thumbs", title: "Is the answer good?",
                kind: .choice([
                    RubricChoice("good", key: "k", isGood: true), RubricChoice("bad", key: "d", isGood: false),
                ])),
            RubricQuestion(
                "why", title: "What is wrong?",
                kind: .choices([RubricChoice("wrong"), RubricChoice("rude", key: "s"), RubricChoice("long")]),
                isRequired: false, condition: .init(question: "thumbs", values: ["bad"])),
            RubricQuestion("fixed", title: "Correction", kind: .correction, isRequired: false, key: "e"),
        ], isMasked: true)
    static let stars = Rubric(
        name: "stars", title: "Stars",
        questions: [
            RubricQuestion("stars", title: "How good is it?", kind: .rating(from: 1, to: 5)),
            RubricQuestion("note", title: "Note", kind: .text),
            RubricQuestion("spans", title: "Wrong pieces", kind: .spans([RubricChoice("wrong")]), isRequired: false),
        ])
    static let pair = Rubric(
        name: "pair", title: "Pair",
        questions: [RubricQuestion("better", title: "Which is better?", kind: .preference)],
        isBlind: true)

    static let failures = Rubric(
        name: "failures", title: "Failures",
        questions: [
            RubricQuestion(
                "failure", title: "What is wrong?",
                kind: .choice([
                    RubricChoice("none", title: "Nothing", key: "n", isGood: true),
                    RubricChoice(
                        "refusal", title: "Refused", key: "r", isGood: false,
                        below: [RubricChoice("right", title: "Rightly", key: "r"), RubricChoice("evasive", key: "e")]),
                    RubricChoice("error", title: "Error", key: "e", isGood: false),
                ])),
            RubricQuestion("comment", title: "Why?", kind: .text, isRequired: false, key: "c"),
        ])

    static let marked = Rubric(
        name: "marked", title: "Marked",
        questions: [
            RubricQuestion(
                "marked", title: "What is wrong where?",
                kind: .spans([
                    RubricChoice("wrong", title: "Wrong", key: "1"), RubricChoice("unsafe", title: "Unsafe", key: "2"),
                ]), key: "m"),
            RubricQuestion("comment", title: "Why?", kind: .text, isRequired: false, key: "c"),
        ])
    static let order = Rubric(
        name: "order", title: "Order",
        questions: [RubricQuestion("order", title: "In which order?", kind: .ranking(3))], isBlind: true)

    static func queue(_ rubric: Rubric) -> LabelQueue {
        LabelQueue(name: "q-\(rubric.name)", rubric: rubric.name, author: "ana", at: noon)
    }

    static let world: Snapshot = {
        var world = Worlds.healthy
        world.queues = [thumbs, stars, pair].enumerated().map { place, rubric in
            LabelQueueState(
                queue(rubric), total: 120, done: 40 - place, own: 30 + place, flagged: place,
                agreement: place == 0 ? AgreementFigure("krippendorff_alpha", 0.71, low: 0.6, high: 0.8, n: 40) : nil)
        }
        return world
    }()

    static func item(_ number: Int, order: [Int] = [0]) -> LabelItem {
        let answers = [
            "Order \(number): the second charge is being returned; write to ana@example.com. \u{1B}[31m東京",
            "No.", "Which card was it?",
        ]
        let email = KeptFinding(
            Finding(
                detector: "pii", kind: "email", owasp: "LLM02", side: .response, range: 55..<70, evidence: "a**@e**"))
        return LabelItem(
            id: "log/\(number)",
            target: JudgedTarget(
                connection: ConnectionName("log"), interaction: "\(number)", model: ModelName("support-chat"),
                release: "r14", at: noon.advanced(by: -Double(number)), textHash: "",
                messages: [
                    .init("system", "You help customers of a shop.\nBe brief.\nBe kind.\nBe right.\nBe done."),
                    .init("user", "My card was charged twice for order \(number)."),
                ], answers: Array(answers.prefix(order.count)),
                sources: order.count > 1 ? ["support-chat r14", "support-chat r13", "bo"] : []),
            order: order, findings: [email])
    }

    static func page(_ rubric: Rubric, from: Int = 1, order: [Int] = [0]) -> LabelPage {
        var page = LabelPage(
            queue: queue(rubric), rubric: rubric, author: "ana",
            items: (from..<from + 4).map { item($0, order: order) }, total: 120)
        (page.judged, page.skipped, page.flagged, page.canUndo, page.sitting) = (from - 1, 2, 1, from > 1, from - 1)
        page.activeSeconds = Double(from - 1) * 4
        if from > 1 { page.latest = item(from - 1, order: order) }
        page.agreement = AgreementFigure("krippendorff_alpha", 0.71, low: 0.6, high: 0.8, n: 40)
        page.evidence = LabelEvidence(
            arms: [.init("r14", good: 20, bad: 4), .init("r13", good: 15, bad: 9)], needed: 62,
            words: "62 per arm tell 10 % from 30 % bad", isDecided: false)
        return page
    }

    static func desk(
        _ rubric: Rubric, order: [Int] = [0], size: Size = Size(120, 36),
        settings: ConsoleSettings = ConsoleSettings(author: "ana")
    ) -> Harness {
        var harness = Harness(
            world, screen: "label", subject: "q-\(rubric.name)", size: size, settings: settings)
        harness.send(.labelPage(page(rubric, order: order)))
        harness.effects = []
        return harness
    }
}

extension LabelItem {
    func answered(_ question: String, _ value: JudgedValue) -> LabelItem {
        var item = self
        item.own[question] = Judgement(
            id: "j", at: noon, author: "ana", queue: "q", item: id, rubric: .init("r", version: 1), question: question,
            value: value)
        return item
    }
}
