import PitConfig
import PitData
import PitEngine
import PitModel
import PitParse
import PitStore

/// The folder of documents and its index, put together with what answers from them.
struct KnowledgeShelf: Sendable {
    let settings: KnowledgeSettings
    let index: KnowledgeIndex
    let search: KnowledgeSearch
    let desk: KnowledgeDesk

    /// Passages cut another way are made anew.
    private static let version = 1

    /// What a reading of the folder changed.
    struct Change: Sendable {
        var read = 0
        var same = 0
        var gone = 0
    }

    init(_ settings: KnowledgeSettings, _ servers: [ConnectedServer], _ places: Places) throws(StoreFault) {
        try self.init(settings, servers, folder: places.state)
    }

    /// - Parameter folder: where the index lies.
    init(_ settings: KnowledgeSettings, _ servers: [ConnectedServer], folder: String) throws(StoreFault) {
        let index = try KnowledgeIndex.open(folder: folder)
        func server(_ name: ConnectionName) -> (any Connector)? {
            servers.first { $0.connection.name == name }?.connector
        }
        let meaning = settings.embeddings.flatMap { source in
            (server(source.connection) as? any Embedding).map { KnowledgeSearch.Meaning($0, source) }
        }
        let answerer = settings.answers.flatMap { source in
            (server(source.connection) as? any Answering).map { KnowledgeDesk.Answerer($0, source) }
        }
        (self.settings, self.index) = (settings, index)
        search = KnowledgeSearch(index, meaning: meaning)
        desk = KnowledgeDesk(search, answerer: answerer) {
            switch Self.refresh(settings.path, index) {
            case .success: []
            case .failure(let fault): ["the index is as it was: \(fault.summary). \(fault.hint)"]
            }
        }
    }

    struct Fault: Error {
        var summary: String
        var hint: String
    }

    /// Said where the configuration says nothing of it.
    static let none = Fault(
        summary: "the configuration names no folder of documents",
        hint: "Add `knowledge: {path: ~/runbooks, answers: {connection: NAME, model: NAME}}` to it.")

    func refresh() -> Result<Change, Fault> { Self.refresh(settings.path, index) }

    /// Reads the folder; only documents whose bytes differ are taken in again.
    private static func refresh(_ path: String, _ index: KnowledgeIndex) -> Result<Change, Fault> {
        let (folder, splitter) = (KnowledgeFolder(path), PassageSplitter())
        do throws(DataFault) { try folder.check() } catch {
            return .failure(
                Fault(
                    summary: error.summary, hint: "Mend `path` under `knowledge` in the configuration, or its rights."))
        }
        var (change, seen): (Change, Set<String>) = (Change(), [])
        do throws(KnowledgeReadFault<StoreFault>) {
            let known: [String: KnowledgeIndex.Known]
            do throws(StoreFault) { known = try index.begin(folder: path) } catch { throw .taking(error) }
            let outcome = try folder.read { (document: KnowledgeFolder.Document) throws(StoreFault) in
                seen.insert(document.name)
                let hash = "\(version):\(document.hash)"
                if let before = known[document.name], before.hash == hash {
                    change.same += 1
                    if before.changed != document.changed {
                        try index.touch(document.name, changed: document.changed)
                    }
                } else {
                    change.read += 1
                    try index.put(
                        document.name, hash: hash, bytes: document.bytes, changed: document.changed,
                        passages: splitter.passages(of: document.text, document: document.name))
                }
            }
            change.gone = known.keys.count { !seen.contains($0) }
            do throws(StoreFault) {
                try index.finish(
                    at: Stack.clock.now(), keeping: seen, skipped: outcome.skipped, count: outcome.skippedCount)
            } catch { throw .taking(error) }
            return .success(change)
        } catch {
            switch error {
            case .folder(let fault): return .failure(Fault(summary: fault.summary, hint: fault.hint))
            case .taking(let fault): return .failure(Fault(summary: fault.summary, hint: fault.hint))
            }
        }
    }

    /// What a configuration says of it, opened; ends with what to write where it says nothing.
    static func open(_ made: ConfigStack) throws -> KnowledgeShelf {
        guard let settings = made.config.knowledge else {
            throw Stop(.usage, Self.none.summary, hint: Self.none.hint)
        }
        do throws(StoreFault) {
            return try KnowledgeShelf(settings, made.stack.settings.servers, made.stack.places)
        } catch { throw Stop(error) }
    }

    /// Ends where something is expected at a place that is not in the index: it would count as not found, whatever is
    /// found.
    func check(_ expected: [(place: PassagePlace, of: String)]) throws {
        let known = try EvalCommand.told { try index.headings() }
        for (place, subject) in expected {
            guard let passages = known[place.document] else {
                let near = Nearest.word(to: place.document, among: Array(known.keys))
                throw Stop(
                    .usage, "\(subject): there is no document `\(place.document)`",
                    hint: near.map { "Did you mean `\($0)`?" } ?? "See: pitwall knowledge status")
            }
            let headings = passages.map { KnowledgePassage(document: place.document, headings: $0) }
            guard !headings.contains(where: place.holds) else { continue }
            let all = Set(passages.compactMap(\.last)).sorted().prefix(20).joined(separator: ", ")
            throw Stop(
                .usage, "\(subject): \(place.document) has no heading `\(place.heading ?? "")`",
                hint: all.isEmpty ? "It has no headings." : "It has: \(all).")
        }
    }

    /// Makes the vectors that are missing, or ends.
    func embedAll() throws {
        let search = search
        let made = try EvalCommand.told { try Blocking.run { try await search.embed() } }
        if let fault = made.fault { throw Stop(.couldNotRun, "no vectors: \(fault.summary)", hint: fault.hint) }
    }
}
