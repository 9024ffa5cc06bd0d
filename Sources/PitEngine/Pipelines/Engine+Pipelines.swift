import PitModel

/// Runs of pipelines that end are events: they stand on the change line of every model.
extension Engine {
    /// Runs that are looked at, the newest.
    static let mostPipelineRuns = 100
    /// Seconds between two looks, and those after which an end is no news any more.
    private static let (pipelineInterval, pipelineNews) = (60.0, 86_400.0)

    func isPipelineTurn(_ index: Int, _ now: Timestamp) -> Bool {
        guard servers[index].server.connector is any PipelineReading else { return false }
        if let last = servers[index].pipelinesReadAt, now.since(last) < Self.pipelineInterval, now >= last {
            return false
        }
        servers[index].pipelinesReadAt = now
        return true
    }

    /// What was asked of a server and not answered is searched for as soon as the server answers.
    func observeActs(of server: ConnectedServer) async {
        guard !settings.isReadOnly else { return }
        let desk = PipelineDesk(servers: [server], store: store, clock: clock, author: settings.author)
        let settled = await desk.observe(of: server.connection.name)
        note(
            settled.map { act in
                let words = act.note(at: clock.now()) ?? act.words
                return Event(
                    at: clock.now(), kind: .pipeline, connection: server.connection.name, title: words,
                    key: "pipeline-act|\(act.id)|\(act.loss?.rawValue ?? "")")
            })
    }

    func note(ends runs: [PipelineRun], _ index: Int, _ now: Timestamp) {
        var keys: Set<String> = []
        var new: [Event] = []
        for run in runs where !run.state.isOpen && run.state != .gone {
            guard let end = run.endedAt, now.since(end) < Self.pipelineNews, end <= now.advanced(by: 60) else {
                continue
            }
            // A run that is retried in its place ends once more.
            let key = "pipeline|\(run.key)|\(end.milliseconds)"
            guard keys.insert(key).inserted, !servers[index].toldEnds.contains(key) else { continue }
            new.append(
                Event(
                    at: min(end, now), kind: .pipeline, connection: run.key.connection,
                    title: "\(run.name) \(run.state.rawValue)", detail: run.note, key: key))
        }
        servers[index].toldEnds = keys
        // What an earlier process told is known as well.
        let known = Set(events.lazy.filter { $0.kind == .pipeline }.map(\.key))
        note(new.filter { !known.contains($0.key) }.sorted { $0.at < $1.at })
    }
}
