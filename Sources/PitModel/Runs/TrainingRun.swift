/// A folder of runs that a tracking server keeps.
public struct Experiment: Hashable, Codable, Sendable {
    public var id: String
    public var name: String
    public var changedAt: Timestamp?
    public init(id: String, name: String, changedAt: Timestamp? = nil) {
        (self.id, self.name, self.changedAt) = (id, name, changedAt)
    }
}

/// Which run: a tracking server's, or one that was started from here.
public struct RunKey: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// Nil: started from here.
    public var connection: ConnectionName?
    public var id: String

    public init(_ connection: ConnectionName?, _ id: String) { (self.connection, self.id) = (connection, id) }

    /// As `description` writes it.
    public init(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else {
            self.init(nil, text)
            return
        }
        self.init(ConnectionName(String(text[..<slash])), String(text[text.index(after: slash)...]))
    }

    /// `CONNECTION/ID`, or the id alone.
    public var description: String { connection.map { "\($0)/\(id)" } ?? id }
    public static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}

/// One value of a metric. A value may be NaN or infinite: a run that diverged says so.
public struct MetricPoint: Equatable, Codable, Sendable {
    public var step: Int
    public var at: Timestamp?
    public var value: Double
    public init(step: Int, at: Timestamp? = nil, value: Double) {
        (self.step, self.at, self.value) = (step, at, value)
    }
}

/// What was trained with which parameters, and what came of it.
public struct TrainingRun: Equatable, Sendable {
    public enum Status: String, Codable, Sendable, CaseIterable {
        case scheduled, running, finished, failed, stopped
        /// Its end was seen by nobody.
        case lost
        /// The server's word is none that is known.
        case unknown
        public var isOpen: Bool { self == .scheduled || self == .running }
    }

    public var key: RunKey
    public var name: String
    /// The experiment's name, or the template's.
    public var experiment: String
    public var status: Status
    public var startedAt: Timestamp?
    public var endedAt: Timestamp?
    public var author: String
    public var parameters: [String: String]
    /// The last value of each metric.
    public var metrics: [String: MetricPoint]
    public var tags: [String: String]
    /// Where its files are.
    public var artifacts: String
    /// What is wrong with it, in words.
    public var note: String
    /// The run of a tracking server that belongs to it.
    public var tracked: RunKey?
    /// Nil where nobody tells.
    public var usage: RunUsage?

    public init(
        _ key: RunKey, name: String, experiment: String = "", status: Status = .unknown, startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil, author: String = "", parameters: [String: String] = [:],
        metrics: [String: MetricPoint] = [:], tags: [String: String] = [:], artifacts: String = "", note: String = ""
    ) {
        (self.key, self.name, self.experiment, self.status) = (key, name, experiment, status)
        (self.startedAt, self.endedAt, self.author) = (startedAt, endedAt, author)
        (self.parameters, self.metrics, self.tags) = (parameters, metrics, tags)
        (self.artifacts, self.note) = (artifacts, note)
    }

    /// Seconds from its start to its end, or to `now` while it runs.
    public func duration(at now: Timestamp) -> Double? {
        guard let startedAt, let end = endedAt ?? (status.isOpen ? now : nil) else { return nil }
        return max(0, end.since(startedAt))
    }

    /// The metrics in the order that a person looks for them: losses and what evaluations measured before the rest.
    public var metricNames: [String] {
        func rank(_ name: String) -> Int {
            let name = name.lowercased()
            if name.hasPrefix("system/") { return 3 }
            return name == "loss" || name.hasSuffix("/loss") || name.hasSuffix("_loss")
                ? 0 : name.contains("eval") ? 1 : 2
        }
        return metrics.keys.sorted { (rank($0), $0) < (rank($1), $1) }
    }
}
