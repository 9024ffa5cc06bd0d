import PitParse

/// Finds members of JSON objects by their bytes; no value is built. What `JSONReader` refuses is no object here, too.
struct MemberFinder: Sendable {
    enum Value: Equatable {
        case none
        /// Between the quotes, without and with escapes.
        case text(Range<Int>)
        case escaped(Range<Int>)
        case other(Range<Int>)
    }

    private let names: [[UInt8]]
    /// Of the object that was looked through last, in the order of the names.
    private(set) var values: [Value]

    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        values = names.map { _ in .none }
    }

    func has(_ place: Int) -> Bool { place < values.count && values[place] != .none }

    /// Appends what a member says: of a text its characters, of all else its JSON as it would be written.
    func say(_ place: Int, of bytes: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
        guard has(place) else { return }
        switch values[place] {
        case .none: break
        case .text(let place): text.append(contentsOf: bytes[place])
        case .escaped(let place): JSONWalk.decode(bytes, place, into: &text)
        case .other(let place):
            // 1.0 and 1 are the same.
            let value = JSONReader.value(of: UnsafeBufferPointer(rebasing: bytes[place]))
            text.append(contentsOf: (value?.json ?? "").utf8)
        }
    }

    /// Whether the bytes are one object and nothing else.
    mutating func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for place in values.indices { values[place] = .none }
        var walk = JSONWalk(bytes)
        guard walk.take(0x7B) else { return false }
        if !walk.take(0x7D) {
            while true {
                walk.space()
                guard let key = walk.string(), walk.take(0x3A) else { return false }
                walk.space()
                let start = walk.at
                if start < bytes.count, bytes[start] == 0x22 {
                    guard let text = walk.string() else { return false }
                    let place = start + 1..<walk.at - 1
                    note(bytes, key, text.isEscaped ? .escaped(place) : .text(place))
                } else {
                    guard walk.value(1) else { return false }
                    // What is null is not there.
                    note(bytes, key, bytes[start] == 0x6E ? .none : .other(start..<walk.at))
                }
                if walk.take(0x2C) { continue }
                guard walk.take(0x7D) else { return false }
                break
            }
        }
        walk.space()
        return walk.at == bytes.count
    }

    private mutating func note(
        _ bytes: UnsafeBufferPointer<UInt8>, _ key: (place: Range<Int>, isEscaped: Bool), _ value: Value
    ) {
        for place in names.indices where values[place] == .none {
            let name = names[place]
            let isSame: Bool
            if key.isEscaped {
                var plain: [UInt8] = []
                JSONWalk.decode(bytes, key.place, into: &plain)
                isSame = plain == name
            } else {
                isSame = name.count == key.place.count && name.elementsEqual(bytes[key.place])
            }
            if isSame { values[place] = value }
        }
    }
}

/// Walks over JSON, by the rules of `JSONReader`.
struct JSONWalk {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var at = 0
    private static let deepest = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    @inline(__always)
    mutating func space() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
            at += 1
        }
    }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        space()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// Goes behind a value; false where there is none.
    mutating func value(_ depth: Int) -> Bool {
        space()
        guard at < bytes.count, depth < Self.deepest else { return false }
        switch bytes[at] {
        case 0x7B:
            at += 1
            if take(0x7D) { return true }
            while true {
                space()
                guard string() != nil, take(0x3A), value(depth + 1) else { return false }
                if take(0x2C) { continue }
                return take(0x7D)
            }
        case 0x5B:
            at += 1
            if take(0x5D) { return true }
            while true {
                guard value(depth + 1) else { return false }
                if take(0x2C) { continue }
                return take(0x5D)
            }
        case 0x22: return string() != nil
        case 0x74: return word("true")
        case 0x66: return word("false")
        case 0x6E: return word("null")
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count else { return false }
        for place in 0..<length where bytes[at + place] != word.utf8Start[place] { return false }
        at += length
        return true
    }

    private mutating func number() -> Bool {
        let start = at
        guard bytes[at] == 0x2D || bytes[at] &- 0x30 <= 9 else { return false }
        while at < bytes.count, at - start < 400, Self.isOfNumber(bytes[at]) { at += 1 }
        guard let base = bytes.baseAddress else { return false }
        return DecimalNumber.parse(base + start, at - start)?.isFinite ?? false
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9 || byte == 0x2D || byte == 0x2B || byte == 0x2E || byte | 0x20 == 0x65
    }

    /// Goes behind a string; where it stands between its quotes, or nil where there is none.
    @inline(__always)
    mutating func string() -> (place: Range<Int>, isEscaped: Bool)? {
        guard at < bytes.count, bytes[at] == 0x22, let base = bytes.baseAddress else { return nil }
        let (start, raw) = (at + 1, UnsafeRawPointer(base))
        var (end, isEscaped) = (start, false)
        while true {
            // Eight at a time, as long as there is nothing to look at.
            while end + 8 <= bytes.count {
                let found = Self.special(raw.loadUnaligned(fromByteOffset: end, as: UInt64.self))
                guard found == 0 else {
                    end += found.trailingZeroBitCount / 8
                    break
                }
                end += 8
            }
            while end < bytes.count, bytes[end] != 0x22, bytes[end] != 0x5C, bytes[end] >= 0x20 { end += 1 }
            guard end < bytes.count, bytes[end] >= 0x20 else { return nil }
            if bytes[end] == 0x22 {
                at = end + 1
                return (start..<end, isEscaped)
            }
            isEscaped = true
            guard let width = escape(end) else { return nil }
            end += width
        }
    }

    /// The highest bit of the first byte that is a quote, a backslash or a control character; of those behind it, it may be
    /// set without reason (a byte that is 0 borrows from the next: Mycroft's test).
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let (quote, slash) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
        let control = (word &- ones &* 0x20) & ~word
        return (control | (quote &- ones) & ~quote | (slash &- ones) & ~slash) & (ones &* 0x80)
    }

    /// Bytes of an escape; nil where it is none.
    private func escape(_ start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        let letter = bytes[start + 1]
        if letter == 0x75 { return JSONEscape.unit(bytes, start + 2) == nil ? nil : 6 }
        return JSONEscape.byte(letter) == nil ? nil : 2
    }

    /// Appends what a string between its quotes says, its escapes resolved.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Range<Int>, into text: inout [UInt8]) {
        var at = place.lowerBound
        while at < place.upperBound {
            let start = at
            while at < place.upperBound, bytes[at] != 0x5C { at += 1 }
            text.append(contentsOf: bytes[start..<at])
            guard at + 1 < place.upperBound else { return }
            let letter = bytes[at + 1]
            at += 2
            if letter == 0x75, let (scalar, end) = JSONEscape.scalar(bytes, at) {
                text.append(contentsOf: String(scalar).utf8)
                at = end
            } else {
                text.append(JSONEscape.byte(letter) ?? letter)
            }
        }
    }
}
