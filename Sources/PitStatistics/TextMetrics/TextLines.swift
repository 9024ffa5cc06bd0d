/// Segments of text in one buffer: UTF-8, a segment a line.
public struct TextLines: Sendable {
    let bytes: [UInt8]
    /// Where each segment begins and ends.
    let spans: [Range<Int>]

    public var count: Int { spans.count }

    /// The lines of a file: ended by LF, CR LF or CR, as Python reads text. What is no UTF-8 is replaced by U+FFFD.
    public init(splitting raw: [UInt8]) {
        let bytes =
            String(validating: raw, as: UTF8.self) == nil ? Array(String(decoding: raw, as: UTF8.self).utf8) : raw
        var spans: [Range<Int>] = []
        var start = 0
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte == 0x0A || byte == 0x0D {
                spans.append(start..<at)
                if byte == 0x0D, at + 1 < bytes.count, bytes[at + 1] == 0x0A { at += 1 }
                start = at + 1
            }
            at += 1
        }
        if start < bytes.count { spans.append(start..<bytes.count) }
        (self.bytes, self.spans) = (bytes, spans)
    }

    public init(_ segments: [String]) {
        var bytes: [UInt8] = []
        var spans: [Range<Int>] = []
        for segment in segments {
            let start = bytes.count
            bytes.append(contentsOf: segment.utf8)
            spans.append(start..<bytes.count)
        }
        (self.bytes, self.spans) = (bytes, spans)
    }

    public subscript(index: Int) -> ArraySlice<UInt8> { bytes[spans[index]] }

    /// Every segment in lower case, as Unicode's default mapping has it, the final sigma included.
    func lowercased() -> TextLines {
        TextLines(spans.map { PythonText.lowercased(String(decoding: bytes[$0], as: UTF8.self)) })
    }
}

/// What a comparison of two lists of segments is refused for.
public enum TextMetricFault: Error, Equatable, Sendable {
    case unequal(hypotheses: Int, references: Int)
    case noReferences
    case empty

    public var words: String {
        switch self {
        case .unequal(let hypotheses, let references):
            "\(hypotheses) hypotheses, but \(references) references: line N must belong to line N"
        case .noReferences: "there is no reference"
        case .empty: "there is nothing to score"
        }
    }

    static func check(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) {
        guard !references.isEmpty else { throw .noReferences }
        guard hypotheses.count > 0 else { throw .empty }
        for reference in references where reference.count != hypotheses.count {
            throw .unequal(hypotheses: hypotheses.count, references: reference.count)
        }
    }
}
