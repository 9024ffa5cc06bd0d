import Foundation
import PitStatistics

/// Divides the rows of a file into parts by hash.
public enum RowSplit {
    public struct Part: Equatable, Sendable {
        public var name: String
        public var path: String
        public var rows = 0
        public var groups = 0
    }

    public struct Found: Equatable, Sendable {
        public var parts: [Part]
        public var bad = BadRows()
    }

    /// - Parameters:
    ///   - group: the column whose values stay together; of rows without it, and without a group, the whole row.
    ///   - folder: where the parts go, each a file of the same format as the whole.
    ///   - tell: how many bytes of how many are read, now and then.
    public static func run(
        _ file: String, _ split: DatasetSplit, group: String?, seed: UInt64, folder: String,
        tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> Found {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw .unwritable(path: folder, why: "\(error.localizedDescription)")
        }
        let end = try RowFile.format(of: file) == .csv ? "csv" : "jsonl"
        var found = Found(parts: split.parts.map { Part(name: $0.name, path: "\(folder)/\($0.name).\(end)") })
        for part in found.parts where RowFile.isSame(file, part.path) {
            throw .refused(
                "\(part.path) is the file itself that is to be divided", hint: "Name another folder with --out.")
        }
        // One pass a part: as many files as there are parts would each want a buffer, and parts are few.
        for place in found.parts.indices {
            var writer = try PartWriter(found.parts[place].path, split, place, seed)
            let before = place
            let whole = found.parts.count
            found.bad =
                try end == "csv"
                ? table(file, group, &writer) { tell(before * $1 + $0, whole * $1) }
                : lines(file, group, &writer) { tell(before * $1 + $0, whole * $1) }
            if let group, writer.count > 0, !writer.hasGroup {
                throw .refused(
                    "no row of \(file) has \(group)", hint: "See what there is: pitwall data profile \(file)")
            }
            try writer.finish()
            (found.parts[place].rows, found.parts[place].groups) = (writer.rows, writer.groups.estimate)
        }
        return found
    }

    private static func table(
        _ path: String, _ group: String?, _ writer: inout PartWriter, _ tell: (Int, Int) -> Void
    ) throws(DataFault) -> BadRows {
        var rows = try RowFile.open(path, ColumnPaths(group.map { [$0] } ?? []))
        try writer.put(rows.head[...])
        while let row = try rows.next() {
            let value = row.texts.first { !$0.text.isEmpty }.map { Array($0.text.utf8)[...] }
            try writer.take(row.bytes[...], value)
            if writer.count.isMultiple(of: 1024) { tell(rows.consumed, rows.size) }
        }
        try rows.check()
        return rows.bad
    }

    private static func lines(
        _ path: String, _ group: String?, _ writer: inout PartWriter, _ tell: (Int, Int) -> Void
    ) throws(DataFault) -> BadRows {
        var lines = try LineFile(path)
        var bad = BadRows()
        var (finder, value) = (MemberFinder(group.map { [$0] } ?? []), [UInt8]())
        while let line = try lines.next() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            let isObject = line.withUnsafeBufferPointer { bytes in
                guard finder.find(bytes) else { return false }
                value.removeAll(keepingCapacity: true)
                finder.say(0, of: bytes, into: &value)
                return true
            }
            guard isObject else {
                bad.add(lines.line, "no JSON object")
                continue
            }
            try writer.take(line, finder.has(0) ? value[...] : nil)
            if writer.count.isMultiple(of: 1024) { tell(lines.consumed, lines.size) }
        }
        try lines.check()
        bad.tooLong(lines.tooLong)
        return bad
    }
}

/// Writes the rows of one part.
private struct PartWriter: ~Copyable {
    private var out: NewFile
    private let split: DatasetSplit
    private let place: Int
    private let seeded: UInt64
    private(set) var rows = 0
    /// Rows of all parts.
    private(set) var count = 0
    private(set) var groups = DistinctCount()
    private(set) var hasGroup = false

    init(_ path: String, _ split: DatasetSplit, _ place: Int, _ seed: UInt64) throws(DataFault) {
        out = try NewFile(path)
        (self.split, self.place, seeded) = (split, place, MinHash.mix(seed &+ 0x9e37_79b9_7f4a_7c15))
    }

    mutating func put(_ head: ArraySlice<UInt8>) throws(DataFault) { try out.put(line: head) }

    /// - Parameter value: what keeps it together with others; nil where it has nothing.
    mutating func take(_ row: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>?) throws(DataFault) {
        count += 1
        hasGroup = hasGroup || value != nil
        let number = MinHash.mix(Self.hash(value ?? row) ^ seeded)
        guard split.place(of: number) == place else { return }
        // The number itself says which part it is: spread anew, it is even within the part, too.
        groups.add(MinHash.mix(number))
        rows += 1
        try out.put(line: row)
    }

    mutating func finish() throws(DataFault) { try out.finish() }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { RowScanner.hash($0, bytes.count) } ?? 0
        }
    }
}
