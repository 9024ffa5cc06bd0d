/// Reads exchanges with models, piece by piece, so that nothing is read twice.
public protocol InteractionReading: Connector {
    /// What came after `cursor`, oldest first; nil begins at the beginning of what is kept there. Gives `limit`
    /// exchanges at most, or a few more where a source tells several at once.
    func readInteractions(after cursor: String?, limit: Int) async throws(ConnectorFault) -> InteractionPage
}

/// A piece of what a source holds.
public struct InteractionPage: Equatable, Sendable {
    public var interactions: [Interaction]
    /// The place to go on at, in the source's own words. It is kept with what was read.
    public var cursor: String
    /// Whether there is more to be had at once.
    public var hasMore: Bool
    /// Lines or entries that could not be understood: skipped, and counted.
    public var badLineCount: Int
    /// The first of them. Their text is left out: it may hold what is not to be kept.
    public var badLines: [BadLine]
    public var warnings: [String]

    public static let badLineLimit = 20

    public init(
        interactions: [Interaction] = [], cursor: String, hasMore: Bool = false, badLineCount: Int = 0,
        badLines: [BadLine] = [], warnings: [String] = []
    ) {
        (self.interactions, self.cursor, self.hasMore) = (interactions, cursor, hasMore)
        (self.badLineCount, self.badLines, self.warnings) = (badLineCount, badLines, warnings)
    }

    /// Counts an entry that could not be understood.
    public mutating func skip(_ number: Int, _ reason: String) {
        badLineCount += 1
        if badLines.count < Self.badLineLimit {
            badLines.append(BadLine(number: number, reason: reason, excerpt: ""))
        }
    }
}

extension Interaction {
    /// The attribute that says how many bytes a text had before it was cut.
    public static let cutAttribute = "pitwall.cut_from_bytes"

    /// Bytes of text that it had before it was cut to what is kept; nil when all of it is there.
    public var cutFrom: Int? {
        guard case .number(let bytes) = attributes[Self.cutAttribute], bytes.isFinite, bytes >= 0, bytes < 1e15 else {
            return nil
        }
        return Int(bytes)
    }

    /// UTF-8 bytes of all that was said.
    public var textBytes: Int { messages.reduce(response?.utf8.count ?? 0) { $0 + $1.text.utf8.count } }

    /// Cuts the texts so that none takes more than `limit` bytes, and says so in an attribute.
    public mutating func cut(to limit: Int) {
        let before = textBytes
        for index in messages.indices { messages[index].text = messages[index].text.prefix(bytes: limit) }
        response = response?.prefix(bytes: limit)
        if textBytes < before { attributes[Self.cutAttribute] = .number(Double(cutFrom ?? before)) }
    }
}

extension String {
    /// As many whole characters of it as fit in so many bytes.
    public func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit))
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
