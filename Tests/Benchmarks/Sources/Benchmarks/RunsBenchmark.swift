import Foundation
import PitConnect
import PitConsole
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import Synchronization

/// The courses of 1,000 runs with 1,000 points each, from a real MLflow to a drawn screen, beside what the same requests
/// take curl, as many at once.
struct RunsBenchmark: Benchmark {
    static let name = "runs"
    private static let (runs, points, lanes) = (1000, 1000, 4)

    func run(_ bench: Bench) throws -> [Figure] {
        let peer = bench.package.appending(path: "../Peers/mlflow_server.py").standardizedFileURL.path
        let folder = bench.room.appending(path: "mlflow")
        try bench.run("/usr/bin/python3", [peer, "install"])
        let words = try bench.run("/usr/bin/python3", [peer, "start", folder.path]).output
        defer { _ = try? bench.run("/usr/bin/python3", [peer, "stop", folder.path]) }
        try bench.run(
            "/usr/bin/python3",
            [bench.package.appending(path: "runs_fill.py").path, folder.path, "\(Self.runs)", "\(Self.points)"])
        guard let facts = try JSONSerialization.jsonObject(with: Data(words.utf8)) as? [String: Any],
            let url = facts["mlflow"] as? String
        else { throw Bench.Failure(description: "MLflow did not say where it is") }
        let ids = try String(contentsOf: folder.appending(path: "runs.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)

        let wire = RecordingHTTP(url)
        defer { wire.engine.shutdown() }
        let clock = ContinuousClock()
        var (ours, bare, drawing): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<3 {
            wire.forget()
            let began = clock.now
            let page = try Bench.await { await Self.page(ids, wire, url) }
            let drawn = clock.now
            try Self.draw(page, ids)
            drawing.append(Self.seconds(clock.now - drawn))
            ours.append(Self.seconds(clock.now - began))
            bare.append(try Self.curl(wire.asked, bench))
        }
        return [
            Figure(
                work: "\(Self.runs) runs x \(Self.points) points on screen", unit: "s", ours: Bench.median(ours),
                peer: Bench.median(bare), peerName: "curl, the same requests", better: .lower, goal: .ratio(1.2),
                note: "\(wire.asked.count) requests, \(Self.lanes) at once; drawn in "
                    + "\(Table.short(Bench.median(drawing) * 1000)) ms")
        ]
    }

    private static func page(_ ids: [String], _ wire: RecordingHTTP, _ url: String) async -> RunPage {
        let connection = Connection(name: ConnectionName("tracking"), kind: "mlflow", url: url)
        let desk = RunDesk(servers: [ConnectedServer(connection, MLflowConnector(connection, http: wire))])
        return await desk.page(RunQuery(ids.map { RunKey(connection.name, $0) }, metric: "train/loss"))
    }

    private static func draw(_ page: RunPage, _ ids: [String]) throws {
        let query = RunQuery(ids.map { RunKey(ConnectionName("tracking"), $0) })
        var console = Console(settings: ConsoleSettings())
        _ = console.resize(Size(200, 60))
        _ = console.open("run-comparison", subject: query.runs.map(\.description).joined(separator: " "))
        _ = console.handle(.world(Snapshot()))
        // The first reply names the metric, and is then asked for by it.
        for metric in [nil, "train/loss"] { _ = console.handle(.runs(RunQuery(query.runs, metric: metric), page)) }
        let text = console.draw(Size(200, 60)).plainText
        guard text.contains("train/loss"), page.faults.isEmpty, page.curves.count == runs else {
            throw Bench.Failure(description: "\(page.curves.count) courses came: \(page.faults.first ?? text)")
        }
    }

    /// Wall seconds that curl takes for the same requests.
    private static func curl(_ asked: [HTTPRequest], _ bench: Bench) throws -> Double {
        let file = bench.room.appending(path: "requests")
        let lines = asked.map { request in
            let query = request.query.map { "\($0.name)=\($0.value.replacing("/", with: "%2F"))" }
            var lines = ["url = \"\(request.path)\(query.isEmpty ? "" : "?" + query.joined(separator: "&"))\""]
            if !request.body.isEmpty {
                lines.append("data = \(String(reflecting: String(decoding: request.body, as: UTF8.self)))")
                lines.append("header = \"Content-Type: application/json\"")
            }
            return (lines + ["output = /dev/null", "noproxy = \"*\"", "fail"]).joined(separator: "\n")
        }
        try lines.joined(separator: "\nnext\n").write(to: file, atomically: true, encoding: .utf8)
        let clock = ContinuousClock()
        let began = clock.now
        try bench.run(
            bench.curl,
            ["-sS", "--no-progress-meter", "-Z", "--parallel-max", "\(lanes)", "-K", file.path])
        return seconds(clock.now - began)
    }

    private static func seconds(_ time: Duration) -> Double {
        Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
}

/// The wire of production, which remembers what it was asked for; the paths with the server before them.
private final class RecordingHTTP: HTTP {
    let engine = CurlEngine()
    private let wire: CurlHTTP
    private let url: String
    private let seen = Mutex<[HTTPRequest]>([])

    init(_ url: String) {
        var endpoint = Endpoint(url: url, timeout: 600, maxBytes: 32 << 20)
        endpoint.proxy = .none
        (wire, self.url) = (CurlHTTP(engine: engine, endpoint: endpoint, version: "0"), url)
    }

    var address: String { url }
    var asked: [HTTPRequest] { seen.withLock { $0 } }
    func forget() { seen.withLock { $0 = [] } }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        seen.withLock { all in
            var request = request
            request.path = url + request.path
            all.append(request)
        }
        return try await wire.send(request)
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply { try await wire.stream(request, onBytes: onBytes) }
}
