import Foundation
import Glibc

/// The test program itself, started once more to run one test only: for what needs a second process, or one to kill.
/// The child's test does its work only when the environment names a folder, and is passed over otherwise.
public final class ChildProcess {
    /// What the parent told this process to do, when it is a child.
    public static func folder(_ role: String) -> String? {
        ProcessInfo.processInfo.environment["PITWALL_CHILD_\(role)"]
    }

    private let process = Process()
    private let output = Pipe()
    private var buffer: [UInt8] = []

    /// `test` is the function's name, as a filter knows it.
    public init(_ role: String, test: String, folder: String) throws {
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = Self.arguments + ["--filter", test]
        var environment = ProcessInfo.processInfo.environment
        environment["PITWALL_CHILD_\(role)"] = folder
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try output.fileHandleForWriting.close()
    }

    /// This process' own arguments, without its filters.
    private static var arguments: [String] {
        var kept: [String] = []
        var rest = CommandLine.arguments.dropFirst()
        while let word = rest.popFirst() {
            if ["--filter", "--skip", "--event-stream-output-path", "--xunit-output", "--configuration-path"]
                .contains(word)
            {
                _ = rest.popFirst()
            } else if !word.hasPrefix("--filter="), !word.hasPrefix("--skip=") {
                kept.append(word)
            }
        }
        return kept.contains("--testing-library") ? kept : kept + ["--testing-library", "swift-testing"]
    }

    public var pid: Int32 { process.processIdentifier }

    /// The next line that the child said after the word `CHILD`; nil when it has ended.
    public func line() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let text = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                if text.hasPrefix("CHILD ") { return String(text.dropFirst(6)) }
                continue
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            buffer += more
        }
    }

    /// Ends it as a power cut would, and waits until it is gone.
    public func kill() {
        Glibc.kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    public func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit { if process.isRunning { Glibc.kill(pid, SIGKILL) } }

    /// Says a line to the parent at once.
    public static func say(_ words: String) {
        let line = "CHILD \(words)\n"
        _ = line.withCString { write(1, $0, strlen($0)) }
    }
}
