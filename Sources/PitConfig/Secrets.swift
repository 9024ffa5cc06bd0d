import Foundation
public import PitModel

/// Reads secrets from where the configuration says they are. What it returns goes to the transport and nowhere else.
public struct SecretReader: Sendable {
    /// Bytes a secret may have.
    public static let limit = 64 << 10
    /// Seconds a command may take.
    public static let patience = 10.0

    private let environment: [String: String]
    public init(environment: [String: String]) { self.environment = environment }

    public func read(_ place: SecretPlace) async throws(ConnectorFault) -> String {
        let raw: String
        switch place {
        case .environment(let name):
            guard let value = environment[name] else { throw .secret("the environment has no \(name)") }
            raw = value
        case .file(let path): raw = try readFile(path)
        case .command(let words): raw = try await run(words)
        }
        let secret = raw.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw .secret("\(Self.word(for: place)) is empty") }
        guard !secret.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw .secret("\(Self.word(for: place)) holds control characters")
        }
        return secret
    }

    /// Where it is, in words that may be shown.
    public static func word(for place: SecretPlace) -> String {
        switch place {
        case .environment(let name): "environment variable \(name)"
        case .file(let path): "file \(path)"
        case .command(let words): "command \(words.first ?? "")"
        }
    }

    private func readFile(_ path: String) throws(ConnectorFault) -> String {
        let full = path.hasPrefix("~/") ? (environment["HOME"] ?? "") + path.dropFirst(1) : path
        guard let file = FileHandle(forReadingAtPath: full) else { throw .secret("cannot open \(path)") }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: Self.limit + 1) else { throw .secret("cannot read \(path)") }
        guard data.count <= Self.limit else { throw .secret("\(path) is larger than 64 KiB") }
        return String(decoding: data, as: UTF8.self)
    }

    private func run(_ words: [String]) async throws(ConnectorFault) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { throw .secret("cannot start \(words.first ?? "the command")") }
        let limit = Task.detached {
            try await Task.sleep(for: .seconds(Self.patience))
            kill(process.processIdentifier, SIGKILL)
        }
        defer { limit.cancel() }
        let data =
            await Task.detached { try? output.fileHandleForReading.read(upToCount: Self.limit + 1) }.value ?? Data()
        if data.count > Self.limit { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw .secret("\(words.first ?? "the command") ended with status \(process.terminationStatus)")
        }
        guard data.count <= Self.limit else { throw .secret("the command wrote more than 64 KiB") }
        return String(decoding: data, as: UTF8.self)
    }
}
