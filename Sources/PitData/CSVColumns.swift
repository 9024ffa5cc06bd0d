import Glibc
import PitParse

/// Takes the records of a CSV file apart. Fields that are plain numbers, which most are, are read without making texts.
final class CSVColumns {
    /// The column that each field goes to, or -1.
    private let places: [Int]
    private let scratch: Scratch
    private let count: Int

    init(places: [Int]) {
        (self.places, count, scratch) = (places, places.count, Scratch(places.count))
    }

    /// What a record's fields are read into, and the numbers of each that its column has not taken yet.
    private final class Scratch {
        static let missing: UInt8 = 0
        static let number: UInt8 = 1
        static let word: UInt8 = 2

        let numbers: UnsafeMutablePointer<Double>
        /// Numbers waiting, by field.
        let waiting: UnsafeMutablePointer<Int>
        let kinds: UnsafeMutablePointer<UInt8>
        /// The most decimals that a number was written with.
        let decimals: UnsafeMutablePointer<Int>
        let starts: UnsafeMutablePointer<Int>
        let ends: UnsafeMutablePointer<Int>
        /// Powers of ten, which are exact.
        let powers: UnsafeMutablePointer<Double>
        /// Numbers that wait at most, by field: fewer where there are very many.
        let batch: Int
        private static let room = 8 << 20

        init(_ count: Int) {
            batch = min(SpilledNumbers.batch, max(16, Self.room / max(1, count)))
            numbers = .allocate(capacity: count * batch)
            powers = .allocate(capacity: 16)
            for place in 0..<16 { powers[place] = place == 0 ? 1 : powers[place - 1] * 10 }
            (waiting, decimals) = (.allocate(capacity: count), .allocate(capacity: count))
            (starts, ends) = (.allocate(capacity: count), .allocate(capacity: count))
            kinds = .allocate(capacity: count)
            for each in [waiting, decimals, starts, ends] { each.initialize(repeating: 0, count: count) }
            kinds.initialize(repeating: Self.missing, count: count)
        }

        deinit {
            numbers.deallocate()
            powers.deallocate()
            for each in [waiting, decimals, starts, ends] { each.deallocate() }
            kinds.deallocate()
        }
    }

    /// Takes whole records from a place of the reader's bytes; gives the place behind the last one.
    func take(from start: Int, isEnd: Bool, _ reader: inout TableReader) -> Int {
        // Out of the reader, so that its table can be changed meanwhile.
        let bytes = reader.bytes
        let end = bytes.withUnsafeBufferPointer { bytes in
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
                if stop > at { take(base, at, stop, &reader) }
                at = found.map { $0 + 1 } ?? end
            }
            return at
        }
        if isEnd { for field in 0..<count { flush(field, &reader.table) } }
        return end
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
        guard fields.count == count, isWhole || !isQuoted else {
            reader.table.skip(line, isQuoted ? "a quote without its end" : "\(fields.count) fields of \(count)")
            return end
        }
        reader.table.rows += 1
        for (field, text) in fields.enumerated() where places[field] >= 0 {
            flush(field, &reader.table)
            Self.append(text, &reader.table.columns[places[field]])
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
    private func take(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ reader: inout TableReader) {
        guard let isPlain = split(base, start, end) else {
            return reader.table.skip(reader.line, "not \(count) fields")
        }
        reader.table.rows += 1
        let (waiting, kinds) = (scratch.waiting, scratch.kinds)
        if isPlain {
            for field in 0..<count {
                waiting[field] += 1
                if waiting[field] == scratch.batch { flush(field, &reader.table) }
            }
            return
        }
        for field in 0..<count where places[field] >= 0 {
            let place = places[field]
            switch kinds[field] {
            case Scratch.number:
                waiting[field] += 1
                if waiting[field] == scratch.batch { flush(field, &reader.table) }
            case Scratch.word:
                let (from, to) = (scratch.starts[field], scratch.ends[field])
                let bytes = UnsafeBufferPointer(start: base + from, count: to - from)
                reader.table.columns[place].append(word: String(decoding: bytes, as: UTF8.self))
            default: reader.table.columns[place].missing += 1
            }
        }
    }

    /// Hands a field's numbers to its column.
    private func flush(_ field: Int, _ table: inout DataTable) {
        let waiting = scratch.waiting[field]
        scratch.waiting[field] = 0
        guard waiting > 0, places[field] >= 0 else { return }
        let numbers = UnsafeBufferPointer(start: scratch.numbers + field * scratch.batch, count: waiting)
        table.columns[places[field]].take(numbers, decimals: scratch.decimals[field])
    }

    /// Reads a record's fields; nil where it has another number of them, and else whether all are numbers.
    private func split(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool? {
        let (numbers, waiting, kinds) = (scratch.numbers, scratch.waiting, scratch.kinds)
        let (powers, batch, most) = (scratch.powers, scratch.batch, scratch.decimals)
        var (at, field, isPlain) = (start, 0, true)
        while field < count {
            let first = at
            // A sign, digits, a point, digits, and then the field's end: anything else goes the long way.
            var mantissa: UInt64 = 0
            let isNegative = at < end && base[at] == 0x2D
            if isNegative { at += 1 }
            let whole = at
            while at < end, base[at] &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(base[at] &- 0x30)
                at += 1
            }
            var (digits, decimals) = (at - whole, 0)
            if at < end, base[at] == 0x2E {
                at += 1
                let point = at
                while at < end, base[at] &- 0x30 < 10 {
                    mantissa = mantissa &* 10 &+ UInt64(base[at] &- 0x30)
                    at += 1
                }
                decimals = at - point
                digits += decimals
            }
            if digits > 0, digits <= 15, at == end || base[at] == 0x2C {
                let size = Double(Int64(bitPattern: mantissa))
                let value = decimals == 0 ? size : size / powers[decimals]
                numbers[field &* batch &+ waiting[field]] = isNegative ? -value : value
                if decimals > most[field] { most[field] = decimals }
                kinds[field] = Scratch.number
            } else {
                while at < end, base[at] != 0x2C { at += 1 }
                kinds[field] = read(base, first, at, field)
                isPlain = isPlain && kinds[field] == Scratch.number
                (scratch.starts[field], scratch.ends[field]) = (first, at)
            }
            field += 1
            guard at < end else { return field == count ? isPlain : nil }
            at += 1
            // A comma at the end begins one more field, an empty one.
            if at == end {
                guard field == count - 1 else { return nil }
                kinds[field] = Scratch.missing
                return false
            }
        }
        return nil
    }

    /// A field that is no plain decimal: nothing, a long or scientific number, or a word.
    private func read(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ field: Int) -> UInt8 {
        guard end > start else { return Scratch.missing }
        guard let value = DecimalNumber.parse(base + start, end - start) else { return Scratch.word }
        // NaN is how many tools write that there is nothing; an infinity is a word among numbers.
        guard value.isFinite else { return value.isNaN ? Scratch.missing : Scratch.word }
        scratch.numbers[field * scratch.batch + scratch.waiting[field]] = value
        scratch.decimals[field] = max(scratch.decimals[field], 10)
        return Scratch.number
    }
}

extension DataColumn {
    /// Numbers in their order, and the most decimals that any so far was written with.
    mutating func take(_ more: UnsafeBufferPointer<Double>, decimals: Int) {
        self.decimals = max(self.decimals, decimals)
        var most = largest
        for number in more { most = abs(number) > most ? abs(number) : most }
        largest = most
        numbers.append(more)
    }
}
