import Foundation
public import PitModel
import PitParse

/// What a training's keeper and those who look at it tell each other: files of one folder.
public struct TrainingFolder: Sendable {
    /// What is to be run.
    public struct Order: Equatable, Codable, Sendable {
        public var words: [String]
        public var directory: String?
        /// Added to the environment; never a secret.
        public var environment: [String: String]
        /// Seconds.
        public var timeout: Double
        /// Bytes of output that are kept: twice as much at most lies on the disk.
        public var maxLog: Int
        /// Seconds that it has to end by itself when it is asked to.
        public var grace: Double
        /// What is to run elsewhere, and as what; then there are no words.
        public var remote: RemoteOrder?
        public var reference: RemoteReference?
        public init(
            words: [String], directory: String? = nil, environment: [String: String] = [:], timeout: Double = 86400,
            maxLog: Int = 8 << 20, grace: Double = 10
        ) {
            (self.words, self.directory, self.environment) = (words, directory, environment)
            (self.timeout, self.maxLog, self.grace) = (timeout, maxLog, grace)
        }
    }

    public let path: String
    public init(_ path: String) { self.path = path }

    var log: String { path + "/output.log" }
    /// What was written before that, once there is too much.
    var older: String { path + "/output.old.log" }

    public func make(_ order: Order) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try write(order, "order.json")
    }

    /// Whether what it orders runs elsewhere.
    public var isElsewhere: Bool { order()?.remote != nil }
    func order() -> Order? { read(Order.self, "order.json") }
    /// Keeper and program, once they run.
    func processes() -> [ProcessMark] { read([ProcessMark].self, "processes.json") ?? [] }
    public func end() -> Training.End? { read(Training.End.self, "end.json") }
    public func curves() -> [String: [MetricPoint]] { keptCurves()?.curves ?? [:] }
    func keptCurves() -> TrainingCurves? { read(TrainingCurves.self, "curves.json") }
    /// Which GPUs it had, where that was told.
    func usage() -> TrainingUsage? { read(TrainingUsage.self, "usage.json") }
    func remote() -> RemoteState? { read(RemoteState.self, "remote.json") }

    /// Asks the keeper to end the program.
    func askToStop() -> Bool { FileManager.default.createFile(atPath: path + "/stop", contents: nil) }
    var isAskedToStop: Bool { access(path + "/stop", F_OK) == 0 }

    /// The last lines of the output, however much there is.
    public func tail(_ lines: Int) -> [String] {
        let most = 256 << 10
        var bytes = Self.last(most, of: log)
        if bytes.count < most { bytes = Self.last(most - bytes.count, of: older) + bytes }
        // A line without an end is shown by its end.
        return bytes.split(separator: 10).suffix(max(0, lines)).map { line in
            // What went back to a line's begin wrote over it: the last is what would be seen.
            let seen = line.split(separator: 13).last ?? []
            return String(decoding: seen.suffix(2000), as: UTF8.self)
        }
    }

    private static func last(_ count: Int, of file: String) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: file) else { return [] }
        defer { try? handle.close() }
        guard let size = try? handle.seekToEnd() else { return [] }
        try? handle.seek(toOffset: size > UInt64(count) ? size - UInt64(count) : 0)
        return (try? handle.read(upToCount: count)).flatMap { $0 }.map { [UInt8]($0) } ?? []
    }

    /// Whole or not at all.
    func write(_ value: some Encodable, _ name: String) throws {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try encoder.encode(value).write(to: URL(filePath: path + "/" + name), options: .atomic)
    }

    private func read<T: Decodable>(_ type: T.Type, _ name: String) -> T? {
        guard let data = FileManager.default.contents(atPath: path + "/" + name) else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: data)
    }
}

extension ProcessMark {
    /// What runs under a number now; nil when nothing does, or only its remains.
    public init?(_ pid: Int32) {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = stat.lastIndex(of: ")")
        else { return nil }
        // The fields after the name: state is the third of all, the start the 22nd (proc(5)).
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]), fields[0] != "Z", fields[0] != "X" else { return nil }
        self.init(pid: pid, start: start, boot: Self.boot)
    }

    /// Whether the very process still runs.
    public var isAlive: Bool { ProcessMark(pid) == self }

    private static let boot =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
}
