import ArgumentParser
import Foundation
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitSafety
import PitStore

struct IncidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident",
        abstract: "Write down what happened in a span of time: timeline, charts, operations, proofs, responses.",
        discussion: """
            From what was kept; nothing is polled. Private words are taken out of the responses. With --out and markdown \
            the charts are written beside it as SVG; HTML is one file.
            """)
    @OptionGroup var config: ConfigOption
    @Option(help: "From when: 2h, 1d, or 2026-01-31T10:00:00Z.") var from = "2h"
    @Option(help: "Until when; now without it.") var to: String?
    @Option(help: "Only of this model.") var model: String?
    @Option(help: "Responses that are shown at most.") var samples = 8
    @Option(name: .shortAndLong, help: "markdown, html or json.") var output: HandoverCommand.Format = .markdown
    @Option(help: "A file to write it to; standard output without it.") var out: String?

    func validate() throws {
        if !(0...200).contains(samples) { throw ValidationError("--samples wants 0 to 200") }
    }

    func run() throws {
        let start = try Moment.read(from, "--from")
        let end = try Moment.read(to, "--to")
        guard end > start else { throw Stop(.usage, "--to is not after --from") }
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        let name = model.map { ModelName($0) }
        if let name, !stack.settings.models.contains(where: { $0.name == name }) {
            let all = stack.settings.models.map(\.name.description).joined(separator: ", ")
            throw Stop(.usage, "there is no model `\(name)`", hint: "There are: \(all).")
        }
        let (engine, count) = (stack.engine(), samples)
        let incident = try Blocking.run { () async throws -> Incident in
            do throws(StoreFault) {
                return try await engine.incident(from: start, to: end, of: name, samples: count) {
                    Redaction(Redaction.kinds)?.apply($0) ?? "[redacted]"
                }
            } catch { throw Stop(error) }
        }
        try put(incident)
    }

    private func put(_ incident: Incident) throws {
        switch output {
        case .html: try ReportFile.put(Terminal.safeLines(incident.html), to: out)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            try ReportFile.put(String(decoding: try encoder.encode(incident), as: UTF8.self) + "\n", to: out)
        case .markdown:
            guard let out else { return Terminal.put(Terminal.safeLines(incident.markdown())) }
            let stem = URL(filePath: out).deletingPathExtension()
            var pictures: [String] = []
            for (number, chart) in incident.charts.enumerated() {
                let name = "\(stem.lastPathComponent)-\(number + 1).svg"
                try ReportFile.save(
                    chart.svg, to: stem.deletingLastPathComponent().appending(path: name).path)
                pictures.append(name.replacing(" ", with: "%20"))
            }
            try ReportFile.put(Terminal.safeLines(incident.markdown(pictures: pictures)), to: out)
        }
    }
}
