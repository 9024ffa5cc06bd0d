import PitModel

/// TRL's two types for supervised fine-tuning: conversational prompt and completion, and whole conversations.
public struct SFTFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "sft",
        summary: "TRL supervised fine-tuning, as prompt and completion and as messages: corrected or good answers",
        parts: [
            .init(name: "prompt_completion", suffix: "jsonl", framing: .lines),
            .init(name: "messages", suffix: "jsonl", framing: .lines),
        ],
        isTable: true, tasks: ["text-generation"], tags: ["trl", "sft"])

    public init(_ options: LabelExportOptions) {}

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let prompt = item.prompt
        guard !prompt.isEmpty else { return sink.leave(.noPrompt) }
        for answer in item.goodAnswers(sink.leave) {
            try sink.row(0) { row in
                row.raw("{\"prompt\":[")
                row.messages(prompt)
                row.raw("],\"completion\":")
                row.answer(answer)
                row.byte(0x7D)
            }
            try sink.row(1) { row in
                row.raw("{\"messages\":[")
                row.messages(prompt)
                row.byte(0x2C)
                row.message("assistant", answer)
                row.raw("]}")
            }
        }
    }
}
