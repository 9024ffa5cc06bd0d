import ArgumentParser
import PitData
import PitGrid
import PitModel

extension DataCommand {
    struct Dedup: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep of rows that say the same, or nearly the same, the first.",
            discussion: """
                Nearly the same is by pairs of words (Jaccard, estimated by MinHash). Rows are written as they stand there, \
                byte for byte. Exits with 1 when lines could not be read.
                """)
        @Argument(help: "A file of JSON Lines or CSV, or a dataset.") var file: String
        @Option(name: .customLong("by"), help: "The column compared; repeat it for more.") var fields: [String] = []
        @Flag(help: "Take nearly the same for the same, too.") var near = false
        @Option(help: "How alike texts are from which on they are nearly the same.") var threshold = 0.8
        @Option(help: "Values of a signature: more are slower and more exact.") var permutations = 128
        @Option(help: "Where the rows that are kept go; only counts without it.") var out: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if fields.isEmpty { throw ValidationError("--by wants the column that is compared") }
            if !(0.1...1).contains(threshold) { throw ValidationError("--threshold wants 0.1 to 1") }
            if !(16...1024).contains(permutations) { throw ValidationError("--permutations wants 16 to 1024") }
        }

        func run() throws {
            let (path, meter, out) = (try DatasetShelf.file(file), DataMeter(), out)
            let options = RowDuplicates.Options(
                by: fields, near: near ? threshold : nil, permutations: permutations)
            let result: Result<RowDuplicates.Found, DataFault> = try Blocking.run {
                do throws(DataFault) {
                    return .success(try await RowDuplicates.run(path, options, out: out) { meter.tell($0, of: $1) })
                } catch { return .failure(error) }
            }
            meter.end()
            let found = try DataCommand.open(result)
            Terminal.put(DataReport.duplicates(found).render(output))
            DataCommand.tell(found.bad, in: file)
            if found.bad.count > 0 { throw ExitCode.notWell }
        }
    }

    struct Split: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Divide a file of rows: rows of a group, or the same rows, are never in two parts.",
            discussion: "By the hash of the group, or of the whole row: the same file gives the same parts.")
        @Argument(help: "A file of JSON Lines or CSV, or a dataset.") var file: String
        @Option(help: "The parts: train=0.9,test=0.1.") var split = "train=0.9,test=0.1"
        @Option(help: "The column whose values stay together: conversation_id.") var group: String?
        @Option(help: "Another number gives other parts.") var seed: UInt64 = 0
        @Option(help: "A folder for train.jsonl, test.jsonl; of CSV for train.csv, test.csv.") var out: String
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let found: RowSplit.Found
            let (path, meter) = (try DatasetShelf.file(file), DataMeter())
            do throws(DataFault) {
                found = try RowSplit.run(path, try DatasetSplit(split), group: group, seed: seed, folder: out) {
                    meter.tell($0, of: $1)
                }
                meter.end()
            } catch {
                meter.end()
                throw DataCommand.stop(error)
            }
            Terminal.put(DataReport.parts(found.parts).render(output))
            DataCommand.tell(found.bad, in: file)
            if found.bad.count > 0 { throw ExitCode.notWell }
        }
    }
}
