public import PitModel

/// Looks for one kind of trouble in an exchange. A weak sign each; people judge.
public protocol Detector: Sendable {
    static var about: DetectorInfo { get }
    init()
    /// What it finds in a text; `text` is UTF-8 and may be anything.
    func findings(in text: String, side: Finding.Side) -> [Finding]
}

/// What a detector is for.
public struct DetectorInfo: Equatable, Sendable {
    public var id: String
    /// The item of the OWASP Top 10 for LLM applications (2025) that it serves.
    public var owasp: String
    public var summary: String
    public init(id: String, owasp: String, summary: String) {
        (self.id, self.owasp, self.summary) = (id, owasp, summary)
    }
}
