import PitModel

/// TRL's preference type with an explicit prompt, conversational: `prompt`, `chosen`, `rejected`, each a list of messages.
public struct DPOFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "dpo", summary: "TRL preference pairs: prompt, chosen, rejected",
        parts: [.init(name: "preference", suffix: "jsonl", framing: .lines)], isTable: true,
        tasks: ["text-generation"], tags: ["trl", "dpo", "preference"])

    public init(_ options: LabelExportOptions) {}

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let prompt = item.prompt
        guard !prompt.isEmpty else { return sink.leave(.noPrompt) }
        for pair in item.pairs(sink.leave) {
            try sink.row { row in
                row.raw("{\"prompt\":[")
                row.messages(prompt)
                row.raw("],\"chosen\":")
                row.answer(pair.chosen)
                row.raw(",\"rejected\":")
                row.answer(pair.rejected)
                row.byte(0x7D)
            }
        }
    }
}
