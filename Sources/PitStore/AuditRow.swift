public import PitModel

/// One line of the audit trail: who did what to what, and when.
public struct AuditRow: Equatable, Sendable {
    public var at: Timestamp
    public var author: String
    /// `acknowledge`, `createSilence sent`.
    public var what: String
    /// An alert's fingerprint, or an operation's id.
    public var subject: String
    public var detail: String
}
