/// A deployment in the snapshot: what its system says, and what pitwall knows beside it.
public struct DeploymentState: Equatable, Sendable, Identifiable {
    public var deployment: Deployment
    /// When that was read, and whether it is too old to trust.
    public var seenAt: Timestamp
    public var isStale: Bool
    /// The newest first; nil until they were read. They are read when somebody looks, and when something changed.
    public var revisions: [Revision]?
    /// What differs from each revision to the one before it, where that was asked for.
    public var changes: [RevisionID: [SpecChange]]
    public var readiness: Readiness?
    /// Its rollout while one runs: events, and how far it is, 0...1, with the seconds it may take yet.
    public var view: RolloutView?
    public var progress: Double?
    public var secondsLeft: Double?
    /// The operation that is under way on it, by id.
    public var operation: String?
    /// The newest verification.
    public var proof: Proof?
    /// Bad versions that it serves again, in words.
    public var quarantine: [String]
    /// What is advised for its canary, and why.
    public var advice: CanaryAdvice?
    /// When the automatic guard will roll back unless a person says no; nil: it is not about to.
    public var guardDue: Timestamp?
    public var id: DeploymentID { deployment.id }

    public init(
        _ deployment: Deployment, seenAt: Timestamp, isStale: Bool = false, revisions: [Revision]? = nil,
        changes: [RevisionID: [SpecChange]] = [:], readiness: Readiness? = nil, view: RolloutView? = nil,
        progress: Double? = nil, secondsLeft: Double? = nil, operation: String? = nil, proof: Proof? = nil,
        quarantine: [String] = [], advice: CanaryAdvice? = nil, guardDue: Timestamp? = nil
    ) {
        (self.deployment, self.seenAt, self.isStale, self.revisions) = (deployment, seenAt, isStale, revisions)
        (self.changes, self.readiness, self.view, self.progress) = (changes, readiness, view, progress)
        (self.secondsLeft, self.operation, self.proof) = (secondsLeft, operation, proof)
        (self.quarantine, self.advice, self.guardDue) = (quarantine, advice, guardDue)
    }
}

/// Whether an operation helped, from what was seen before and after it. The test may be looked at at any time: its
/// p-value is valid whenever one stops.
public struct Proof: Equatable, Codable, Sendable {
    public enum Verdict: String, Codable, Sendable, CaseIterable {
        case recovered, notRecovered, notEnoughData
        /// It is still being looked at.
        case open
        public var word: String {
            switch self {
            case .recovered: "RECOVERED"
            case .notRecovered: "NOT RECOVERED"
            case .notEnoughData: "NOT ENOUGH DATA"
            case .open: "verifying"
            }
        }
    }
    /// One measure before and after.
    public struct Evidence: Equatable, Codable, Sendable {
        /// `error ratio`, `TTFT p95`, `drift`, `share good`.
        public var name: String
        public var before: Double?
        public var after: Double?
        /// How many requests, probes or labels stand behind each.
        public var countBefore: Int
        public var countAfter: Int
        /// What the level was in calm times, or is promised.
        public var expected: Double?
        /// Always-valid; nil where only shown.
        public var pValue: Double?
        public var words: String
        public init(
            _ name: String, before: Double?, after: Double?, countBefore: Int = 0, countAfter: Int = 0,
            expected: Double? = nil, pValue: Double? = nil, words: String = ""
        ) {
            (self.name, self.before, self.after) = (name, before, after)
            (self.countBefore, self.countAfter, self.expected) = (countBefore, countAfter, expected)
            (self.pValue, self.words) = (pValue, words)
        }
    }
    /// The operation's id.
    public var operation: String
    public var deployment: DeploymentID
    public var model: ModelName?
    public var verdict: Verdict
    public var evidence: [Evidence]
    public var startedAt: Timestamp
    /// When the rollout was seen to be complete.
    public var rolledOutAt: Timestamp?
    public var decidedAt: Timestamp?
    /// Why it is what it is, in a line.
    public var words: String
    public init(
        operation: String, deployment: DeploymentID, model: ModelName? = nil, verdict: Verdict = .open,
        evidence: [Evidence] = [], startedAt: Timestamp, rolledOutAt: Timestamp? = nil, decidedAt: Timestamp? = nil,
        words: String = ""
    ) {
        (self.operation, self.deployment, self.model, self.verdict) = (operation, deployment, model, verdict)
        (self.evidence, self.startedAt, self.rolledOutAt) = (evidence, startedAt, rolledOutAt)
        (self.decidedAt, self.words) = (decidedAt, words)
    }
}

/// What comparing a canary with the stable release says.
public struct CanaryAdvice: Equatable, Codable, Sendable {
    public enum Word: String, Codable, Sendable, CaseIterable { case promote, hold, rollback }
    public var word: Word
    public var reasons: [String]
    public init(_ word: Word, reasons: [String]) { (self.word, self.reasons) = (word, reasons) }
}

/// A line of the audit trail. Each holds the hash of the one before, so that a line that was changed or taken out
/// breaks the chain.
public struct AuditEntry: Equatable, Codable, Sendable, Identifiable {
    public var sequence: Int64
    public var at: Timestamp
    /// The user of the operating system, or who was named.
    public var author: String
    /// Who the server says that was; empty where it does not.
    public var identity: String
    /// `acknowledge`, `rollback sent`, `configuration`.
    public var what: String
    /// An alert's fingerprint, an operation's id, a deployment.
    public var subject: String
    /// Why, or what came of it.
    public var detail: String
    /// SHA-256, lower-case hex.
    public var hash: String
    public var id: Int64 { sequence }
    public init(
        sequence: Int64, at: Timestamp, author: String, identity: String = "", what: String, subject: String,
        detail: String, hash: String
    ) {
        (self.sequence, self.at, self.author, self.identity) = (sequence, at, author, identity)
        (self.what, self.subject, self.detail, self.hash) = (what, subject, detail, hash)
    }
}

/// Whether every line of the audit trail still holds the hash of the one before.
public enum AuditChain: Equatable, Sendable {
    /// All of them do: so many lines.
    case whole(entries: Int)
    /// The first line that does not, and what is wrong with it.
    case broken(at: Int64, why: String)
}
