public import PitModel
import PitStore

extension PipelineDesk {
    /// Seconds after which nobody looks any more.
    private static let forgottenAfter = 30 * 86_400.0
    private static let mostObserved = 20
    /// What stands in the journal for a value that nobody is to read there.
    private static let hidden = "(secret)"

    /// Starts a run. That it was taken is no success: its run tells.
    public func start(
        _ key: RunKey, _ values: [String: String], reason: String = ""
    ) async throws(Fault) -> PipelineAct {
        let (name, control) = try control(key.connection)
        let pipeline: Pipeline
        do throws(ConnectorFault) { pipeline = try await control.pipeline(key.id) } catch { throw Fault(name, error) }
        if let refusal = pipeline.refusal { throw Fault(refusal, hint: "Nothing was started.") }
        let search = sought(pipeline, values)
        let values = pipeline.marked(values, with: search.mark)
        if let words = pipeline.complaint(about: values) {
            throw Fault(words, hint: "See what it takes: pitwall pipelines list -o wide")
        }
        let secrets = pipeline.secrets
        let shown = Dictionary(
            values.map { ($0.key, secrets.contains($0.key) ? Self.hidden : $0.value) }, uniquingKeysWith: { $1 })
        return try await ask(.start, pipeline.key, shown, reason, search) { () async throws(ConnectorFault) in
            try await control.startPipeline(pipeline.key.id, parameters: values, mark: search.mark)
        }
    }

    /// How it will be found, should its answer be lost.
    private func sought(_ pipeline: Pipeline, _ values: [String: String]) -> PipelineSearch {
        pipeline.search(
            for: values, mark: PipelineSearch.newMark(), at: clock.now(), standing: pipeline.standing)
    }

    /// Asks for its end; that it ended is seen later.
    public func stop(_ key: RunKey, reason: String = "") async throws(Fault) -> PipelineAct {
        let (name, control) = try control(key.connection)
        let run = try await readable(key, name, control)
        guard run.state.isOpen else {
            throw Fault("\(run.name) is over: \(run.state.rawValue)", hint: "There is nothing to stop.")
        }
        return try await ask(.stop, run.key, [:], reason, nil) { () async throws(ConnectorFault) in
            try await control.stopPipelineRun(run.key.id)
            return run.key.id
        }
    }

    /// Runs again what failed: the same run where the engine can, another with the same parameters where it cannot.
    public func retry(_ key: RunKey, reason: String = "") async throws(Fault) -> PipelineAct {
        let (name, control) = try control(key.connection)
        let run = try await readable(key, name, control)
        if run.state.isOpen {
            throw Fault("\(run.name) is not over: \(run.state.rawValue)", hint: "Stop it first, or wait for its end.")
        }
        var search: PipelineSearch?
        if !type(of: control).retriesInPlace {
            do throws(ConnectorFault) {
                search = sought(try await control.pipeline(run.pipeline), run.parameters)
            } catch { throw Fault(name, error) }
        }
        let mark = search?.mark ?? ""
        return try await ask(.retry, run.key, [:], reason, search) { () async throws(ConnectorFault) in
            try await control.retryPipelineRun(run.key.id, mark: mark)
        }
    }

    /// Whether a retry of its runs goes on with the same run.
    public func retriesInPlace(_ connection: ConnectionName?) -> Bool {
        let control = sources.first { $0.name == connection }?.reader as? any PipelineControl
        return control.map { type(of: $0).retriesInPlace } ?? false
    }

    // MARK: Observing

    /// Looks what became of that whose end is not known; of one connection, or of all. Gives those whose answer was not
    /// heard and of which it is known by now.
    @discardableResult public func observe(of connection: ConnectionName? = nil) async -> [PipelineAct] {
        guard !isReadOnly, let open = try? store.pipelineActs(open: true, limit: Self.mostObserved) else { return [] }
        var settled: [PipelineAct] = []
        for act in open where connection == nil || act.subject.connection == connection {
            let now = await observed(act)
            if now.loss != act.loss, now.loss != .searched { settled.append(now) }
        }
        return settled
    }

    /// What is known of one now.
    public func observed(_ act: PipelineAct) async -> PipelineAct {
        guard act.isOpen else { return act }
        let age = clock.now().since(act.at)
        if age > Self.forgottenAfter { return kept(.unheard("its end was seen by nobody"), act) }
        guard let run = act.run else {
            let sought = await searched(act, age)
            return sought.run == nil ? sought : await observed(sought)
        }
        guard let reader = sources.first(where: { $0.name == act.subject.connection })?.reader,
            let seen = try? await reader.pipelineRun(run)
        else { return act }
        var act = act
        if seen.key.id != run { act = kept(.became(seen.key.id), act) }
        guard !seen.state.isOpen else { return act }
        // Where a run goes on in its place, its old end stands until it does.
        if act.verb == .retry, seen.key.id == act.subject.id, let end = seen.endedAt, end < act.at, age < 600 {
            return act
        }
        return kept(.ended(seen.state, seen.note), act)
    }

    // MARK: -

    private func control(
        _ name: ConnectionName?
    ) throws(Fault) -> (name: ConnectionName, control: any PipelineControl) {
        if isReadOnly { throw Fault("the configuration says read_only: true", hint: "Nothing is changed from here.") }
        let source = try source(name)
        guard let control = source.reader as? any PipelineControl else {
            throw Fault("\(source.name) can only be read", hint: "Start it where it is kept.")
        }
        return (source.name, control)
    }

    private func readable(
        _ key: RunKey, _ name: ConnectionName, _ control: any PipelineControl
    ) async throws(Fault) -> PipelineRun {
        do throws(ConnectorFault) { return try await control.pipelineRun(key.id) } catch { throw Fault(name, error) }
    }

    private func ask(
        _ verb: PipelineAct.Verb, _ subject: RunKey, _ parameters: [String: String], _ reason: String,
        _ search: PipelineSearch?, _ send: () async throws(ConnectorFault) -> String
    ) async throws(Fault) -> PipelineAct {
        let act: PipelineAct
        do throws(StoreFault) {
            act = try store.begin(
                verb, subject, parameters: parameters, reason: reason, author: author, at: clock.now(),
                search: search)
        } catch { throw Fault(error.summary, hint: error.hint) }
        let reference: String
        do throws(ConnectorFault) { reference = try await send() } catch {
            let name = subject.connection ?? ConnectionName("")
            if error.isAnswer {
                _ = kept(.refused(error.summary), act)
                throw Fault(name, error)
            }
            // It may have been taken all the same: then it is there to be seen.
            let sought = await observed(kept(.lost(error.summary), act))
            if sought.run != nil { return sought }
            throw Fault(
                "\(name): \(error.summary): nobody knows whether it arrived",
                hint: "It is searched for with every look; look before you ask again: pitwall pipelines runs")
        }
        return kept(.accepted(reference), act)
    }

    func kept(_ fact: PipelineAct.Fact, _ act: PipelineAct) -> PipelineAct {
        var next = act
        next.take(fact)
        return (try? store.keep(fact, of: act.id, author: author, at: clock.now())) ?? next
    }
}

extension ConnectorFault {
    /// Whether the server said no, so that nothing was done.
    fileprivate var isAnswer: Bool {
        switch self {
        case .unauthorized, .forbidden, .notFound, .rateLimited, .status, .rejected, .refused, .dns, .tls, .secret:
            true
        default: false
        }
    }
}
