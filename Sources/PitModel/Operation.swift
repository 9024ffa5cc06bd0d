/// What can be asked of a server.
public enum OperationVerb: String, Codable, Sendable, CaseIterable {
    case createSilence, extendSilence, expireSilence
    /// Whatever is asked of a deployment: which of its verbs, the plan says.
    case deploy
}

/// A request, with all it needs to be sent, shown, and sent again by a person who reads the journal.
public enum OperationRequest: Equatable, Codable, Sendable {
    case createSilence(SilenceDraft)
    case extendSilence(Silence, until: Timestamp)
    case expireSilence(id: String)
    case deploy(DeploymentPlan)

    /// What is asked for, in a word: `rollback`, `createSilence`.
    public var word: String {
        if case .deploy(let plan) = self { plan.request.verb.rawValue } else { verb.rawValue }
    }

    /// What is to be done with a deployment; nil of anything else.
    public var plan: DeploymentPlan? { if case .deploy(let plan) = self { plan } else { nil } }

    public var verb: OperationVerb {
        switch self {
        case .createSilence: .createSilence
        case .extendSilence: .extendSilence
        case .expireSilence: .expireSilence
        case .deploy: .deploy
        }
    }
}

/// Something a person asks of a server. It is journalled before it is sent, and closed by what is seen afterwards.
public struct Operation: Equatable, Codable, Sendable, Identifiable {
    /// A UUID in lower case.
    public var id: String
    public var connection: ConnectionName
    public var request: OperationRequest
    public var author: String
    public var reason: String
    public var at: Timestamp
    public var expectation: Expectation
    public init(
        id: String, connection: ConnectionName, request: OperationRequest, author: String, reason: String,
        at: Timestamp, expecting expectation: Expectation
    ) {
        (self.id, self.connection, self.request, self.author) = (id, connection, request, author)
        (self.reason, self.at, self.expectation) = (reason, at, expectation)
    }
}

/// A checkable claim about a later snapshot. It is data, so that a restart can check it again.
public enum Expectation: Equatable, Codable, Sendable {
    /// A silence with these matchers, active or pending, that ends no earlier (within two seconds).
    case silenced(connection: ConnectionName, matchers: [Matcher], until: Timestamp)
    case silenceExpired(connection: ConnectionName, id: String)
    /// What a plan expects of its deployment; held against the deployment, not against silences.
    case deployed(DeploymentID, DeploymentExpectation)

    public func verdict(in silences: [Silence]) -> Verdict {
        switch self {
        case .silenced(let connection, let matchers, let until):
            silences.contains {
                $0.connection == connection && $0.state != .expired && $0.endsAt >= until.advanced(by: -2)
                    && Set($0.matchers) == Set(matchers)
            } ? .met : .unmet
        case .silenceExpired(let connection, let id):
            silences.contains { $0.connection == connection && $0.id == id && $0.state != .expired } ? .unmet : .met
        case .deployed: .unknown
        }
    }
}

public enum Verdict: String, Codable, Sendable { case met, unmet, unknown }

/// A line of the write-ahead journal.
public struct JournalEntry: Equatable, Codable, Sendable {
    public enum Stage: String, Codable, Sendable, CaseIterable {
        /// On disk, not sent yet.
        case recorded
        /// On disk, and held until somebody else has approved it.
        case awaiting
        /// A second person has approved it; not sent yet.
        case approved
        /// Sent, no answer yet; after a crash its outcome is unknown until something is seen.
        case sent
        /// The server accepted it. That is not yet success.
        case acknowledged
        /// Its effect was seen.
        case verified
        /// The opposite of its effect was seen.
        case contradicted
        /// Nothing was seen in the time given.
        case unverified
        /// The server refused it, or it could not be sent.
        case refused
        /// It was broken off, and is known not to have been done: a person finishes or abandons it.
        case halted
        /// A person gave it up.
        case abandoned

        /// Whether nothing more will become of it.
        public var isFinal: Bool {
            switch self {
            case .recorded, .awaiting, .approved, .sent, .acknowledged, .halted: false
            case .verified, .contradicted, .unverified, .refused, .abandoned: true
            }
        }
    }
    public var operation: Operation
    public var stage: Stage
    public var at: Timestamp
    public var detail: String
    public init(_ operation: Operation, stage: Stage, at: Timestamp, detail: String = "") {
        (self.operation, self.stage, self.at, self.detail) = (operation, stage, at, detail)
    }
}

/// Something a person did that needs no server: kept in state.db, synced before it is shown as done.
public struct Act: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case acknowledge, unacknowledge
        /// The text names who has it, where that is not the author.
        case claim, unclaim
        case note
        /// The alert was of no use this time; and not so, after all.
        case noise, notNoise
        /// A silence that pitwall itself holds: the subject is its id, the text the silence as JSON. And its end.
        case silence, unsilence
    }
    public var at: Timestamp
    public var author: String
    public var kind: Kind
    /// The alert's fingerprint.
    public var subject: String
    public var text: String
    public init(at: Timestamp, author: String, kind: Kind, subject: String, text: String = "") {
        (self.at, self.author, self.kind, self.subject, self.text) = (at, author, kind, subject, text)
    }
}
