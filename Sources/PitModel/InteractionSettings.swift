/// What of the exchanges that are read is kept, and how.
public struct InteractionSettings: Equatable, Sendable {
    /// What holds for one model; nil takes what holds for all.
    public struct ForModel: Equatable, Sendable {
        public var model: ModelName
        /// The connections that its exchanges come from; empty means any.
        public var sources: [ConnectionName]
        /// The names that sources write for it; empty means its own name, or whatever its sources tell.
        public var servedAs: [String]
        /// The share of exchanges that is kept, 0...1.
        public var sample: Double?
        public var redact: [String]?

        public init(
            model: ModelName, sources: [ConnectionName] = [], servedAs: [String] = [], sample: Double? = nil,
            redact: [String]? = nil
        ) {
            (self.model, self.sources, self.servedAs) = (model, sources, servedAs)
            (self.sample, self.redact) = (sample, redact)
        }
    }

    /// Exchanges kept at most; the oldest go.
    public var maxRows: Int
    /// Bytes that they may take in the store.
    public var maxBytes: Int
    /// Bytes of one text; what is longer is cut, and that is said.
    public var maxText: Int
    public var sample: Double
    /// What is taken out of texts before they are kept: `email`, `phone`, `card`, `iban`, `secret`, ...
    public var redact: [String]
    public var models: [ForModel]

    public init(
        maxRows: Int = 100_000, maxBytes: Int = 256 << 20, maxText: Int = 64 << 10, sample: Double = 1,
        redact: [String] = [], models: [ForModel] = []
    ) {
        (self.maxRows, self.maxBytes, self.maxText) = (maxRows, maxBytes, maxText)
        (self.sample, self.redact, self.models) = (sample, redact, models)
    }

    /// What holds for the configured model that an exchange was with; nil where none is meant.
    public func rule(for exchange: Interaction) -> ForModel? {
        models.first { rule in
            let isSource = rule.sources.contains(exchange.connection)
            guard rule.sources.isEmpty || isSource else { return false }
            if !rule.servedAs.isEmpty { return exchange.servedModel.map(rule.servedAs.contains) ?? false }
            return isSource || exchange.servedModel == rule.model.description
        }
    }
}
