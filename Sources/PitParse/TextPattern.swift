/// A regular expression (RE2's syntax) that is looked for anywhere in a text. It runs in time linear in the text.
public struct TextPattern: Sendable {
    public struct Fault: Error, Equatable, Sendable {
        public var summary: String
    }

    private let pattern: AnchoredPattern

    /// - Parameter isWhole: it must match the whole text.
    public init(_ pattern: String, isWhole: Bool = false) throws(Fault) {
        do throws(AnchoredPattern.Fault) {
            // Alone first: a bracket that is not closed is to be told as the pattern's own.
            let own = try AnchoredPattern(pattern)
            self.pattern = isWhole ? own : try AnchoredPattern("(?s:.*)(?:\(pattern))(?s:.*)")
        } catch { throw Fault(summary: error.summary) }
    }

    public func matches(_ text: String) -> Bool { pattern.matches(text) }
}
