/// A version's review as a screen shows it.
public struct ReviewPage: Equatable, Sendable {
    /// Nil where the version could not be read, and `fault` says why.
    public var dossier: Dossier?
    public var fault: String?
    public var hint: String
    /// Decisions that the registry was not told of yet.
    public var untold: Int
    public init(_ dossier: Dossier, untold: Int = 0) {
        (self.dossier, fault, hint, self.untold) = (dossier, nil, "", untold)
    }
    public init(fault: String, hint: String) { (self.fault, self.hint, untold) = (fault, hint, 0) }
}

/// What a person wants to decide about a version.
public struct ReviewDraft: Equatable, Sendable {
    public var kind: ReviewFact.Kind
    public var version: ModelVersionID
    /// The requirement of a waiver.
    public var subject: String
    public var reason: String
    /// Seconds from now until a waiver ends.
    public var span: Double?
    public init(
        _ kind: ReviewFact.Kind, _ version: ModelVersionID, subject: String = "", reason: String, span: Double? = nil
    ) {
        (self.kind, self.version, self.subject, self.reason, self.span) = (kind, version, subject, reason, span)
    }
}
