import ArgumentParser
import PitData
import PitHTTP
import PitModel
import PitStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Bring in what people judged elsewhere.", subcommands: [Labels.self])

    struct Labels: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring in judgements from a file.",
            discussion: """
                JSON Lines and CSV with a judgement a row, Label Studio's JSON export, Argilla's records as JSON. What the \
                rows name otherwise, --field finds: author=annotator.email.
                A file that is brought in again adds nothing. Exits with 1 when something could not be read.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The file.") var file: String
        @Option(help: "labelstudio, argilla, csv or jsonl; known by the file itself without it.") var format: String?
        @Option(help: "The queue that the items are to be in.") var queue: String = "imported"
        @Option(name: .customLong("field"), help: "Where a thing stands: author=annotator.email. Repeat it for more.")
        var fields: [String] = []

        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            var added = 0
            let reader: LabelImport
            do {
                let options = try JudgedFile.options(format, fields: fields, queue: queue, at: Stack.clock.now())
                var pages = try LabelImport(file, options)
                while let page = try pages.next() { added += try made.stack.store.importJudged(page) }
                reader = pages
            } catch let fault as DataFault {
                throw Stop(DataStop.code(fault), fault.summary, hint: fault.hint)
            } catch let fault as StoreFault {
                throw Stop(fault)
            }
            Terminal.say("\(reader.read) judgements read, \(added) new ones kept in queue \(Terminal.safe(queue))")
            Terminal.tellBad(reader)
            if reader.badLineCount > 0 { throw ExitCode.notWell }
        }
    }
}
