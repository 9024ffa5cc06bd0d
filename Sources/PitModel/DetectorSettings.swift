/// What detectors are told by the configuration.
public struct DetectorSettings: Equatable, Sendable {
    /// The detectors that look; nil: all.
    public var wanted: [String]?
    /// Requests and tokens of one client within a minute, above which it floods.
    public var requestsPerMinute = 120.0
    public var tokensPerMinute = 200_000.0
    /// Tokens of one prompt, above which it is out of proportion.
    public var promptTokens = 32_000
    /// Near-duplicates within an hour, from which on they are told.
    public var duplicates = 20
    /// How alike two prompts are to be near-duplicates: the share of word pairs that both have.
    public var likeness = 0.7
    /// Words that stand nowhere but in system prompts, and must never be said by a model.
    public var canaries: [String] = []
    /// Findings less sure than this are not told.
    public var leastScore = 0.5
    /// The share of exchanges that guards are asked about, and the seconds that one reading's questions may take.
    public var guardSample = 1.0
    public var guardBudget = 20.0

    public init() {}
}
