import ArgumentParser
import PitConfig
import PitConnect
import PitGrid
import PitModel
import PitSafety

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Run the detectors over a file of exchanges; nothing is kept.",
        discussion: """
            JSON Lines or CSV, as `pitwall interactions import` reads it. Needs no configuration; --config takes what \
            one says of detectors.
            Exits with 1 when something was found. What is found is a weak sign, to be looked at by people.

            Detectors: \(detectorCatalog.map { "\($0.about.id) (\($0.about.owasp))" }.joined(separator: ", ")).
            """)

    @Argument(help: "The file, or a dataset.") var file: String
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
    @Option(help: "A configuration, for what it says of detectors.") var config: String?
    @Option(name: .customLong("detector"), help: "Only this detector. Repeat it for more.") var wanted: [String] = []
    @Option(help: "Findings less sure than this are left out: 0 to 1.") var leastScore: Double?
    @Option(help: "jsonl or csv; by the name's end without it.") var format: String?
    @Option(name: .customLong("field"), help: "Where a thing stands: prompt=input.text. Repeat it for more.")
    var fields: [String] = []

    func run() throws {
        let scanner = ExchangeScanner(try settings())
        var options: [String: OptionValue] = [:]
        options["format"] = format.map(OptionValue.text)
        if !fields.isEmpty { options["fields"] = .list(fields) }
        let place = try DatasetShelf.file(file)
        let connection = Connection(name: ConnectionName("scan"), kind: "file", url: place, options: options)
        let reader = FileConnector.whole(connection)
        let done = try Blocking.run { try await Self.scan(reader, scanner) }
        var report = ExchangeReport.findings(done.found, of: nil)
        report.emptyText = "nothing was found in \(done.read) exchanges"
        Terminal.put(report.render(output))
        for line in done.badLines { Terminal.complain("line \(line.number): \(line.reason)") }
        if done.skipped > 0 { Terminal.complain("\(done.skipped) lines could not be read and were skipped") }
        let count = done.counts.values.reduce(0, +)
        if count > 0 {
            let words = done.counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            Terminal.complain(
                "\(count) findings in \(done.found.count) of \(done.read) exchanges: \(words.joined(separator: ", "))")
            throw ExitCode.notWell
        }
    }

    private func settings() throws -> DetectorSettings {
        var settings = DetectorSettings()
        if let config { settings = try ConfigFile(config, Places()).load().detectors }
        let names = detectorCatalog.map { $0.about.id }
        for name in wanted where !names.contains(name) {
            throw Stop(.usage, "there is no detector `\(name)`", hint: "There are: \(names.joined(separator: ", "))")
        }
        if !wanted.isEmpty { settings.wanted = wanted }
        if let leastScore { settings.leastScore = leastScore }
        return settings
    }

    private struct Done {
        var read = 0
        var found: [KeptInteraction] = []
        var counts: [String: Int] = [:]
        var skipped = 0
        var badLines: [BadLine] = []
    }

    private static func scan(_ reader: FileConnector, _ scanner: ExchangeScanner) async throws -> Done {
        var done = Done()
        var cursor: String?
        do throws(ConnectorFault) {
            _ = try await reader.probe()
            while true {
                let page = try await reader.readInteractions(after: cursor, limit: 500)
                done.read += page.interactions.count
                done.skipped += page.badLineCount
                done.badLines = Array((done.badLines + page.badLines).prefix(InteractionPage.badLineLimit))
                for (exchange, findings) in zip(page.interactions, scanner.findings(in: page.interactions))
                where !findings.isEmpty {
                    var short = exchange
                    // Only what the rows tell: a file may be larger than memory.
                    (short.messages, short.response) = ([], nil)
                    short.attributes = [:]
                    done.found.append(KeptInteraction(short, findings: findings.map { KeptFinding($0) }))
                    for finding in findings { done.counts[finding.detector, default: 0] += 1 }
                }
                guard page.hasMore, page.cursor != cursor else { return done }
                cursor = page.cursor
            }
        } catch { throw Stop(error) }
    }
}
