import ArgumentParser
import Foundation
import PitData
import PitGrid
import PitModel

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract:
            "Datasets and files of rows: collected, what is in them, cleaned, without doubles, in parts, compared.",
        subcommands: [
            Collect.self, List.self, Show.self, Profile.self, Tokens.self, Clean.self, Dedup.self, Split.self,
            Compare.self, Export.self,
        ])

    struct Profile: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is in a file of JSON Lines or CSV, member by member; of any size, in bounded memory.",
            discussion: """
                Exits with 1 when lines could not be read. Distinct values are counted exactly up to some thousands, then \
                within 0.8 %. Languages, phrases and private text are those of a sample. BALANCE is how even few values come \
                (their entropy, 1 is even). PERPLEXITY is about how many characters come into question at each place, by a \
                model of the column's other texts; those far from the median are told. Which columns go together is told by \
                Spearman's correlation of numbers, Cram\u{E9}r's V of categories and the correlation ratio of both.
                """)
        @Argument(help: "The file.") var file: String
        @Flag(help: "Only counts, lengths and distinct values: faster.") var quick = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (file, isWhole, meter) = (try DatasetShelf.file(file), !quick, DataMeter())
            let found: Result<FileProfile, DataFault> = try Blocking.run {
                do throws(DataFault) {
                    return .success(try await FileProfile.read(file, isWhole: isWhole) { meter.tell($0, of: $1) })
                } catch { return .failure(error) }
            }
            meter.end()
            let profile = try DataCommand.open(found)
            let size = Figures.bytes(Double(profile.bytes))
            Terminal.complain("\(Terminal.safe(file)): \(profile.rows) rows, \(profile.columns.count) members, \(size)")
            DataCommand.tell(profile.bad, in: file)
            if profile.notTextCount > 0 {
                Terminal.complain(
                    "\(Terminal.safe(file)): \(profile.notTextCount) strings are no UTF-8; convert it: iconv -f latin1 -t utf8"
                )
            }
            if profile.hasChanged {
                Terminal.complain("\(Terminal.safe(file)) changed while it was read: read it again")
            }
            Terminal.put(DataReport.profile(profile).render(output))
            if output == .table || output == .wide { Terminal.put(DataReport.more(profile)) }
            if profile.bad.count > 0 || profile.notTextCount > 0 || profile.hasChanged { throw ExitCode.notWell }
        }
    }

    // MARK: -

    static func open<T>(_ result: Result<T, DataFault>) throws -> T {
        do throws(DataFault) { return try result.get() } catch { throw stop(error) }
    }

    static func stop(_ fault: DataFault) -> Stop { Stop(DataStop.code(fault), fault.summary, hint: fault.hint) }

    static func tell(_ bad: BadRows, in file: String) {
        guard bad.count > 0 else { return }
        for one in bad.first.prefix(5) { Terminal.complain("\(Terminal.safe(file)):\(one.line): \(one.why)") }
        Terminal.complain("\(bad.count) \(bad.count == 1 ? "line" : "lines") could not be read and were left out")
    }
}
