/// A version of a model in a registry: `support-assistant`, `3`.
public struct ModelVersionID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// The registry's connection.
    public var connection: ConnectionName
    /// The registered model's name.
    public var model: String
    public var version: String
    public init(_ connection: ConnectionName, _ model: String, _ version: String) {
        (self.connection, self.model, self.version) = (connection, model, version)
    }

    /// `support-assistant/3`: what stands in the audit trail.
    public var path: String { "\(model)/\(version)" }
    public var description: String { "\(connection):\(path)" }
    public static func < (a: Self, b: Self) -> Bool { a.description < b.description }

    /// From `connection:model/3`; nil for what is no such thing.
    public init?(_ words: String) {
        guard let colon = words.firstIndex(of: ":"), let slash = words.lastIndex(of: "/"), colon < slash,
            colon != words.startIndex
        else { return nil }
        let (model, version) = (words[words.index(after: colon)..<slash], words[words.index(after: slash)...])
        guard !model.isEmpty, !version.isEmpty else { return nil }
        self.init(ConnectionName(String(words[..<colon])), String(model), String(version))
    }

    /// Whether words name this version, in one of the ways that people write it: `chat/3`, `chat@v3`, `chat:3`,
    /// `chat-v3`, `chat v3`, `models:/chat/3`. The model's name alone names no version.
    public func isNamed(by words: String) -> Bool {
        var rest = words[...]
        if rest.hasPrefix("models:/") { rest = rest.dropFirst("models:/".count) }
        guard rest.hasPrefix(model) else { return false }
        rest = rest.dropFirst(model.count)
        guard let mark = rest.first, "/@: -_".contains(mark) else { return false }
        rest = rest.dropFirst()
        // `chat-3` may be a model of its own; `chat-v3` is a version.
        if rest.first == "v" || rest.first == "V" {
            rest = rest.dropFirst()
        } else if "-_".contains(mark) {
            return false
        }
        return rest == version
    }
}

/// What a registry says of a version. What it does not say is nil, or empty.
public struct ModelVersionCard: Equatable, Codable, Sendable {
    public var id: ModelVersionID
    /// Of the version, and of the model as a whole.
    public var description: String
    public var modelDescription: String
    public var tags: [String: String]
    public var modelTags: [String: String]
    public var aliases: [String]
    /// `READY`, as the registry writes it.
    public var status: String
    public var author: String?
    public var createdAt: Timestamp?
    /// Where its files are: `mlflow-artifacts:/1/485f.../artifacts/model`.
    public var source: String?
    /// The registry's own id of what was logged.
    public var artifact: String?
    public var runID: String?
    /// The run that made it; nil where none is named.
    public var run: VersionRun?
    /// Why the run cannot be read.
    public var runFault: ConnectorFault?
    /// Moves of the model's aliases that were made from pitwall, the newest first.
    public var moves: [AliasMove]

    public init(
        _ id: ModelVersionID, description: String = "", modelDescription: String = "", tags: [String: String] = [:],
        modelTags: [String: String] = [:], aliases: [String] = [], status: String = "", author: String? = nil,
        createdAt: Timestamp? = nil, source: String? = nil, artifact: String? = nil, runID: String? = nil,
        run: VersionRun? = nil, runFault: ConnectorFault? = nil, moves: [AliasMove] = []
    ) {
        (self.id, self.description, self.modelDescription) = (id, description, modelDescription)
        (self.tags, self.modelTags, self.aliases, self.status) = (tags, modelTags, aliases, status)
        (self.author, self.createdAt, self.source, self.artifact) = (author, createdAt, source, artifact)
        (self.runID, self.run, self.runFault, self.moves) = (runID, run, runFault, moves)
    }

    /// The first tag of one of these names that says something: the version's before the run's before the model's.
    public func tag(_ names: [String]) -> (name: String, value: String)? {
        for tags in [tags, run?.tags ?? [:], modelTags] {
            for name in names {
                if let value = tags[name], value.contains(where: { !$0.isWhitespace }) { return (name, value) }
            }
        }
        return nil
    }
}

/// A run that trained a model, as the tracking server tells of it.
public struct VersionRun: Equatable, Codable, Sendable {
    public var id: String
    public var name: String
    public var experiment: String
    public var author: String
    public var status: String
    public var startedAt: Timestamp?
    public var endedAt: Timestamp?
    public var parameters: [String: String]
    /// The last value of each.
    public var metrics: [String: Double]
    public var tags: [String: String]
    /// `name, digest` of what it read.
    public var datasets: [String]
    public init(
        id: String, name: String = "", experiment: String = "", author: String = "", status: String = "",
        startedAt: Timestamp? = nil, endedAt: Timestamp? = nil, parameters: [String: String] = [:],
        metrics: [String: Double] = [:], tags: [String: String] = [:], datasets: [String] = []
    ) {
        (self.id, self.name, self.experiment, self.author, self.status) = (id, name, experiment, author, status)
        (self.startedAt, self.endedAt, self.parameters) = (startedAt, endedAt, parameters)
        (self.metrics, self.tags, self.datasets) = (metrics, tags, datasets)
    }
}

/// That an alias went from one version to another.
public struct AliasMove: Equatable, Codable, Sendable {
    public var alias: String
    public var from: String
    public var to: String
    public var author: String
    public var reason: String
    public var at: Timestamp?
    public init(alias: String, from: String, to: String, author: String, reason: String, at: Timestamp?) {
        (self.alias, self.from, self.to, self.author) = (alias, from, to, author)
        (self.reason, self.at) = (reason, at)
    }
}

/// Holds versions of models, and tags on them that others read.
public protocol ModelRegistry: Connector {
    /// All that it says of a version, read afresh.
    func card(of model: String, version: String) async throws(ConnectorFault) -> ModelVersionCard
    /// Sets one tag of a version; setting the same again changes nothing.
    func setTag(_ key: String, to value: String, of model: String, version: String) async throws(ConnectorFault)
}
