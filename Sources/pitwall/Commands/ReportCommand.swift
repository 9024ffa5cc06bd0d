import ArgumentParser
import Foundation
import PitEngine
import PitModel
import PitStore

struct ReportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case markdown, html, json }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract:
            "All that is known of a version of a model: card, lineage, evaluations, labels, findings, proofs, decisions.",
        discussion: "Polls once, reads the registry and the state folder. What is not known is said in its place.")
    @OptionGroup var about: VersionOptions
    @Option(name: .shortAndLong, help: "markdown, html or json.") var output: Format = .markdown
    @Option(help: "A file to write it to; standard output without it.") var out: String?
    @Flag(help: "Use what was kept of alerts and deployments; only the registry is read.") var cached = false

    func run() throws {
        let dossier = try about.visit(polls: !cached) { visit, review in
            do throws(StoreFault) {
                return try await visit.engine.dossier(of: review, author: visit.stack.settings.author)
            } catch { throw Stop(error) }
        }
        try ReportFile.put(try render(dossier), to: out)
    }

    private func render(_ dossier: Dossier) throws -> String {
        switch output {
        case .markdown: return Terminal.safeLines(dossier.text.markdown)
        case .html: return Terminal.safeLines(dossier.text.html)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
            return String(decoding: try encoder.encode(dossier), as: UTF8.self) + "\n"
        }
    }
}
