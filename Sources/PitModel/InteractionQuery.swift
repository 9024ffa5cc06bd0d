/// Which exchanges are wanted. What is nil does not matter.
public struct InteractionQuery: Hashable, Codable, Sendable {
    public var model: ModelName?
    public var connection: ConnectionName?
    public var from: Timestamp?
    public var to: Timestamp?
    /// A descriptor or an attribute by its name, and the numbers that it may have.
    public var feature: String?
    public var least: Double?
    public var most: Double?
    /// The value that a descriptor which is a word has.
    public var word: String?
    /// A detector's id, or one of its kinds as `pii/email`; empty means any finding.
    public var finding: String?
    /// Somewhere in what was said, in either case of letters.
    public var text: String?
    /// These alone, by their sources' names for them; nil does not matter.
    public var ids: [String]?
    /// The order is newest first; those before this row, to go on from a page's last.
    public var before: Int64?
    public var limit: Int

    public init(
        model: ModelName? = nil, connection: ConnectionName? = nil, from: Timestamp? = nil, to: Timestamp? = nil,
        feature: String? = nil, least: Double? = nil, most: Double? = nil, word: String? = nil,
        finding: String? = nil, text: String? = nil, ids: [String]? = nil, before: Int64? = nil, limit: Int = 100
    ) {
        (self.model, self.connection, self.from, self.to) = (model, connection, from, to)
        (self.feature, self.least, self.most, self.word) = (feature, least, most, word)
        (self.finding, self.text, self.ids, self.before, self.limit) = (finding, text, ids, before, limit)
    }
}

/// An exchange as it is kept: what was said, what it is like, what was found in it.
public struct KeptInteraction: Equatable, Sendable, Identifiable {
    /// The row it has in the store; 0 before it has one. Later ones have higher numbers.
    public var row: Int64
    public var interaction: Interaction
    /// Its descriptors by name: what drift is looked for in.
    public var features: [String: Interaction.Attribute]
    public var findings: [KeptFinding]
    public var id: Int64 { row }

    public init(
        row: Int64 = 0, _ interaction: Interaction, features: [String: Interaction.Attribute] = [:],
        findings: [KeptFinding] = []
    ) {
        (self.row, self.interaction, self.features, self.findings) = (row, interaction, features, findings)
    }
}

/// A finding and what people say of it.
public struct KeptFinding: Equatable, Sendable {
    public var finding: Finding
    public var label: FindingLabel?
    public init(_ finding: Finding, label: FindingLabel? = nil) { (self.finding, self.label) = (finding, label) }
}

/// A person's word on a finding: kept in state.db, synced before it shows.
public struct FindingLabel: Equatable, Codable, Sendable {
    public var at: Timestamp
    public var author: String
    /// Whether the finding is right; nil takes an earlier word back.
    public var isTrue: Bool?
    public init(at: Timestamp, author: String, isTrue: Bool?) {
        (self.at, self.author, self.isTrue) = (at, author, isTrue)
    }
}

/// Which finding is meant, for good: also after its exchange is no longer kept.
public struct FindingKey: Hashable, Codable, Sendable {
    public var connection: ConnectionName
    public var interaction: String
    public var model: ModelName?
    public var detector: String
    public var kind: String
    public var side: Finding.Side
    public var message: Int?
    public var start: Int

    public init(_ finding: Finding, in interaction: Interaction) {
        (connection, self.interaction, model) = (interaction.connection, interaction.id, interaction.model)
        (detector, kind, side, message) = (finding.detector, finding.kind, finding.side, finding.message)
        start = finding.range.lowerBound
    }

    public var description: String {
        let place = message.map { "\(side.rawValue)\($0)" } ?? side.rawValue
        return "\(connection)/\(interaction)|\(detector)|\(kind)|\(place)|\(start)"
    }
}

/// How often a detector found something with a model, and how right it was by people's word.
public struct FindingTally: Equatable, Codable, Sendable {
    /// Nil: exchanges that no configured model is named for.
    public var model: ModelName?
    public var detector: String
    /// Findings within the last hour, and within the last day.
    public var lastHour: Int
    public var lastDay: Int
    /// Exchanges with a finding within those times.
    public var exchangesLastHour: Int
    public var exchangesLastDay: Int
    /// Exchanges with a finding in the response, within the last hour.
    public var responsesLastHour = 0
    /// Findings that people called right, and wrong, of all times.
    public var right: Int
    public var wrong: Int
    /// The share of right ones, where people called any so or otherwise.
    public var precision: Precision?

    /// A share with its 95 % interval.
    public struct Precision: Equatable, Codable, Sendable {
        public var share: Double
        public var low: Double
        public var high: Double
        public init(_ share: Double, low: Double, high: Double) {
            (self.share, self.low, self.high) = (share, low, high)
        }
    }

    public init(
        model: ModelName?, detector: String, lastHour: Int = 0, lastDay: Int = 0, exchangesLastHour: Int = 0,
        exchangesLastDay: Int = 0, right: Int = 0, wrong: Int = 0
    ) {
        (self.model, self.detector, self.lastHour, self.lastDay) = (model, detector, lastHour, lastDay)
        (self.exchangesLastHour, self.exchangesLastDay) = (exchangesLastHour, exchangesLastDay)
        (self.right, self.wrong) = (right, wrong)
    }
}

/// How many exchanges of a model are kept.
public struct InteractionTally: Equatable, Codable, Sendable {
    public var model: ModelName?
    public var lastHour: Int
    public var lastDay: Int
    public var kept: Int
    public var oldest: Timestamp?
    public var newest: Timestamp?
    public init(
        model: ModelName?, lastHour: Int = 0, lastDay: Int = 0, kept: Int = 0, oldest: Timestamp? = nil,
        newest: Timestamp? = nil
    ) {
        (self.model, self.lastHour, self.lastDay, self.kept) = (model, lastHour, lastDay, kept)
        (self.oldest, self.newest) = (oldest, newest)
    }
}

extension FindingTally {
    /// `precision 0.22 [0.11, 0.37]`; nil while nobody has labelled a finding.
    public var precisionWords: String? {
        precision.map { "precision \(Self.two($0.share)) [\(Self.two($0.low)), \(Self.two($0.high))]" }
    }

    /// `injection: 41 hits, precision 0.22 [0.11, 0.37]`, of the last day.
    public var words: String {
        "\(detector): \(lastDay) \(lastDay == 1 ? "hit" : "hits")" + (precisionWords.map { ", \($0)" } ?? "")
    }

    private static func two(_ share: Double) -> String {
        let hundredths = Int((share * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
