import PitModel
import PitSafety

/// Takes private text out of everything that is exported of an item; the pieces that were marked stay on their words.
struct ItemRedaction {
    private let redaction: Redaction
    init(_ redaction: Redaction) { self.redaction = redaction }

    func apply(_ item: JudgedItem) -> JudgedItem {
        let before = item.target
        var item = item
        for index in item.target.messages.indices {
            item.target.messages[index].text = redaction.apply(item.target.messages[index].text)
        }
        let responses = item.target.answers
        item.target.answers = responses.map(redaction.apply)
        for index in item.judgements.indices {
            item.judgements[index].comment = redaction.apply(item.judgements[index].comment)
            item.judgements[index].value = item.judgements[index].value.map { apply($0, responses.first ?? "") }
        }
        if item.target != before {
            // It is of what is written.
            item.target.textHash = JudgedText.hash(messages: item.target.messages, answers: item.target.answers)
        }
        return item
    }

    private func apply(_ value: JudgedValue, _ response: String) -> JudgedValue {
        switch value {
        case .text(let text): .text(redaction.apply(text))
        case .correction(let text): .correction(redaction.apply(text))
        case .spans(let spans): .spans(move(spans, in: response))
        case .choice, .choices, .number, .preference, .ranking: value
        }
    }

    private func move(_ spans: [JudgedSpan], in response: String) -> [JudgedSpan] {
        let found = redaction.spans(in: response)
        guard !found.isEmpty else { return spans }
        let redacted = Array(redaction.apply(response).utf8)
        /// Where a place went; one within a private text goes to that one's beginning or end.
        func place(_ offset: Int, isEnd: Bool) -> Int {
            var shift = 0
            for span in found {
                let length = span.kind.rawValue.utf8.count + 2
                if offset >= span.range.upperBound {
                    shift += length - span.range.count
                } else if offset > span.range.lowerBound {
                    return span.range.lowerBound + shift + (isEnd ? length : 0)
                } else {
                    break
                }
            }
            return offset + shift
        }
        return spans.compactMap { span in
            let (start, end) = (place(span.start, isEnd: false), place(span.end, isEnd: true))
            guard start >= 0, start < end, end <= redacted.count else { return nil }
            return JudgedSpan(
                start, end, tag: span.tag, text: String(decoding: redacted[start..<end], as: UTF8.self))
        }
    }
}
