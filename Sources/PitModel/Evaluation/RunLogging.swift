/// Keeps what was found as a run of a tracking server.
public protocol RunLogging: Connector {
    /// Logs it; one that is logged already under the same key is left as it is.
    ///
    /// - Returns: the server's name for it.
    func log(_ run: LoggedRun) async throws(ConnectorFault) -> String
}

/// A run as tracking servers keep it.
public struct LoggedRun: Equatable, Sendable {
    /// Unique: by which it is found again.
    public var key: String
    public var name: String
    public var experiment: String
    public var from: Timestamp
    public var to: Timestamp
    public var parameters: [String: String]
    public var metrics: [(name: String, value: Double)]
    public var tags: [String: String]
    /// Files by their paths.
    public var files: [String: [UInt8]]

    public static func == (a: Self, b: Self) -> Bool {
        a.key == b.key && a.name == b.name && a.experiment == b.experiment && a.parameters == b.parameters
            && a.tags == b.tags && a.files == b.files && a.metrics.elementsEqual(b.metrics) { $0 == $1 }
    }

    public init(
        key: String, name: String, experiment: String, from: Timestamp, to: Timestamp,
        parameters: [String: String] = [:], metrics: [(name: String, value: Double)] = [], tags: [String: String] = [:],
        files: [String: [UInt8]] = [:]
    ) {
        (self.key, self.name, self.experiment, self.from, self.to) = (key, name, experiment, from, to)
        (self.parameters, self.metrics, self.tags, self.files) = (parameters, metrics, tags, files)
    }

    /// A run of an evaluation: each figure as `system/metric`, its interval as `..._low` and `..._high`, slices with their
    /// value behind.
    public init(_ run: EvaluationRun, experiment: String) {
        let end: Timestamp =
            switch run.state {
            case .finished(let at), .stopped(let at, _): at
            case .running: run.at
            }
        self.init(
            key: "\(run.id)@\(run.at.milliseconds)", name: run.id, experiment: experiment, from: run.at, to: end)
        for figure in run.figures {
            guard let value = figure.value else { continue }
            let name = "\(figure.system)/\(figure.metric)" + (figure.slice.map { "/\($0.field)/\($0.value)" } ?? "")
            metrics.append((name, value))
            if let interval = figure.interval {
                metrics += [("\(name)_low", interval.lowerBound), ("\(name)_high", interval.upperBound)]
            }
        }
        for (name, one) in (run.calibrations ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let kappa = one.kappa { metrics.append(("\(name)_kappa", kappa)) }
        }
        parameters = ["suite": run.suite.name, "cases": "\(run.cases)", "seed": "\(run.suite.seed)"]
        for system in run.suite.systems {
            switch system.source {
            case .server(let connection, let model, let settings):
                parameters["\(system.name).connection"] = connection.description
                parameters["\(system.name).model"] = model
                if let temperature = settings.temperature {
                    parameters["\(system.name).temperature"] = "\(temperature)"
                }
            case .answers(let file): parameters["\(system.name).answers"] = file
            case .knowledge(let way, let path):
                parameters["\(system.name).knowledge"] = way
                parameters["\(system.name).folder"] = path
            }
        }
        tags = ["pitwall.author": run.author, "pitwall.evaluation": run.id]
        if let outcome = run.verdict?.outcome { tags["pitwall.verdict"] = outcome.rawValue }
        if let baseline = run.verdict?.baseline { tags["pitwall.baseline"] = baseline }
        for figure in run.figures {
            if let signature = figure.signature { tags["signature.\(figure.metric)"] = signature }
        }
    }
}
