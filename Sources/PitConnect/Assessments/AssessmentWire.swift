import PitModel
import PitParse

/// What MLflow, Phoenix and Langfuse have in common: a judged value as JSON, and what is told beside it as words.
enum AssessmentWire {
    static let keyName = "pitwall.key"
    private static let kindName = "pitwall.kind"
    /// A server's text of at most so many bytes is taken for one of some words.
    private static let wordBytes = 64
    private static let textBytes = 64 << 10
    private static let mostParts = 1000

    /// Whether a text has the form of our keys: 128 bits in hexadecimal.
    static func isKey(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { $0 &- 0x30 <= 9 || $0 &- 0x61 < 6 }
    }

    /// Where an exchange stands at a server of traces: those that were read from spans are named `TRACE/SPAN`.
    static func place(of interaction: String) -> (trace: String, span: String?) {
        guard let slash = interaction.lastIndex(of: "/") else { return (interaction, nil) }
        return (String(interaction[..<slash]), String(interaction[interaction.index(after: slash)...]))
    }

    /// What stands beside the value: our key, what the value is, and what exactly was judged, under which rubric.
    static func metadata(_ change: AssessmentChange) -> [(key: String, value: JSONValue)] {
        let (judgement, target) = (change.judgement, change.target)
        var all: [(key: String, value: JSONValue)] = [
            (keyName, .text(change.key)), ("pitwall.judgement", .text(judgement.id)),
            ("pitwall.rubric", .text(judgement.rubric.description)), ("pitwall.queue", .text(judgement.queue)),
            ("pitwall.text_sha256", .text(target.textHash)), ("pitwall.at", .text(judgement.at.rfc3339)),
        ]
        if let value = judgement.value { all.append((kindName, .text(kind(value)))) }
        if let isGood = change.isGood { all.append(("pitwall.good", .text(isGood ? "true" : "false"))) }
        if target.answers.count > 1, !target.sources.isEmpty {
            all.append(("pitwall.answers_by", .text(target.sources.joined(separator: ", "))))
        }
        return all
    }

    static func kind(_ value: JudgedValue) -> String {
        switch value {
        case .choice: "choice"
        case .choices: "choices"
        case .number: "number"
        case .text: "text"
        case .spans: "spans"
        case .correction: "correction"
        case .preference: "preference"
        case .ranking: "ranking"
        }
    }

    static func json(_ value: JudgedValue) -> JSONValue {
        switch value {
        case .choice(let word): .text(word)
        case .choices(let words): .list(words.map(JSONValue.text))
        case .number(let number): .number(number)
        case .text(let text), .correction(let text): .text(text)
        case .preference(let preference): .text(preference.rawValue)
        case .ranking(let places): .list(places.map { .number(Double($0)) })
        case .spans(let spans):
            .list(
                spans.map { span in
                    .object([
                        ("start", .number(Double(span.start))), ("end", .number(Double(span.end))),
                        ("tag", .text(span.tag)), ("text", .text(span.text)),
                    ])
                })
        }
    }

    /// A value as it was told: by the kind that we wrote beside it, else by its shape. A flag is the word `true` or
    /// `false`; what is neither a word, a number, a text nor a list of words is no judgement that could be compared.
    static func value(_ json: JSONValue?, kind: String?) -> JudgedValue? {
        switch (kind, json) {
        case ("correction"?, .text(let text)?): .correction(text.prefix(bytes: textBytes))
        case ("text"?, .text(let text)?): .text(text.prefix(bytes: textBytes))
        case ("preference"?, .text(let text)?): JudgedValue.Preference(rawValue: text).map(JudgedValue.preference)
        case ("spans"?, .list(let parts)?): .spans(parts.prefix(mostParts).compactMap(span))
        case ("ranking"?, .list(let parts)?):
            .ranking(parts.prefix(mostParts).compactMap { $0.number.flatMap { Int(exactly: $0) } })
        case (_, .flag(let flag)?): .choice(flag ? "true" : "false")
        case (_, .number(let number)?): .number(number)
        case (_, .text(let text)?):
            text.utf8.count <= wordBytes ? .choice(text) : .text(text.prefix(bytes: textBytes))
        case (_, .list(let parts)?) where parts.allSatisfy { $0.text != nil }:
            .choices(parts.prefix(mostParts).compactMap(\.text))
        default: nil
        }
    }

    /// Our key and the kind of value, out of what stands beside it.
    static func marks(_ metadata: JSONValue?) -> (key: String?, kind: String?) {
        (metadata?[keyName]?.text, metadata?[kindName]?.text)
    }

    private static func span(_ json: JSONValue) -> JudgedSpan? {
        guard let start = json["start"]?.number.flatMap({ Int(exactly: $0) }), let tag = json["tag"]?.text,
            let end = json["end"]?.number.flatMap({ Int(exactly: $0) }), 0 <= start, start < end
        else { return nil }
        return JudgedSpan(start, end, tag: tag, text: json["text"]?.text ?? "")
    }
}
