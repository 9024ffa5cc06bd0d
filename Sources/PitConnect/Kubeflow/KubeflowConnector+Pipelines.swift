public import PitModel
import PitParse
import Synchronization

extension KubeflowConnector: PipelineControl {
    /// What failed is run again within the same run.
    public static let retriesInPlace = true

    public func pipelines() async throws(ConnectorFault) -> [Pipeline] {
        let found = try await list("/pipelines", "pipelines").items.compactMap { KubeflowRun.pipeline($0, name) }
        var all: [Pipeline] = []
        for (index, each) in found.enumerated() {
            var pipeline = each
            // One whose versions cannot be read is shown all the same: without parameters, which is no empty list.
            if index < Self.mostDetailed { pipeline.parameters = (try? await version(of: each.key.id))?.parameters }
            all.append(pipeline)
        }
        return all
    }

    public func pipeline(_ id: String) async throws(ConnectorFault) -> Pipeline {
        guard !id.isEmpty, id.utf8.count < 300 else { throw .rejected("a pipeline has a name or an id") }
        let step = PathStep.escaped(id)
        var value: JSONValue
        do throws(ConnectorFault) { value = try await get("/pipelines/\(step)") } catch {
            guard error.isOfNothing else { throw error }
            value = try await get(
                "/pipelines/names/\(step)", namespace.map { [(name: "namespace", value: $0)] } ?? [])
        }
        guard var pipeline = KubeflowRun.pipeline(value, name) else {
            throw .notWhatItSays(expected: "a pipeline of \(Self.product)", got: "JSON without pipeline_id")
        }
        let version = try await version(of: pipeline.key.id, patience: 0)
        pipeline.parameters = version.parameters
        if version.version.isEmpty { pipeline.refusal = "\(pipeline.name) has no version" }
        return pipeline
    }

    public func pipelineRuns(of pipeline: String?, limit: Int) async throws(ConnectorFault) -> PipelineRunBatch {
        func of(_ items: [JSONValue]) -> [PipelineRun] {
            items.compactMap { KubeflowRun.run($0, self) }.filter { pipeline == nil || $0.pipeline == pipeline }
        }
        let size = pipeline == nil ? min(Self.pageSize, max(1, limit)) : Self.pageSize
        let found = try await list("/runs", "runs", size: size) { of($0).count >= limit }
        let runs = of(found.items)
        return PipelineRunBatch(Array(runs.prefix(max(0, limit))), hasMore: found.hasMore || runs.count > limit)
    }

    public func pipelineRun(_ id: String) async throws(ConnectorFault) -> PipelineRun {
        let value: JSONValue
        do throws(ConnectorFault) { value = try await get("/runs/\(PathStep.escaped(id))") } catch {
            guard case .notFound = error else { throw error }
            // The list may be read: then it is the run that is not there any more.
            _ = try await list("/runs", "runs", size: 1) { _ in true }
            return PipelineRun(
                RunKey(name, id), name: id, state: .gone, note: "\(Self.product) does not keep this run any more")
        }
        guard var run = KubeflowRun.run(value, self) else {
            throw .notWhatItSays(expected: "a run of \(Self.product)", got: "JSON without run_id")
        }
        run.steps = KubeflowTasks(value).steps
        return run
    }

    /// The log of a step's pod; without a step, of the one that tells most.
    public func pipelineLog(
        of run: String, step: String?, from place: Int?
    ) async throws(ConnectorFault) -> PipelineLog {
        let found = try await pipelineRun(run)
        let chosen = step.map { id in found.steps.first { $0.id == id || $0.name == id } } ?? found.telling
        guard let chosen else {
            if let step { throw .rejected("\(found.name) has no step `\(step.prefix(bytes: 60))`") }
            return PipelineLog("", isOpen: found.state.isOpen)
        }
        guard let pod = chosen.pod else { return PipelineLog("", isOpen: chosen.state.isOpen) }
        let tail = LogTail()
        let path = "/apis/v1alpha1/runs/\(PathStep.escaped(found.key.id))/nodes/\(PathStep.escaped(pod))/log"
        let reply = try await http.stream(
            HTTPRequest(.get, path, query: [(name: "follow", value: "false")], maxBytes: 1 << 40)
        ) { tail.take($0) }
        guard (200..<300).contains(reply.status) else {
            var refused = reply
            refused.body = Array(tail.log.text.utf8)
            refused.path = path
            _ = try Self.open(refused)
            return PipelineLog("")
        }
        var log = tail.log
        log.isOpen = chosen.state.isOpen
        return log
    }

    // MARK: Control

    public func startPipeline(
        _ id: String, parameters: [String: String], mark: String
    ) async throws(ConnectorFault) -> String {
        let pipeline = try await pipeline(id)
        let parameters = mark.isEmpty ? parameters : pipeline.marked(parameters, with: mark)
        if let words = pipeline.refusal ?? pipeline.complaint(about: parameters) {
            throw .rejected("\(words); nothing was started")
        }
        let version = try await version(of: pipeline.key.id)
        var values: [(key: String, value: JSONValue)] = []
        for (key, words) in parameters.sorted(by: { $0.key < $1.key }) {
            let kind = pipeline.parameters?.first { $0.name == key }?.kind ?? .text
            values.append((key, try KubeflowRun.typed(words, kind, key)))
        }
        var body: [(key: String, value: JSONValue)] = [
            ("display_name", .text(mark.isEmpty ? pipeline.name : "\(pipeline.name) \(mark)")),
            ("description", .text(mark.isEmpty ? "started by pitwall" : "started by pitwall as \(mark)")),
            (
                "pipeline_version_reference",
                .object([
                    ("pipeline_id", .text(pipeline.key.id)), ("pipeline_version_id", .text(version.version)),
                ])
            ),
            ("runtime_config", .object([("parameters", .object(values))])),
        ]
        if let place = try await experimentID() { body.append(("experiment_id", .text(place))) }
        if let serviceAccount { body.append(("service_account", .text(serviceAccount))) }
        let value = try await post("/runs", .object(body))
        guard let run = KubeflowRun.field(value, "run_id")?.text, !run.isEmpty else {
            throw .malformed("the run was taken and has no id: look at the list of runs")
        }
        return run
    }

    public func stopPipelineRun(_ id: String) async throws(ConnectorFault) {
        let run = try await pipelineRun(id)
        guard run.state == .queued || run.state == .running || run.state == .waiting else {
            throw .rejected("\(run.name) is \(run.state.rawValue): only what waits or runs can be stopped")
        }
        _ = try await post("/runs/\(PathStep.escaped(run.key.id)):terminate", .object([]))
    }

    public func retryPipelineRun(_ id: String, mark: String) async throws(ConnectorFault) -> String {
        let run = try await pipelineRun(id)
        guard run.state == .failed || run.state == .stopped else {
            throw .rejected("\(run.name) is \(run.state.rawValue): only what failed or was stopped can be retried")
        }
        _ = try await post("/runs/\(PathStep.escaped(run.key.id)):retry", .object([]))
        return run.key.id
    }

    // MARK: -

    /// The newest version of a pipeline, and what it takes.
    private func version(
        of pipeline: String, patience: Double = parameterPatience
    ) async throws(ConnectorFault) -> KubeflowShelf.Known {
        if let known = shelf.known(pipeline, within: patience) { return known }
        let found = try await list(
            "/pipelines/\(PathStep.escaped(pipeline))/versions", "pipeline_versions", size: 1
        ) { _ in true }
        let newest = found.items.first
        let known = KubeflowShelf.Known(
            version: newest.flatMap { KubeflowRun.field($0, "pipeline_version_id")?.text } ?? "",
            parameters: newest.flatMap(KubeflowRun.parameters), at: WallTime.now())
        shelf.keep(pipeline, known)
        return known
    }

    /// Where runs are started; nil: the server's default.
    private func experimentID() async throws(ConnectorFault) -> String? {
        guard experiment != nil || namespace != nil else { return nil }
        let all = try await list("/experiments", "experiments").items
        func named(_ words: String) -> String? {
            all.first {
                KubeflowRun.field($0, "experiment_id")?.text == words
                    || KubeflowRun.field($0, "display_name")?.text == words
            }.flatMap { KubeflowRun.field($0, "experiment_id")?.text }
        }
        guard let experiment else { return named("Default") }
        guard let id = named(experiment) else {
            throw .rejected("there is no experiment `\(experiment)`; nothing was started")
        }
        return id
    }
}

extension ConnectorFault {
    /// Whether it says that there is no such thing: a name in place of an id is refused as well.
    fileprivate var isOfNothing: Bool {
        switch self {
        case .notFound, .rejected: true
        case .server(let status, _): status == 500
        default: false
        }
    }
}

/// The end of a stream.
private final class LogTail: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isCut = false
        var read = 0
    }
    private let state = Mutex(State())
    /// Bytes that are read for the sake of their end.
    private static let most = 64 << 20

    func take(_ piece: [UInt8]) -> Bool {
        state.withLock { state in
            state.read += piece.count
            state.bytes += piece
            if state.bytes.count > 2 * PipelineLog.mostBytes {
                state.bytes = Array(state.bytes.suffix(PipelineLog.mostBytes))
                state.isCut = true
            }
            return state.read < Self.most
        }
    }

    var log: PipelineLog {
        state.withLock { state in
            let bytes = state.bytes.suffix(PipelineLog.mostBytes)
            let isCut = state.isCut || bytes.count < state.bytes.count
            // The first line is cut where something before it is left out.
            let start = isCut ? bytes.firstIndex(of: 10).map { $0 + 1 } ?? bytes.startIndex : bytes.startIndex
            return PipelineLog(String(decoding: bytes[start...], as: UTF8.self), isCut: isCut)
        }
    }
}
