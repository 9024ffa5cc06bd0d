import Glibc
import PitModel
import PitParse

/// Reads a table from a file of JSON Lines or CSV, a piece at a time: memory holds a piece, one line at most, and of
/// each column what its statistics need.
public struct TableReader {
    public enum Format: Sendable { case jsonl, csv }

    /// Bytes of one line; a longer one is passed over and counted.
    static let longestLine = 16 << 20
    private static let piece = 1 << 20
    /// Columns of a table; a file of JSON that makes up names stops there.
    static let mostColumns = 4096
    /// Fields of a record; a first line with more is no table's.
    private static let mostFields = 100_000

    let path: String
    let file: Int32
    var table = DataTable()
    let spill = SpillFile()
    var line = 0
    var bytes: [UInt8] = []
    /// The columns wanted; nil means all.
    let wanted: Set<String>?

    /// By a file's name, or else by its first byte.
    public static func format(of path: String) -> Format? {
        let name = path.lowercased()
        if [".jsonl", ".ndjson", ".json"].contains(where: { name.hasSuffix($0) }) { return .jsonl }
        return name.hasSuffix(".csv") ? .csv : nil
    }

    /// Reads a whole file.
    ///
    /// - Parameter columns: those that are wanted; all without it.
    public static func read(_ path: String, columns: Set<String>? = nil) throws(DataFault) -> DataTable {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            throw .unreadable(path: path, why: "it is a folder")
        }
        var reader = TableReader(path: path, file: file, wanted: columns)
        try reader.run()
        guard reader.table.rows > 0 else { throw .empty(path: path) }
        return reader.table
    }

    private init(path: String, file: Int32, wanted: Set<String>?) {
        (self.path, self.file, self.wanted) = (path, file, wanted)
    }

    private mutating func run() throws(DataFault) {
        var isEnd = try !fill()
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if bytes.starts(with: mark) { bytes.removeFirst(3) }
        guard let first = bytes.first(where: { $0 > 0x20 }) else { throw .empty(path: path) }
        let format = Self.format(of: path) ?? (first == 0x7B ? .jsonl : .csv)
        var csv: CSVColumns?
        while true {
            var at = 0
            if format == .csv, csv == nil {
                guard let end = CSVRecords.end(of: bytes, from: 0) ?? (isEnd ? bytes.count : nil) else {
                    guard bytes.count < Self.longestLine else { throw .unknownFormat(path: path) }
                    isEnd = try !fill()
                    continue
                }
                let header = CSVRecords.fields(of: bytes[..<end])
                guard header.count <= Self.mostFields else { throw .unknownFormat(path: path) }
                csv = makeColumns(header)
                (line, at) = (1, end)
            }
            at = csv?.take(from: at, isEnd: isEnd, &self) ?? takeJSON(isEnd: isEnd)
            bytes.removeFirst(at)
            if isEnd { return }
            if bytes.count > Self.longestLine { isEnd = try !skipLine() } else { isEnd = try !fill() }
        }
    }

    /// Reads another piece behind what is there; false at the end.
    private mutating func fill() throws(DataFault) -> Bool {
        let before = bytes.count
        bytes.reserveCapacity(before + Self.piece)
        let part = try FilePiece.next(of: file, most: Self.piece, path: path)
        bytes += part
        return !part.isEmpty
    }

    /// Passes over the rest of a line that is too long; false when the file ends with it.
    private mutating func skipLine() throws(DataFault) -> Bool {
        line += 1
        table.skip(line, "longer than \(Self.longestLine >> 20) MiB")
        bytes.removeAll()
        while try fill() {
            if let end = Self.lineEnd(of: bytes, from: 0) {
                bytes.removeFirst(end + 1)
                return true
            }
            bytes.removeAll()
        }
        return false
    }

    private static func lineEnd(of bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return nil }
            return memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
        }
    }

    private mutating func makeColumns(_ header: [String]) -> CSVColumns {
        var seen: Set<String> = []
        let places = header.prefix(Self.mostColumns).enumerated().map { place, name -> Int in
            let name = name.isEmpty ? "column \(place + 1)" : name
            guard seen.insert(name).inserted, wanted?.contains(name) ?? true else { return -1 }
            table.columns.append(DataColumn(name, spill))
            return table.columns.count - 1
        }
        return CSVColumns(places: places + [Int](repeating: -1, count: max(0, header.count - places.count)))
    }

    // MARK: - JSON Lines

    private static let deepest = 4

    /// Takes whole lines off the front; gives how many bytes that were.
    private mutating func takeJSON(isEnd: Bool) -> Int {
        var at = 0
        var index = Dictionary(
            table.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        while at < bytes.count {
            let found = Self.lineEnd(of: bytes, from: at)
            guard let end = found ?? (isEnd ? bytes.count : nil) else { break }
            let text = bytes[at..<end]
            at = found.map { $0 + 1 } ?? end
            line += 1
            guard text.contains(where: { $0 > 0x20 }) else { continue }
            guard let value = JSONReader.value(of: text), case .object = value else {
                table.skip(line, "no JSON object")
                continue
            }
            table.rows += 1
            note(value, "", 0, &index)
        }
        return at
    }

    private mutating func note(_ value: JSONValue, _ path: String, _ depth: Int, _ index: inout [String: Int]) {
        switch value {
        case .object(let members):
            guard depth < Self.deepest else { return }
            for member in members {
                note(member.value, path.isEmpty ? member.key : "\(path).\(member.key)", depth + 1, &index)
            }
        case .number(let number):
            if let place = place(path, &index) { table.columns[place].append(number) }
        case .text(let text):
            if !text.isEmpty, let place = place(path, &index) { table.columns[place].append(word: text) }
        case .flag(let flag):
            if let place = place(path, &index) { table.columns[place].append(word: "\(flag)") }
        case .null, .list: return
        }
    }

    private mutating func place(_ path: String, _ index: inout [String: Int]) -> Int? {
        if let known = index[path] { return known }
        guard wanted?.contains(path) ?? true, table.columns.count < Self.mostColumns else { return nil }
        table.columns.append(DataColumn(path, spill))
        index[path] = table.columns.count - 1
        return table.columns.count - 1
    }
}

extension DataColumn {
    /// A number whose decimals are not known from how it was written.
    mutating func append(_ number: Double) {
        var places = 0
        while places < 10, number * Self.scale(places) != (number * Self.scale(places)).rounded() { places += 1 }
        decimals = max(decimals, places)
        largest = max(largest, abs(number))
        numbers.append(number)
    }

    private static func scale(_ places: Int) -> Double { places < tens.count ? tens[places] : 1e10 }
}
