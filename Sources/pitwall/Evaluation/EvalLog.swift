import Foundation
import PitEngine
import PitModel
import PitStore

/// Where runs of evaluations are logged.
struct EvalLog {
    private let keeper: any RunLogging
    private let connection: ConnectionName
    private let experiment: String

    /// - Parameter words: a connection, or one and an experiment: `tracking:evaluations`.
    init(_ settings: EngineSettings, _ words: String) throws {
        let parts = words.split(separator: ":", maxSplits: 1).map(String.init)
        let name = ConnectionName(parts.first ?? "")
        let all = settings.servers.filter { $0.connector is any RunLogging }
        guard let server = all.first(where: { $0.connection.name == name }),
            let keeper = server.connector as? any RunLogging
        else {
            throw Stop(
                .usage, "`\(name)` is no connection that runs are logged to",
                hint: all.isEmpty
                    ? "Add one of kind mlflow to the configuration."
                    : "There are: \(all.map(\.connection.name.description).joined(separator: ", ")).")
        }
        (self.keeper, connection) = (keeper, name)
        experiment = parts.count > 1 && !parts[1].isEmpty ? parts[1] : "pitwall-evaluations"
    }

    /// Logs it, once, and says where it is.
    func log(_ run: EvaluationRun, _ store: Store) throws -> String {
        guard case .finished = run.state else {
            throw Stop(
                .couldNotRun, "\(run.id) is not finished", hint: "pitwall eval run SUITE --resume \(run.id)")
        }
        let scoring = try EvalCommand.told { try EvalRuns.scoring(run, store) }
        var logged = LoggedRun(run, experiment: experiment)
        logged.files["pitwall/evaluation.json"] = Array(try EvaluationReport.json(run).utf8)
        let worst = EvaluationReport.worst(scoring.worst(100), metric: run.suite.metrics.first?.name ?? "value")
        logged.files["pitwall/worst.json"] = Array(worst.render(.json).utf8)
        let (keeper, connection, logging) = (keeper, connection, logged)
        do {
            let place = try Blocking.run { try await keeper.log(logging) }
            let author = run.author
            try store.audit(
                at: Stack.clock.now(), author: author, what: "evaluation logged", subject: run.id,
                detail: "\(connection): \(place)")
            return Terminal.safe("\(run.id): logged to \(connection), run \(place)")
        } catch let fault as ConnectorFault {
            throw Stop(
                .couldNotRun, "\(run.id) is not logged to \(connection): \(fault.summary)",
                hint: "It is kept here. Again with: pitwall eval log \(run.id) \(connection)")
        } catch let fault as StoreFault { throw Stop(fault) }
    }
}
