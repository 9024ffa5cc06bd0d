import Foundation
import PitParse
import PitStatistics

/// Divides the rows of a file into parts by hash.
public enum RowSplit {
    public struct Part: Equatable, Sendable {
        public var name: String
        public var path: String
        public var rows = 0
        public var groups = 0
        /// Lines of the whole file that are no objects.
        public var bad = 0
    }

    /// - Parameter group: the member whose values stay together; of rows without it, and without a group, the whole row.
    public static func run(
        _ file: String, _ split: DatasetSplit, group: String?, seed: UInt64, folder: String
    ) throws(DataFault) -> [Part] {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw .unwritable(path: folder, why: "\(error.localizedDescription)")
        }
        var parts = split.parts.map { Part(name: $0.name, path: "\(folder)/\($0.name).jsonl") }
        // One pass a part: as many files as there are parts would each want a buffer, and parts are few.
        for place in parts.indices {
            var lines = try LineFile(file)
            for part in parts where lines.isAlso(part.path) {
                throw .refused(
                    "\(part.path) is the file itself that is to be divided", hint: "Name another folder with --out.")
            }
            var out = try NewFile(parts[place].path)
            var groups = DistinctCount()
            var bad = lines.tooLong
            while let line = try lines.next() {
                if line.isEmpty { continue }
                guard let row = JSONReader.value(of: line), row.members != nil else {
                    bad += 1
                    continue
                }
                let number = Self.number(row, line, group, seed)
                guard split.place(of: number) == place else { continue }
                // The number itself says which part it is: spread anew, it is even within the part, too.
                groups.add(MinHash.mix(number))
                parts[place].rows += 1
                try out.put(line: line)
            }
            try lines.check()
            try out.finish()
            (parts[place].groups, parts[place].bad) = (groups.estimate, bad + lines.tooLong)
        }
        return parts
    }

    private static func number(_ row: JSONValue, _ line: ArraySlice<UInt8>, _ group: String?, _ seed: UInt64) -> UInt64
    {
        let seeded = MinHash.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
        if let group, let value = row[group], !value.isNull {
            let text = value.text ?? value.json
            return MinHash.mix(hash(Array(text.utf8)[...]) ^ seeded)
        }
        return MinHash.mix(hash(line) ^ seeded)
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { RowScanner.hash($0, bytes.count) } ?? 0
        }
    }
}
