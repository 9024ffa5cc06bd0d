import ArgumentParser
import PitConnect
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

struct InteractionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interactions", abstract: "Exchanges with models: bring some in.",
        discussion: "They are listed by `pitwall get interactions`, what was found in them by `pitwall get findings`.",
        subcommands: [Import.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring in a file of exchanges, JSON Lines or CSV.",
            discussion: """
                Chat logs of OpenAI's shape, spans with OpenTelemetry GenAI or OpenInference attributes, and plain \
                columns (prompt, response, model, timestamp) are recognised; --field says where other things stand.
                What the configuration says of sampling, redaction and bounds holds here, too. A file that is brought \
                in again adds nothing. Exits with 1 when lines were skipped.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The file.") var file: String
        @Option(help: "jsonl or csv; by the name's end without it.") var format: String?
        @Option(name: .customLong("field"), help: "Where a thing stands: prompt=input.text. Repeat it for more.")
        var fields: [String] = []
        @Option(help: "The configured model that all of them were with.") var model: String?

        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            var intake = stack.settings.interactions
            if let model {
                guard stack.settings.models.contains(where: { $0.name.description == model }) else {
                    throw Stop(.usage, "there is no model `\(model)`", hint: "See them: pitwall get models")
                }
                intake.settings.models = intake.settings.models.filter { $0.model.description == model }
                for index in intake.settings.models.indices {
                    (intake.settings.models[index].sources, intake.settings.models[index].servedAs) = (
                        [Self.source], []
                    )
                }
            }
            var options: [String: OptionValue] = [:]
            options["format"] = format.map(OptionValue.text)
            if !fields.isEmpty { options["fields"] = .list(fields) }
            let connection = Connection(name: Self.source, kind: "file", url: file, options: options)
            let (reader, store) = (FileConnector.whole(connection), stack.store)
            let done = try Blocking.run { [intake] in try await Self.bring(reader, intake, store) }
            let limits = intake.settings
            do {
                try store.pruneInteractions(maxRows: limits.maxRows, maxBytes: limits.maxBytes)
            } catch { throw Stop(error) }
            Terminal.say(done.words)
            for line in done.badLines { Terminal.complain("line \(line.number): \(line.reason)") }
            if done.skipped > 0 { throw ExitCode.notWell }
        }

        private static let source = ConnectionName("import")

        private struct Done {
            var read = 0
            var kept = 0
            var skipped = 0
            var badLines: [BadLine] = []

            var words: String {
                "\(read) exchanges read, \(kept) new ones kept" + (skipped > 0 ? ", \(skipped) lines skipped" : "")
            }
        }

        private static func bring(
            _ reader: FileConnector, _ intake: InteractionIntake, _ store: Store
        ) async throws -> Done {
            var done = Done()
            var cursor: String?
            do {
                _ = try await reader.probe()
                while true {
                    let page = try await reader.readInteractions(after: cursor, limit: 500)
                    done.read += page.interactions.count
                    let kept = await intake.takeGuarded(page.interactions)
                    done.kept += try store.append(kept, from: source, cursor: page.cursor)
                    done.skipped += page.badLineCount
                    done.badLines = Array((done.badLines + page.badLines).prefix(InteractionPage.badLineLimit))
                    guard page.hasMore, page.cursor != cursor else { return done }
                    cursor = page.cursor
                }
            } catch let fault as ConnectorFault {
                throw Stop(fault)
            } catch let fault as StoreFault {
                throw Stop(fault)
            }
        }
    }
}
