public import PitGrid
public import PitModel

/// What a person set, and what the program knows of itself.
public struct ConsoleSettings: Equatable, Sendable {
    /// Seconds east of UTC that times are shown at.
    public var utcOffset: Int
    public var isReadOnly: Bool
    public var glyphs: Glyphs
    /// Names of the themes there are, and of the one shown.
    public var themes: [String]
    public var theme: String
    public var version: String
    /// Stands beside the product's name: `demo`, the configuration's file.
    public var context: String
    public var author: String
    /// Command id to keys, over the declared ones.
    public var keys: [String: [Key]]
    /// Which alerts call for attention, and how; nil: none.
    public var attention: Attention?
    /// Seconds after which an acknowledged alert that still fires is called forgotten.
    public var forgottenAfter = AlertSettings().forgottenAfter

    public init(
        utcOffset: Int = 0, isReadOnly: Bool = false, glyphs: Glyphs = .unicode, themes: [String] = ["pitwall"],
        theme: String = "pitwall", version: String = "0", context: String = "", author: String = "",
        keys: [String: [Key]] = [:]
    ) {
        (self.utcOffset, self.isReadOnly, self.glyphs, self.themes, self.theme) = (
            utcOffset, isReadOnly, glyphs, themes, theme
        )
        (self.version, self.context, self.author, self.keys) = (version, context, author, keys)
    }
}

/// Everything that screens draw from.
public struct World: Equatable, Sendable {
    public private(set) var snapshot: Snapshot
    /// What tables are sorted and filtered by, and what every frame tells of the snapshot.
    private(set) var rows: WorldRows
    /// The time now; in the past the snapshot's is another.
    public var now: Timestamp
    public var histories: [HistoryQuery: History]
    /// Exchanges that were read, newest first.
    public var exchanges: [InteractionQuery: [KeptInteraction]] = [:]
    public var alertPasts: [AlertQuery: AlertPast] = [:]
    /// Queues that were opened, by name.
    public var labelPages: [String: LabelPage] = [:]
    /// The one that was asked for last.
    public var secondAnswer: SecondAnswer?
    public var evaluations: [EvaluationQuery: EvaluationPage] = [:]
    public var reviews: [ModelVersionID: ReviewPage] = [:]
    /// Questions to the documents, and what was found for them.
    public var knowledge: [String: KnowledgePage] = [:]
    public var runs: [RunQuery: RunPage] = [:]
    public var pipelines: [PipelineQuery: PipelinePage] = [:]
    public var prompts: [PromptQuery: PromptPage] = [:]
    /// What was tried last.
    public var promptTrial: PromptTrial?
    public var datasets: [DatasetQuery: DatasetPage] = [:]
    /// Tokens as they were counted last, by dataset.
    public var tokens: [String: TokenCensus] = [:]
    /// The few items that are judged between other work.
    public internal(set) var pitStop: PitStop?
    /// What was answered about deployments.
    public var inspections: [DeploymentQuery: DeploymentAnswer] = [:]
    public var settings: ConsoleSettings
    /// Problems of the configuration, told until they are mended.
    public var problems: [String]

    public init(
        snapshot: Snapshot = Snapshot(), now: Timestamp = Timestamp(milliseconds: 0),
        histories: [HistoryQuery: History] = [:],
        settings: ConsoleSettings = ConsoleSettings(), problems: [String] = []
    ) {
        (self.snapshot, self.now, self.histories) = (snapshot, now, histories)
        rows = WorldRows(snapshot)
        (self.settings, self.problems) = (settings, problems)
    }

    /// - Parameter rows: the snapshot's, where they were made elsewhere.
    mutating func show(_ snapshot: Snapshot, rows: WorldRows?) {
        self.rows = rows ?? WorldRows(snapshot, after: self.rows, attention: settings.attention)
        self.snapshot = snapshot
    }

    var counts: WorldCounts { rows.counts }

    /// What the snapshot is made of; its rows follow from it.
    public static func == (a: World, b: World) -> Bool {
        a.snapshot == b.snapshot && a.now == b.now && a.histories == b.histories && a.settings == b.settings
            && a.problems == b.problems && a.exchanges == b.exchanges && a.alertPasts == b.alertPasts
            && a.inspections == b.inspections && a.labelPages == b.labelPages
            && a.evaluations == b.evaluations && a.reviews == b.reviews && a.pitStop == b.pitStop
            && a.runs == b.runs && a.knowledge == b.knowledge && a.secondAnswer == b.secondAnswer
            && a.prompts == b.prompts && a.promptTrial == b.promptTrial
            && a.datasets == b.datasets && a.pipelines == b.pipelines && a.tokens == b.tokens
    }

    /// The moment that is shown: now, or the moment rewound to.
    public var shown: Timestamp { snapshot.isLive ? now : snapshot.at }
    public var isLive: Bool { snapshot.isLive }

    /// Seconds from a moment to the one shown.
    public func age(_ at: Timestamp?) -> Double? { at.map { max(0, shown.since($0)) } }

    public func clock(_ at: Timestamp, seconds: Bool = true) -> String {
        Figures.clock(at.seconds, utcOffset: settings.utcOffset, seconds: seconds)
    }

    public func model(_ name: ModelName?) -> ModelState? { snapshot.models.first { $0.name == name } }
}
