public import PitModel
public import PitStore

/// Reads pipelines and their runs of every engine that is connected, beside the polls; starts, stops and retries them.
/// What is asked is on the disk before it is sent, and its end is what was seen.
public struct PipelineDesk: Sendable {
    public struct Fault: Error, Equatable, Sendable {
        public var words: String
        public var hint: String
        public init(_ words: String, hint: String) { (self.words, self.hint) = (words, hint) }

        init(_ name: ConnectionName, _ fault: ConnectorFault) {
            self.init("\(name): \(fault.summary)", hint: fault.hint)
        }
    }

    let servers: [ConnectedServer]
    let store: Store
    let clock: any WallClock
    let author: String
    let isReadOnly: Bool
    private static let (mostLines, mostLineBytes) = (400, 2000)

    public init(
        servers: [ConnectedServer], store: Store, clock: any WallClock, author: String, isReadOnly: Bool = false
    ) {
        (self.servers, self.store, self.clock) = (servers, store, clock)
        (self.author, self.isReadOnly) = (author, isReadOnly)
    }

    typealias Source = (name: ConnectionName, reader: any PipelineReading)
    var sources: [Source] {
        servers.compactMap { server in
            (server.connector as? any PipelineReading).map { (server.connection.name, $0) }
        }
    }

    /// Whether a pipeline engine is connected at all.
    public var hasSource: Bool { !sources.isEmpty }

    func source(_ name: ConnectionName?) throws(Fault) -> Source {
        if let name, let found = sources.first(where: { $0.name == name }) { return found }
        let known = sources.map(\.name.description).joined(separator: ", ")
        throw Fault(
            "no connection `\(name?.description ?? "")` runs pipelines",
            hint: known.isEmpty ? "Connect a server of kind jenkins or kubeflow." : "There are: \(known).")
    }

    // MARK: Reading

    /// What a screen wants. A server that fails leaves its words, and the others' runs.
    public func page(_ query: PipelineQuery) async -> PipelinePage {
        guard let key = query.run else {
            await observe()
            var page = await runs(limit: 200)
            let found = await pipelines()
            (page.pipelines, page.hasSource, page.notes) = (found.pipelines, !sources.isEmpty, notes())
            for fault in found.faults where !page.faults.contains(fault) { page.faults.append(fault) }
            return page
        }
        var page = PipelinePage(hasSource: !sources.isEmpty)
        do throws(Fault) {
            let run = try await run(key)
            page.runs = [run]
            let log = try await log(run.key, step: query.step)
            page.log = Self.lines(of: log.text)
            if page.log.isEmpty { page.logNote = log.isOpen ? "nothing is written yet" : "it wrote nothing" }
        } catch {
            if page.runs.isEmpty { page.faults.append(error.words) } else { page.logNote = error.words }
        }
        return page
    }

    /// Pipelines of one connection, or of all.
    public func pipelines(
        of connection: ConnectionName? = nil
    ) async -> (pipelines: [Pipeline], faults: [String]) {
        var (all, faults): ([Pipeline], [String]) = ([], [])
        for source in sources where connection == nil || source.name == connection {
            do throws(ConnectorFault) { all += try await source.reader.pipelines() } catch {
                faults.append("\(source.name): \(error.summary)")
            }
        }
        return (all, faults)
    }

    /// Runs of all engines, or of one pipeline; the newest first.
    public func runs(
        of pipeline: RunKey? = nil, connection: ConnectionName? = nil, limit: Int
    ) async -> PipelinePage {
        var page = PipelinePage(hasSource: !sources.isEmpty)
        let wanted = pipeline?.connection ?? connection
        for source in sources where wanted == nil || source.name == wanted {
            do throws(ConnectorFault) {
                let batch = try await source.reader.pipelineRuns(of: pipeline?.id, limit: limit)
                page.runs += batch.runs
                page.hasMore = page.hasMore || batch.hasMore
            } catch { page.faults.append("\(source.name): \(error.summary)") }
        }
        page.runs.sort {
            ($0.createdAt?.milliseconds ?? 0, $0.key) > ($1.createdAt?.milliseconds ?? 0, $1.key)
        }
        page.hasMore = page.hasMore || page.runs.count > limit
        page.runs = Array(page.runs.prefix(limit))
        return page
    }

    /// One run with its steps, and why they are stuck where a cluster can tell.
    public func run(_ key: RunKey) async throws(Fault) -> PipelineRun {
        let source = try source(key.connection)
        var run: PipelineRun
        do throws(ConnectorFault) { run = try await source.reader.pipelineRun(key.id) } catch {
            throw Fault(source.name, error)
        }
        await explain(&run)
        return run
    }

    public func log(
        _ key: RunKey, step: String? = nil, from place: Int? = nil
    ) async throws(Fault) -> PipelineLog {
        let source = try source(key.connection)
        do throws(ConnectorFault) {
            return try await source.reader.pipelineLog(of: key.id, step: step, from: place)
        } catch {
            if let log = await logOfPod(key, step: step, source) { return log }
            throw Fault(source.name, error)
        }
    }

    /// Lines of a log as a screen can hold them: the newest, none longer than is read.
    static func lines(of text: String) -> [String] {
        text.utf8.split(separator: 10, omittingEmptySubsequences: false).suffix(mostLines + 1).map { line in
            let bytes = line.last == 13 ? line.dropLast() : line
            return String(decoding: bytes.prefix(mostLineBytes), as: UTF8.self)
        }.filter { !$0.isEmpty }.suffix(mostLines)
    }

    // MARK: Finding

    /// A pipeline by `CONNECTION/ID`, or by a name that one alone has; with its parameters.
    public func pipeline(named words: String) async throws(Fault) -> Pipeline {
        let key = RunKey(words)
        if let source = sources.first(where: { $0.name == key.connection }) {
            do throws(ConnectorFault) { return try await source.reader.pipeline(key.id) } catch {
                throw Fault(source.name, error)
            }
        }
        let all = await pipelines()
        let hits = all.pipelines.filter { $0.key.id == words || $0.name == words }
        if hits.isEmpty, let fault = all.faults.first {
            throw Fault(fault, hint: "See what each server says: pitwall get connections")
        }
        guard hits.count == 1, let source = sources.first(where: { $0.name == hits[0].key.connection }) else {
            throw Fault(
                "there \(hits.isEmpty ? "is no pipeline" : "are \(hits.count) pipelines") `\(words)`",
                hint: hits.isEmpty
                    ? "See them: pitwall pipelines list"
                    : "Give one in full: \(hits.prefix(5).map(\.key.description).joined(separator: ", "))")
        }
        do throws(ConnectorFault) { return try await source.reader.pipeline(hits[0].key.id) } catch {
            throw Fault(source.name, error)
        }
    }

    /// A run by `CONNECTION/ID`, by its id where one engine alone is connected, or by a name that one alone has.
    public func runKey(named words: String) async throws(Fault) -> RunKey {
        let key = RunKey(words)
        if sources.contains(where: { $0.name == key.connection }) { return key }
        let page = await runs(limit: 1000)
        let hits = page.runs.filter { $0.key.id == words || $0.name == words }
        if hits.count == 1 { return hits[0].key }
        if hits.isEmpty, sources.count == 1 { return RunKey(sources[0].name, words) }
        throw Fault(
            "there \(hits.isEmpty ? "is no run" : "are \(hits.count) runs") `\(words)`",
            hint: hits.isEmpty
                ? "See them: pitwall pipelines runs"
                : "Give one in full: \(hits.prefix(5).map(\.key.description).joined(separator: ", "))")
    }
}
