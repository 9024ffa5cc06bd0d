public import PitModel

/// The configuration, read and checked.
public struct Config: Equatable, Sendable {
    public var connections: [ConnectionConfig]
    public var models: [ModelConfig]
    public var console: ConsoleConfig
    public var store: StoreConfig
    /// What of exchanges with models is kept.
    public var interactions = InteractionSettings()
    /// What is looked for in them.
    public var detectors = DetectorSettings()
    public var drift: DriftSettings
    public var rules = RuleSettings()
    /// Where alerts of pitwall's own are sent on to.
    public var receivers: [ReceiverConfig] = []
    public var alerts = AlertSettings()
    public var deployments = DeploymentSettings()
    /// How people judge.
    public var labeling = LabelingSettings()
    /// A folder of documents that questions are answered from.
    public var knowledge: KnowledgeSettings?
    /// What must hold before an alias moves.
    public var governance = GovernanceSettings()
    /// Prompts that are asked again and again.
    public var golden = GoldenSettings()
    /// A folder that a team shares: rubrics, rules, policies, suites, queues.
    public var share: String?
    /// What can be trained from here.
    public var training: [TrainingTemplate] = []
    /// Command id to the keys that run it.
    public var keys: [String: [String]]
    /// The user's own profiles; one of a shipped profile's id replaces it.
    public var profiles: [MetricProfile]

    public init(
        connections: [ConnectionConfig] = [], models: [ModelConfig] = [], console: ConsoleConfig = ConsoleConfig(),
        store: StoreConfig = StoreConfig(), drift: DriftSettings = DriftSettings(), keys: [String: [String]] = [:],
        profiles: [MetricProfile] = []
    ) {
        (self.connections, self.models, self.console) = (connections, models, console)
        (self.store, self.drift, self.keys, self.profiles) = (store, drift, keys, profiles)
    }
}

/// A connection with all that its transport needs.
public struct ConnectionConfig: Equatable, Sendable {
    public var connection: Connection
    /// The url as written; it may hold a user and a password, so it is never shown.
    public var url: String
    public var auth: AuthConfig
    public var tls: TLSConfig
    /// `none`, `env`, or a proxy's url.
    public var proxy: String
    public var unixSocket: String?
    public var headers: [String: HeaderValue]
    /// Bytes of one reply at most.
    public var maxBytes: Int
    /// Where url and credentials are found, when they stand in a kubeconfig.
    public var cluster: ClusterPlace?

    public init(
        connection: Connection, url: String, auth: AuthConfig = .none, tls: TLSConfig = TLSConfig(),
        proxy: String = "env", unixSocket: String? = nil, headers: [String: HeaderValue] = [:],
        maxBytes: Int = 32 << 20
    ) {
        (self.connection, self.url, self.auth, self.tls) = (connection, url, auth, tls)
        (self.proxy, self.unixSocket, self.headers, self.maxBytes) = (proxy, unixSocket, headers, maxBytes)
    }
}

/// A header's value: plain, or a secret.
public enum HeaderValue: Equatable, Sendable {
    case plain(String)
    case secret(SecretPlace)
}

/// Where a secret is found. The secret itself is never part of the configuration.
public enum SecretPlace: Equatable, Hashable, Sendable {
    case environment(String)
    case file(String)
    /// A program and its arguments; its output, without the last line end, is the secret.
    case command([String])
}

public enum AuthConfig: Equatable, Sendable {
    case none
    case bearer(SecretPlace)
    case basic(user: String, password: SecretPlace)
    case header(name: String, value: SecretPlace)
}

public struct TLSConfig: Equatable, Sendable {
    public var ca: String?
    public var certificate: String?
    public var key: String?
    public var serverName: String?
    /// Skips the check of the server's certificate. Shown as a warning.
    public var isInsecure: Bool
    public init(
        ca: String? = nil, certificate: String? = nil, key: String? = nil, serverName: String? = nil,
        isInsecure: Bool = false
    ) {
        (self.ca, self.certificate, self.key) = (ca, certificate, key)
        (self.serverName, self.isInsecure) = (serverName, isInsecure)
    }
}

public struct ConsoleConfig: Equatable, Sendable {
    public enum Color: String, Sendable, CaseIterable { case auto, truecolor, palette = "256", sixteen = "16", none }
    public enum Glyphs: String, Sendable, CaseIterable { case auto, unicode, ascii }
    public enum Time: String, Sendable, CaseIterable { case local, utc }
    public var theme: String
    public var color: Color
    public var glyphs: Glyphs
    public var time: Time
    public var mouse: Bool
    public var isReadOnly: Bool
    /// Who acts, in acknowledgements, silences and the audit; nil takes the login name.
    public var author: String?
    /// Which alerts call for attention, and how; nothing unless a person chose it.
    public var attention: Attention?
    public init(
        theme: String = "pitwall", color: Color = .auto, glyphs: Glyphs = .auto, time: Time = .local,
        mouse: Bool = true, isReadOnly: Bool = false, author: String? = nil
    ) {
        (self.theme, self.color, self.glyphs, self.time) = (theme, color, glyphs, time)
        (self.mouse, self.isReadOnly, self.author) = (mouse, isReadOnly, author)
    }
}

public struct StoreConfig: Equatable, Sendable {
    /// Bytes that cache.db may take.
    public var maxBytes: Int
    /// Seconds that samples are kept.
    public var maxAge: Double
    public init(maxBytes: Int = 1 << 30, maxAge: Double = 15 * 86400) {
        (self.maxBytes, self.maxAge) = (maxBytes, maxAge)
    }
}
