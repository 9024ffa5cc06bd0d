import ArgumentParser
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

extension DriftCommand {
    /// What of a model's traffic has changed, from what was kept while something polled.
    struct ReportOf: ParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, markdown, html }

        static let configuration = CommandConfiguration(
            commandName: "report", abstract: "What of a model's traffic has changed, on one page.",
            discussion: "Reads what was kept; something must poll for it (pitwall poll). Exits with 1 when it drifted.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The model.") var model: String
        @Option(help: "What is compared: the last 1h, 30m, 1d.") var window: String?
        @Option(help: "With what: \(DriftReference.usage).") var reference: String?
        @Option(help: "As of when: an RFC 3339 time, or how long ago (2h).") var at: String?
        @Option(name: .shortAndLong, help: "table, json, csv, markdown or html.") var output: Format = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            var settings = made.stack.settings
            if let window {
                guard let span = Figures.seconds(from: window), span >= 10 else {
                    throw Stop(.usage, "--window wants a time of ten seconds at least, such as 1h")
                }
                settings.drift.window = span
            }
            if let reference {
                guard let wanted = DriftReference(words: reference, seconds: { Figures.seconds(from: $0) }) else {
                    throw Stop(.usage, "--reference wants \(DriftReference.usage)")
                }
                settings.drift.reference = wanted
            }
            let name = ModelName(model)
            guard settings.models.contains(where: { $0.name == name }) else {
                throw Stop(
                    .usage, "there is no model `\(model)`",
                    hint: "There are: \(settings.models.map(\.name.description).joined(separator: ", ")).")
            }
            let moment = try Moment.read(at, "--at")
            let engine = made.stack.engine(settings)
            let drift = try Blocking.run { () async -> ModelDrift? in
                _ = await engine.prepare()
                return await engine.drift(of: name, at: moment)
            }
            guard let drift else {
                throw Stop(
                    .couldNotRun, "nothing was counted for `\(model)` in that window",
                    hint: "Something must poll its metrics: the console, or pitwall poll.")
            }
            Terminal.put(text(name, drift))
            if drift.drifted > 0 { throw ExitCode.notWell }
        }

        private func text(_ name: ModelName, _ drift: ModelDrift) -> String {
            switch output {
            case .table: DriftRows.make([(name, drift)]).render(.wide)
            case .json: DriftRows.make([(name, drift)]).render(.json)
            case .csv: DriftRows.make([(name, drift)]).render(.csv)
            case .markdown: DriftDocument(model: name, drift: drift).markdown
            case .html: DriftDocument(model: name, drift: drift).html
            }
        }
    }
}

/// A moment as people write it.
enum Moment {
    /// An RFC 3339 time, or how long ago; now where nothing is written.
    static func read(_ text: String?, _ option: String) throws -> Timestamp {
        let now = Stack.clock.now()
        guard let text else { return now }
        if let moment = Timestamp(rfc3339: text) { return moment }
        if let seconds = Figures.seconds(from: text) { return now.advanced(by: -seconds) }
        throw Stop(.usage, "\(option) wants a time such as 2026-05-01T03:00:00Z, or how long ago, such as 2h")
    }
}
