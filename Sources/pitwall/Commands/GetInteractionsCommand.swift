import ArgumentParser
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

/// Which exchanges are wanted, for `get interactions` and `get findings`.
struct ExchangeOptions: ParsableArguments {
    @OptionGroup var config: ConfigOption
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
    @Option(help: "Only those with this model.") var model: String?
    @Option(help: "How far back: 1h, 7d.") var since: String?
    @Option(help: "Only those in which this was found: injection, pii/email.") var finding: String?
    @Option(help: "Only those that say this somewhere.") var search: String?
    @Option(help: "Only those that have this descriptor or attribute; with --least and --most, within them.")
    var feature: String?
    @Option(help: "The least value of --feature.") var least: Double?
    @Option(help: "The greatest value of --feature.") var most: Double?
    @Option(help: "How many at most, the newest.") var limit = 100
    @Flag(help: "Use what was kept; do not read the sources.") var cached = false

    /// The exchanges wanted, newest first, after the sources were read once more.
    func read(findings: Bool) throws -> [KeptInteraction] {
        var query = InteractionQuery(
            model: model.map(ModelName.init), feature: feature, least: least, most: most,
            finding: finding ?? (findings ? "" : nil), text: search, limit: max(0, limit))
        if let since {
            guard let span = Figures.seconds(from: since) else {
                throw Stop(.usage, "--since wants a time such as 1h or 7d")
            }
            query.from = Stack.clock.now().advanced(by: -span)
        }
        if feature == nil, least != nil || most != nil {
            throw Stop(.usage, "--least and --most want --feature", hint: "Such as: --feature response_tokens")
        }
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        let sources = Set(
            stack.settings.servers.filter { $0.connector is any InteractionReading }.map(\.connection.name))
        let engine = stack.engine()
        let isReader = !cached && !sources.isEmpty && stack.lock?.tryAcquire() ?? true
        return try Blocking.run { [query] in
            if isReader {
                _ = await engine.prepare()
                let seen = await engine.pollOnce(sources)
                for source in seen.connections where sources.contains(source.name) {
                    if let fault = source.fault { Terminal.complain("\(source.name): \(fault.summary). \(fault.hint)") }
                    if source.badLineCount > 0 {
                        Terminal.complain(
                            "\(source.name): \(source.badLineCount) lines could not be read and were skipped")
                    }
                }
            }
            do throws(StoreFault) { return try await engine.interactions(query) } catch {
                throw Stop(error)
            }
        }
    }
}

extension GetCommand {
    struct Interactions: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Interactions: exchanges with models that were kept, newest first.")
        @OptionGroup var options: ExchangeOptions
        func run() throws {
            Terminal.put(ExchangeReport.interactions(try options.read(findings: false)).render(options.output))
        }
    }

    struct Findings: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Findings: what the detectors found in exchanges, and what people say of it.")
        @OptionGroup var options: ExchangeOptions
        func run() throws {
            let report = ExchangeReport.findings(try options.read(findings: true), of: options.finding)
            Terminal.put(report.render(options.output))
        }
    }
}
