import FlyingFox
import FlyingSocks
import Foundation
public import PitModel
import Synchronization

/// The demo: simulated servers on loopback, real HTTP, and a story that unfolds in minutes.
public final class Fleet: Sendable {
    public enum Fault: Error, Equatable, Sendable {
        /// A server could not be started at a port.
        case port(Int, String)
    }

    private struct Running: Sendable {
        var server: HTTPServer
        var task: Task<Void, any Error>
        var port: UInt16
    }

    private let world: FleetWorld
    private let running = Mutex<[String: Running]>([:])
    private let watch = Mutex<Task<Void, Never>?>(nil)
    private let names: [String]
    public let connections: [Connection]
    public let models: [ModelConfig]

    private init(world: FleetWorld, names: [String], running: [String: Running]) {
        (self.world, self.names) = (world, names)
        connections =
            names.map { Self.connection($0, port: running[$0]?.port ?? 0) }
            + Self.chats.map { chat in
                Connection(
                    name: ConnectionName(chat.name), kind: "openai",
                    url: "http://127.0.0.1:\(running[chat.server]?.port ?? 0)", interval: 5, timeout: 10)
            } + [Self.clusterConnection(port: running[Self.pipelines]?.port ?? 0)]
        models = Self.models()
        self.running.withLock { $0 = running }
    }

    /// Starts all servers. With a port they listen on it and the ones after it, otherwise on free ones.
    public static func start(seed: UInt64 = 7, speed: Double = 1, port: Int? = nil, clock: any WallClock) async throws
        -> Fleet
    {
        let world = FleetWorld(seed: seed, speed: max(0.1, min(speed, 1000)), clock: clock)
        let names =
            Story.cast.flatMap(Story.servers) + ["prometheus", "alertmanager"] + deployers + [tracking, pipelines]
        var running: [String: Running] = [:]
        do {
            for (index, name) in names.enumerated() {
                running[name] = try await launch(
                    name, index, world, port: port.map { UInt16(clamping: $0 + index) } ?? 0)
            }
        } catch {
            for each in running.values { await each.server.stop(timeout: 0) }
            throw error
        }
        let fleet = Fleet(world: world, names: names, running: running)
        let task = Task.detached { [weak fleet] in
            while !Task.isCancelled {
                await fleet?.followStory()
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
        fleet.watch.withLock { $0 = task }
        return fleet
    }

    /// A server that is down in the story does not listen.
    private func followStory() async {
        for index in 0..<world.replicaCount {
            let name = names[index]
            let isDown = world.isDown(index)
            let state = running.withLock { $0[name] }
            guard let state else { continue }
            let listens = await state.server.isListening
            if isDown, listens {
                await state.server.stop(timeout: 0)
                state.task.cancel()
            } else if !isDown, !listens, let again = try? await Self.launch(name, index, world, port: state.port) {
                running.withLock { $0[name] = again }
            }
        }
    }

    public func stop() async {
        let task = watch.withLock { $0 }
        task?.cancel()
        await task?.value
        let all = running.withLock { all in
            defer { all = [:] }
            return Array(all.values)
        }
        for each in all {
            await each.server.stop(timeout: 0)
            each.task.cancel()
        }
    }

    private static func launch(_ name: String, _ index: Int, _ world: FleetWorld, port: UInt16) async throws -> Running
    {
        let address: sockaddr_in
        do { address = try .inet(ip4: "127.0.0.1", port: port) } catch { throw Fault.port(Int(port), "\(error)") }
        let server = HTTPServer(address: address, timeout: 15, logger: .disabled)
        switch name {
        case "prometheus": await PrometheusServer(world: world).install(on: server)
        case "alertmanager": await AlertmanagerServer(world: world).install(on: server)
        case _ where deployers.contains(name):
            await DeployerServer(world: world, isCareful: name == careful).install(on: server)
        case tracking:
            let tracking = TrackingServer(
                seed: world.seed, now: { world.now() }, releases: { RegistryStory.released(world) })
            await tracking.install(on: server)
        case pipelines: await PipelineServer(world: world).install(on: server)
        default: await ModelServer(world: world, index: index).install(on: server)
        }
        let task = Task { try await server.run() }
        do { try await server.waitUntilListening(timeout: 60) } catch {
            task.cancel()
            throw Fault.port(Int(port), "it is taken, or may not be used")
        }
        guard case .ip4(_, let bound) = await server.listeningAddress else { throw Fault.port(Int(port), "no address") }
        return Running(server: server, task: task, port: bound)
    }

    // MARK: what watches it

    /// Every server's name and address.
    public var urls: [(name: String, url: String)] { connections.map { ($0.name.description, $0.url) } }

    /// Those whose talk is kept answer again when they are asked to.
    private static var chats: [(name: String, server: String, model: String)] {
        Story.cast.filter { DemoTalk.models.contains($0.name) }.compactMap { cast in
            Story.servers(of: cast).first.map { ("\(cast.name)-api", $0, cast.name) }
        }
    }

    /// What deploys: where all may be done, and one that is watched as one would in production, where nothing may.
    private static let careful = "deploys-prod"
    private static let deployers = ["deploys", careful]
    /// What keeps runs, models and prompts.
    static let tracking = "tracking"
    /// What runs pipelines, and the cluster that their pods are in: one server is both.
    private static let (pipelines, cluster) = ("pipelines", "gpu-cluster")
    private static let kinds = [
        tracking: "mlflow", pipelines: "kubeflow", "prometheus": "prometheus", "alertmanager": "alertmanager",
    ]

    private static func clusterConnection(port: UInt16) -> Connection {
        var connection = Connection(
            name: ConnectionName(cluster), kind: "kubernetes", url: "http://127.0.0.1:\(port)", interval: 10,
            timeout: 5, options: ["namespaces": .list([PipelineTalk.namespace])])
        connection.allow = []
        return connection
    }

    private static func connection(_ name: String, port: UInt16) -> Connection {
        let isDeployer = deployers.contains(name)
        let kind = isDeployer ? "deployer" : kinds[name] ?? "metrics"
        let interval = kind == "metrics" || isDeployer ? 2.0 : 3.0
        var connection = Connection(
            name: ConnectionName(name), kind: kind, url: "http://127.0.0.1:\(port)", interval: interval,
            timeout: interval)
        if name == careful { connection.allow = [] }
        if name == pipelines {
            connection.options = ["namespace": .text(PipelineTalk.namespace), "cluster": .text(cluster)]
        }
        return connection
    }

    private static func models() -> [ModelConfig] {
        Story.cast.map { cast in
            let own = Story.servers(of: cast)
            return ModelConfig(
                name: ModelName(cast.name), metrics: own.map { MetricsBinding(ConnectionName($0), profile: "vllm") },
                alerts: [Matcher("model", cast.name)],
                endpoints: chats.filter { $0.model == cast.name }.map { ConnectionName($0.name) },
                slo: ServiceLevels(
                    ttftP95: cast.firstToken * 4, itlP95: cast.betweenTokens * 3, e2eP95: nil, errorRatio: 0.01,
                    availability: 0.999),
                references: [
                    "release": cast.release,
                    "deployment": "\(Story.careful.contains(cast.name) ? "prod" : "serving")/\(cast.name)",
                ])
        }
    }

    /// The past before the story, so that charts are not empty at the start: each page with its time.
    public func tellPast(every seconds: Double = 15, _ tell: (ConnectionName, Timestamp, String) -> Void) {
        let names = names
        world.tellPast(every: seconds) { index, at, page in tell(ConnectionName(names[index]), at, page) }
    }

    /// A configuration that watches the fleet.
    public var yaml: String {
        var text = "# The demo's fleet.\nconnections:\n"
        for connection in connections {
            let options = connection.options.sorted { $0.key < $1.key }.map { name, value in
                ", \(name): \(value.text ?? "[\((value.list ?? []).joined(separator: ", "))]")"
            }.joined()
            text +=
                "  - {name: \(connection.name), kind: \(connection.kind), url: '\(connection.url)', interval: \(Int(connection.interval))s\(connection.allow == nil ? "" : ", allow: []")\(options)}\n"
        }
        text += "models:\n"
        for model in models {
            text +=
                "  - name: \(model.name)\n    metrics: [\(model.metrics.map(\.connection.description).joined(separator: ", "))]\n"
            if !model.endpoints.isEmpty {
                text += "    endpoints: [\(model.endpoints.map(\.description).joined(separator: ", "))]\n"
            }
            text += "    alerts: {model: \(model.name)}\n    release: \(model.references["release"] ?? "")\n"
            text += "    deployment: \(model.references["deployment"] ?? "")\n"
            let slo = model.slo
            text +=
                "    slo: {ttft_p95: \(Int((slo.ttftP95 ?? 1) * 1000))ms, itl_p95: \(Int((slo.itlP95 ?? 1) * 1000))ms, errors: 1%, availability: 99.9%}\n"
        }
        return text
    }
}
