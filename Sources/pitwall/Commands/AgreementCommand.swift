import ArgumentParser
import Foundation
import PitGrid
import PitStatistics

struct AgreementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement", abstract: "How far people agree, from a file of judgements.",
        discussion: """
            The file is CSV with a head, a judgement a line. Krippendorff's alpha, Fleiss' kappa, Gwet's AC1 and every \
            pair's Cohen's kappa (with linear weights for ordinal, quadratic for interval and ratio), each with a 95 % \
            interval from resampled items. What is not defined is null: too few judgements, or no variation.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Argument(help: "The file (CSV).") var file: String
    @Option(help: "The column that names the item.") var item: String
    @Option(help: "The column that names who judged.") var annotator: String
    @Option(help: "The column with the judgement.") var value: String
    @Option(help: "nominal, ordinal, interval or ratio.", transform: Self.level) var level = Ratings.Level.nominal
    @Option(help: "How many resamples the intervals are made of; 0 leaves them out.") var bootstrap = 1000
    @Option(name: .shortAndLong, help: "table or json.") var output: Output = .table

    private static func level(_ word: String) throws -> Ratings.Level {
        guard let level = Ratings.Level(rawValue: word) else {
            throw ValidationError("`\(word)` is no level: nominal, ordinal, interval or ratio")
        }
        return level
    }

    func validate() throws {
        guard (0...100_000).contains(bootstrap) else { throw ValidationError("--bootstrap takes 0 to 100000") }
    }

    func run() throws {
        let table: JudgementTable
        do throws(JudgementTable.Fault) {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw JudgementTable.Fault("\(file) cannot be read", hint: "Does it exist, and may you read it?")
            }
            table = try JudgementTable(
                Array(data), columns: (item, annotator, value), isNumeric: level == .interval || level == .ratio)
        } catch { throw Stop(.usage, error.words, hint: error.hint) }
        let report = AgreementReport(table.ratings, level: level, bootstrap: bootstrap)
        if table.skipped > 0 {
            Terminal.complain("\(table.skipped) lines were skipped: not as many fields as the head has")
        }
        switch output {
        case .json: Terminal.say(try json(report, table))
        case .table: Terminal.say(words(report, table))
        }
    }

    private func json(_ report: AgreementReport, _ table: JudgementTable) throws -> String {
        func interval(_ range: ClosedRange<Double>?) -> Any {
            range.map { [$0.lowerBound, $0.upperBound] as Any } ?? NSNull()
        }
        func number(_ value: Double?) -> Any { value.map { $0 as Any } ?? NSNull() }
        var object: [String: Any] = [
            "items": report.items, "judgements": report.judgements, "annotators": table.annotators,
            "level": level.rawValue, "percent_agreement": number(report.percent), "skipped_lines": table.skipped,
            "fleiss_kappa_problem": report.fleissProblem.map { $0 as Any } ?? NSNull(),
            "categories": zip(table.categories, table.ratings.marginals).map {
                ["value": $0, "count": $1] as [String: Any]
            },
        ]
        for (key, figure) in [
            ("krippendorff_alpha", report.alpha), ("fleiss_kappa", report.fleiss), ("gwet_ac1", report.ac1),
        ] {
            object[key] = number(figure.value)
            object["\(key)_interval"] = interval(figure.interval)
        }
        object["cohen_kappa"] = report.cohen.map { pair -> [String: Any] in
            [
                "annotators": [table.annotators[pair.first], table.annotators[pair.second]], "n": pair.count,
                "cohen_kappa": number(pair.kappa), "cohen_kappa_interval": interval(pair.interval),
                "weights": report.weights.rawValue,
            ]
        }
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private func words(_ report: AgreementReport, _ table: JudgementTable) -> String {
        func line(_ name: String, _ value: Double?, _ interval: ClosedRange<Double>?, _ more: String = "") -> String {
            let figure = value.map { Self.figure($0) } ?? "--"
            let range = interval.map { "[\(Self.figure($0.lowerBound)), \(Self.figure($0.upperBound))]" } ?? ""
            let text = SafeText(name).description
            return text + String(repeating: " ", count: max(2, 28 - SafeText(name).columns))
                + "\(figure)  \(range)\(more.isEmpty ? "" : "  \(more)")"
        }
        let counts = zip(table.categories, table.ratings.marginals).map { "\($0) \($1)" }.joined(separator: ", ")
        var lines = [
            "\(report.items) items, \(report.annotators) people, \(report.judgements) judgements: \(SafeText(counts))",
            line("percent agreement", report.percent, nil),
            line("Krippendorff's alpha", report.alpha.value, report.alpha.interval, level.rawValue),
            line("Fleiss' kappa", report.fleiss.value, report.fleiss.interval, report.fleissProblem ?? ""),
            line("Gwet's AC1", report.ac1.value, report.ac1.interval),
        ]
        for pair in report.cohen {
            lines.append(
                line(
                    "kappa \(table.annotators[pair.first]), \(table.annotators[pair.second])", pair.kappa,
                    pair.interval, "n \(pair.count)"))
        }
        return lines.joined(separator: "\n")
    }

    private static func figure(_ value: Double) -> String { String(format: "%.3f", value) }
}
