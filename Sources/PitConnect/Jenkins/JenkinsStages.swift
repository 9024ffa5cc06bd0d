import PitModel
import PitParse
import Synchronization

/// Stages as the plugin Pipeline Graph View serves them, `BUILD/stages/tree`:
/// `{"status": "ok", "data": {"stages": [{"id", "name", "state", "type", "startTimeMillis", "totalDurationMillis",
/// "children": [...]}], "complete": true}}`. Older versions have it at `BUILD/pipeline-overview/tree`, with states in
/// capitals and times as texts.
struct JenkinsTree {
    /// Each under what it lies within; what follows another within a branch comes after it, too.
    private(set) var steps: [PipelineStep] = []
    /// Whether nothing of it changes any more.
    let isComplete: Bool

    private static let (mostSteps, mostLevels) = (500, 20)
    private static let states: [String: PipelineState] = [
        "queued": .queued, "running": .running, "paused": .waiting, "skipped": .skipped, "not_built": .skipped,
        "success": .succeeded, "unstable": .unstable, "failure": .failed, "aborted": .stopped,
    ]

    /// Nil: it is another reply.
    init?(_ value: JSONValue?) {
        guard let data = value?["data"], let stages = data["stages"]?.list else { return nil }
        isComplete = data["complete"] == .flag(true)
        take(stages, within: nil, level: 0)
    }

    private mutating func take(_ stages: [JSONValue], within parent: String?, level: Int) {
        guard level < Self.mostLevels else { return }
        var before: String?
        // What has not begun is drawn there as a place to come.
        for stage in stages where steps.count < Self.mostSteps && stage["placeholder"] != .flag(true) {
            let (type, below) = (stage["type"]?.text ?? "", stage["children"]?.list ?? [])
            if type == "PARALLEL_BLOCK", parent != nil {
                take(below, within: parent, level: level + 1)
                continue
            }
            guard var step = Self.step(stage) else { continue }
            if let parent { step.parents = [parent] + (type == "PARALLEL" ? [] : before.map { [$0] } ?? []) }
            steps.append(step)
            before = step.id
            take(below, within: step.id, level: level + 1)
        }
    }

    private static func step(_ stage: JSONValue) -> PipelineStep? {
        guard let id = stage["id"]?.words?.prefix(bytes: 60), !id.isEmpty else { return nil }
        let state = stage["state"]?.text.flatMap { states[$0.lowercased()] } ?? .unknown
        let began = stage["startTimeMillis"]?.number.flatMap { 1...1e15 ~= $0 ? $0 : nil }
        let took = stage["totalDurationMillis"]?.number.flatMap { 0...1e12 ~= $0 ? $0 : nil }
        let start = state == .skipped ? nil : began.map { Timestamp(milliseconds: Int64($0)) }
        return PipelineStep(
            id, name: stage["name"]?.text?.prefix(bytes: 200) ?? id, state: state, startedAt: start,
            endedAt: state.isOpen ? nil : start.flatMap { at in took.map { at.advanced(by: $0 / 1000) } },
            note: state == .waiting ? "a person is to answer in Jenkins" : "")
    }

    /// With what only the list of stages tells: errors, what a person is waited for, times.
    func joined(_ stages: [PipelineStep]) -> [PipelineStep] {
        let known = Dictionary(stages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return steps.map { step in
            guard let same = known[step.id] else { return step }
            var step = step
            if same.state == .waiting { step.state = .waiting }
            if step.note.isEmpty { step.note = same.note }
            if step.startedAt == nil { (step.startedAt, step.endedAt) = (same.startedAt, same.endedAt) }
            return step
        }
    }
}

/// Where a server has the trees of its builds, and those of builds that are over.
final class JenkinsTreeShelf: Sendable {
    private struct State {
        var path: String?
        var missingSince: Timestamp?
        var ended: [String: JenkinsTree] = [:]
    }
    private let state = Mutex(State())
    private static let mostEnded = 100
    /// Seconds after which a server that had none is asked again.
    private static let patience = 600.0

    func ended(_ build: String) -> JenkinsTree? { state.withLock { $0.ended[build] } }

    /// What to ask for, the likeliest first.
    var paths: [String] {
        state.withLock { state in
            if let path = state.path { return [path] }
            if let since = state.missingSince, WallTime.now().since(since) < Self.patience { return [] }
            return ["stages/tree", "pipeline-overview/tree"]
        }
    }

    func keep(_ tree: JenkinsTree, of build: String, at path: String) {
        state.withLock { state in
            (state.path, state.missingSince) = (path, nil)
            guard tree.isComplete else { return }
            if state.ended.count >= Self.mostEnded { state.ended = [:] }
            state.ended[build] = tree
        }
    }

    func miss() { state.withLock { ($0.path, $0.missingSince) = (nil, WallTime.now()) } }
}

extension JenkinsConnector {
    /// Steps of a build: as a graph where a plugin tells of one, else one after the other, else none.
    func steps(
        of path: String, _ build: JenkinsBuild, isPipeline: Bool
    ) async throws(ConnectorFault) -> [PipelineStep] {
        let stages = try await stages(path)
        guard isPipeline || !stages.isEmpty, let tree = await tree(path, build), !tree.steps.isEmpty else {
            return stages
        }
        return tree.joined(stages)
    }

    /// What is said beside the stages: that it cannot be had hides nothing of them.
    private func tree(_ path: String, _ build: JenkinsBuild) async -> JenkinsTree? {
        // A job that is made anew counts from 1 again.
        let key = "\(path) \(build.at.milliseconds)"
        if !build.isRunning, let known = trees.ended(key) { return known }
        let paths = trees.paths
        for part in paths {
            do throws(ConnectorFault) {
                let reply = try open(try await http.send(HTTPRequest(.get, "\(path)/\(part)")))
                guard let tree = JenkinsTree(JSONReader.value(of: reply.body)) else { continue }
                trees.keep(tree, of: key, at: part)
                return tree
            } catch {
                guard case .notFound = error else { return nil }
            }
        }
        if !paths.isEmpty { trees.miss() }
        return nil
    }
}
