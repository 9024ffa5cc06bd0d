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
            Collect.self, List.self, Show.self, Profile.self, Clean.self, Dedup.self, Split.self, Compare.self,
            Export.self,
        ])

    struct Profile: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is in a file of JSON Lines or CSV, member by member; of any size, in bounded memory.",
            discussion: """
                Exits with 1 when lines could not be read. Distinct values are counted exactly up to some thousands, then \
                within 0.8 %. Languages, phrases and private text are those of a sample. BALANCE is how even few values come \
                (their entropy, 1 is even).
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
            DataCommand.tell(profile.bad, of: profile.badCount, in: file)
            if profile.notTextCount > 0 {
                Terminal.complain(
                    "\(Terminal.safe(file)): \(profile.notTextCount) strings are no UTF-8; convert it: iconv -f latin1 -t utf8"
                )
            }
            if profile.hasChanged {
                Terminal.complain("\(Terminal.safe(file)) changed while it was read: read it again")
            }
            Terminal.put(DataReport.profile(profile).render(output))
            if profile.badCount > 0 || profile.notTextCount > 0 || profile.hasChanged { throw ExitCode.notWell }
        }
    }

    struct Dedup: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep of rows that say the same, or nearly the same, the first.",
            discussion: """
                Nearly the same is by pairs of words (Jaccard, estimated by MinHash). Exits with 1 when lines could not be \
                read.
                """)
        @Argument(help: "A file of JSON Lines.") var file: String
        @Option(name: .customLong("by"), help: "The member compared; repeat it for more.") var fields: [String] = []
        @Flag(help: "Take nearly the same for the same, too.") var near = false
        @Option(help: "How alike texts are from which on they are nearly the same.") var threshold = 0.8
        @Option(help: "Values of a signature: more are slower and more exact.") var permutations = 128
        @Option(help: "Where the rows that are kept go; only counts without it.") var out: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if fields.isEmpty { throw ValidationError("--by wants the member that is compared") }
            if !(0.1...1).contains(threshold) { throw ValidationError("--threshold wants 0.1 to 1") }
            if !(16...1024).contains(permutations) { throw ValidationError("--permutations wants 16 to 1024") }
        }

        func run() throws {
            let found: RowDuplicates.Found
            let file = try DatasetShelf.file(file)
            do throws(DataFault) { found = try copy(file) } catch { throw DataCommand.stop(error) }
            Terminal.put(DataReport.duplicates(found).render(output))
            DataCommand.tell(found.badLines.map { ($0, "no JSON object") }, of: found.bad, in: file)
            if found.bad > 0 { throw ExitCode.notWell }
        }

        private func copy(_ file: String) throws(DataFault) -> RowDuplicates.Found {
            var lines = try LineFile(file)
            var duplicates = RowDuplicates(by: fields, near: near ? threshold : nil, permutations: permutations)
            guard let out else {
                while let line = try lines.next() {
                    if !line.isEmpty { _ = duplicates.isNew(line, line: lines.line) }
                }
                return try checked(duplicates.finish(), lines)
            }
            var kept = try NewFile(out)
            while let line = try lines.next() {
                if line.isEmpty { continue }
                if duplicates.isNew(line, line: lines.line) == true { try kept.put(line: line) }
            }
            let found = try checked(duplicates.finish(), lines)
            try kept.finish()
            return found
        }

        /// What would be a misunderstanding is refused, and then nothing is written.
        private func checked(
            _ found: RowDuplicates.Found, _ lines: borrowing LineFile
        ) throws(DataFault) -> RowDuplicates.Found {
            try lines.check()
            guard found.rows > 0, found.without == found.rows else { return found }
            throw .refused(
                "no row of \(file) has \(fields.joined(separator: " or "))",
                hint: "See what there is: pitwall data profile \(file)")
        }
    }

    struct Split: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Divide a file of JSON Lines: rows of a group, or the same rows, are never in two parts.",
            discussion: "By the hash of the group, or of the whole row: the same file gives the same parts.")
        @Argument(help: "A file of JSON Lines.") var file: String
        @Option(help: "The parts: train=0.9,test=0.1.") var split = "train=0.9,test=0.1"
        @Option(help: "The member whose values stay together: conversation_id.") var group: String?
        @Option(help: "Another number gives other parts.") var seed: UInt64 = 0
        @Option(help: "A folder for train.jsonl, test.jsonl.") var out: String
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let parts: [RowSplit.Part]
            let file = try DatasetShelf.file(file)
            do throws(DataFault) {
                parts = try RowSplit.run(file, try DatasetSplit(split), group: group, seed: seed, folder: out)
            } catch { throw DataCommand.stop(error) }
            Terminal.put(DataReport.parts(parts).render(output))
            let bad = parts.first?.bad ?? 0
            DataCommand.tell([], of: bad, in: file)
            if bad > 0 { throw ExitCode.notWell }
        }
    }

    // MARK: -

    static func open<T>(_ result: Result<T, DataFault>) throws -> T {
        do throws(DataFault) { return try result.get() } catch { throw stop(error) }
    }

    static func stop(_ fault: DataFault) -> Stop { Stop(DataStop.code(fault), fault.summary, hint: fault.hint) }

    static func tell(_ bad: [(line: Int, why: String)], of count: Int, in file: String) {
        guard count > 0 else { return }
        for one in bad.prefix(5) { Terminal.complain("\(Terminal.safe(file)):\(one.line): \(one.why)") }
        Terminal.complain("\(count) \(count == 1 ? "line" : "lines") could not be read and were left out")
    }
}
