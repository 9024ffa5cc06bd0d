import Foundation
import PitConfig
import PitEngine
import PitModel
import PitParse
import PitStore

/// The searches that a suite measures, their indexes brought up to date.
enum KnowledgeSystems {
    static func sources(_ file: SuiteFile, _ made: ConfigStack) throws -> [String: AnswerSource] {
        var (sources, shelves): ([String: AnswerSource], [String: KnowledgeShelf]) = ([:], [:])
        for system in file.suite.systems {
            guard case .knowledge(let word, let path) = system.source,
                let way = KnowledgeSearch.Way(rawValue: word)
            else { continue }
            let folder = path.map(file.place)
            let shelf = try shelves[folder ?? ""] ?? open(folder, made)
            if shelves.updateValue(shelf, forKey: folder ?? "") == nil { try prepare(shelf, file) }
            if way != .words {
                guard shelf.settings.embeddings != nil else {
                    throw Stop(
                        .usage, "\(file.path): system `\(system.name)`: no server makes vectors",
                        hint: "Write `knowledge: words`, or add `knowledge: {embeddings: ...}` to the configuration.")
                }
                try shelf.embedAll()
            }
            let search = shelf.search
            sources[system.name] = .search { (question) async throws(ConnectorFault) in
                try await search.answer(question, by: way)
            }
        }
        return sources
    }

    /// The configuration's folder, or one that the suite names, with an index of its own: it may be deleted at any time.
    private static func open(_ path: String?, _ made: ConfigStack) throws -> KnowledgeShelf {
        guard let path else { return try KnowledgeShelf.open(made) }
        // FNV-1a: the same folder has the same index.
        let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let settings = KnowledgeSettings(path: path, embeddings: made.config.knowledge?.embeddings)
        do throws(StoreFault) {
            return try KnowledgeShelf(
                settings, made.stack.settings.servers,
                folder: made.stack.places.state + "/indexes/" + String(hash, radix: 16))
        } catch { throw Stop(error) }
    }

    private static func prepare(_ shelf: KnowledgeShelf, _ file: SuiteFile) throws {
        if case .failure(let fault) = shelf.refresh() { throw Stop(fault) }
        try shelf.check(
            file.suite.cases.flatMap { one in
                one.references.map { (PassagePlace($0), "\(file.path), case \(one.id)") }
            })
    }
}
