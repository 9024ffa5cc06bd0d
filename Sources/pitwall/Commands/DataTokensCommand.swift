import ArgumentParser
import PitConfig
import PitData
import PitEngine
import PitGrid
import PitModel

extension DataCommand {
    struct Tokens: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How many tokens texts have, as the model that is served counts them.",
            discussion: """
                Asks the server's /tokenize (vLLM, SGLang, llama.cpp) for a sample of rows. Lists of messages are counted \
                with what the model's chat template puts around them. TOTAL is that of all rows, as far as the sample tells. \
                Exits with 1 when lines could not be read, when a text is longer than the model takes, or when the server \
                failed on the way: what it had counted until then is shown.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "A file of JSON Lines or CSV, or a dataset.") var file: String
        @Option(help: "A connection of kind openai, or CONNECTION:MODEL.") var on: String
        @Option(
            name: .customLong("column"), help: "A member; may stand several times. Without it chats and longer texts.")
        var columns: [String] = []
        @Option(help: "Rows that are looked at.") var sample = TokenCensus.usualRows
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if !(1...TokenSample.mostRows).contains(sample) {
                throw ValidationError("--sample wants 1 to \(TokenSample.mostRows)")
            }
            if PromptTrial.Target(on) == nil { throw ValidationError("--on names a connection") }
        }

        func run() throws {
            guard let target = PromptTrial.Target(on) else { return }
            let (_, loaded) = try ConfigStack.load(config.config, Places())
            let server = try Self.server(target.connection, loaded.stack.settings.servers)
            let (path, meter) = (try DatasetShelf.file(file), DataMeter())
            let taken: TokenSample
            do throws(DataFault) {
                taken = try TokenSample.read(path, members: columns, most: sample) { meter.tell($0, of: $1) }
                meter.end()
            } catch {
                meter.end()
                throw DataCommand.stop(error)
            }
            let counter = TokenCounter(server, model: target.model)
            let done = try Blocking.run { await counter.count(taken) }
            if let fault = done.fault, done.counted.isEmpty {
                throw Stop(.couldNotRun, "\(target.connection): \(fault.summary)", hint: fault.hint)
            }
            Terminal.put(TokenReport.report(done.counted, of: taken).render(output))
            if output == .table { Terminal.put(TokenReport.histograms(done.counted)) }
            if let fault = done.fault {
                Terminal.complain("\(target.connection): \(fault.summary): only what came before is counted")
            }
            if taken.tooLong > 0 { Terminal.complain("\(taken.tooLong) rows are too long to be looked at") }
            DataCommand.tell(taken.bad, in: file)
            let over = done.counted.contains { ($0.tally.over ?? 0) > 0 }
            if done.fault != nil || taken.bad.count > 0 || over { throw ExitCode.notWell }
        }

        private static func server(_ name: ConnectionName, _ servers: [ConnectedServer]) throws -> any TokenCounting {
            guard let server = servers.first(where: { $0.connection.name == name })?.connector as? any TokenCounting
            else {
                let all = servers.filter { $0.connector is any TokenCounting }.map(\.connection.name.description)
                throw Stop(
                    .usage, "no connection `\(name)` counts tokens",
                    hint: all.isEmpty
                        ? "Add one of kind openai to the configuration."
                        : "There are: \(all.joined(separator: ", ")).")
            }
            return server
        }
    }
}
