/// All that is known of a version at one moment: what requirements are held against, and what a report tells. What was
/// not looked at is nil, and is not the same as nothing found.
public struct ReviewEvidence: Equatable, Sendable {
    /// Findings of one detector's kind in exchanges with the model.
    public struct FindingCount: Equatable, Codable, Sendable {
        /// `pii/email`.
        public var kind: String
        /// Those that nobody called false.
        public var open: Int
        /// Those of them that somebody called true.
        public var confirmed: Int
        public var dismissed: Int
        public init(kind: String, open: Int, confirmed: Int, dismissed: Int) {
            (self.kind, self.open, self.confirmed, self.dismissed) = (kind, open, confirmed, dismissed)
        }
    }

    /// A run of an evaluation with the systems of it that are this version.
    public struct VersionRun: Equatable, Sendable {
        public var run: EvaluationRun
        public var systems: [String]
        public init(_ run: EvaluationRun, systems: [String]) { (self.run, self.systems) = (run, systems) }

        /// The thresholds' word on these systems alone; nil where no threshold is about them.
        public var outcome: EvaluationVerdict.Outcome? {
            run.verdict.flatMap {
                EvaluationVerdict(lines: $0.lines.filter { systems.contains($0.system) }).outcome
            }
        }
        public var finishedAt: Timestamp? { if case .finished(let at) = run.state { at } else { nil } }
    }

    public var card: ModelVersionCard
    public var at: Timestamp
    /// The served model that it belongs to, by the configuration or a deployment; nil: none is known.
    public var model: ModelName?
    /// Names under which exchanges and judgements know the version: `v3`, `r14`.
    public var releases: [String]
    /// Who asks for the promotion; nil where nobody does.
    public var requester: String?
    /// What people decided, oldest first, those of other places included.
    public var facts: [ReviewFact]
    /// Facts that the registry was not told of yet.
    public var untold = 0
    /// Runs of evaluations that are about this version, the newest first.
    public var runs: [VersionRun] = []
    public var quality: [LabelQuality] = []
    public var wins: [LabelWinRate] = []
    /// Alerts of the model that fire; nil where the model is not known.
    public var alerts: [AlertState]?
    /// Whether anything could tell of an alert: the model is measured, or a connection reads alerts.
    public var isWatched = true
    /// Connections of alerts that cannot be read now.
    public var deaf: [ConnectionName] = []
    /// Of the last `findingSpan` seconds; nil where the model is not known.
    public var findings: [FindingCount]?
    /// Exchanges of the model that are kept of that time.
    public var exchanges = 0
    public var drift: ModelDrift?
    /// Judged answers of this version, for those who compare groups; at most `mostOutcomes`.
    public var outcomes: [JudgedOutcome] = []
    /// Groups of attributes beside each other: of judged answers, then as a service publishes them.
    public var bias: [GroupBias] = []
    /// Deployments that serve it now.
    public var serving: [Deployment] = []
    public var quarantined: [QuarantinedVersion] = []

    /// Seconds of exchanges in which findings are counted.
    public static let findingSpan = 7.0 * 86400
    public static let mostOutcomes = 50_000

    public init(
        card: ModelVersionCard, at: Timestamp, model: ModelName? = nil, releases: [String] = [],
        requester: String? = nil, facts: [ReviewFact] = []
    ) {
        (self.card, self.at, self.model, self.releases) = (card, at, model, releases)
        (self.requester, self.facts) = (requester, facts)
    }

    /// The facts that are about this very version, and not about one of the same number that was deleted.
    public var valid: [ReviewFact] {
        facts.filter { fact in fact.made == nil || card.createdAt == nil || fact.made == card.createdAt }
    }

    /// Each person's latest vote, oldest first.
    public var votes: [ReviewFact] {
        var latest: [String: ReviewFact] = [:]
        for fact in valid where fact.kind.isVote {
            let person = ReviewFact.person(fact.author)
            if let known = latest[person], known.at > fact.at { continue }
            latest[person] = fact
        }
        return latest.values.sorted { ($0.at, $0.author) < ($1.at, $1.author) }
    }

    /// The waivers of a requirement that hold now.
    public func waivers(of requirement: String) -> [ReviewFact] {
        valid.filter { $0.kind == .waive && $0.subject == requirement && ($0.until.map { $0 > at } ?? false) }
    }

    /// That it was retired, unless somebody took that back later.
    public var retirement: ReviewFact? {
        let last = valid.filter { $0.kind == .retire || $0.kind == .reinstate }.max { $0.at < $1.at }
        return last?.kind == .retire ? last : nil
    }

    /// What people judged of it, most judgements first.
    public var judged: LabelQuality? {
        quality.filter { $0.release.map(releases.contains) ?? false }.max { $0.good + $0.bad < $1.good + $1.bad }
    }
}

/// A version held against its policies.
public struct Review: Equatable, Sendable {
    public var evidence: ReviewEvidence
    /// One each policy that is for the model; empty: there is none.
    public var policies: [PolicyResult]
    public init(_ evidence: ReviewEvidence, policies: [PolicyResult]) {
        (self.evidence, self.policies) = (evidence, policies)
    }
    public var holds: Bool { policies.allSatisfy(\.holds) }
}
