/// Where the pieces of a JSON text stand in its bytes. Nothing is copied, and nothing that is not asked for is read.
struct JSONPieces {
    struct Member {
        var key: Range<Int>
        var value: Range<Int>
    }

    let bytes: [UInt8]
    private static let most = 4096

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of an object; nil when it is none.
    func members(_ range: Range<Int>) -> [Member]? {
        guard let parts = parts(range, UInt8(ascii: "{"), UInt8(ascii: "}")) else { return nil }
        var members: [Member] = []
        for part in parts {
            guard isQuote(part.lowerBound), let end = stringEnd(part.lowerBound, part.upperBound) else { return nil }
            var at = end
            while at < part.upperBound, isBlank(bytes[at]) { at += 1 }
            guard at < part.upperBound, bytes[at] == UInt8(ascii: ":") else { return nil }
            let value = trimmed(at + 1..<part.upperBound)
            guard !value.isEmpty else { return nil }
            members.append(Member(key: part.lowerBound..<end, value: value))
        }
        return members
    }

    /// The elements of a list; nil when it is none.
    func elements(_ range: Range<Int>) -> [Range<Int>]? { parts(range, UInt8(ascii: "["), UInt8(ascii: "]")) }

    func isString(_ range: Range<Int>) -> Bool {
        range.count >= 2 && isQuote(range.lowerBound)
            && stringEnd(range.lowerBound, range.upperBound) == range.upperBound
    }

    /// A string without its quotes.
    func inside(_ range: Range<Int>) -> Range<Int> {
        range.count >= 2 ? range.lowerBound + 1..<range.upperBound - 1 : range
    }

    func word(_ range: Range<Int>) -> String { String(decoding: bytes[inside(range)], as: UTF8.self) }

    /// Whether something is in it that has an inside of its own.
    func isNested(_ range: Range<Int>) -> Bool {
        bytes[range.dropFirst()].contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
    }

    /// What a string says; nil where an escape is none.
    func unescaped(_ range: Range<Int>) -> String? {
        var plain: [UInt8] = []
        let inner = inside(range)
        plain.reserveCapacity(inner.count)
        var at = inner.lowerBound
        while at < inner.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                plain.append(bytes[at])
                at += 1
                continue
            }
            guard at + 1 < inner.upperBound else { return nil }
            switch bytes[at + 1] {
            case UInt8(ascii: "n"): plain.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): plain.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "r"): plain.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "b"): plain.append(8)
            case UInt8(ascii: "f"): plain.append(12)
            case UInt8(ascii: "u"):
                guard let (scalar, length) = scalar(at, inner.upperBound) else { return nil }
                plain += Array(String(scalar).utf8)
                at += length - 2
            case let other: plain.append(other)
            }
            at += 2
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// `\u00E9`, or two of them for what is beyond the first plane; with the bytes they take.
    private func scalar(_ at: Int, _ end: Int) -> (Unicode.Scalar, Int)? {
        func unit(_ at: Int) -> UInt32? {
            guard at + 6 <= end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else { return nil }
            return UInt32(String(decoding: bytes[at + 2..<at + 6], as: UTF8.self), radix: 16)
        }
        guard let first = unit(at) else { return nil }
        if (0xD800..<0xDC00).contains(first), let second = unit(at + 6), (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        {
            return (scalar, 12)
        }
        return (Unicode.Scalar(first) ?? "\u{FFFD}", 6)
    }

    /// What commas part between brackets; nil where the brackets do not close at the end.
    private func parts(_ range: Range<Int>, _ open: UInt8, _ close: UInt8) -> [Range<Int>]? {
        guard range.count >= 2, bytes[range.lowerBound] == open, bytes[range.upperBound - 1] == close else {
            return nil
        }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        var (parts, start, at, depth) = ([Range<Int>](), inner.lowerBound, inner.lowerBound, 0)
        while at < inner.upperBound {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                guard let end = stringEnd(at, inner.upperBound) else { return nil }
                at = end - 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return nil }
            case UInt8(ascii: ",") where depth == 0:
                parts.append(trimmed(start..<at))
                start = at + 1
                if parts.count >= Self.most { return nil }
            default: break
            }
            at += 1
        }
        guard depth == 0 else { return nil }
        let last = trimmed(start..<inner.upperBound)
        if !last.isEmpty || !parts.isEmpty { parts.append(last) }
        return parts.contains(where: \.isEmpty) ? nil : parts
    }

    private func stringEnd(_ start: Int, _ limit: Int) -> Int? {
        var at = start + 1
        while at < limit {
            if bytes[at] == UInt8(ascii: "\"") { return at + 1 }
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private func isQuote(_ at: Int) -> Bool { at < bytes.count && bytes[at] == UInt8(ascii: "\"") }
    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}
