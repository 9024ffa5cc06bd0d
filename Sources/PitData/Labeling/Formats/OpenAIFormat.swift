import PitModel

/// OpenAI's files for fine-tuning: conversations that end with a good answer, and preferences.
public struct OpenAIFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "openai",
        summary: "OpenAI fine-tuning: chat (messages) and preference (input, preferred_output, non_preferred_output)",
        parts: [
            .init(name: "chat", suffix: "jsonl", framing: .lines),
            .init(name: "preference", suffix: "jsonl", framing: .lines),
        ],
        isTable: true, tasks: ["text-generation"], tags: ["openai", "fine-tuning"])

    public init(_ options: LabelExportOptions) {}

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let prompt = item.prompt
        guard let last = prompt.last else { return sink.leave(.noPrompt) }
        guard !prompt.contains(where: { $0.role == "tool" }) else { return sink.leave(.toolMessages) }
        guard last.role != "assistant" else { return sink.leave(.endsWithAnswer) }
        var reasons: [LeftOut.Reason] = []
        let good = item.goodAnswers { reasons.append($0) }
        let pairs = item.pairs { reasons.append($0) }
        // An item has its place in one of the two, seldom in both.
        if good.isEmpty, pairs.isEmpty {
            let telling = reasons.filter { $0 != .unjudged }
            (telling.isEmpty ? [.unjudged] : telling).forEach(sink.leave)
        }
        for answer in good {
            try sink.row(0) { row in
                row.raw("{\"messages\":[")
                row.messages(prompt)
                row.byte(0x2C)
                row.message("assistant", answer)
                row.raw("]}")
            }
        }
        for pair in pairs {
            try sink.row(1) { row in
                row.raw("{\"input\":{\"messages\":[")
                row.messages(prompt)
                row.raw("]},\"preferred_output\":")
                row.answer(pair.chosen)
                row.raw(",\"non_preferred_output\":")
                row.answer(pair.rejected)
                row.byte(0x7D)
            }
        }
    }
}
