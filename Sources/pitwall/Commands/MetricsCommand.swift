import ArgumentParser
import Foundation
import PitConfig
import PitGrid
import PitHTTP
import PitModel
import PitParse

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Read one exposition page: every sample on stdout, bad lines on stderr.",
        discussion: "Exits with 1 when a line was bad.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl, table }

    @Argument(help: "A file, a url, or - for standard input.") var source: String
    @Option(name: .shortAndLong, help: "jsonl (a sample a line) or table.") var output: Format = .jsonl

    func run() throws {
        let (bytes, type) = try read()
        if ExpositionParser.looksLikeHTML(bytes) {
            throw Stop(.usage, "\(source): this is a web page, not metrics", hint: "Metrics are usually at /metrics.")
        }
        let page = ExpositionParser.parse(bytes, contentType: type)
        switch output {
        case .jsonl: printLines(page)
        case .table:
            let rows = page.samples.map { sample -> [Report.Value] in
                [.text(SeriesText.spell(sample.series)), .text("\(sample.value)"), .optional(sample.timestamp)]
            }
            let columns: [Report.Column] = [
                .init(key: "series", title: "SERIES"), .init(key: "value", title: "VALUE"),
                .init(key: "timestamp", title: "AT"),
            ]
            Terminal.put(Report(columns: columns, rows: rows, emptyText: "no samples").render(.table))
        }
        for line in page.badLines { Terminal.complain("\(source):\(line.number): \(line.reason): \(line.excerpt)") }
        if page.badLineCount > page.badLines.count {
            Terminal.complain("and \(page.badLineCount - page.badLines.count) more bad lines")
        }
        if page.badLineCount > 0 { throw ExitCode.notWell }
    }

    /// One object a line, its keys in a fixed order; numbers that JSON has not are texts.
    private func printLines(_ page: MetricsPage) {
        var text = ""
        for sample in page.samples {
            let labels = sample.series.labels.map { "\(JSONText.quote($0.name)):\(JSONText.quote($0.value))" }.joined(
                separator: ",")
            text +=
                "{\"name\":\(JSONText.quote(sample.series.name)),\"labels\":{\(labels)},\"value\":\(JSONText.number(sample.value))"
            if let at = sample.timestamp { text += ",\"timestamp_ms\":\(at.milliseconds)" }
            text += "}\n"
            if text.utf8.count > 1 << 16 {
                Terminal.put(text)
                text = ""
            }
        }
        Terminal.put(text)
    }

    private func read() throws -> ([UInt8], String?) {
        if source == "-" { return ([UInt8](FileHandle.standardInput.readDataToEndOfFile()), nil) }
        guard source.hasPrefix("http://") || source.hasPrefix("https://") else {
            guard let data = FileManager.default.contents(atPath: source) else {
                throw Stop(.usage, "\(source): cannot be read", hint: "Give a file, a url, or - for standard input.")
            }
            return ([UInt8](data), nil)
        }
        let http = Stack.makeHTTP()
        defer { http.shutdown() }
        let wire = CurlHTTP(
            engine: http, endpoint: Endpoint(url: source, timeout: 30, maxBytes: 1 << 30), version: Version.current)
        do {
            let reply = try Blocking.run {
                try await wire.send(
                    HTTPRequest(
                        .get,
                        headers: [
                            (
                                "Accept",
                                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
                            )
                        ])
                ).success()
            }
            return (reply.body, reply.header("content-type"))
        } catch let fault as ConnectorFault {
            throw Stop(.couldNotRun, "\(source): \(fault.summary)", hint: fault.hint)
        }
    }
}

/// The few parts of JSON that are written by hand.
enum JSONText {
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    static func number(_ value: Double) -> String {
        value.isNaN ? "\"NaN\"" : value == .infinity ? "\"+Inf\"" : value == -.infinity ? "\"-Inf\"" : "\(value)"
    }
}
