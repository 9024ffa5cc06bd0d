import PitModel

/// Label Studio's JSON: a task per item, an annotation per person. Where its parts have no place for something, it is left
/// to keys that Label Studio passes over (`author`, `comment`).
public struct LabelStudioFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "labelstudio", summary: "Label Studio tasks with annotations, everybody's",
        parts: [.init(name: "tasks", suffix: "json", framing: .list)], isTable: true,
        tasks: ["text-classification"], tags: ["label-studio"])

    private let rubrics: [Rubric.Reference: Rubric]

    public init(_ options: LabelExportOptions) {
        rubrics = Dictionary(options.rubrics.map { ($0.reference, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let judgements = item.item.judgements
        guard !judgements.isEmpty else { return sink.leave(.unjudged) }
        var authors: [String] = []
        for judgement in judgements where !authors.contains(judgement.author) { authors.append(judgement.author) }
        try sink.row { row in
            row.raw("{\"data\":")
            data(item, &row)
            row.raw(",\"annotations\":[")
            for (place, author) in authors.enumerated() {
                if place > 0 { row.byte(0x2C) }
                annotation(author, judgements.filter { $0.author == author }, item.target, &row)
            }
            row.raw("]}")
        }
    }

    private func data(_ item: SettledItem, _ row: inout JSONBytes) {
        let target = item.target
        row.raw("{\"item\":")
        row.string(item.item.id)
        row.raw(",\"queue\":")
        row.string(item.item.queue)
        row.raw(",\"connection\":")
        row.string(target.connection.description)
        row.raw(",\"interaction\":")
        row.string(target.interaction)
        row.raw(",\"model\":")
        row.string(target.model?.description)
        row.raw(",\"release\":")
        row.string(target.release)
        row.raw(",\"at\":")
        row.string(target.at.rfc3339)
        row.raw(",\"text_hash\":")
        row.string(target.textHash)
        row.raw(",\"prompt\":")
        row.string(target.messages.last { $0.role == "user" }?.text ?? target.messages.last?.text)
        row.raw(",\"messages\":[")
        row.messages(target.messages)
        row.raw("],\"response\":")
        row.string(target.answers.first)
        row.raw(",\"answers\":")
        row.strings(target.answers)
        row.raw(",\"sources\":")
        row.strings(target.sources)
        row.byte(0x7D)
    }

    private func annotation(
        _ author: String, _ judgements: [Judgement], _ target: JudgedTarget, _ row: inout JSONBytes
    ) {
        row.raw("{\"author\":")
        row.string(author)
        row.raw(",\"created_at\":")
        row.string(judgements.map(\.at).max()?.rfc3339)
        row.raw(",\"lead_time\":")
        row.number(judgements.reduce(0) { $0 + $1.seconds })
        row.raw(",\"was_cancelled\":false,\"ground_truth\":false,\"comment\":")
        row.string(judgements.map(\.comment).first { !$0.isEmpty } ?? "")
        row.raw(",\"result\":[")
        var isFirst = true
        for judgement in judgements {
            for (number, region) in regions(of: judgement, target).enumerated() {
                if !isFirst { row.byte(0x2C) }
                isFirst = false
                row.raw("{\"id\":")
                row.string("\(judgement.id.prefix(8))-\(number)")
                row.raw(",\"from_name\":")
                row.string(judgement.question)
                row.raw(",\"to_name\":")
                row.string(region.to)
                row.raw(",\"type\":")
                row.string(region.type)
                row.raw(",\"origin\":\"manual\",\"value\":")
                region.write(&row)
                row.byte(0x7D)
            }
        }
        row.raw("]}")
    }

    /// A region of Label Studio's: its type, and what writes its value.
    private struct Region {
        var type: String
        var to = "response"
        var write: (inout JSONBytes) -> Void

        init(_ type: String, to: String = "response", _ write: @escaping (inout JSONBytes) -> Void) {
            (self.type, self.to, self.write) = (type, to, write)
        }

        /// `{"choices":["good"]}`
        init(_ type: String, key: String, texts: [String]) {
            self.init(type) { row in
                row.byte(0x7B)
                row.string(key)
                row.byte(0x3A)
                row.strings(texts)
                row.byte(0x7D)
            }
        }
    }

    private func regions(of judgement: Judgement, _ target: JudgedTarget) -> [Region] {
        switch judgement.value {
        case .choice(let word)?: return [Region("choices", key: "choices", texts: [word])]
        case .choices(let words)?: return [Region("choices", key: "choices", texts: words)]
        case .text(let text)?, .correction(let text)?: return [Region("textarea", key: "text", texts: [text])]
        case .number(let number)?:
            let type = isRating(judgement, number) ? "rating" : "number"
            return [
                Region(type) { row in
                    row.byte(0x7B)
                    row.string(type)
                    row.byte(0x3A)
                    row.number(number)
                    row.byte(0x7D)
                }
            ]
        case .preference(let preference)?:
            guard preference == .first || preference == .second else {
                return [Region("choices", key: "choices", texts: [preference.rawValue])]
            }
            return [
                Region("pairwise", to: "answers") { row in
                    row.raw("{\"selected\":")
                    row.string(preference == .first ? "left" : "right")
                    row.byte(0x7D)
                }
            ]
        case .ranking(let places)?:
            return [
                Region("ranker", to: "answers") { row in
                    row.raw("{\"ranker\":{\"rank\":")
                    row.strings(places.map { "answer-\($0 + 1)" })
                    row.raw("}}")
                }
            ]
        case .spans(let spans)?: return spans.map { region(of: $0, in: target.answers.first ?? "") }
        case nil: return []
        }
    }

    private func isRating(_ judgement: Judgement, _ number: Double) -> Bool {
        guard number >= 0, number == number.rounded() else { return false }
        return rubrics[judgement.rubric]?.questions.contains {
            if case .rating = $0.kind { $0.id == judgement.question } else { false }
        } ?? true
    }

    /// A browser counts in UTF-16.
    private func region(of span: JudgedSpan, in response: String) -> Region {
        let (start, end) = (
            TextPlaces.utf16(ofUTF8: span.start, in: response), TextPlaces.utf16(ofUTF8: span.end, in: response)
        )
        return Region("labels") { row in
            row.raw("{\"start\":")
            row.integer(start)
            row.raw(",\"end\":")
            row.integer(end)
            row.raw(",\"text\":")
            row.string(span.text)
            row.raw(",\"labels\":")
            row.strings([span.tag])
            row.byte(0x7D)
        }
    }
}
