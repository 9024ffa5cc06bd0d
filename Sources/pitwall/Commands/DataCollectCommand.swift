import ArgumentParser
import Foundation
import PitConnect
import PitData
import PitEngine
import PitGrid
import PitModel
import PitStore

extension DataCommand {
    struct Collect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Collect rows into a dataset: a snapshot that never changes, named by what is in it.",
            discussion: """
                A source is a file of JSON Lines or CSV, a folder of plain text and Markdown, a checkout of a Git repository \
                (a row a file, with its language; commit and licence are noted), chat:FILE (a log of chats, in whatever shape) \
                or interactions (the exchanges that pitwall keeps, narrowed by --model, --since, --until and --release).

                The same rows give the same dataset; other rows under a known name give its next version. Where other \
                commands of `data` take a file, NAME, NAME@2 or the beginning of a hash will do. Exits with 1 when lines \
                could not be read and were left out.
                """)
        @Argument(help: "Its name.") var name: String
        @Option(name: .customLong("from"), help: "A source; repeat it for more.") var sources: [String] = []
        @Option(help: "Of interactions: only those with this model.") var model: String?
        @Option(help: "Of interactions: how far back, 7d, or from when on.") var since: String?
        @Option(help: "Of interactions: up to when, or how long ago.") var until: String?
        @Option(help: "Of interactions: only those that this release answered.") var release: String?
        @Option(name: .shortAndLong, help: "text or json.") var output: Output = .text

        func validate() throws {
            if sources.isEmpty { throw ValidationError("it wants --from SOURCE: a file, a folder, interactions") }
            if !Dataset.isName(name) {
                throw ValidationError("`\(name)` is no name: a letter, then letters, digits, `.`, `_` and `-`")
            }
            if DatasetReference.isAmbiguous(name) {
                throw ValidationError("`\(name)` could be the beginning of a hash: choose another name")
            }
            let narrows = [model, since, until, release].contains { $0 != nil }
            if narrows, !sources.contains("interactions") {
                throw ValidationError("--model, --since, --until and --release want --from interactions")
            }
        }

        func run() throws {
            let (places, now) = (Places(), Stack.clock.now())
            let shelf = try DatasetShelf.open(places)
            let read = try sources.map { try source($0, shelf.store, now) }
            let meter = DataMeter()
            let kept: (dataset: Dataset, isNew: Bool)
            do {
                let found = try shelf.folder.collect(read) { meter.tell($0, of: $1) }
                meter.end()
                kept = try shelf.store.keep(
                    Dataset(
                        name: name, hash: found.hash, rows: found.rows, bytes: found.bytes, sources: found.sources,
                        author: places.author, at: Stack.clock.now()))
            } catch let fault as DataFault {
                meter.end()
                throw DataCommand.stop(fault)
            } catch let fault as StoreFault { throw Stop(fault) }
            if !kept.isNew { Terminal.complain("\(kept.dataset.id) has the very same rows: nothing new was kept") }
            try DataCommand.put(kept.dataset, shelf, output, now: now)
            if kept.dataset.sources.contains(where: { ["jsonl", "csv", "chat"].contains($0.kind) && $0.skipped > 0 }) {
                throw ExitCode.notWell
            }
        }

        private func source(_ named: String, _ store: Store, _ now: Timestamp) throws -> any RowSource {
            if named == "interactions" { return try exchanges(store, now) }
            if named.hasPrefix("chat:") { return ChatSource(String(named.dropFirst(5))) }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: named, isDirectory: &isFolder) else {
                throw Stop(
                    .usage, "there is no \(named)", hint: "A source is a file, a folder, chat:FILE or interactions.")
            }
            guard isFolder.boolValue else { return TableSource(named) }
            guard FileManager.default.fileExists(atPath: named + "/.git") else { return TextFolderSource(named) }
            do {
                let checkout = try Blocking.run { try await GitCheckout.read(named) }
                return CodeSource(named, files: checkout.files, revision: checkout.revision)
            } catch let fault as ConnectorFault {
                throw Stop(.couldNotRun, fault.summary, hint: "Is git installed, and does the checkout belong to you?")
            }
        }

        private func exchanges(_ store: Store, _ now: Timestamp) throws -> ExchangeSource {
            var query = InteractionQuery(model: model.map(ModelName.init))
            query.from = try since.map { try Moment.read($0, "--since") }
            query.to = try until.map { try Moment.read($0, "--until") } ?? now
            var words: [String] = []
            if let model { words.append("with \(model)") }
            if let release { words.append("by \(release)") }
            if let from = query.from { words.append("from \(from.rfc3339)") }
            if let to = query.to { words.append("until \(to.rfc3339)") }
            do throws(StoreFault) {
                var pages = try InteractionPages(store, query, release: release, now: now)
                return ExchangeSource(words.joined(separator: " ")) { () throws(DataFault) in
                    do throws(StoreFault) { return try pages.next() } catch {
                        throw .refused(error.summary, hint: error.hint)
                    }
                }
            } catch { throw Stop(error) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Datasets that were collected, the newest first.")
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let shelf = try DatasetShelf.open(Places())
            do throws(StoreFault) {
                Terminal.put(DatasetReport.list(try shelf.store.datasets(), now: Stack.clock.now()).render(output))
            } catch { throw Stop(error) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One dataset: where its rows came from, and in which file they are.",
            discussion: "What is in it: pitwall data profile NAME. Its rows: pitwall data show NAME --rows 5.")
        @Argument(help: "NAME, NAME@2 or the beginning of a hash.") var dataset: String
        @Option(help: "Print the first N rows instead.") var rows: Int?
        @Option(name: .shortAndLong, help: "text or json.") var output: Output = .text

        func validate() throws {
            if let rows, !(1...1_000_000).contains(rows) { throw ValidationError("--rows wants 1 to 1000000") }
        }

        func run() throws {
            let shelf = try DatasetShelf.open(Places())
            let found = try shelf.dataset(dataset)
            guard let rows else { return try DataCommand.put(found, shelf, output, now: Stack.clock.now()) }
            do throws(DataFault) {
                try shelf.folder.eachRow(of: found.hash, limit: rows) {
                    Terminal.put(String(decoding: $0, as: UTF8.self) + "\n")
                }
            } catch { throw DataCommand.stop(error) }
        }
    }

    private static func put(_ each: Dataset, _ shelf: DatasetShelf, _ output: Output, now: Timestamp) throws {
        let file = shelf.folder.file(each.hash)
        guard output == .json else { return Terminal.put(DatasetReport.text(each, file: file, now: now)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let manifest = Manifest(
            name: each.name, version: each.version, hash: each.hash, rows: each.rows, bytes: each.bytes, file: file,
            author: each.author, at: each.at.rfc3339, sources: each.sources)
        Terminal.put(String(decoding: try encoder.encode(manifest), as: UTF8.self) + "\n")
    }

    /// The keys are a contract.
    private struct Manifest: Encodable {
        var name: String
        var version: Int
        var hash: String
        var rows: Int
        var bytes: Int
        var file: String
        var author: String
        var at: String
        var sources: [DatasetSource]
    }
}
