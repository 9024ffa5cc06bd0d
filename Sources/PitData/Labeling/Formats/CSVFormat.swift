import PitModel

/// A row per judgement (RFC 4180), for spreadsheets and for `pitwall agreement`; `pitwall import labels` reads it back.
public struct CSVFormat: LabelFormat {
    private static let columns = [
        "item", "queue", "connection", "interaction", "model", "release", "exchanged_at", "judged_at", "author",
        "origin", "rubric", "rubric_version", "question", "kind", "value", "comment", "seconds", "text_hash", "prompt",
        "response", "messages", "answers",
    ]
    public static let about = LabelFormatInfo(
        id: "csv", summary: "a row per judgement, everybody's",
        parts: [
            .init(
                name: "judgements", suffix: "csv",
                framing: .init(head: columns.joined(separator: ",") + "\r\n", between: "\r\n", tail: "\r\n"))
        ],
        isTable: true, tasks: ["text-classification"], tags: [])

    public init(_ options: LabelExportOptions) {}

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let (target, judged) = (item.target, item.item)
        guard !judged.judgements.isEmpty else { return sink.leave(.unjudged) }
        let messages = Self.json { row in
            row.byte(0x5B)
            row.messages(target.messages)
            row.byte(0x5D)
        }
        let answers = Self.json { $0.strings(target.answers) }
        let prompt = target.messages.last { $0.role == "user" }?.text ?? target.messages.last?.text ?? ""
        for judgement in judged.judgements {
            guard let value = judgement.value else { continue }
            let (kind, text) = Self.words(value)
            let fields = [
                judged.id, judged.queue, target.connection.description, target.interaction,
                target.model?.description ?? "", target.release ?? "", target.at.rfc3339, judgement.at.rfc3339,
                judgement.author, Self.origin(judgement.origin), judgement.rubric.name, "\(judgement.rubric.version)",
                judgement.question, kind, text, judgement.comment, "\(judgement.seconds)", target.textHash, prompt,
                target.answers.first ?? "", messages, answers,
            ]
            try sink.row { row in
                for (place, field) in fields.enumerated() {
                    if place > 0 { row.byte(0x2C) }
                    row.csv(field)
                }
            }
        }
    }

    private static func json(_ write: (inout JSONBytes) -> Void) -> String {
        var bytes = JSONBytes(capacity: 1024)
        write(&bytes)
        return bytes.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func origin(_ origin: JudgementOrigin) -> String {
        switch origin {
        case .person: "person"
        case .machine(let name): "machine \(name)"
        case .imported(let name): "imported \(name)"
        }
    }

    /// A value's kind, and the value: what is more than a word or a number as JSON.
    static func words(_ value: JudgedValue) -> (kind: String, text: String) {
        switch value {
        case .choice(let word): ("choice", word)
        case .choices(let words): ("choices", json { $0.strings(words) })
        case .number: ("number", value.words)
        case .text(let text): ("text", text)
        case .correction(let text): ("correction", text)
        case .preference(let preference): ("preference", preference.rawValue)
        case .ranking(let places): ("ranking", "[" + places.map { "\($0)" }.joined(separator: ",") + "]")
        case .spans(let spans): ("spans", json { Self.write(spans, &$0) })
        }
    }

    private static func write(_ spans: [JudgedSpan], _ row: inout JSONBytes) {
        row.byte(0x5B)
        for (place, span) in spans.enumerated() {
            if place > 0 { row.byte(0x2C) }
            row.raw("{\"start\":")
            row.integer(span.start)
            row.raw(",\"end\":")
            row.integer(span.end)
            row.raw(",\"tag\":")
            row.string(span.tag)
            row.byte(0x7D)
        }
        row.byte(0x5D)
    }
}

extension JSONBytes {
    /// A field of CSV, in quotes where it must be. A spreadsheet takes what begins as a formula does for one: such a text
    /// gets an apostrophe before it.
    mutating func csv(_ field: String) {
        let first = field.utf8.first
        let isFormula =
            first.map { [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x27].contains($0) } == true && Double(field) == nil
        guard isFormula || field.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            return copy(field)
        }
        byte(0x22)
        if isFormula { byte(0x27) }
        for each in field.utf8 {
            if each == 0x22 { byte(0x22) }
            byte(each)
        }
        byte(0x22)
    }
}
