public import PitModel

/// A connection and the connector that speaks to it.
public struct ConnectedServer: Sendable {
    public var connection: Connection
    public var connector: any Connector
    public init(_ connection: Connection, _ connector: any Connector) {
        (self.connection, self.connector) = (connection, connector)
    }
}

/// What the engine works on. A new configuration is a new value of this.
public struct EngineSettings: Sendable {
    public var servers: [ConnectedServer]
    public var models: [ModelConfig]
    /// Shipped ones and the user's own, the user's first.
    public var profiles: [MetricProfile]
    /// Who acts.
    public var author: String
    /// Neither operations nor acts leave the engine.
    public var isReadOnly: Bool
    /// What of exchanges is kept.
    public var interactions = InteractionIntake()
    /// Seconds between two snapshots at least.
    public var publishing = 0.1
    public var drift: DriftSettings
    /// Rules of pitwall's own.
    public var rules = RuleSettings()
    public var deployments = DeploymentSettings()
    /// Told of each line of the journal once it is on the disk, before anything follows from it.
    public var journalled: @Sendable (JournalEntry) -> Void = { _ in }
    /// Where alerts of pitwall's own are sent on to.
    public var receivers: [AlertReceiver] = []
    public var alerts = AlertSettings()
    /// Prompts that are asked again and again.
    public var golden = GoldenSettings()
    /// How people judge.
    public var labeling = LabelingSettings()
    /// What must hold before an alias moves.
    public var governance = GovernanceSettings()
    /// What can be trained from here.
    public var training: [TrainingTemplate] = []

    public init(
        servers: [ConnectedServer], models: [ModelConfig], profiles: [MetricProfile], author: String,
        isReadOnly: Bool = false, drift: DriftSettings = DriftSettings()
    ) {
        (self.servers, self.models, self.profiles) = (servers, models, profiles)
        (self.author, self.isReadOnly, self.drift) = (author, isReadOnly, drift)
    }
}
