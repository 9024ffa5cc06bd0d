import Glibc
import PitModel
import PitParse

/// Rows of a file of JSON Lines or CSV, one after the other. What cannot be read is counted with its line, and passed over.
struct RowFile: ~Copyable {
    let format: TableReader.Format
    private let path: String
    private var lines: LineFile
    private let paths: ColumnPaths
    private let encoding: CleaningRecipe.Encoding
    /// Of CSV: the line of names as it stands there, and the names.
    private(set) var head: [UInt8] = []
    private(set) var header: [String] = []
    /// Lines that were read ahead for a record whose end did not come.
    private var waiting: [(bytes: [UInt8], line: Int)] = []
    private(set) var bad = BadRows()
    /// Lines that were no UTF-8 and read as the recipe says.
    private(set) var decoded = 0

    private static let mostLines = 100_000

    static func open(
        _ path: String, _ paths: ColumnPaths, encoding: CleaningRecipe.Encoding = .utf8, isHashed: Bool = false
    ) throws(DataFault) -> RowFile {
        let format = try format(of: path)
        var file = RowFile(path, paths, encoding, format, try LineFile(path, isHashed: isHashed))
        if format == .csv { try file.readHead() }
        return file
    }

    private init(
        _ path: String, _ paths: ColumnPaths, _ encoding: CleaningRecipe.Encoding, _ format: TableReader.Format,
        _ lines: consuming LineFile
    ) {
        (self.path, self.paths, self.encoding, self.format) = (path, paths, encoding, format)
        self.lines = lines
    }

    /// By the name, or else by the first byte.
    static func format(of path: String) throws(DataFault) -> TableReader.Format {
        var look = try LineFile(path)
        guard !look.isUTF16 else {
            throw .refused("\(path) is UTF-16", hint: "Convert it: iconv -f utf-16 -t utf-8 \(path) > utf8.jsonl")
        }
        if let known = TableReader.format(of: path) { return known }
        while let line = try look.next() {
            if let first = line.first(where: { $0 > 0x20 }) { return first == 0x7B ? .jsonl : .csv }
        }
        throw .empty(path: path)
    }

    /// Whether two paths lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    var consumed: Int { lines.consumed }
    var size: Int { lines.size }
    func digest() -> String? { lines.digest() }
    func check() throws(DataFault) { try lines.check() }
    func isAlso(_ other: String) -> Bool { lines.isAlso(other) }

    private mutating func readHead() throws(DataFault) {
        while let record = try nextRecord(fields: nil) {
            head = record.bytes
            header = record.fields.enumerated().map { $1.text.isEmpty ? "column \($0 + 1)" : $1.text }
            guard header.count <= 4096 else { throw .unknownFormat(path: path) }
            return
        }
        throw .empty(path: path)
    }

    /// The next row; nil behind the last.
    mutating func next() throws(DataFault) -> DataRow? {
        if format == .csv {
            guard let record = try nextRecord(fields: header.count) else {
                bad.tooLong(lines.tooLong)
                return nil
            }
            let texts = zip(header, record.fields).filter { paths.takes($0.0) }.map { name, field in
                DataRow.Text(column: name, place: field.place, text: field.text)
            }
            return DataRow(line: record.line, bytes: record.bytes, texts: texts, isCSV: true)
        }
        while let (bytes, line) = try nextLine() {
            guard let value = JSONReader.value(of: bytes), case .object = value else {
                bad.add(line, "no JSON object")
                continue
            }
            return DataRow(line: line, bytes: bytes, texts: RowTexts.of(bytes, paths), isCSV: false)
        }
        bad.tooLong(lines.tooLong)
        return nil
    }

    /// The next line, as UTF-8.
    ///
    /// - Parameter takesBlank: whether a line of white space is one; within quotes it is.
    private mutating func nextLine(takesBlank: Bool = false) throws(DataFault) -> (bytes: [UInt8], line: Int)? {
        while let first = waiting.popLast() {
            if takesBlank || first.bytes.contains(where: { $0 > 0x20 }) { return first }
        }
        while let line = try lines.next() {
            guard takesBlank || line.contains(where: { $0 > 0x20 }) else { continue }
            let bytes = Array(line)
            let isText = bytes.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { RowScanner.isText($0, buffer.count) } ?? true
            }
            if isText { return (bytes, lines.line) }
            guard encoding != .utf8 else {
                bad.add(lines.line, "no UTF-8; say what it is: `encoding: cp1252` in the recipe")
                continue
            }
            decoded += 1
            return (SingleBytes.decoded(bytes, isLatin1: encoding == .latin1), lines.line)
        }
        return nil
    }

    // MARK: - CSV

    private struct Record {
        var line: Int
        var bytes: [UInt8]
        var fields: [(place: Range<Int>, text: String)]
    }

    /// - Parameter fields: how many it is to have; nil takes any number.
    private mutating func nextRecord(fields: Int?) throws(DataFault) -> Record? {
        while let first = try nextLine() {
            var (bytes, more) = (first.bytes, [(bytes: [UInt8], line: Int)]())
            var isWhole = Self.isWhole(bytes)
            while !isWhole, more.count < Self.mostLines, bytes.count < TableReader.longestLine,
                let next = try nextLine(takesBlank: true)
            {
                more.append(next)
                bytes.append(0x0A)
                bytes += next.bytes
                // A quote in it ends what is open, or opens it again.
                isWhole = isWhole == Self.isWhole(next.bytes)
            }
            let found = Self.fields(of: bytes)
            if isWhole, fields.map({ $0 == found.count }) ?? true {
                return Record(line: first.line, bytes: bytes, fields: found)
            }
            bad.add(
                first.line,
                Self.isWhole(first.bytes) ? "\(found.count) fields of \(fields ?? 0)" : "a quote without its end")
            // The lines behind it may be records of their own.
            waiting += more.reversed()
        }
        return nil
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.reduce(into: 0) { $0 += $1 == 0x22 ? 1 : 0 }.isMultiple(of: 2)
    }

    private static func fields(of record: [UInt8]) -> [(place: Range<Int>, text: String)] {
        var (fields, start, isQuoted): ([(place: Range<Int>, text: String)], Int, Bool) = ([], 0, false)
        let end = record.last == 0x0D ? record.count - 1 : record.count
        func field(_ place: Range<Int>) -> (place: Range<Int>, text: String) {
            let raw = record[place]
            guard raw.contains(0x22) else { return (place, String(decoding: raw, as: UTF8.self)) }
            return (place, CSVRecords.fields(of: raw).first ?? "")
        }
        for at in 0..<end {
            if record[at] == 0x22 {
                isQuoted.toggle()
            } else if record[at] == 0x2C, !isQuoted {
                fields.append(field(start..<at))
                start = at + 1
            }
        }
        fields.append(field(start..<end))
        return fields
    }
}
