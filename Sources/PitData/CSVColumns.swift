import Glibc
import PitParse

/// Takes the records of a CSV file apart. Fields that are plain numbers, which most are, are read without making texts.
struct CSVColumns {
    /// The column that each field goes to, or -1.
    let places: [Int]
    private var numbers: [Double]
    private var decimals: [UInt8]
    private var kinds: [Kind]
    private var starts: [Int]
    private var ends: [Int]

    private enum Kind: UInt8 { case missing, number, word }

    init(places: [Int]) {
        self.places = places
        let count = places.count
        numbers = [Double](repeating: 0, count: count)
        decimals = [UInt8](repeating: 0, count: count)
        kinds = [Kind](repeating: .missing, count: count)
        (starts, ends) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
    }

    /// Takes whole records from a place of the reader's bytes; gives the place behind the last one.
    mutating func take(from start: Int, isEnd: Bool, _ reader: inout TableReader) -> Int {
        // Out of the reader, so that its table can be changed meanwhile.
        let bytes = reader.bytes
        return bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return start }
            var at = start
            while at < bytes.count {
                let rest = bytes.count - at
                let found = memchr(base + at, 0x0A, rest).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
                guard let end = found ?? (isEnd ? bytes.count : nil) else { break }
                if memchr(base + at, 0x22, end - at) != nil {
                    guard let next = takeQuoted(bytes, at, isEnd: isEnd, &reader) else { break }
                    at = next
                    continue
                }
                var stop = end
                if stop > at, base[stop - 1] == 0x0D { stop -= 1 }
                reader.line += 1
                if stop > at { split(base, at, stop, &reader) }
                at = found.map { $0 + 1 } ?? end
            }
            return at
        }
    }

    /// A record with quotes in it, which may go over several lines; nil when its end has not come yet.
    private func takeQuoted(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, isEnd: Bool, _ reader: inout TableReader
    ) -> Int? {
        var (end, isQuoted) = (start, false)
        while end < bytes.count {
            let byte = bytes[end]
            end += 1
            if byte == 0x22 { isQuoted.toggle() } else if byte == 0x0A, !isQuoted { break }
        }
        let isWhole = end > start && bytes[end - 1] == 0x0A && !isQuoted
        guard isWhole || isEnd else { return nil }
        let record = bytes[start..<end]
        reader.line += 1
        let fields = CSVRecords.fields(of: record)
        let line = reader.line
        reader.line += max(0, record.count { $0 == 0x0A } - 1)
        guard fields.count == places.count, isWhole || !isQuoted else {
            reader.table.skip(line, isQuoted ? "a quote without its end" : "\(fields.count) fields of \(places.count)")
            return end
        }
        reader.table.rows += 1
        for (place, field) in zip(places, fields) where place >= 0 {
            Self.append(field, &reader.table.columns[place])
        }
        return end
    }

    private static func append(_ field: String, _ column: inout DataColumn) {
        var field = field
        let number = field.withUTF8 { utf8 in utf8.baseAddress.flatMap { DecimalNumber.parse($0, utf8.count) } }
        if field.isEmpty || number.map(\.isNaN) ?? false {
            column.missing += 1
        } else if let number, number.isFinite {
            column.append(number)
        } else {
            column.append(word: field)
        }
    }

    /// A record without quotes.
    private mutating func split(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ reader: inout TableReader) {
        var (at, field) = (start, 0)
        while field < places.count {
            let first = at
            starts[field] = first
            // A sign, digits, a point, digits, and then the field's end: anything else goes the long way.
            var (mantissa, digits, point) = (0 as UInt64, 0, -1)
            let isNegative = at < end && base[at] == 0x2D
            if isNegative { at += 1 }
            while at < end {
                let byte = base[at]
                if byte &- 0x30 < 10 {
                    mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                    digits += 1
                } else if byte == 0x2E, point < 0 {
                    point = digits
                } else {
                    break
                }
                at += 1
            }
            let places = point < 0 ? 0 : digits - point
            let isOver = at == end || base[at] == 0x2C
            if isOver, digits > 0, digits <= 15 {
                let value = places == 0 ? Double(mantissa) : Double(mantissa) / Self.powers[places]
                numbers[field] = isNegative ? -value : value
                decimals[field] = UInt8(truncatingIfNeeded: min(places, 10))
                kinds[field] = .number
            } else {
                while at < end, base[at] != 0x2C { at += 1 }
                read(base, first, at, field)
            }
            ends[field] = at
            field += 1
            if at == end { break }
            at += 1
            // A comma at the end begins one more field, an empty one.
            if at == end, field < self.places.count {
                (kinds[field], starts[field], ends[field]) = (.missing, at, at)
                field += 1
                break
            }
        }
        guard field == places.count, at >= end else {
            return reader.table.skip(reader.line, "not \(places.count) fields")
        }
        commit(base, &reader)
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// A field that is no plain decimal: nothing, a long or scientific number, or a word.
    private mutating func read(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ field: Int) {
        guard end > start else {
            kinds[field] = .missing
            return
        }
        guard let value = DecimalNumber.parse(base + start, end - start) else {
            kinds[field] = .word
            return
        }
        // NaN is how many tools write that there is nothing; an infinity is a word among numbers.
        kinds[field] = value.isFinite ? .number : value.isNaN ? .missing : .word
        (numbers[field], decimals[field]) = (value, 10)
    }

    private func commit(_ base: UnsafePointer<UInt8>, _ reader: inout TableReader) {
        reader.table.rows += 1
        reader.table.columns.withUnsafeMutableBufferPointer { columns in
            for field in places.indices {
                let place = places[field]
                guard place >= 0 else { continue }
                switch kinds[field] {
                case .missing: columns[place].missing += 1
                case .number:
                    let number = numbers[field]
                    columns[place].numbers.append(number)
                    columns[place].decimals = max(columns[place].decimals, Int(decimals[field]))
                    columns[place].largest = max(columns[place].largest, abs(number))
                case .word:
                    let bytes = UnsafeBufferPointer(start: base + starts[field], count: ends[field] - starts[field])
                    columns[place].append(word: String(decoding: bytes, as: UTF8.self))
                }
            }
        }
    }
}
