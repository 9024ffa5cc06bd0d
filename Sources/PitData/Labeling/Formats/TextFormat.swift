import PitModel

/// Whole conversations as one text each, under a model's chat template: for trainers that take nothing but text.
public struct TextFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "text",
        summary: "whole conversations as one text each, under a chat template",
        parts: [.init(name: "text", suffix: "jsonl", framing: .lines)],
        isTable: true, tasks: ["text-generation"], tags: ["sft"])

    private let template: ChatTemplate

    public init(_ options: LabelExportOptions) { template = options.template }

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let prompt = item.prompt
        guard !prompt.isEmpty else { return sink.leave(.noPrompt) }
        for answer in item.goodAnswers(sink.leave) {
            let messages = prompt.map { (role: $0.role, text: $0.text) } + [(role: "assistant", text: answer)]
            guard let text = template.text(messages) else {
                sink.leave(.noTemplate)
                continue
            }
            try sink.row { row in
                row.raw("{\"text\":")
                row.string(text)
                row.byte(0x7D)
            }
        }
    }
}
