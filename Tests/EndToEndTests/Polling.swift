import Foundation
import PitTestKit

/// `pitwall poll` over the servers of a test, until it is killed: what it knows must be on the disk by then.
final class Polling {
    private let process = Process()
    /// What it says on standard error.
    private let said: String

    init(_ peers: Peers) throws {
        said = peers.folder + "/poll-\(UUID().uuidString).err"
        try Data().write(to: URL(filePath: said))
        process.executableURL = URL(filePath: Peers.program)
        // Others' commands see what was kept, which is every half minute; its page is of the moment.
        process.arguments = ["poll", "--listen", "127.0.0.1:0", "--config", peers.folder + "/config.yaml"]
        process.environment = ProcessInfo.processInfo.environment.merging(peers.environment) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(filePath: said))
        try process.run()
    }

    deinit { stop() }

    /// The lines of its metrics page; none as long as it does not listen.
    func page() throws -> [Substring] {
        let said = try String(contentsOfFile: said, encoding: .utf8)
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("serving ") }) else { return [] }
        let url = String(line.dropFirst("serving ".count))
        return try Command(["curl", "-fsS", "--noproxy", "*", url]).run().text.split(separator: "\n")
    }

    func stop() {
        guard process.isRunning else { return }
        // Test runners block signals, and children inherit that: only one that cannot be blocked ends it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
