import ArgumentParser
import Foundation
import PitConfig
import PitData
import PitGrid
import PitModel
import PitParse

extension DataCommand {
    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    struct Clean: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Clean a file of JSON Lines or CSV by a recipe (YAML): rows in, rows out.",
            discussion: """
                \(cleaningCatalog.map { "\($0.about.id): \($0.about.summary)" }.joined(separator: "\n"))

                Begin with --example, look with --preview, then write with --out; a manifest lies beside it. The same file \
                and recipe give the same bytes. Lines that cannot be read are told and left out; then it exits with 1.
                """)
        @Argument(help: "A file of JSON Lines or CSV.") var file: String?
        @Option(help: "The recipe (YAML).") var recipe: String?
        @Option(help: "Where the rows that are left go.") var out: String?
        @Option(help: "Show the first N rows that change or go, and write nothing.") var preview: Int?
        @Flag(help: "Print a recipe to begin with.") var example = false
        @Option(
            help:
                "Print the stop words of a language as a step of a recipe: \(StopWords.languages.joined(separator: ", "))."
        )
        var stopwords: String?
        @Option(name: .shortAndLong, help: "text or json.") var output: Output = .text

        func validate() throws {
            if example || stopwords != nil { return }
            if file == nil { throw ValidationError("it wants the file that is to be cleaned, or --example") }
            if recipe == nil { throw ValidationError("it wants --recipe RECIPE.yaml; begin with --example") }
            if out == nil, preview == nil { throw ValidationError("it wants --out FILE, or --preview N to look first") }
            if let preview, !(1...10_000).contains(preview) { throw ValidationError("--preview wants 1 to 10000") }
        }

        func run() throws {
            if example { return Terminal.put(CleaningExample.text) }
            if let stopwords {
                guard let step = StopWords.step(stopwords) else {
                    throw Stop(
                        .usage, "there are no stop words of `\(stopwords)`",
                        hint: "There are: \(StopWords.languages.joined(separator: ", "))")
                }
                return Terminal.put(step)
            }
            guard let named = file, let recipe else { return }
            let file = try DatasetShelf.file(named)
            let (read, text) = try RecipeFile.read(recipe)
            let meter = DataMeter()
            var badLines = 0
            do throws(DataFault) {
                let cleaner = try Cleaner(read)
                if let preview {
                    let found = try cleaner.preview(file, rows: preview) { meter.tell($0, of: $1) }
                    meter.end()
                    Terminal.put(output == .json ? found.json.pretty + "\n" : CleaningWords.text(found))
                } else if let out {
                    let report = try cleaner.run(file, out: out, text: text, version: Version.current) {
                        meter.tell($0, of: $1)
                    }
                    meter.end()
                    Terminal.put(output == .json ? report.json.pretty + "\n" : CleaningWords.text(report, out))
                    DataCommand.tell(report.bad, in: file)
                    if report.decoded > 0 {
                        Terminal.complain(
                            "\(CleaningWords.lines(report.decoded)) no UTF-8 and read as \(read.encoding.rawValue)")
                    }
                    badLines = report.bad.count
                }
            } catch {
                meter.end()
                throw DataCommand.stop(error)
            }
            if badLines > 0 { throw ExitCode.notWell }
        }
    }
}

/// A recipe on disk.
enum RecipeFile {
    static var reader: RecipeReader {
        RecipeReader(steps: cleaningCatalog.map { $0.about }) { spec in
            do throws(CleaningFault) {
                _ = try Cleaner.make(spec)
                return nil
            } catch { return error.words }
        }
    }

    /// Reads it, or ends with what is wrong and where.
    static func read(_ path: String) throws -> (recipe: CleaningRecipe, text: String) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Stop(.usage, "\(path) cannot be read", hint: "Does it exist, and may you read it?")
        }
        guard data.count <= 4 << 20, let text = String(data: data, encoding: .utf8) else {
            throw Stop(.usage, "\(path) is no recipe", hint: "It wants YAML in UTF-8, 4 MiB at most.")
        }
        let (read, issues) = reader.read(text, file: path)
        guard let recipe = read else { throw Stop(.usage, issues.map(\.description).joined(separator: "\n")) }
        for issue in issues { Terminal.complain("\(issue)") }
        return (recipe, text)
    }
}

/// What cleaning came to, for people.
enum CleaningWords {
    static func text(_ report: CleaningReport, _ out: String) -> String {
        let table = Report(
            columns: [
                .init(key: "step", title: "STEP"), .init(key: "rows", title: "ROWS"),
                .init(key: "changed", title: "CHANGED"), .init(key: "removed", title: "REMOVED"),
                .init(key: "reasons", title: "WHY"),
            ],
            rows: report.steps.map { step in
                [
                    .text(step.name), .count(step.rows), .count(step.changed), .count(step.removed),
                    .list(
                        step.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key): \($0.value)" }
                    ),
                ]
            }, emptyText: "no steps")
        let bad = report.bad.count > 0 ? ", \(Self.lines(report.bad.count)) not read" : ""
        return table.render(.table)
            + "\(report.rowsIn) rows in, \(report.rowsOut) out (\(report.changed) changed)\(bad): \(Terminal.safe(out))\n"
    }

    static func lines(_ count: Int) -> String { "\(count) \(count == 1 ? "line" : "lines")" }

    static func text(_ preview: CleaningPreview) -> String {
        var lines: [String] = []
        for entry in preview.entries {
            let place = "line \(entry.line), \(entry.step)"
            let (before, after) = parts(entry.before, entry.after ?? "")
            if let why = entry.removed {
                lines.append("\(place): the row goes: \(why)")
                lines.append("  - \(parts(entry.before, nil).0)")
            } else {
                lines.append("\(place): \(entry.column)")
                lines += ["  - \(before)", "  + \(after)"]
            }
        }
        lines.append(
            "\(preview.touched) of the first \(preview.rows) rows change or go"
                + (preview.bad.count > 0 ? ", \(Self.lines(preview.bad.count)) cannot be read" : "")
                + "; nothing was written"
        )
        return lines.map(Terminal.safe).joined(separator: "\n") + "\n"
    }

    /// Both texts from a little before the place where they part, on one line each.
    private static func parts(_ before: String, _ after: String?) -> (String, String) {
        let (old, new) = (Array(before.unicodeScalars), Array((after ?? "").unicodeScalars))
        var start = 0
        if after != nil {
            while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
        }
        start = max(0, start - 20)
        return (line(old, from: start), line(new, from: start))
    }

    private static func line(_ scalars: [Unicode.Scalar], from start: Int) -> String {
        var text = start > 0 ? "\u{2026}" : ""
        for scalar in scalars[min(start, scalars.count)...].prefix(160) {
            switch scalar {
            case "\n": text += "\u{23CE}"
            case "\t": text += "\u{21E5}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + (scalars.count - start > 160 ? "\u{2026}" : "")
    }
}
