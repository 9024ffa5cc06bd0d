import Foundation
public import PitModel

/// What a plugin gave.
public struct ExecCredential: Equatable, Sendable {
    public var token: Hidden?
    /// PEM.
    public var certificate: Hidden?
    public var key: Hidden?
    /// Seconds since 1970; nil: as long as pitwall runs.
    public var expires: Double?
    public init(token: Hidden? = nil, certificate: Hidden? = nil, key: Hidden? = nil, expires: Double? = nil) {
        (self.token, self.certificate, self.key, self.expires) = (token, certificate, key, expires)
    }
}

extension ExecPlugin {
    /// Seconds a plugin may take.
    public static let patience = 30.0
    private static let limit = 1 << 20

    /// Runs the plugin. What it writes to its error output is shown only where it fails, and only its end.
    public func run(
        environment: [String: String], patience: Double = patience
    ) async throws(ConnectorFault) -> ExecCredential {
        guard !needsTerminal else {
            throw .secret("\(name) asks its questions at a terminal, which it cannot have here: sign in with it first")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--", command] + arguments
        process.environment = environment.merging(self.environment.map { ($0.name, $0.value.value) }) { $1 }
            .merging(["KUBERNETES_EXEC_INFO": question]) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw .secret("\(name) cannot be started\(hint)") }
        let collected = await Self.collect(process, output, errors, patience: patience)
        let (data, words) = (collected.output, collected.errors)
        if collected.isTooLong { throw .secret("\(name) wrote more than 1 MiB and was ended") }
        guard process.terminationReason == .exit else {
            throw .secret("\(name) did not answer within \(Int(patience)) s and was ended\(Self.tail(words))")
        }
        switch process.terminationStatus {
        case 0: break
        case 126, 127: throw .secret("\(name) cannot be started\(hint)")
        default: throw .secret("\(name) ended with status \(process.terminationStatus)\(Self.tail(words))\(hint)")
        }
        return try credential(in: data)
    }

    /// Its name, without the folder.
    private var name: String { "the exec plugin " + (command.split(separator: "/").last.map(String.init) ?? command) }

    private var hint: String {
        let words = installHint.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return words.isEmpty ? "" : ". " + String(String.UnicodeScalarView(words)).prefix(300)
    }

    private var question: String {
        let cluster = cluster.map { ",\"cluster\":\($0)" } ?? ""
        let spec = "{\"interactive\":false\(cluster)}"
        return "{\"apiVersion\":\"\(apiVersion)\",\"kind\":\"ExecCredential\",\"spec\":\(spec)}"
    }

    private struct Collected: Sendable {
        var output = Data()
        var errors = Data()
        var isTooLong = false
    }

    /// Reads both outputs until the plugin ends, which it is made to when it takes or writes too much. What it started
    /// itself may outlive it and hold the pipes open: nobody waits for that.
    private static func collect(
        _ process: Process, _ output: Pipe, _ errors: Pipe, patience: Double
    ) async -> Collected {
        let pid = process.processIdentifier
        return await Task.detached {
            var collected = Collected()
            let deadline = ContinuousClock().now + .seconds(patience)
            var (isOutputOpen, areErrorsOpen) = (true, true)
            var isEnded = false
            while isOutputOpen || areErrorsOpen {
                let wasRunning = process.isRunning
                let more = (
                    isOutputOpen ? take(output, &isOutputOpen) : Data(),
                    areErrorsOpen ? take(errors, &areErrorsOpen) : Data()
                )
                collected.output += more.0
                collected.errors = Data((collected.errors + more.1).suffix(4096))
                if collected.output.count > limit { collected.isTooLong = true }
                if !wasRunning, more.0.isEmpty, more.1.isEmpty { break }
                if !isEnded, collected.isTooLong || ContinuousClock().now > deadline {
                    isEnded = true
                    // It leads a group of its own, or is none's leader: then only it is ended.
                    kill(-pid, SIGKILL)
                    kill(pid, SIGKILL)
                }
                if collected.isTooLong { break }
            }
            process.waitUntilExit()
            return collected
        }.value
    }

    /// What comes within a moment; nothing at the end.
    private static func take(_ pipe: Pipe, _ isOpen: inout Bool) -> Data {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 10) > 0 else { return Data() }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(descriptor, &bytes, bytes.count)
        if count <= 0 { isOpen = false }
        return count > 0 ? Data(bytes[..<count]) : Data()
    }

    private static func tail(_ words: Data) -> String {
        let text = String(decoding: words.suffix(400), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        let plain = line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return plain.isEmpty ? "" : ": " + String(String.UnicodeScalarView(plain)).prefix(200)
    }

    private struct Answer: Decodable {
        struct Status: Decodable {
            var token: String?
            var clientCertificateData: String?
            var clientKeyData: String?
            var expirationTimestamp: String?
        }
        var apiVersion: String?
        var kind: String?
        var status: Status?
    }

    private func credential(in data: Data) throws(ConnectorFault) -> ExecCredential {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: data), answer.kind == "ExecCredential" else {
            throw .secret("\(name) wrote something that is no ExecCredential\(hint)")
        }
        guard answer.apiVersion == apiVersion else {
            throw .secret("\(name) answers in \(answer.apiVersion?.prefix(60) ?? "no version"), not in \(apiVersion)")
        }
        guard let status = answer.status else { throw .secret("\(name) gave no credential\(hint)") }
        let token = status.token.flatMap { $0.isEmpty ? nil : $0 }
        guard (status.clientCertificateData == nil) == (status.clientKeyData == nil) else {
            throw .secret("\(name) gave only one of certificate and key")
        }
        guard token != nil || status.clientCertificateData != nil else {
            throw .secret("\(name) gave neither a token nor a certificate\(hint)")
        }
        if let token, token.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw .secret("\(name) gave a token with control characters")
        }
        return ExecCredential(
            token: token.map(Hidden.init), certificate: status.clientCertificateData.map(Hidden.init),
            key: status.clientKeyData.map(Hidden.init),
            expires: status.expirationTimestamp.flatMap { Timestamp(rfc3339: $0) }?.seconds)
    }
}
