import ArgumentParser
import PitData
import PitGrid
import PitModel
import PitParse

extension DataCommand {
    /// Rows as they are; what people judged is exported by `export labels`.
    struct Export: ParsableCommand {
        private static let formats = RowExport.formats.map { $0.about.id }

        private static let templates = ChatTemplate.allCases.map(\.rawValue)

        static let configuration = CommandConfiguration(
            abstract: "Write rows of JSON Lines or CSV in a format that trainers read, by naming their columns.",
            discussion: """
                \(RowExport.formats.map { "\($0.about.id): \($0.about.summary)." }.joined(separator: "\n"))

                Every response is taken for a good one, every chosen one for better than the rejected one. Without a name a \
                column is looked for under the usual ones: prompt, instruction, question, input; response, completion, \
                answer, output. Exits with 1 when lines could not be read. What people judged: pitwall export labels.
                """)
        @Argument(help: "A file of JSON Lines or CSV.") var file: String
        @Option(help: "The format: \(formats.joined(separator: ", ")).") var format: String
        @Option(help: "A new or empty folder, or that of an earlier export.") var out: String
        @Option(help: "The column with the whole conversation.") var messages: String?
        @Option(help: "The column with what was asked.") var prompt: String?
        @Option(help: "The column with what the system was told.") var system: String?
        @Option(help: "The column with what the answer is taken from (instructlab).") var context: String?
        @Option(help: "The column with the answer.") var response: String?
        @Option(help: "The column with the better answer.") var chosen: String?
        @Option(help: "The column with the worse answer.") var rejected: String?
        @Option(help: "How a conversation becomes one text (text): \(templates.joined(separator: ", ")).")
        var template = ChatTemplate.chatml.rawValue
        @Option(help: "Splits: train=0.9,test=0.1.") var split: String?
        @Option(help: "The column whose values stay in one split; how a conversation begins without it.") var group:
            String?
        @Option(help: "The license, as Hugging Face names it: apache-2.0.") var license = "unknown"
        @Option(help: "Who made the examples (instructlab).") var createdBy: String?
        @Option(help: "What the model is to do (instructlab, a skill).") var task: String?
        @OptionGroup(title: "Knowledge (instructlab)") var document: ExportCommand.DocumentOptions
        @Option(name: .shortAndLong, help: "text or json.") var output: Output = .text

        func run() throws {
            guard let kind = RowExport.formats.first(where: { $0.about.id == format }) else {
                throw Stop(
                    .usage, "there is no format `\(format)` of rows",
                    hint: "There are: \(Self.formats.joined(separator: ", "))")
            }
            guard let template = ChatTemplate(rawValue: template) else {
                throw Stop(
                    .usage, "there is no chat template `\(template)`",
                    hint: "There are: \(Self.templates.joined(separator: ", "))")
            }
            var columns = RowExport.Columns()
            (columns.messages, columns.prompt, columns.system, columns.context) = (messages, prompt, system, context)
            (columns.response, columns.chosen, columns.rejected, columns.group) = (response, chosen, rejected, group)
            let meter = DataMeter()
            let done: RowExport.Summary
            let place = try DatasetShelf.file(file)
            do throws(DataFault) {
                let options = LabelExportOptions(
                    split: try split.map { text throws(DataFault) in try DatasetSplit(text) } ?? .whole,
                    license: license, creator: createdBy ?? Places().author, task: task ?? "",
                    knowledge: document.knowledge, template: template, version: Version.current)
                done = try RowExport.run(place, kind, columns, options, folder: out) {
                    meter.tell($0, of: $1)
                }
                meter.end()
            } catch {
                meter.end()
                throw DataCommand.stop(error)
            }
            if output == .json {
                Terminal.put(done.json.pretty + "\n")
            } else {
                Terminal.say(
                    "\(done.rows) rows of \(done.rowsIn) in \(Terminal.safe(out)): \(done.files.joined(separator: ", "))"
                )
                for line in done.leftOut.lines { Terminal.say("left out: \(line)") }
            }
            if license == "unknown" { Terminal.complain("the license is unknown: say it with --license") }
            DataCommand.tell(done.bad, in: file)
            if done.bad.count > 0 { throw ExitCode.notWell }
        }
    }
}
