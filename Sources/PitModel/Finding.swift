/// What a detector found in an exchange. A weak sign, never a verdict by itself.
public struct Finding: Equatable, Codable, Sendable {
    /// Where it was found.
    public enum Side: String, Codable, Sendable, CaseIterable { case prompt, response }

    /// The detector's id, and what of its kinds it is: `pii` and `email`.
    public var detector: String
    public var kind: String
    /// The item of the OWASP Top 10 for LLM applications (2025) that it serves: `LLM01`.
    public var owasp: String
    public var side: Side
    /// The place of the message that it was found in among those sent; nil: in the response, or in no one of them.
    public var message: Int?
    /// UTF-8 offsets into the text that was looked at; empty where it is about the whole of it.
    public var range: Range<Int>
    /// 0...1: how sure the rule is, where it can say.
    public var score: Double
    /// What was seen, in a few words; what is private is starred out.
    public var evidence: String

    public init(
        detector: String, kind: String, owasp: String, side: Side, message: Int? = nil, range: Range<Int> = 0..<0,
        score: Double = 1, evidence: String
    ) {
        (self.detector, self.kind, self.owasp, self.side, self.message) = (detector, kind, owasp, side, message)
        (self.range, self.score, self.evidence) = (range, score, evidence)
    }

    /// The kind of a finding that says that its detector could not look: it counts as none.
    public static let notChecked = "not-checked"
}
