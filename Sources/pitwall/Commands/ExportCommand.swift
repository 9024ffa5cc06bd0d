import ArgumentParser
import Foundation
import PitData
import PitEngine
import PitHTTP
import PitModel
import PitSafety
import PitStore

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write what people judged as a dataset.", subcommands: [Labels.self])

    struct Labels: ParsableCommand {
        private static let formats = labelFormatCatalog.map { $0.about.id }

        static let configuration = CommandConfiguration(
            abstract: "Write judgements as a dataset, with a card and a manifest.",
            discussion: """
                \(labelFormatCatalog.map { "\($0.about.id): \($0.about.summary)." }.joined(separator: "\n"))

                Where people differ, the majority decides, and an adjudicator before it; ties are left out and counted. \
                The same judgements and options give the same bytes.
                """)

        @OptionGroup var config: ConfigOption
        @Option(help: "The format: \(formats.joined(separator: ", ")).") var format: String
        @Option(help: "A new or empty folder, or that of an earlier export.") var out: String
        @Option(help: "Judgements from a file, not those kept: JSON Lines, CSV, or JSON of Label Studio or Argilla.")
        var from: String?
        @Option(help: "labelstudio, argilla, csv or jsonl; known by the file itself without it.") var fromFormat:
            String?
        @Option(
            name: .customLong("field"), help: "Where a thing stands in it: author=annotator.email. Repeat it for more.")
        var fields: [String] = []
        @Option(help: "Only this queue.") var queue: String?
        @Option(help: "Splits by conversation: train=0.9,test=0.1.") var split: String?
        @Option(help: "none, exact, near or near=0.9: what has the same or nearly the same text comes once.")
        var dedup: String = "none"
        @Option(help: "Private text to take out, with commas: \(Redaction.kinds.joined(separator: ", ")).") var redact:
            String?
        @Option(help: "The license, as Hugging Face names it: apache-2.0.") var license: String = "unknown"
        @Option(help: "Only these people's judgements, with commas.") var authors: String?
        @Option(name: .customLong("adjudicator"), help: "Whose word decides where people differ. Repeat it for more.")
        var adjudicators: [String] = []
        @Option(help: "How many people must agree.") var minAgree: Int = 1
        @Option(help: "Who made the examples (instructlab).") var createdBy: String?
        @Option(help: "What the model is to do (instructlab, a skill).") var task: String?
        @OptionGroup(title: "Knowledge (instructlab)") var document: DocumentOptions

        func run() throws {
            guard let format = labelFormatCatalog.first(where: { $0.about.id == format }) else {
                throw Stop(
                    .usage, "there is no format `\(format)`", hint: "There are: \(Self.formats.joined(separator: ", "))"
                )
            }
            do {
                guard let from else { return try exportKept(format) }
                let export = try LabelExport(format, try options(rubrics: []), folder: out)
                try fill(export, from)
                tell(try export.finish())
            } catch let fault as DataFault {
                throw Stop(DataStop.code(fault), fault.summary, hint: fault.hint)
            } catch let fault as StoreFault {
                throw Stop(fault)
            }
        }

        /// A page at a time, in the order of ids.
        private func exportKept(_ format: any LabelFormat.Type) throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let store = made.stack.store
            let export = try LabelExport(format, try options(rubrics: made.rubrics), folder: out)
            var last: String?
            while true {
                let page = try store.judgedItems(queue: queue, after: last, limit: 500)
                guard let end = page.last?.id else { break }
                try export.take(page)
                last = end
            }
            let summary = try export.finish()
            // What people said has left: that stands in the trail before it is told.
            try store.audit(
                at: Stack.clock.now(), author: made.stack.settings.author, what: "labels exported",
                subject: queue ?? "all queues", detail: "\(format.about.id) to \(out)")
            tell(summary)
        }

        private func fill(_ export: LabelExport, _ from: String) throws(DataFault) {
            let options = try JudgedFile.options(
                fromFormat, fields: fields, queue: queue ?? "", at: Timestamp(milliseconds: 0))
            var reader = try LabelImport(from, options)
            // A file's order is anybody's: that of the ids is always the same.
            var items: [String: JudgedItem] = [:]
            while let page = try reader.next() {
                for item in page {
                    items[item.id]?.judgements += item.judgements
                    if items[item.id] == nil { items[item.id] = item }
                }
            }
            try export.take(items.values.sorted { $0.id < $1.id })
            Terminal.tellBad(reader)
        }

        private func options(rubrics: [Rubric]) throws(DataFault) -> LabelExportOptions {
            let kinds = redact.map(Self.words) ?? []
            for kind in kinds where Redaction.Kind(rawValue: kind) == nil {
                throw .refused(
                    "`\(kind)` is no kind of private text",
                    hint: "There are: \(Redaction.kinds.joined(separator: ", "))")
            }
            guard minAgree >= 1 else {
                throw .refused("--min-agree is 1 at least", hint: "1 takes what one person says.")
            }
            return LabelExportOptions(
                queue: queue, split: try split.map { text throws(DataFault) in try DatasetSplit(text) } ?? .whole,
                deduplication: try .init(dedup), redact: Redaction.Kind.allCases.filter { kinds.contains($0.rawValue) },
                license: license, authors: authors.map(Self.words) ?? [], adjudicators: adjudicators,
                leastAgreeing: minAgree, creator: createdBy ?? Places().author, task: task ?? "",
                knowledge: document.knowledge, rubrics: rubrics, version: Version.current)
        }

        private static func words(_ text: String) -> [String] {
            text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }

        private func tell(_ done: LabelExport.Summary) {
            Terminal.say(
                "\(done.rows) rows of \(done.items) items in \(Terminal.safe(out)): "
                    + done.files.joined(separator: ", "))
            for line in done.leftOut.lines { Terminal.say("left out: \(line)") }
            for line in done.warnings { Terminal.complain(line) }
        }
    }

    /// The document that knowledge comes from.
    struct DocumentOptions: ParsableArguments {
        @Option(help: "What it is about, in a few words.") var domain: String?
        @Option(help: "What is in it.") var outline: String?
        @Option(help: "The git repository it is in.") var documentRepo: String?
        @Option(help: "The commit.") var documentCommit: String?
        @Option(name: .customLong("document-pattern"), help: "Its files: '*.md'. Repeat it for more.") var patterns:
            [String] = []

        /// Nil where nothing is said of a document: then it is a skill.
        var knowledge: LabelExportOptions.Knowledge? {
            let isNamed = [domain, outline, documentRepo, documentCommit].contains { $0 != nil } || !patterns.isEmpty
            guard isNamed else { return nil }
            return .init(
                domain: domain ?? "", outline: outline ?? "", repository: documentRepo ?? "",
                commit: documentCommit ?? "",
                patterns: patterns)
        }
    }
}

/// What commands say of a file of judgements.
enum JudgedFile {
    static func options(
        _ format: String?, fields: [String], queue: String, at: Timestamp
    ) throws(DataFault) -> LabelImport.Options {
        let known = LabelImport.Format.allCases.map(\.rawValue).joined(separator: ", ")
        if let format, LabelImport.Format(rawValue: format) == nil {
            throw .refused("there is no format `\(format)`", hint: "There are: \(known)")
        }
        var paths: [String: String] = [:]
        for field in fields {
            let halves = field.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else {
                throw .refused("`\(field)` says nowhere", hint: "Write it so: --field author=annotator.email")
            }
            paths[String(halves[0])] = String(halves[1])
        }
        return LabelImport.Options(
            format: format.flatMap { LabelImport.Format(rawValue: $0) }, queue: queue, fields: paths, at: at)
    }
}

/// How a fault of a file ends the program.
enum DataStop {
    static func code(_ fault: DataFault) -> ExitCode {
        switch fault {
        case .unwritable: .couldNotRun
        default: .usage
        }
    }
}

extension Terminal {
    /// What of a file of judgements could not be read.
    static func tellBad(_ reader: LabelImport) {
        for line in reader.badLines { complain("entry \(line.number): \(line.reason)") }
        if reader.badLineCount > 0 { complain("\(reader.badLineCount) entries could not be read and were passed over") }
        if reader.passedOver > 0 {
            complain("passed over, because they say nothing or a model said it: \(reader.passedOver)")
        }
    }
}
