import PitModel

/// A training as a build of Jenkins or a run of a pipeline: the template's parameters are handed over by their names.
struct PipelineTraining: RemoteTraining {
    let engine: any PipelineControl
    let connection: ConnectionName

    // A build that was asked for twice is built twice.
    var isRepeatable: Bool { false }

    private static func name(of work: TrainingPlace.Work) throws(ConnectorFault) -> (kind: String, name: String) {
        switch work {
        case .build(let job): ("build", job)
        case .pipeline(let name): ("pipeline", name)
        case .object: throw .rejected("a pipeline engine starts no manifest")
        }
    }

    func reference(of order: RemoteOrder, mark: String) throws(ConnectorFault) -> RemoteReference {
        let (kind, name) = try Self.name(of: order.place.work)
        // What the run is found by stands where a namespace does elsewhere: neither engine knows one of a run.
        return RemoteReference(connection: connection, kind: kind, namespace: "pitwall-\(mark)", name: name)
    }

    func start(
        _ order: RemoteOrder, as reference: RemoteReference
    ) async throws(ConnectorFault) -> RemoteReference {
        let pipeline = try await engine.pipeline(reference.name)
        if let refusal = pipeline.refusal { throw .rejected(refusal) }
        let mark = reference.namespace ?? ""
        let values = Self.values(order, pipeline, mark)
        if let words = pipeline.complaint(about: values) { throw .rejected(words) }
        var begun = reference
        begun.id = try await engine.startPipeline(
            pipeline.key.id, parameters: values, mark: mark)
        return begun
    }

    func look(at reference: RemoteReference) async throws(ConnectorFault) -> RemoteSight {
        guard let id = reference.id else {
            return RemoteSight(.waiting, words: "it is not known which run of \(reference.name) it is")
        }
        let run = try await engine.pipelineRun(id)
        var sight = Self.sight(of: run)
        sight.became = run.key.id
        return sight
    }

    /// What is handed over: where to log is told to what asks for it.
    private static func values(_ order: RemoteOrder, _ pipeline: Pipeline, _ mark: String) -> [String: String] {
        var values = order.parameters
        let wanted = Set((pipeline.parameters ?? []).map(\.name))
        for (name, value) in order.environment where values[name] == nil && wanted.contains(name) {
            values[name] = value
        }
        return pipeline.marked(values, with: mark)
    }

    func prepared(
        _ reference: RemoteReference, for order: RemoteOrder
    ) async throws(ConnectorFault) -> RemoteReference {
        var known = reference
        known.standing = try await engine.pipeline(reference.name).standing
        return known
    }

    func find(_ order: RemoteOrder, as reference: RemoteReference) async throws(ConnectorFault) -> RemoteFinding {
        let pipeline = try await engine.pipeline(reference.name)
        let mark = reference.namespace ?? ""
        let search = pipeline.search(
            for: Self.values(order, pipeline, mark), mark: mark, at: order.at, standing: reference.standing)
        switch try await engine.findStart(search) {
        case .found(let run):
            var sight = Self.sight(of: run)
            sight.became = run.key.id
            return .found(sight)
        case .absent(let why): return .absent(why)
        case .uncertain(let why): return .uncertain(why)
        }
    }

    private static func sight(of run: PipelineRun) -> RemoteSight {
        let stuck = run.steps.first { !$0.note.isEmpty && !$0.state.isWell }
        let words = [run.note, stuck.map { "\($0.name): \($0.note)" } ?? ""].filter { !$0.isEmpty }
        let phase: RemoteSight.Phase =
            switch run.state {
            case .queued, .waiting: .waiting
            case .running, .stopping, .unknown: .running
            case .succeeded: .finished
            case .unstable, .failed, .skipped: .failed
            case .stopped: .stopped
            case .gone: .gone
            }
        var text = words.joined(separator: "; ")
        if text.isEmpty, phase == .failed {
            let failed = run.steps.last { $0.state == .failed }
            text = failed.map { "\($0.name) failed" } ?? "it ended as \(run.state.rawValue)"
        }
        if text.isEmpty, run.state == .waiting { text = "a person is to say that it may go on" }
        return RemoteSight(phase, words: text.prefix(bytes: 500), endedAt: run.endedAt)
    }

    func log(of reference: RemoteReference, after place: String?) async throws(ConnectorFault) -> RemoteLog {
        guard let id = reference.id else { return RemoteLog(place: place) }
        if place == Self.whole { return RemoteLog(place: place) }
        let piece = try await engine.pipelineLog(of: id, step: nil, from: place.flatMap { Int($0) } ?? 0)
        guard let next = piece.next else {
            // It can only be had as a whole: once, when nothing more comes.
            if piece.isOpen { return RemoteLog(place: place) }
            return RemoteLog(Self.lines(piece.text), place: Self.whole)
        }
        let text = "\(next)"
        return RemoteLog(
            text == place ? [] : Self.lines(piece.text), place: text, hasMore: !piece.text.isEmpty && text != place)
    }

    private static let whole = "whole"

    private static func lines(_ text: String) -> [RemoteLog.Line] {
        var lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { RemoteLog.Line(Array($0)) }
        // The last one may be under way.
        if let last = lines.indices.last { lines[last].isWhole = false }
        return lines
    }

    func stop(_ reference: RemoteReference) async throws(ConnectorFault) {
        guard let id = reference.id else { throw .rejected("it is not known which run of \(reference.name) it is") }
        try await engine.stopPipelineRun(id)
    }
}
