import PitModel

/// TRL's unpaired preference type, conversational: `prompt`, `completion`, and a boolean `label`.
public struct KTOFormat: LabelFormat {
    public static let about = LabelFormatInfo(
        id: "kto", summary: "TRL unpaired answers, each good or not: prompt, completion, label",
        parts: [.init(name: "unpaired", suffix: "jsonl", framing: .lines)], isTable: true,
        tasks: ["text-generation"], tags: ["trl", "kto", "unpaired-preference"])

    public init(_ options: LabelExportOptions) {}

    public mutating func add(_ item: SettledItem, to sink: LabelSink) throws(DataFault) {
        let prompt = item.prompt
        guard !prompt.isEmpty else { return sink.leave(.noPrompt) }
        for (answer, label) in answers(item, sink) {
            try sink.row { row in
                row.raw("{\"prompt\":[")
                row.messages(prompt)
                row.raw("],\"completion\":")
                row.answer(answer)
                row.raw(",\"label\":")
                row.flag(label)
                row.byte(0x7D)
            }
        }
    }

    /// Each answer once: the better ones of pairs are good, the worse are not; of one that was judged, what was said of it.
    private func answers(_ item: SettledItem, _ sink: LabelSink) -> [(String, Bool)] {
        var answers: [(String, Bool)] = []
        func add(_ answer: String, _ label: Bool) {
            // Of three that were ranked the middle one is better and worse: it says nothing.
            if let before = answers.firstIndex(where: { $0.0 == answer }) {
                if answers[before].1 != label { answers.remove(at: before) }
            } else {
                answers.append((answer, label))
            }
        }
        if let isGood = item.verdict.value, let answer = item.target.answers.first {
            if answer.isEmpty { sink.leave(.noAnswer) } else { answers.append((answer, isGood)) }
            for text in item.corrections where text != answer && !text.isEmpty { answers.append((text, true)) }
            return answers
        }
        var reasons: [LeftOut.Reason] = []
        let pairs = item.pairs { reasons.append($0) }
        if let reason = item.verdict.reason, pairs.isEmpty { reasons = [reason] }
        reasons.forEach(sink.leave)
        for pair in pairs {
            add(pair.chosen, true)
            add(pair.rejected, false)
        }
        return answers
    }
}
