import PitModel
import PitParse
import Synchronization

/// A job as Jenkins tells of it.
struct JenkinsJob {
    static let tree =
        "url,buildable,disabled,inQueue,queueItem[id,why],nextBuildNumber,builds[number,result,building,timestamp,"
        + "duration,estimatedDuration,queueId,actions[parameters[name,value],causes[shortDescription,userId]]]{0,50}"

    let path: String
    let isDisabled: Bool
    /// The newest first.
    let builds: [JenkinsBuild]
    /// The number of the newest build that there ever was.
    let newest: Int
    /// Why a build waits; nil when none does.
    let waiting: String?
    private let connection: ConnectionName
    private let release: String?
    private let url: String

    init(_ value: JSONValue, path: String, connection: ConnectionName, release: String?) {
        (self.path, self.connection, self.release) = (path, connection, release)
        isDisabled = value["disabled"] == .flag(true) || value["buildable"] == .flag(false)
        builds = (value["builds"]?.list ?? []).prefix(100).compactMap(JenkinsBuild.init).sorted {
            $0.number > $1.number
        }
        newest = max(builds.first?.number ?? 0, Int(max(1, min(value["nextBuildNumber"]?.number ?? 1, 1e9))) - 1)
        waiting = value["queueItem"]?["why"]?.text?.prefix(bytes: 200) ?? (value["inQueue"] == .flag(true) ? "" : nil)
        url = value["url"]?.text?.prefix(bytes: 200) ?? path
    }

    /// The newest that succeeded is what is deployed.
    private var current: JenkinsBuild? { builds.first(where: \.isDeployed) }

    private func label(_ build: JenkinsBuild) -> String {
        let words = release.flatMap { name in build.parameters.first { $0.name == name }?.value }
        return words.map { $0.prefix(bytes: 60) } ?? build.id.name
    }

    var deployment: Deployment {
        let parts = path.split(separator: "/").map(String.init)
        let id = DeploymentID(
            connection: connection, kind: .job,
            namespace: parts.count > 1 ? parts.dropLast().joined(separator: "/") : nil, name: parts.last ?? path)
        let running = builds.first(where: \.isRunning)
        let last = builds.first { !$0.isRunning }
        var (status, message): (RolloutStatus, String) = (.complete, "")
        if let running {
            (status, message) = (.progressing, running.progress(WallTime.now()) ?? "")
        } else if let waiting {
            (status, message) = (.progressing, "queued: \(waiting)")
        } else if let last, last.result == "FAILURE" || last.result == "UNSTABLE" {
            (status, message) = (.failed, "\(last.id.name) ended with \(last.result ?? ""): what it left is not known")
        } else if let last, !last.isDeployed {
            message = "\(last.id.name) ended with \(last.result ?? "")"
        } else if current == nil {
            status = .unknown
        }
        if isDisabled, status == .complete { (status, message) = (.paused, "the job is disabled") }
        var verbs: Set<DeploymentVerb> = isDisabled || current == nil ? [] : [.rollback, .promote, .restart]
        if running != nil { verbs.insert(.abort) }
        return Deployment(
            id: id, uid: url, generation: newest, current: current?.id, release: current.map(label) ?? "",
            artifacts: current?.artifacts ?? [], status: status, message: message,
            since: current.map { $0.at.advanced(by: $0.duration) }, changedBy: current?.author, verbs: verbs)
    }

    /// Builds that deployed something, the newest first; several of the same parameters are one release.
    var revisions: [Revision] {
        var seen: Set<String> = []
        return builds.filter { $0.isDeployed && ($0.id.hash.isEmpty || seen.insert($0.id.hash).inserted) }.map {
            build in
            Revision(
                id: build.id, label: label(build), number: build.number, isCurrent: build.number == current?.number,
                isRestorable: !build.parameters.isEmpty, createdAt: build.at, author: build.author, cause: build.cause,
                artifacts: build.artifacts,
                note: build.parameters.isEmpty
                    ? "it has no parameters, so that building it again brings nothing back" : "")
        }
    }
}

/// One build of a job.
struct JenkinsBuild {
    let number: Int
    let id: RevisionID
    let result: String?
    let isRunning: Bool
    let at: Timestamp
    /// Seconds it took, and those it is thought to take.
    let duration: Double
    let estimate: Double?
    /// As they are sent again.
    let parameters: [(name: String, value: String)]
    /// Parameters whose values are not told: passwords.
    let hidden: [String]
    let author: String?
    let cause: String
    /// The item of the queue that it came of.
    let queueItem: Int?

    var isDeployed: Bool { result == "SUCCESS" && !isRunning }

    init?(_ value: JSONValue) {
        guard let number = value["number"]?.number.flatMap({ 1...1e9 ~= $0 ? Int($0) : nil }) else { return nil }
        self.number = number
        result = value["result"]?.text
        // The result may stand before the last steps have ended.
        isRunning = value["building"] == .flag(true) || value["result"]?.isNull ?? true
        at = Timestamp(milliseconds: Int64(min(max(value["timestamp"]?.number ?? 0, 0), 1e15)))
        duration = max(0, value["duration"]?.number ?? 0) / 1000
        estimate = value["estimatedDuration"]?.number.flatMap { $0 > 0 ? $0 / 1000 : nil }
        // Actions hold nulls and empty objects.
        let actions = value["actions"]?.list ?? []
        var (told, untold): ([(name: String, value: String)], [String]) = ([], [])
        for item in actions.flatMap({ $0["parameters"]?.list ?? [] }).prefix(100) {
            guard let name = item["name"]?.text else { continue }
            if let words = item["value"]?.words { told.append((name, words)) } else { untold.append(name) }
        }
        (parameters, hidden) = (told, untold)
        let causes = actions.flatMap { $0["causes"]?.list ?? [] }
        author = causes.compactMap { $0["userId"]?.text }.first?.prefix(bytes: 100)
        cause = causes.first?["shortDescription"]?.text?.prefix(bytes: 300) ?? ""
        queueItem = value["queueId"]?.number.flatMap { 1...1e15 ~= $0 ? Int($0) : nil }
        id = RevisionID("#\(number)", hash: Self.mark(told))
    }

    var artifacts: [Artifact] {
        parameters.map { Artifact(.parameter, name: $0.name, value: $0.value.prefix(bytes: 400)) }
    }

    /// How far it is; nil when it has ended.
    func progress(_ now: Timestamp) -> String? {
        guard isRunning else { return nil }
        let seconds = max(0, now.since(at))
        guard let estimate else { return "\(id.name) runs for \(Int(seconds)) s" }
        return "\(id.name) runs: \(Int(min(99, 100 * seconds / estimate))) % of about \(Int(estimate.rounded(.up))) s"
    }

    /// The same for the same parameters (FNV-1a, 64 bits): a build with those of another serves the same release.
    private static func mark(_ parameters: [(name: String, value: String)]) -> String {
        guard !parameters.isEmpty else { return "" }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for line in parameters.map({ "\($0.name)\u{0}\($0.value)\u{1}" }).sorted() {
            for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}

/// The ends of logs that are being followed.
final class ConsoleShelf: Sendable {
    private struct Log {
        var size = 0
        var tail: [UInt8] = []
    }
    private let logs = Mutex<[String: Log]>([:])
    private static let mostLogs = 200
    private static let mostTail = 32 << 10
    private static let mostLines = 200
    /// Bytes of one piece.
    static let maxBytes = 8 << 20

    func start(_ key: String) -> Int { logs.withLock { $0[key]?.size ?? 0 } }

    /// Keeps a piece, and gives the newest lines.
    func take(_ bytes: [UInt8], of key: String, size: Int, isWhole: Bool) -> [String] {
        logs.withLock { logs in
            if logs.count >= Self.mostLogs, logs[key] == nil { logs = [:] }
            var log = isWhole ? Log() : logs[key] ?? Log()
            log.size = size
            log.tail = Array((log.tail + bytes).suffix(Self.mostTail))
            logs[key] = log
            return log.tail.split(separator: 10).suffix(Self.mostLines).map {
                String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self).prefix(bytes: 400)
            }
        }
    }
}
