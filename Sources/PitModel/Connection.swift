/// A connection as configured. Secrets are not in it: the transport was given those when it was made.
public struct Connection: Equatable, Sendable {
    public var name: ConnectionName
    /// The id of a connector in the catalog: `metrics`, `prometheus`, `alertmanager`, `openai`.
    public var kind: String
    /// Without user, password or query.
    public var url: String
    /// Seconds between polls.
    public var interval: Double
    /// Seconds a request may take.
    public var timeout: Double
    /// What only this kind understands, by the names its `ConnectorInfo.options` lists.
    public var options: [String: OptionValue]
    /// What may be asked of its deployments; nil: all that it can.
    public var allow: Set<DeploymentVerb>?
    /// Whether trainings may be started on it.
    public var allowsTraining = true

    public init(
        name: ConnectionName, kind: String, url: String, interval: Double = 15, timeout: Double = 10,
        options: [String: OptionValue] = [:]
    ) {
        (self.name, self.kind, self.url, self.interval) = (name, kind, url, interval)
        (self.timeout, self.options) = (timeout, options)
    }
}

/// The value of an option.
public enum OptionValue: Equatable, Codable, Sendable {
    case text(String), number(Double), flag(Bool), list([String])

    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    public var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    public var list: [String]? {
        switch self {
        case .list(let values): values
        case .text(let value): [value]
        default: nil
        }
    }
}

/// An option that a kind of connection understands: the configuration checks against it and prints it.
public struct OptionInfo: Equatable, Sendable {
    public enum Kind: String, Sendable { case text, number, flag, list, duration }
    public var name: String
    public var kind: Kind
    public var help: String
    /// As it would be written in YAML.
    public var example: String
    public init(_ name: String, _ kind: Kind, help: String, example: String) {
        (self.name, self.kind, self.help, self.example) = (name, kind, help, example)
    }
}

/// What a connector is, for `init`, `check`, the documentation and the tests.
public struct ConnectorInfo: Equatable, Sendable {
    /// The `kind` in the configuration.
    public var id: String
    public var title: String
    public var summary: String
    /// Ports where such a server usually listens, for `pitwall init`.
    public var usualPorts: [Int]
    public var options: [OptionInfo]
    /// Whether it reads a file of this machine: then the configuration names a `path`, not a `url`.
    public var isFile: Bool
    /// Whether it is a cluster: then url and credentials come from a kubeconfig where no `url` is named.
    public var isCluster: Bool
    /// The option that can stand in place of a url; nil: there must be a url.
    public var alternative: String?
    public init(
        id: String, title: String, summary: String, usualPorts: [Int] = [], options: [OptionInfo] = [],
        isFile: Bool = false, isCluster: Bool = false, alternative: String? = nil
    ) {
        (self.id, self.title, self.summary) = (id, title, summary)
        (self.usualPorts, self.options, self.isFile, self.isCluster) = (usualPorts, options, isFile, isCluster)
        self.alternative = alternative
    }
}

/// What was found at the other end.
public struct Identity: Equatable, Codable, Sendable {
    /// The product: `Prometheus`, `Thanos`, `vLLM`, `llama.cpp`.
    public var product: String
    public var version: String?
    /// One line more: number of models, cluster status.
    public var detail: String?
    public init(product: String, version: String? = nil, detail: String? = nil) {
        (self.product, self.version, self.detail) = (product, version, detail)
    }
}
