/// What must hold before an alias may move to a version of a model, and who has to agree.
public struct ReviewPolicy: Equatable, Codable, Sendable {
    public var name: String
    /// Registered models that it is for: `support-*`. Empty: all.
    public var models: [String]
    /// The alias that it guards: `production`, `*`.
    public var alias: String
    public var requires: [RequirementSpec]
    /// Who may approve; empty: anybody.
    public var approvers: [String]
    /// How many must.
    public var approvals: Int

    public init(
        name: String, models: [String] = [], alias: String = "*", requires: [RequirementSpec] = [],
        approvers: [String] = [], approvals: Int = 0
    ) {
        (self.name, self.models, self.alias, self.requires) = (name, models, alias, requires)
        (self.approvers, self.approvals) = (approvers, approvals)
    }

    public func isFor(_ model: String) -> Bool {
        models.isEmpty || models.contains { NamePattern.matches($0, model) }
    }
    public func guards(_ alias: String, of model: String) -> Bool {
        isFor(model) && NamePattern.matches(self.alias, alias)
    }
}

/// A requirement as a policy asks for it.
public struct RequirementSpec: Equatable, Codable, Sendable {
    /// Its id in the catalog.
    public var requirement: String
    /// What waivers call it: the id, unless a policy asks for the same twice.
    public var name: String
    public var options: [String: OptionValue]
    public init(_ requirement: String, name: String? = nil, options: [String: OptionValue] = [:]) {
        (self.requirement, self.name, self.options) = (requirement, name ?? requirement, options)
    }
}

/// What a requirement is, for the configuration and the documentation.
public struct RequirementInfo: Equatable, Sendable {
    public var id: String
    public var summary: String
    public var options: [OptionInfo]
    /// The options without which it means nothing.
    public var required: [String]
    public init(id: String, summary: String, options: [OptionInfo] = [], required: [String] = []) {
        (self.id, self.summary, self.options, self.required) = (id, summary, options, required)
    }
}

/// What came of one requirement.
public struct RequirementResult: Equatable, Codable, Sendable {
    public enum Outcome: String, Codable, Sendable {
        case met, missing
        /// It cannot be told; that is not met.
        case unknown
        case waived
    }
    /// As waivers call it.
    public var name: String
    public var outcome: Outcome
    /// What was found, in words.
    public var words: String
    public init(_ name: String, _ outcome: Outcome, _ words: String) {
        (self.name, self.outcome, self.words) = (name, outcome, words)
    }
    public var stands: Bool { outcome == .met || outcome == .waived }
}

/// A version held against one policy.
public struct PolicyResult: Equatable, Codable, Sendable {
    public var policy: ReviewPolicy
    public var results: [RequirementResult]
    public init(_ policy: ReviewPolicy, _ results: [RequirementResult]) {
        (self.policy, self.results) = (policy, results)
    }
    /// What keeps the alias from moving.
    public var missing: [RequirementResult] { results.filter { !$0.stands } }
    public var holds: Bool { missing.isEmpty }
}

/// Review and governance, as configured.
public struct GovernanceSettings: Equatable, Sendable {
    public var policies: [ReviewPolicy] = []
    public init() {}
}
