import ArgumentParser
import PitConfig
import PitData
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStatistics
import PitStore

struct KnowledgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge",
        abstract: "The documents that `pitwall ask` answers from: read, look at, search, check.",
        subcommands: [Index.self, Status.self, Search.self, Check.self])

    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

    struct Index: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the folder: what is new or has changed is taken in, what is gone goes.",
            discussion: "`pitwall ask` does so by itself; vectors of many new passages are made here.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "text or json.") var output: Format = .text

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let shelf = try KnowledgeShelf.open(made)
            let change: KnowledgeShelf.Change
            switch shelf.refresh() {
            case .success(let done): change = done
            case .failure(let fault): throw Stop(fault)
            }
            let (vectors, status) = try EvalCommand.told {
                let made = try Blocking.run {
                    try await shelf.search.embed { count in Terminal.complain("\(count) passages have vectors") }
                }
                return (made, try shelf.index.status())
            }
            if output == .text {
                Terminal.complain("read \(change.read), unchanged \(change.same), gone \(change.gone)")
            }
            try KnowledgeCommand.say(status, output)
            if let fault = vectors.fault {
                throw Stop(
                    .couldNotRun, "vectors: \(vectors.made) made, then: \(fault.summary)",
                    hint: "\(fault.hint) Documents are found by words meanwhile.")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what the index holds, how old it is, and what was left out.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "text or json.") var output: Format = .text

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let shelf = try KnowledgeShelf.open(made)
            try KnowledgeCommand.say(try EvalCommand.told { try shelf.index.status() }, output)
        }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find passages by words, and by meaning where a server makes vectors; no model is asked.",
            discussion: "Exits with 1 when nothing was found.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "What to look for.") var words: [String]
        @Option(help: "Passages at most.") var limit = 10
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if words.isEmpty { throw ValidationError("search for what?") }
            if !(1...500).contains(limit) { throw ValidationError("--limit wants 1 to 500") }
        }

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let shelf = try KnowledgeShelf.open(made)
            let (question, limit) = (words.joined(separator: " "), limit)
            let page = try EvalCommand.told {
                try Blocking.run { try await shelf.desk.passages(for: question, limit: limit, asks: false) }
            }
            for note in page.notes { Terminal.complain("pitwall: \(note)") }
            Terminal.put(KnowledgeReport.hits(page.hits).render(output))
            if page.hits.isEmpty { throw ExitCode.notWell }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure how well passages are found: recall@k and mean reciprocal rank, with 95% intervals.",
            discussion: """
                A file of JSON Lines: {"question": "...", "expected": "runbooks/slow.md#Causes"}, or a list of such \
                places; without `#` any passage of the document will do. What was not found among the first 10 is told. \
                Exits with 1 when --at-least is given and recall@5 by the last way is below it.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The questions.") var file: String
        @Option(help: "The least recall@5 that is well: 0.8.") var atLeast: Double?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        /// The k of recall, and how deep is looked for what is expected.
        private static let (depths, deepest) = ([1, 3, 5, 10], 50)

        func validate() throws {
            if let atLeast, !(0...1).contains(atLeast) { throw ValidationError("--at-least wants 0 to 1") }
        }

        func run() throws {
            let cases: [RetrievalCase]
            do throws(DataFault) { cases = try RetrievalCase.read(file) } catch { throw DataCommand.stop(error) }
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let shelf = try KnowledgeShelf.open(made)
            if case .failure(let fault) = shelf.refresh() { throw Stop(fault) }
            try shelf.check(cases.flatMap { one in one.expected.map { ($0, "\(file):\(one.line)") } })
            let ways: [KnowledgeSearch.Way] = shelf.settings.embeddings == nil ? [.words] : [.words, .meaning, .both]
            var all: [(way: KnowledgeSearch.Way, quality: RetrievalQuality)] = []
            if ways.count > 1 { try shelf.embedAll() }
            for way in ways {
                let places = try EvalCommand.told {
                    try Blocking.run { try await Self.places(cases, shelf.search, way) }
                }
                guard let quality = RetrievalQuality(places, depths: Self.depths) else { continue }
                all.append((way, quality))
                guard way == ways.last else { continue }
                for (one, found) in zip(cases, places) where found.contains(where: { $0.map { $0 > 10 } ?? true }) {
                    let late = found.compactMap { $0 }.min().map { "came at place \($0)" } ?? "was not found"
                    Terminal.complain("\(file):\(one.line): what is expected \(late): \(one.question)")
                }
            }
            Terminal.put(KnowledgeReport.quality(all).render(output))
            let recall = all.last?.quality.recall.first { $0.k == 5 }?.figure.value
            if let atLeast, let recall, recall < atLeast { throw ExitCode.notWell }
        }

        private static func places(
            _ cases: [RetrievalCase], _ search: KnowledgeSearch, _ way: KnowledgeSearch.Way
        ) async throws -> [[Int?]] {
            var all: [[Int?]] = []
            for one in cases {
                let found = try await search.find(one.question, limit: deepest, by: way)
                if let fault = found.fault {
                    throw Stop(.couldNotRun, "no vectors: \(fault.summary)", hint: fault.hint)
                }
                all.append(one.places(in: found.hits.map(\.passage)))
            }
            return all
        }
    }

    static func say(_ status: KnowledgeStatus, _ format: Format) throws {
        guard format == .text else { return Terminal.say(try KnowledgeReport.write(KnowledgeReport.status(status))) }
        let now = Stack.clock.now()
        var lines = status.folder.isEmpty ? [] : [status.folder]
        lines.append(KnowledgeReport.index(status, now: now))
        if let model = status.embeddingModel {
            lines.append("vectors: \(status.embedded) of \(status.passages) passages, by \(model)")
        }
        if status.indexedAt == nil { lines.append("Read the folder with: pitwall knowledge index") }
        if status.skippedCount > 0 { lines.append("left out: \(status.skippedCount)") }
        lines += status.skipped.map { "  \($0.document): \($0.why)" }
        if status.skippedCount > status.skipped.count {
            lines.append("  and \(status.skippedCount - status.skipped.count) more")
        }
        Terminal.say(lines.map(Terminal.safe).joined(separator: "\n"))
    }
}
