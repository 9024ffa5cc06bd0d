import Foundation
import PitTestKit

/// The servers of `Tests/Peers/hostile.py`, in a process of their own that ends with this one.
final class HostileServers: Sendable {
    private struct Ready: Decodable {
        var ports: [String: Int]
    }

    let ports: [String: Int]
    let folder: String
    /// Its end tells the servers to end.
    private let lifeline: Pipe

    static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Peers/hostile.py"
    ).standardized.path

    /// Those that misbehave, started once for all tests.
    static let shared = Result { try HostileServers("hostile", nil) }

    /// `healthy` servers, and how many.
    convenience init(healthy: Int) throws { try self.init("healthy", "\(healthy)") }

    private init(_ mode: String, _ argument: String?) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-hostile-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Self.script, mode, argument ?? folder]
        lifeline = Pipe()
        let output = Pipe()
        (process.standardInput, process.standardOutput) = (lifeline, output)
        try process.run()
        var line = Data()
        while !line.contains(10) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Command.Failure("the hostile servers did not start") }
            line += more
        }
        ports = try JSONDecoder().decode(Ready.self, from: line).ports
    }

    var authority: String { folder + "/ca.pem" }

    func port(_ name: String) throws -> Int {
        guard let port = ports[name] else { throw Command.Failure("there is no hostile server \(name)") }
        return port
    }

    func url(_ name: String) throws -> String {
        "\(name.hasPrefix("tls-") ? "https" : "http")://127.0.0.1:\(try port(name))"
    }

    /// What the servers counted or saw: `polls` or `seen`.
    func ask(_ what: String) throws -> Data {
        let output = try Command(["curl", "-fsS", "--noproxy", "*", "http://127.0.0.1:\(port("other"))/\(what)"]).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        return Data(output.text.utf8)
    }

    /// A request that came to the server `other` or `vault`.
    struct Seen: Decodable {
        var server: String
        var request: String
        var headers: [String]
    }

    func seen() throws -> [Seen] { try JSONDecoder().decode([Seen].self, from: ask("seen")) }

    func polls() throws -> [String: Int] { try JSONDecoder().decode([String: Int].self, from: ask("polls")) }
}
