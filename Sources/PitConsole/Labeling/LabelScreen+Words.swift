import PitGrid
import PitModel

extension LabelScreen {
    /// Bytes that a field of a question holds.
    private static let room = 4000

    /// Asks for an answer in words: of a correction the answer is given, to be changed.
    func askWords(_ question: RubricQuestion, _ world: World) -> [Effect] {
        guard let item = item(world) else { return [] }
        if case .correction = question.kind, masks(world) {
            return [.toast(Notice(.warn, "private words are starred out: v shows them"))]
        }
        var (value, body) = ("", [String]())
        switch item.values[question.id] {
        case .text(let text)?, .correction(let text)?: value = text
        default: if case .correction = question.kind { value = shownAnswers(item).first?.text ?? "" }
        }
        if case .correction = question.kind {
            value = Self.onOneLine(value)
            body = [#"Change it to what it should have been; \n stands for the end of a line."#]
        }
        guard value.utf8.count <= Self.room else {
            let words = "it is too long to be changed here: write it in a file, then `pitwall import labels FILE`"
            return [.toast(Notice(.warn, words))]
        }
        return [
            .ask(
                Question(
                    questionID("words:\(question.id)", world), title: question.title, body: body,
                    fields: [.init("text", "answer", value: value, isRequired: true)], verb: "Keep"))
        ]
    }

    /// Names what is asked and of which item, so that no answer goes to another.
    func questionID(_ asked: String, _ world: World) -> String { "\(asked)\n\(item(world)?.id ?? "")" }

    static func onOneLine(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\r\n", with: "\n").replacing("\n", with: "\\n")
            .replacing("\t", with: "\\t")
    }

    static func onItsLines(_ text: String) -> String {
        var (whole, isEscaped) = ("", false)
        for character in text {
            switch (isEscaped, character) {
            case (false, "\\"): isEscaped = true
            case (false, _): whole.append(character)
            case (true, "n"): (whole, isEscaped) = (whole + "\n", false)
            case (true, "t"): (whole, isEscaped) = (whole + "\t", false)
            case (true, "\\"): (whole, isEscaped) = (whole + "\\", false)
            case (true, _): (whole, isEscaped) = (whole + "\\" + String(character), false)
            }
        }
        return isEscaped ? whole + "\\" : whole
    }

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
            if case .correction = asked.kind { return judge([asked.id: .correction(Self.onItsLines(text))], world) }
            return judge([asked.id: .text(text)], world)
        }
    }

    static func newQueue(_ world: World) -> Question {
        let which: [Question.Field] = [
            .init("model", "model", choices: [""] + world.snapshot.models.prefix(40).map(\.name.description)),
            .init("text", "text", placeholder: "somewhere in what was said"),
            .init("finding", "finding", placeholder: "a detector, as pii or pii/email"),
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
