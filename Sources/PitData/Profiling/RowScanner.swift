import Glibc
import PitStatistics

/// Reads lines of JSON objects by their bytes and tallies each member: no value is built that is not counted. A line that
/// is no object is passed over and told.
struct RowScanner: Sendable {
    /// Whether words, samples and quantiles are wanted, or only counts, lengths and distinct values.
    let isWhole: Bool
    private(set) var columns: [ColumnTally] = []
    private(set) var rows = 0
    private(set) var lines = 0
    /// Lines that could not be read, by their number within this part.
    private(set) var bad = BadRows()
    private var places: [[UInt8]: Int] = [:]

    static let mostColumns = 4096
    private static let mostDepth = 512
    /// The first rows are looked at closely, and of those behind them one in so many.
    private static let first = 200
    private static let sampling = 61

    init(isWhole: Bool) { self.isWhole = isWhole }

    typealias Bytes = UnsafePointer<UInt8>

    /// Rows as they are, where all is wanted.
    private(set) var sample = RowSample()

    /// - Parameter line: its number, where that is not one more than that of the line before.
    mutating func take(_ start: Bytes, _ end: Bytes, line: Int? = nil) {
        lines += 1
        var at = start
        Self.space(&at, end)
        if at == end { return }
        if let why = row(at, end) {
            bad.add(lines, why)
        } else {
            rows += 1
            if isWhole { sample.add(start, end - start, line: line ?? lines) }
        }
    }

    mutating func skip(_ why: String) {
        lines += 1
        bad.add(lines, why)
    }

    /// Nil when the line was an object; else why it was none. What came before the place where it broke is counted.
    private mutating func row(_ start: Bytes, _ end: Bytes) -> String? {
        var at = start
        guard at.pointee == 0x7B else { return "no JSON object" }
        at += 1
        Self.space(&at, end)
        if at < end, at.pointee == 0x7D { return Self.rest(at + 1, end) }
        var expected = 0
        while true {
            Self.space(&at, end)
            guard at < end, at.pointee == 0x22, let close = Self.quote(at + 1, end) else {
                return "a member has no name"
            }
            guard let place = column(at + 1, close - (at + 1), expected) else { return "more than 4096 members" }
            expected = place + 1
            at = close + 1
            Self.space(&at, end)
            guard at < end, at.pointee == 0x3A else { return "a colon is missing" }
            at += 1
            Self.space(&at, end)
            guard at < end, let next = Self.value(at, end, &columns[place], isWhole) else {
                return "a value cannot be read"
            }
            at = next
            Self.space(&at, end)
            guard at < end else { return "the line ends within an object" }
            if at.pointee == 0x2C {
                at += 1
            } else if at.pointee == 0x7D {
                return Self.rest(at + 1, end)
            } else {
                return "a comma is missing"
            }
        }
    }

    private static func rest(_ start: Bytes, _ end: Bytes) -> String? {
        var at = start
        space(&at, end)
        return at == end ? nil : "something stands behind the object"
    }

    @inline(__always)
    private static func space(_ at: inout Bytes, _ end: Bytes) {
        while at < end, at.pointee == 0x20 || at.pointee == 0x09 || at.pointee == 0x0D { at += 1 }
    }

    /// The quote that ends a string; nil when none does.
    @inline(__always)
    private static func quote(_ start: Bytes, _ end: Bytes) -> Bytes? {
        var at = start
        while let found = memchr(at, 0x22, end - at) {
            let quote = UnsafeRawPointer(found).assumingMemoryBound(to: UInt8.self)
            var before = quote
            while before > start, (before - 1).pointee == 0x5C { before -= 1 }
            if (quote - before) & 1 == 0 { return quote }
            at = quote + 1
        }
        return nil
    }

    @inline(__always)
    private mutating func column(_ name: Bytes, _ length: Int, _ expected: Int) -> Int? {
        if expected < columns.count {
            let known = columns[expected].bytes
            let isSame = known.withUnsafeBufferPointer { bytes in
                bytes.count == length && (bytes.baseAddress.map { memcmp($0, name, length) == 0 } ?? true)
            }
            if isSame { return expected }
        }
        let bytes = Array(UnsafeBufferPointer(start: name, count: length))
        if let place = places[bytes] { return place }
        guard columns.count < Self.mostColumns else { return nil }
        places[bytes] = columns.count
        columns.append(ColumnTally(bytes))
        return columns.count - 1
    }

    // MARK: - Values

    @inline(__always)
    private static func value(_ at: Bytes, _ end: Bytes, _ column: inout ColumnTally, _ isWhole: Bool) -> Bytes? {
        switch at.pointee {
        case 0x22: return string(at + 1, end, &column, isWhole)
        case 0x7B, 0x5B:
            guard let close = nested(at, end) else { return nil }
            column.nested += 1
            column.distinct.add(hash(at, close - at))
            return close
        case 0x74, 0x66:
            let word: StaticString = at.pointee == 0x74 ? "true" : "false"
            guard let behind = literal(word, at, end) else { return nil }
            column.flags += 1
            let hash = hash(at, behind - at)
            column.distinct.add(hash)
            if isWhole { column.note(hash, "\(word)") }
            return behind
        case 0x6E:
            guard let behind = literal("null", at, end) else { return nil }
            column.nulls += 1
            return behind
        default: return number(at, end, &column, isWhole)
        }
    }

    private static func literal(_ word: StaticString, _ at: Bytes, _ end: Bytes) -> Bytes? {
        let length = word.utf8CodeUnitCount
        guard end - at >= length, memcmp(at, word.utf8Start, length) == 0 else { return nil }
        return at + length
    }

    @inline(__always)
    private static func string(_ start: Bytes, _ end: Bytes, _ column: inout ColumnTally, _ isWhole: Bool) -> Bytes? {
        guard let close = quote(start, end) else { return nil }
        let length = close - start
        column.strings += 1
        if length == 0 { column.empty += 1 }
        let hash = hash(start, length)
        column.distinct.add(hash)
        let characters = characters(start, length)
        column.characters += characters
        if characters < column.shortest { column.shortest = characters }
        if characters > column.longest { column.longest = characters }
        guard isWhole else { return close + 1 }
        if !isText(start, length) { column.notText += 1 }
        column.sample.add(Double(characters))
        if length <= ColumnTally.longestWord { column.note(hash, text(start, length)) }
        if column.strings <= first || column.strings % sampling == 1, column.texts.count < 1000 {
            column.texts.append(text(start, min(length, 4096)))
        }
        return close + 1
    }

    private static func number(_ start: Bytes, _ end: Bytes, _ column: inout ColumnTally, _ isWhole: Bool) -> Bytes? {
        var at = start
        while at < end, isOfNumber(at.pointee) { at += 1 }
        let length = at - start
        guard length > 0, length < 64, let value = double(start, length) else { return nil }
        column.numbers += 1
        column.sum += value
        if value < column.least { column.least = value }
        if value > column.most { column.most = value }
        let hash = hash(start, length)
        column.distinct.add(hash)
        if isWhole {
            column.sample.add(value)
            column.note(hash, text(start, length))
        }
        return at
    }

    /// The end of an object or a list, its strings respected; nil when it does not end, or is too deep.
    private static func nested(_ start: Bytes, _ end: Bytes) -> Bytes? {
        var (at, depth) = (start, 0)
        while at < end {
            switch at.pointee {
            case 0x22:
                guard let close = quote(at + 1, end) else { return nil }
                at = close
            case 0x7B, 0x5B:
                depth += 1
                if depth > mostDepth { return nil }
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        return nil
    }
}
