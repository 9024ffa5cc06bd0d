/// Takes private things out of texts: each becomes its kind in brackets, `[email]`. What is checkable is checked (Luhn,
/// ISO 7064), so that an order number stays what it is.
public struct Redaction: Sendable {
    /// One kind of private thing.
    public enum Kind: String, Sendable, CaseIterable {
        case secret, card, iban, ssn, nhs, phone, ip, mac, crypto, email

        fileprivate var bit: UInt16 {
            switch self {
            case .secret: 1
            case .card: 2
            case .iban: 4
            case .ssn: 8
            case .nhs: 16
            case .phone: 32
            case .ip: 64
            case .mac: 128
            case .crypto: 256
            case .email: 512
            }
        }
    }

    /// A place in a text, in UTF-8 offsets.
    public struct Span: Equatable, Sendable {
        public var kind: Kind
        public var range: Range<Int>
    }

    /// What can be named.
    public static let kinds = Kind.allCases.map(\.rawValue)

    private let wanted: Wanted

    /// Kinds as bits: it is asked at every word.
    private struct Wanted: Sendable {
        let bits: UInt16
        init(_ kinds: some Sequence<Kind>) { bits = kinds.reduce(0) { $0 | $1.bit } }
        @inline(__always) func contains(_ kind: Kind) -> Bool { bits & kind.bit != 0 }
    }

    /// - Parameter names: of kinds; nil comes of one that is none.
    public init?(_ names: [String]) {
        let found = names.compactMap(Kind.init(rawValue:))
        guard found.count == names.count else { return nil }
        wanted = Wanted(found)
    }

    public init(_ kinds: Set<Kind>) { wanted = Wanted(kinds) }

    /// Takes out whatever it knows.
    public static let everything = Redaction(Set(Kind.allCases))

    public func apply(_ text: String) -> String {
        var text = text
        let replaced: [UInt8]? = text.withUTF8 { bytes in
            let spans = spans(in: bytes)
            guard !spans.isEmpty else { return nil }
            var (result, last) = ([UInt8](), 0)
            result.reserveCapacity(bytes.count)
            for span in spans {
                result += bytes[last..<span.range.lowerBound]
                result += "[\(span.kind.rawValue)]".utf8
                last = span.range.upperBound
            }
            result += bytes[last...]
            return result
        }
        return replaced.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// Where the private things are, in order, none over another.
    public func spans(in text: String) -> [Span] {
        var text = text
        return text.withUTF8 { spans(in: $0) }
    }

    func spans(in bytes: UnsafeBufferPointer<UInt8>) -> [Span] {
        Self.sorts.withUnsafeBufferPointer { sorts in
            PrivateText.beginnings.withUnsafeBufferPointer { beginnings in
                spans(PrivateText(bytes, beginnings), sorts)
            }
        }
    }

    private func spans(_ scan: PrivateText, _ sorts: UnsafeBufferPointer<UInt8>) -> [Span] {
        let (bytes, count) = (scan.bytes, scan.bytes.count)
        var (spans, floor, at): ([Span], Int, Int) = ([], 0, 0)
        func take(_ kind: Kind, _ range: Range<Int>) {
            spans.append(Span(kind: kind, range: range))
            (floor, at) = (range.upperBound, range.upperBound)
        }
        while at < count {
            let byte = bytes[at]
            let sort = sorts[Int(byte)]
            if sort == Self.word {
                // Within a word nothing begins: it is looked at where it does, and then passed over.
                let start = at
                if scan.mayBegin(at), let (kind, end) = begins(scan, at) { take(kind, at..<end) } else { at += 1 }
                while at < count, sorts[Int(bytes[at])] == Self.word { at += 1 }
                if at < count, bytes[at] == 0x3A, at - start <= 4, floor <= start,
                    let (kind, end) = withColons(scan, start)
                {
                    take(kind, start..<end)
                }
            } else if sort == Self.sign, let (kind, range) = signed(scan, at, byte, floor) {
                // What was taken for something else within an address goes with it.
                take(kind, range)
            } else {
                at += 1
            }
        }
        return spans
    }

    private static let word: UInt8 = 1
    private static let sign: UInt8 = 2
    /// What a byte can be: part of a word, a sign at which something may begin, or nothing.
    private static let sorts: [UInt8] = (0..<256).map { byte in
        let byte = UInt8(byte)
        return byte.isAlphanumeric || byte == 0x5F ? word : [0x40, 0x2B, 0x28, 0x2D].contains(byte) ? sign : 0
    }

    /// What begins with the first letter or digit of a word, the surest first.
    private func begins(_ scan: PrivateText, _ at: Int) -> (Kind, Int)? {
        // What follows another private thing at once begins no word of its own.
        let (before, byte) = (scan.byte(at - 1), scan.bytes[at])
        guard !before.isAlphanumeric, before != 0x5F, byte != 0x5F else { return nil }
        if byte.isDigit {
            // Nor does what goes on with a number.
            if before == 0x2D || before == 0x2E || before == 0x2F, scan.byte(at - 2).isDigit { return nil }
            if scan.mayBeNumber(at), let found = number(scan, at) { return found }
        } else {
            if scan.mayBeSecret(at), wanted.contains(.secret), let end = scan.secret(at) { return (.secret, end) }
            if scan.byte(at + 2).isDigit, wanted.contains(.iban), let end = scan.iban(at) { return (.iban, end) }
        }
        // `1`, `3`, `0x` and `bc1` are how wallets begin.
        guard byte == 0x31 || byte == 0x33 || byte == 0x30 || byte == 0x62, wanted.contains(.crypto) else { return nil }
        return scan.wallet(at).map { (.crypto, $0) }
    }

    /// Addresses of networks: hexadecimal digits and colons.
    private func withColons(_ scan: PrivateText, _ at: Int) -> (Kind, Int)? {
        guard scan.mayBeColons(at) else { return nil }
        if wanted.contains(.mac), let end = scan.hardware(at) { return (.mac, end) }
        if wanted.contains(.ip), let end = scan.longAddress(at) { return (.ip, end) }
        return nil
    }

    private func number(_ scan: PrivateText, _ at: Int) -> (Kind, Int)? {
        if wanted.contains(.card), let end = scan.card(at) { return (.card, end) }
        if wanted.contains(.ssn), let end = scan.socialSecurity(at) { return (.ssn, end) }
        if wanted.contains(.ip), let end = scan.address(at) { return (.ip, end) }
        if wanted.contains(.nhs), let end = scan.nationalHealth(at) { return (.nhs, end) }
        if wanted.contains(.phone), let end = scan.phone(at) { return (.phone, end) }
        return nil
    }

    /// What is found at a sign: an address around `@`, a number behind `+` or `(`, a key behind dashes.
    private func signed(_ scan: PrivateText, _ at: Int, _ byte: UInt8, _ floor: Int) -> (Kind, Range<Int>)? {
        if byte == 0x40 {
            if wanted.contains(.secret), let range = scan.userInfo(before: at, from: floor) { return (.secret, range) }
            guard wanted.contains(.email), let range = scan.email(around: at, from: floor) else { return nil }
            return (.email, range)
        }
        guard scan.isStart(at) else { return nil }
        if byte == 0x2D {
            return wanted.contains(.secret) ? scan.secret(at).map { (.secret, at..<$0) } : nil
        }
        return wanted.contains(.phone) ? scan.phone(at).map { (.phone, at..<$0) } : nil
    }
}

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }
    var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
