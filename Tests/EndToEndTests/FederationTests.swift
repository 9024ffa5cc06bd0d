import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test(
        "what a pitwall publishes is scraped by a real Prometheus with the README's own lines, and federated from there"
    )
    func federation() async throws {
        let peers = try Peers()
        let folder = URL(filePath: peers.folder)
        // A pitwall without a screen, at a port of its own choice.
        let errors = folder.appending(path: "poll.err")
        try Data().write(to: errors)
        let poll = Process()
        poll.executableURL = URL(filePath: Peers.program)
        poll.arguments = ["poll", "--listen", "127.0.0.1:0", "--config", peers.folder + "/config.yaml"]
        poll.environment = ProcessInfo.processInfo.environment.merging(peers.environment) { $1 }
        poll.standardError = try FileHandle(forWritingTo: errors)
        poll.standardOutput = FileHandle.nullDevice
        try poll.run()
        defer {
            Self.end(poll)
        }
        let said = try await Peers.wait("the address", { try String(contentsOf: errors, encoding: .utf8) }) {
            $0.contains("/metrics\n")
        }
        let line = try #require(said.split(separator: "\n").first { $0.hasPrefix("serving http://") })
        let address = line.dropFirst("serving http://".count).dropLast("/metrics".count)
        #expect(!said.contains("no password"))

        // A real Prometheus with the configuration that the README shows.
        let readme = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../README.md").standardized, encoding: .utf8)
        let section = try #require(readme.components(separatedBy: "## Beyond one machine").last)
        let yaml = try #require(
            section.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
        #expect(yaml.contains("127.0.0.1:9911"))
        let file = folder.appending(path: "team.yml")
        try yaml.replacing("127.0.0.1:9911", with: address).replacing("15s", with: "1s")
            .write(to: file, atomically: true, encoding: .utf8)
        let bin = URL(filePath: peers.facts.amtool).deletingLastPathComponent()
        let team = Process()
        team.executableURL = bin.appending(path: "prometheus")
        let port = try Self.freePort()
        team.arguments = [
            "--config.file=\(file.path)", "--storage.tsdb.path=\(peers.folder)/team",
            "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
        ]
        team.standardError = FileHandle.nullDevice
        try team.run()
        defer {
            Self.end(team)
        }
        func get(_ path: String) throws -> String {
            try Command(["curl", "-sS", "--noproxy", "*", "-G", "http://127.0.0.1:\(port)" + path]).run().text
        }
        let down =
            "/api/v1/query?query=pitwall_model_health%7Bmodel%3D%22chat-model%22%2Cpitwall_model_health%3D%22ok%22%7D"
        _ = try await Peers.wait("the model's health in Prometheus", { try get(down) }) { $0.contains(",\"1\"]") }
        let rate = try await Peers.wait(
            "the request rate", { try get("/api/v1/query?query=pitwall_model_requests_per_second") }
        ) {
            $0.contains("\"model\":\"chat-model\"")
        }
        #expect(rate.contains("\"job\":\"pitwall\""))
        let federated = try get("/federate?match%5B%5D=%7B__name__%3D~%22pitwall_.*%22%7D")
        #expect(federated.contains("pitwall_connection_up{"))
        #expect(federated.contains("pitwall_build_info{"))
        let targets = try get("/api/v1/targets")
        #expect(targets.contains("\"health\":\"up\""))
        #expect(targets.contains("\"lastError\":\"\""))
    }

    /// Test runners block signals, and children inherit that: only one that cannot be blocked ends them.
    private static func end(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func freePort() throws -> Int {
        let output = try Command([
            "python3", "-c",
            "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])",
        ]).run()
        return try #require(Int(output.text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}
