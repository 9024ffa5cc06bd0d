/// Reads JSON from bytes that may be anything. Nested deeper than 64 it is refused, so that no text can exhaust the
/// stack; bytes that are no UTF-8 become replacement characters.
public struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private static let deepest = 64

    /// The value that the bytes are; nil when they are not one JSON value and nothing else.
    public static func value(of bytes: some Collection<UInt8>) -> JSONValue? {
        let result = bytes.withContiguousStorageIfAvailable { JSONReader($0).whole() }
        if let result { return result }
        return Array(bytes).withUnsafeBufferPointer { JSONReader($0).whole() }
    }

    public static func value(of text: String) -> JSONValue? { value(of: text.utf8) }

    /// The number that a text is, finite; nil when it is none.
    static func number(in text: String) -> Double? {
        var text = text
        guard text.utf8.count <= 40 else { return nil }
        let value = text.withUTF8 { utf8 -> Double? in
            guard let base = utf8.baseAddress else { return nil }
            return DecimalNumber.parse(base, utf8.count)
        }
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private func whole() -> JSONValue? {
        var reader = self
        guard let value = reader.value(0) else { return nil }
        reader.skipSpace()
        return reader.at == bytes.count ? value : nil
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
            at += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(_ depth: Int) -> JSONValue? {
        skipSpace()
        guard at < bytes.count, depth < Self.deepest else { return nil }
        switch bytes[at] {
        case 0x7B: return object(depth)
        case 0x5B: return list(depth)
        case 0x22: return string().map(JSONValue.text)
        case 0x74: return word("true", .flag(true))
        case 0x66: return word("false", .flag(false))
        case 0x6E: return word("null", .null)
        default: return number().map(JSONValue.number)
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count, (0..<length).allSatisfy({ bytes[at + $0] == word.utf8Start[$0] }) else {
            return nil
        }
        at += length
        return value
    }

    private mutating func number() -> Double? {
        let start = at
        guard bytes[at] == 0x2D || bytes[at] &- 0x30 <= 9 else { return nil }
        while at < bytes.count, at - start < 400, Self.isOfNumber(bytes[at]) { at += 1 }
        guard let base = bytes.baseAddress, let value = DecimalNumber.parse(base + start, at - start), value.isFinite
        else { return nil }
        return value
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9 || byte == 0x2D || byte == 0x2B || byte == 0x2E || byte | 0x20 == 0x65
    }

    private mutating func list(_ depth: Int) -> JSONValue? {
        at += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(0x5D) { return .list([]) }
        while true {
            guard let next = value(depth + 1) else { return nil }
            values.append(next)
            skipSpace()
            if take(0x2C) { continue }
            return take(0x5D) ? .list(values) : nil
        }
    }

    private mutating func object(_ depth: Int) -> JSONValue? {
        at += 1
        var members: [(key: String, value: JSONValue)] = []
        skipSpace()
        if take(0x7D) { return .object([]) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == 0x22, let key = string() else { return nil }
            skipSpace()
            guard take(0x3A), let next = value(depth + 1) else { return nil }
            members.append((key, next))
            skipSpace()
            if take(0x2C) { continue }
            return take(0x7D) ? .object(members) : nil
        }
    }

    private mutating func string() -> String? {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != 0x22, bytes[at] != 0x5C, bytes[at] >= 0x20 { at += 1 }
        guard at < bytes.count, bytes[at] >= 0x20 else { return nil }
        if bytes[at] == 0x22 {
            at += 1
            return String(decoding: bytes[start..<at - 1], as: UTF8.self)
        }
        var text = Array(bytes[start..<at])
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case 0x22: return String(decoding: text, as: UTF8.self)
            case 0x5C: guard escape(into: &text) else { return nil }
            case 0..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(into text: inout [UInt8]) -> Bool {
        guard at < bytes.count else { return false }
        let letter = bytes[at]
        at += 1
        if letter == 0x75 {
            guard let (scalar, end) = JSONEscape.scalar(bytes, at) else { return false }
            text.append(contentsOf: String(scalar).utf8)
            at = end
        } else {
            guard let byte = JSONEscape.byte(letter) else { return false }
            text.append(byte)
        }
        return true
    }
}
