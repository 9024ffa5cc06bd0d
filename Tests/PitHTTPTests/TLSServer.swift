import Foundation
import Synchronization

/// `openssl s_server` on a port of its own choice, which answers each request with the same reply.
final class TLSServer: Sendable {
    private struct State {
        var output = ""
        var answered = 0
    }

    private let process: Process
    private let state = Mutex(State())
    let port: UInt16

    /// All requests so far, as they came.
    var seen: String { state.withLock { $0.output } }

    init(_ certificates: Certificates, reply: String, options: [String] = []) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificates.server, "-key",
                certificates.serverKey,
            ] + options
        let (output, input) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = input
        try process.run()
        self.process = process
        let (reading, writing) = (output.fileHandleForReading, input.fileHandleForWriting)
        var start = ""
        var found: UInt16?
        while found == nil {
            let bytes = reading.availableData
            if bytes.isEmpty { throw Tools.Failure(words: "openssl s_server did not start: \(start)") }
            start += String(decoding: bytes, as: UTF8.self)
            guard let line = start.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT") }) else { continue }
            found = line.split(separator: ":").last.flatMap { UInt16($0) }
        }
        port = found ?? 0
        Threads.start {
            while true {
                let bytes = reading.availableData
                if bytes.isEmpty { break }
                if self.take(String(decoding: bytes, as: UTF8.self)) {
                    try? writing.write(contentsOf: Data(reply.utf8))
                }
            }
        }
    }

    /// Kills it: a process that was started from one of Swift's threads has SIGTERM blocked.
    func stop() { kill(process.processIdentifier, SIGKILL) }

    /// True when a request is complete.
    private func take(_ text: String) -> Bool {
        state.withLock { state in
            state.output += text.replacing("\r\n", with: "\n")
            let requests = state.output.split(separator: "GET ", omittingEmptySubsequences: false).dropFirst()
            let complete = requests.count { $0.contains("\n\n") }
            defer { state.answered = complete }
            return complete > state.answered
        }
    }
}
