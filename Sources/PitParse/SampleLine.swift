import Glibc

/// Finds the parts of one sample line: `name{labels} value [timestamp] [# exemplar]`.
struct SampleLine {
    enum Reason: String, Error {
        case noName = "no metric name"
        case badLabel = "a label is not written name=\"value\""
        case noQuoteEnd = "a quoted text does not end"
        case noBraceEnd = "the labels do not end with }"
        case twoNames = "two metric names"
        case reservedLabel = "__name__ as a label"
        case twiceLabel = "a label stands twice"
        case manyLabels = "more than 256 labels"
        case noValue = "no value"
        case badValue = "the value is not a number"
        case badTimestamp = "the timestamp is not a number"
        case tooMuch = "something stands after the timestamp"
        case carriageReturn = "a carriage return (CRLF line ends)"
        case badExemplar = "the exemplar cannot be read"
        case misplacedExemplar = "an exemplar where none may stand"
        case notUTF8 = "not UTF-8"
        case spaces = "OpenMetrics allows one space between the parts and none elsewhere"
    }

    let base: UnsafePointer<UInt8>
    let end: Int
    let isOpenMetrics: Bool
    private let flags: UnsafePointer<UInt8>
    private var names: LabelNames
    private var sawInnerBlank = false

    /// Where the series' text ends.
    private(set) var seriesEnd = 0
    /// Where the name is: within quotes when it stands in the braces.
    private(set) var nameStart = 0
    private(set) var nameEnd = 0
    private(set) var value = 0.0
    private(set) var timestamp: Int64?

    init(
        _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, isOpenMetrics: Bool, flags: UnsafePointer<UInt8>,
        scratch: UnsafeMutablePointer<LabelNames.Place>
    ) {
        (self.base, self.end, self.isOpenMetrics, self.flags) = (base, end, isOpenMetrics, flags)
        names = LabelNames(base, scratch)
        seriesEnd = start
    }

    /// Reads the line, or says why it cannot be read.
    mutating func read() -> Reason? {
        let start = seriesEnd
        var i = start
        if base[i] != 0x7B {
            guard flags[Int(base[i])] & Alphabet.nameStart != 0 else { return .noName }
            i += 1
            while i < end, flags[Int(base[i])] & Alphabet.namePart != 0 { i += 1 }
            (nameStart, nameEnd) = (start, i)
            seriesEnd = i
            let afterName = i
            while i < end, isBlank(base[i]) { i += 1 }
            if i < end, base[i] == 0x7B {
                if isOpenMetrics, i != afterName { return .spaces }
                if let reason = readLabels(&i) { return reason }
            } else {
                i = afterName
            }
        } else if let reason = readLabels(&i) {
            return reason
        }
        guard nameEnd > nameStart else { return .noName }
        return readRest(i)
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Reads `{...}`; `i` is on the brace and comes to stand behind the closing one.
    private mutating func readLabels(_ i: inout Int) -> Reason? {
        i += 1
        while true {
            skipBlanks(&i)
            guard i < end else { return .noBraceEnd }
            if base[i] == 0x7D { break }
            let isQuoted = base[i] == 0x22
            var from = i
            var to = i
            if isQuoted {
                guard let close = closingQuote(i + 1) else { return .noQuoteEnd }
                (from, to, i) = (i + 1, close, close + 1)
            } else {
                guard flags[Int(base[i])] & Alphabet.labelStart != 0 else { return .badLabel }
                while i < end, flags[Int(base[i])] & Alphabet.labelPart != 0 { i += 1 }
                to = i
            }
            skipBlanks(&i)
            if i < end, base[i] == 0x3D {
                if let reason = names.add(from, to - from) { return reason }
                i += 1
                skipBlanks(&i)
                guard i < end, base[i] == 0x22 else { return .badLabel }
                guard let close = closingQuote(i + 1) else { return .noQuoteEnd }
                i = close + 1
            } else if isQuoted {
                guard nameEnd == nameStart else { return .twoNames }
                guard to > from else { return .noName }
                (nameStart, nameEnd) = (from, to)
            } else {
                return .badLabel
            }
            skipBlanks(&i)
            guard i < end else { return .noBraceEnd }
            if base[i] == 0x2C { i += 1 } else if base[i] != 0x7D { return .badLabel }
        }
        i += 1
        seriesEnd = i
        return sawInnerBlank && isOpenMetrics ? .spaces : nil
    }

    /// Within braces, where OpenMetrics allows no blank.
    private mutating func skipBlanks(_ i: inout Int) {
        while i < end, isBlank(base[i]) {
            sawInnerBlank = true
            i += 1
        }
    }

    private func closingQuote(_ start: Int) -> Int? {
        var i = start
        while i < end {
            guard let found = memchr(base + i, 0x22, end - i) else { return nil }
            let close = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            var slashes = 0
            while close - slashes - 1 >= start, base[close - slashes - 1] == 0x5C { slashes += 1 }
            if slashes & 1 == 0 { return close }
            i = close + 1
        }
        return nil
    }

    private mutating func readRest(_ start: Int) -> Reason? {
        guard start < end else { return .noValue }
        var i = start
        guard isBlank(base[i]) || base[i - 1] == 0x7D else { return .noName }
        let valueRange = token(&i)
        guard valueRange.1 > valueRange.0 else { return .noValue }
        guard let value = DecimalNumber.parse(base + valueRange.0, valueRange.1 - valueRange.0) else {
            return base[valueRange.1 - 1] == 0x0D ? .carriageReturn : .badValue
        }
        self.value = value
        if isOpenMetrics, !isOneSpace(start, valueRange.0) { return .spaces }
        guard i < end else { return nil }
        let next = token(&i)
        if isOpenMetrics, !isOneSpace(valueRange.1, next.0) || next.1 == next.0 { return .spaces }
        guard next.1 > next.0 else { return nil }
        if base[next.0] == 0x23, isOpenMetrics { return readExemplar(next.1) }
        if let reason = readTimestamp(next) { return reason }
        guard i < end else { return nil }
        let last = token(&i)
        if isOpenMetrics, !isOneSpace(next.1, last.0) || last.1 == last.0 { return .spaces }
        guard last.1 > last.0 else { return nil }
        return isOpenMetrics && base[last.0] == 0x23 ? readExemplar(last.1) : .tooMuch
    }

    private func isOneSpace(_ from: Int, _ to: Int) -> Bool { to - from == 1 && base[from] == 0x20 }

    /// The next run of bytes that are not blank; `i` comes to stand behind it.
    private func token(_ i: inout Int) -> (Int, Int) {
        while i < end, isBlank(base[i]) { i += 1 }
        let from = i
        while i < end, !isBlank(base[i]) { i += 1 }
        return (from, i)
    }

    private mutating func readTimestamp(_ range: (Int, Int)) -> Reason? {
        let count = range.1 - range.0
        guard let number = DecimalNumber.parse(base + range.0, count), number.isFinite else {
            return base[range.1 - 1] == 0x0D ? .carriageReturn : .badTimestamp
        }
        let milliseconds = isOpenMetrics ? (number * 1000).rounded() : number
        guard abs(milliseconds) < 9e15, milliseconds == milliseconds.rounded() else { return .badTimestamp }
        if !isOpenMetrics,
            (0..<count).contains(where: { base[range.0 + $0] == 0x2E || base[range.0 + $0] | 0x20 == 0x65 })
        {
            return .badTimestamp
        }
        timestamp = Int64(milliseconds)
        return nil
    }

    /// The exemplar is checked for its shape and left out: pitwall keeps values, not exemplars.
    private func readExemplar(_ start: Int) -> Reason? {
        let name = UnsafeBufferPointer(start: base + nameStart, count: nameEnd - nameStart)
        guard name.hasSuffix("_total") || name.hasSuffix("_bucket") else { return .misplacedExemplar }
        var i = start
        while i < end, isBlank(base[i]) { i += 1 }
        guard i < end, base[i] == 0x7B else { return .badExemplar }
        var inner = SampleLine(
            base, from: i, to: end, isOpenMetrics: false, flags: flags, scratch: names.scratch)
        guard inner.readLabels(&i) == nil else { return .badExemplar }
        let value = token(&i)
        guard value.1 > value.0, DecimalNumber.parse(base + value.0, value.1 - value.0) != nil else {
            return .badExemplar
        }
        let time = token(&i)
        guard time.1 == time.0 || DecimalNumber.parse(base + time.0, time.1 - time.0) != nil else {
            return .badExemplar
        }
        let more = token(&i)
        return more.1 > more.0 ? .badExemplar : nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    func hasSuffix(_ suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard count >= length, let start = baseAddress else { return false }
        return memcmp(start + count - length, suffix.utf8Start, length) == 0
    }
}
