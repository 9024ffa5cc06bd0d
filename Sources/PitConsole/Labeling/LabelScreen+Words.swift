import PitGrid
import PitModel

extension LabelScreen {
    /// Asks for an answer in words: of a correction the answer is given, to be changed.
    func askWords(_ question: RubricQuestion, _ world: World) -> [Effect] {
        guard let item = item(world) else { return [] }
        let isCorrection = if case .correction = question.kind { true } else { false }
        if isCorrection, masks(world) {
            return [.toast(Notice(.warn, "private words are starred out: v shows them"))]
        }
        var value = ""
        switch item.values[question.id] {
        case .text(let text)?, .correction(let text)?: value = text
        default: if isCorrection { value = shownAnswers(item).first?.text ?? "" }
        }
        guard value.utf8.count <= TextAreaState.limit else {
            let words = "it is too long to be changed here: write it in a file, then `pitwall import labels FILE`"
            return [.toast(Notice(.warn, words))]
        }
        return [
            .ask(
                Question(
                    questionID("words:\(question.id)", world), title: question.title,
                    body: isCorrection ? ["Change it to what it should have been."] : [],
                    fields: [
                        .init(
                            "text", isCorrection ? "" : "answer", value: value, isRequired: true,
                            lines: isCorrection ? .several : .growing)
                    ], verb: "Keep"))
        ]
    }

    /// Names what is asked and of which item, so that no answer goes to another.
    func questionID(_ asked: String, _ world: World) -> String { "\(asked)\n\(item(world)?.id ?? "")" }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        if question == "new" { return createQueue(values, world) }
        let text = values["text"] ?? ""
        let parts = question.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1] == item(world)?.id else {
            return [.toast(Notice(.warn, "another exchange is shown by now: esc leaves this"))]
        }
        switch parts[0] {
        case "flag": return act(.mark(LabelMark(.flagged, text: text)), world)
        case "comment":
            guard !sights.isEmpty else { return [] }
            sights[0].comment = text
            // One that was judged is judged again, the comment with it; else it waits for the judgement.
            let own = item(world)?.values ?? [:]
            return own.isEmpty ? [] : judge(own.mapValues { Optional($0) }, world)
        default:
            guard let asked = asked(world).first(where: { "words:\($0.id)" == parts[0] }) else { return [] }
            if case .correction = asked.kind { return judge([asked.id: .correction(text)], world) }
            return judge([asked.id: .text(text)], world)
        }
    }

    static func newQueue(_ world: World) -> Question {
        let which: [Question.Field] = [
            .init("model", "model", choices: [""] + world.snapshot.models.prefix(40).map(\.name.description)),
            .init("text", "text", placeholder: "somewhere in what was said"),
            .init("finding", "finding", placeholder: "a detector, as pii or pii/email"),
            .init("feedback", "users said", choices: [""] + LabelQueue.Feedback.allCases.map(\.rawValue)),
        ]
        return QueueQuestion.ask(
            "new", title: "New queue", body: "Exchanges that are kept and fit are queued; empty lines do not matter.",
            which: which)
    }

    private func createQueue(_ values: [String: String], _ world: World) -> [Effect] {
        let query = InteractionQuery(
            model: QueueQuestion.value("model", values).map { ModelName($0) },
            finding: QueueQuestion.value("finding", values), text: QueueQuestion.value("text", values))
        return QueueQuestion.create(values, of: query, world)
    }
}
