import Foundation
public import PitModel

/// Tells alerts to a program: the JSON that a webhook would be sent, on its standard input. Exit status 0 says that it
/// has them.
public struct CommandReceiver: AlertReceiving {
    private let program: [String]
    private let timeout: Double
    private let environment: [String: String]
    private let body: @Sendable ([AlertNotice]) -> [UInt8]?
    public let renewal: Double? = nil
    /// Arguments may hold what is nobody's business.
    public var words: String { "command \(program.first ?? "")" }

    /// - Parameter body: what the program is given.
    public init(
        _ program: [String], timeout: Double, environment: [String: String],
        body: @escaping @Sendable ([AlertNotice]) -> [UInt8]?
    ) {
        (self.program, self.timeout, self.environment, self.body) = (program, timeout, environment, body)
    }

    public func tell(_ notices: [AlertNotice], now: Timestamp) async throws(ConnectorFault) {
        guard let bytes = body(notices) else { throw .rejected("the alerts cannot be written as JSON") }
        // A file, not a pipe: a program that does not read must not hold anybody up.
        let folder = FileManager.default.temporaryDirectory
        let file = folder.appending(path: "pitwall-notice-\(UUID().uuidString).json")
        guard
            FileManager.default.createFile(
                atPath: file.path, contents: Data(bytes), attributes: [.posixPermissions: 0o600]),
            let input = FileHandle(forReadingAtPath: file.path)
        else { throw .file("\(folder.path) cannot be written") }
        try? FileManager.default.removeItem(at: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = program
        process.environment = environment.merging(["PITWALL_NOTICES": "\(notices.count)"]) { $1 }
        process.standardInput = input
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        let (patience, name) = (timeout, program.first ?? "the command")
        do { try process.run() } catch { throw .unreachable("cannot start \(name)") }
        let limit = Task.detached {
            try await Task.sleep(for: .seconds(patience))
            kill(process.processIdentifier, SIGKILL)
        }
        await Task.detached { process.waitUntilExit() }.value
        limit.cancel()
        if process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL {
            throw .timedOut(after: timeout)
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw .rejected("\(name) ended with status \(process.terminationStatus)")
        }
    }
}
