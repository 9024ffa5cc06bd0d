import PitModel
import PitSafety

/// The README.md of an export: what Hugging Face reads in its front matter, and what a person wants to know before using it.
struct DatasetCard {
    var about: LabelFormatInfo
    var options: LabelExportOptions
    var tables: [LabelSink.Table]
    var items: Int
    var rows: Int
    var judgements: Int
    var people: Int
    var newest: Timestamp?
    var leftOut: LeftOut
    var agreement: [AgreementTally.Line]
    var rubrics: [Rubric.Reference]

    var text: String {
        ([front, head, contents] + [agreementTable, rubricTexts, leftOutList, made].filter { !$0.isEmpty })
            .joined(separator: "\n\n") + "\n"
    }

    private var front: String {
        var lines = ["---", "license: \(options.license)", "task_categories:"]
        lines += about.tasks.map { "- \($0)" }
        lines += ["tags:", "- human-feedback"] + about.tags.map { "- \($0)" }
        lines += ["size_categories:", "- \(size)"]
        if about.isTable, !tables.isEmpty {
            lines.append("configs:")
            for (place, part) in parts.enumerated() {
                lines.append("- config_name: \(parts.count > 1 ? part : "default")")
                if parts.count > 1, place == 0 { lines.append("  default: true") }
                lines.append("  data_files:")
                for table in tables where table.part == part {
                    lines += ["  - split: \(table.split)", "    path: \(table.file.path)"]
                }
            }
        }
        return (lines + ["---"]).joined(separator: "\n")
    }

    private var parts: [String] {
        var parts: [String] = []
        for table in tables where !parts.contains(table.part) { parts.append(table.part) }
        return parts
    }

    private var size: String {
        switch rows {
        case ..<1000: "n<1K"
        case ..<10_000: "1K<n<10K"
        case ..<100_000: "10K<n<100K"
        case ..<1_000_000: "100K<n<1M"
        case ..<10_000_000: "1M<n<10M"
        default: "10M<n<100M"
        }
    }

    private var head: String {
        let name = options.queue.map { "queue `\(Self.line($0))`" } ?? "all queues"
        let until = newest.map { ", the newest of \($0.rfc3339)" } ?? ""
        return """
            # Judged answers: \(options.queue.map(Self.line) ?? "all queues")

            \(about.id): \(about.summary). From \(name): \(items) items, \(Self.count(judgements, "judgement")) by \
            \(people == 1 ? "1 person" : "\(people) people")\(until).
            """
    }

    private var contents: String {
        guard about.isTable else { return "## Contents\n\n\(rows) files. See `manifest.json`." }
        var lines = ["## Contents", "", "| file | rows | split |", "|---|---|---|"]
        lines += tables.map { "| `\($0.file.path)` | \($0.file.rows) | \($0.split) |" }
        for part in options.split.parts where !tables.contains(where: { $0.split == part.name }) {
            lines.append("| none | 0 | \(part.name) |")
        }
        lines += [
            "",
            "Split by `\(options.split.words)`: by the SHA-256 of how a conversation begins, so that no conversation "
                + "is in two splits.",
        ]
        return lines.joined(separator: "\n")
    }

    private var agreementTable: String {
        guard !agreement.isEmpty else {
            return "## Agreement\n\nNot known: no item was judged by two people."
        }
        var lines = [
            "## Agreement", "", "Krippendorff's alpha, of items that two or more people judged.", "",
            "| question | items | people | level | same answer | alpha | 95 % interval |",
            "|---|---|---|---|---|---|---|",
        ]
        for line in agreement {
            let range = line.interval.map { "\(Self.figure($0.lowerBound)) to \(Self.figure($0.upperBound))" } ?? "--"
            lines.append(
                "| \(Self.cell(line.question)) | \(line.items) | \(line.people) | \(line.level) "
                    + "| \(line.percent.map { Self.figure($0) } ?? "--") "
                    + "| \(line.alpha.map { Self.figure($0) } ?? "--") | \(range) |")
        }
        return lines.joined(separator: "\n")
    }

    private var rubricTexts: String {
        let known = Dictionary(options.rubrics.map { ($0.reference, $0) }, uniquingKeysWith: { first, _ in first })
        let texts = rubrics.map { reference in
            let title = "### \(Self.line(reference.description))"
            guard let rubric = known[reference] else { return "\(title)\n\nWhat it asked is not known here." }
            var lines = [title, "", Self.line(rubric.title), ""]
            lines += rubric.questions.map { "- `\(Self.line($0.id))`: \(Self.line($0.title)) (\(Self.kind($0.kind)))" }
            if !rubric.guidelines.isEmpty {
                // A person's Markdown keeps its shape and cannot end the section it is in.
                lines +=
                    [""] + rubric.guidelines.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
            }
            return lines.joined(separator: "\n")
        }
        return texts.isEmpty ? "" : "## Rubric\n\n" + texts.joined(separator: "\n\n")
    }

    private static func kind(_ kind: RubricQuestion.Kind) -> String {
        func words(_ choices: [RubricChoice]) -> String {
            choices.flatMap(\.all).map { line($0.value) }.joined(separator: ", ")
        }
        return switch kind {
        case .choice(let choices): "one of \(words(choices))"
        case .choices(let choices): "any of \(words(choices))"
        case .rating(let low, let high): "\(low) to \(high)"
        case .text: "text"
        case .spans(let choices): "pieces, each \(words(choices))"
        case .correction: "the answer as it should be"
        case .preference: "the better of two"
        case .ranking(let count): "\(count) in order"
        }
    }

    private var leftOutList: String {
        guard !leftOut.all.isEmpty else { return "## Left out\n\nNothing." }
        return (["## Left out", ""] + leftOut.lines.map { "- \($0)" }).joined(separator: "\n")
    }

    private var made: String {
        let redacted = options.redact.map(\.rawValue).joined(separator: ", ")
        return """
            ## How it was made

            pitwall \(options.version). Where people differ \
            \(options.adjudicators.isEmpty ? "" : "an adjudicator decides, or else ")the majority does; ties are left out. \
            Least number of people of one mind: \(options.leastAgreeing). Deduplication: \
            \(options.deduplication.words). Private text taken out: \(redacted.isEmpty ? "none" : redacted). The same \
            judgements and options give the same bytes; `manifest.json` has the SHA-256 of every file.
            """
    }

    static func figure(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let digits = "\(abs(thousandths) % 1000)"
        return (thousandths < 0 ? "-" : "") + "\(abs(thousandths) / 1000)."
            + String(repeating: "0", count: 3 - digits.count) + digits
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// On one line: a name with line ends in it makes no headings.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    private static func cell(_ text: String) -> String { line(text).replacing("|", with: "\\|") }
}
