import Foundation

/// Where a benchmark finds its peers and its room, and how it measures.
struct Bench: Sendable {
    /// The folder of the benchmarks' package.
    let package: URL
    /// A folder of its own, removed afterwards.
    let room: URL

    struct Failure: Error, CustomStringConvertible { let description: String }

    private static let home = FileManager.default.homeDirectoryForCurrentUser
    var cache: URL {
        ProcessInfo.processInfo.environment["PITWALL_PEERS"].map { URL(fileURLWithPath: $0) }
            ?? Self.home.appending(path: ".cache/pitwall-peers")
    }
    /// Python with the packages of `peers.py`.
    var python: String { cache.appending(path: "benchmarks-venv/bin/python").path }
    /// Python with Presidio, which wants other versions of the rest.
    var presidio: String { cache.appending(path: "presidio-venv/bin/python").path }
    /// A program of Debian's, unpacked.
    func debian(_ path: String) -> String { cache.appending(path: "debian/\(path)").path }
    var curl: String {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/curl") ? "/usr/bin/curl" : debian("usr/bin/curl")
    }
    /// Our own program, release, statically linked.
    var pitwall: String { package.appending(path: "../../.build/release/pitwall").standardizedFileURL.path }

    /// CPU seconds (user and system) that this process has used, its children's not.
    static var cpu: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    /// The median of the CPU seconds that `body` takes in `times` runs.
    static func cpu(times: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        try median(
            (0..<times).map { _ in
                let before = cpu
                try body()
                return cpu - before
            })
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    static func quantile(_ share: Double, _ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[max(0, min(sorted.count, Int((Double(sorted.count) * share).rounded(.up))) - 1)]
    }

    /// Bytes of a process' memory that are resident, or were at most (`VmHWM`); of this one without `pid`.
    static func resident(_ pid: Int32? = nil, peak: Bool = false) -> Double? {
        let path = "/proc/\(pid.map(String.init) ?? "self")/status"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(peak ? "VmHWM:" : "VmRSS:") }
        let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        return number.flatMap { Double($0) }.map { $0 * 1024 }
    }

    /// CPU seconds that a running process has used.
    static func cpu(of pid: Int32) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// What a finished command said and used.
    struct Outcome {
        var output: String
        var status: Int32
        /// CPU seconds, its own children's included.
        var cpu: Double
        var wall: Double
    }

    /// Runs a command to its end. What it says on its error output goes to ours.
    @discardableResult
    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:], isChecked: Bool = true)
        throws
        -> Outcome
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = room
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        let before = Self.childCPU
        let began = ContinuousClock().now
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let outcome = Outcome(
            output: String(decoding: data, as: UTF8.self), status: process.terminationStatus,
            cpu: Self.childCPU - before, wall: (ContinuousClock().now - began) / .seconds(1))
        if isChecked, outcome.status != 0 {
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")) ended with \(outcome.status)")
        }
        return outcome
    }

    private static var childCPU: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// Keeps the optimizer from leaving out what is measured.
@inline(never) @_optimize(none)
func keep<T>(_ value: T) { _ = value }
