import ArgumentParser
import Foundation
import PitConnect
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

struct PromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt",
        abstract: "Prompts that MLflow or a folder of files keeps: versions, what differs, aliases and their past.",
        subcommands: [List.self, Show.self, Diff.self, New.self, Alias.self, Try.self, History.self, Drafts.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List prompts with their aliases.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (prompts, faults) = try PromptVisit.run(config) { await $0.shelf.all() }
            Terminal.put(PromptReport.list(prompts, Stack.clock.now()).render(output))
            for fault in faults { Terminal.complain(fault) }
            if !faults.isEmpty { throw ExitCode.notWell }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one version: the newest without a choice.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The prompt: its name, or SOURCE/NAME.") var name: String
        @Option(help: "The version's number.") var version: Int?
        @Option(help: "The version that an alias points to.") var alias: String?
        @Flag(help: "Only what it says, as it would be written into a file.") var text = false
        @Option(name: .shortAndLong, help: "table, json or yaml.") var output: OutputFormat = .table

        func run() throws {
            let (name, number, alias) = (name, version, alias)
            let (prompt, version) = try PromptVisit.run(config) { visit in
                let prompt = try await visit.find(name)
                return (prompt, try await visit.version(number, alias, of: prompt))
            }
            if text {
                Terminal.say(PromptReport.split(version.body.written).map(Terminal.safe).joined(separator: "\n"))
            } else if output == .table || output == .wide {
                Terminal.say(PromptReport.lines(version, of: prompt).map(Terminal.safe).joined(separator: "\n"))
            } else {
                Terminal.put(PromptReport.version(version, of: prompt).render(output))
            }
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what differs between two versions.", discussion: "Exits with 1 when something does.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The prompt.") var name: String
        @Argument(help: "A version's number, or an alias.") var from: String
        @Argument(help: "Another.") var to: String

        func run() throws {
            let (name, from, to) = (name, from, to)
            let (old, new) = try PromptVisit.run(config) { visit in
                let prompt = try await visit.find(name)
                func version(_ words: String) async throws -> PromptVersion {
                    let number = Int(words)
                    return try await visit.version(number, number == nil ? words : nil, of: prompt)
                }
                return (try await version(from), try await version(to))
            }
            guard old.body != new.body else { return Terminal.say("nothing differs") }
            Terminal.say(PromptReport.diff(old, new).map(Terminal.safe).joined(separator: "\n"))
            throw ExitCode.notWell
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Save a file as a new version, and as a new prompt where there is none of that name.",
            discussion: """
                A file that begins with `## system` or `## user` is a chat. A front matter may say `variables:` with \
                their types and defaults.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The prompt.") var name: String
        @Option(help: "The file; - reads standard input.") var file: String
        @Option(help: "What changed, and why; others read it.") var message: String
        @Option(help: "The connection that keeps it, where several do.") var source: String?

        func run() throws {
            guard message.contains(where: { !$0.isWhitespace }) else { throw Stop(.usage, "--message says nothing") }
            let read = PromptFile(try Self.text(file))
            let (name, message, source) = (name, message, source)
            let made = try PromptVisit.run(config) { visit in
                try visit.stack.requireWritable()
                let target = try await Self.source(source, name, visit)
                let draft = PromptDraft(
                    source: target, name: name.split(separator: "/").last.map(String.init) ?? name, body: read.body,
                    variables: read.variables, message: message, author: visit.stack.settings.author)
                return try await visit.shelf.create(draft, at: Stack.clock.now())
            }
            Terminal.say(
                Terminal.safe(
                    "\(name): version \(made.number) is kept. Point an alias to it: pitwall prompt alias \(name) ALIAS \(made.number) --reason WHY"
                ))
        }

        private static func text(_ file: String) throws -> String {
            let data =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
            guard let data else { throw Stop(.usage, "\(file) cannot be read", hint: "Does it exist?") }
            guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
                throw Stop(.usage, "\(file) is not UTF-8, or larger than 1 MiB")
            }
            guard text.contains(where: { !$0.isWhitespace }) else { throw Stop(.usage, "\(file) is empty") }
            return text
        }

        /// Where it is to be kept: as named, where a prompt of that name is, or the only place that can be written.
        private static func source(_ named: String?, _ name: String, _ visit: PromptVisit) async throws
            -> ConnectionName
        {
            if let named { return ConnectionName(named) }
            let known = await visit.shelf.all().prompts.filter { $0.name == name || $0.id == name }
            let writable = visit.shelf.sources.filter { $0.keeper.whyReadOnly == nil }.map(\.name)
            if let hit = known.first(where: { writable.contains($0.source) }), known.count == 1 { return hit.source }
            if let only = writable.first, writable.count == 1 { return only }
            guard let first = writable.first else {
                throw Stop(
                    .usage, visit.shelf.sources.compactMap { $0.keeper.whyReadOnly }.first ?? "nothing is written")
            }
            throw Stop(
                .usage, "\(writable.count) connections keep prompts",
                hint: "Choose one: --source \(first)")
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Which version each alias pointed to, since when, as pitwall saw it.",
            discussion: "Registries keep no history of aliases: it is written down while pitwall polls.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The prompt, or a registered model.") var name: String
        @Option(help: "Only this alias.") var alias: String?
        @Option(help: "Only what held then: 2026-01-31T10:00:00Z, or how long ago: 2h.") var at: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            let isWhole =
                parts.count == 2
                && made.stack.settings.servers.contains {
                    $0.connection.name.description == parts[0]
                }
            let name = isWhole ? parts[1] : name
            var moves: [PointerMove]
            do throws(StoreFault) {
                moves = try made.stack.store.pointerMoves(of: name, source: isWhole ? ConnectionName(parts[0]) : nil)
            } catch { throw Stop(error) }
            if let alias { moves.removeAll { $0.alias != alias } }
            if let at {
                let moment = try Moment.read(at, "--at")
                var seen: Set<String> = []
                moves = moves.filter { $0.at <= moment && seen.insert("\($0.source)/\($0.alias)").inserted }
            }
            Terminal.put(PromptReport.moves(moves, of: name).render(output))
        }
    }
}
