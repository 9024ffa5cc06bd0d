/// Takes private things out of texts: each becomes its kind in brackets, `[email]`. What is checkable is checked (Luhn,
/// ISO 7064), so that an order number stays what it is.
public struct Redaction: Sendable {
    /// One kind of private thing.
    public enum Kind: String, Sendable, CaseIterable {
        case secret, card, iban, ssn, nhs, phone, ip, email
    }

    /// A place in a text, in UTF-8 offsets.
    public struct Span: Equatable, Sendable {
        public var kind: Kind
        public var range: Range<Int>
    }

    /// What can be named.
    public static let kinds = Kind.allCases.map(\.rawValue)

    private let wanted: Set<Kind>

    /// - Parameter names: of kinds; nil comes of one that is none.
    public init?(_ names: [String]) {
        let found = names.compactMap(Kind.init(rawValue:))
        guard found.count == names.count else { return nil }
        wanted = Set(found)
    }

    public init(_ kinds: Set<Kind>) { wanted = kinds }

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
        let scan = PrivateText(bytes)
        var (spans, floor, at): ([Span], Int, Int) = ([], 0, 0)
        func take(_ kind: Kind, _ range: Range<Int>) {
            spans.append(Span(kind: kind, range: range))
            (floor, at) = (range.upperBound, range.upperBound)
        }
        while at < bytes.count {
            let byte = bytes[at]
            if byte == 0x40 {
                if wanted.contains(.email), let range = scan.email(around: at, from: floor) {
                    // What was taken for something else within the address goes with it.
                    take(.email, range)
                    continue
                }
            } else if scan.isStart(at) {
                if let (kind, end) = match(scan, at, byte) {
                    take(kind, at..<end)
                    continue
                }
            }
            at += 1
        }
        return spans
    }

    /// What begins here, the surest first.
    private func match(_ scan: PrivateText, _ at: Int, _ byte: UInt8) -> (Kind, Int)? {
        func found(_ kind: Kind, _ look: (Int) -> Int?) -> (Kind, Int)? {
            wanted.contains(kind) ? look(at).map { (kind, $0) } : nil
        }
        if byte.isDigit || byte == 0x2B || byte == 0x28 {
            return found(.card, scan.card) ?? found(.ssn, scan.socialSecurity) ?? found(.ip, scan.address)
                ?? found(.nhs, scan.nationalHealth) ?? found(.phone, scan.phone)
        }
        guard byte.isLetter || byte == 0x2D else { return nil }
        return found(.secret, scan.secret) ?? found(.iban, scan.iban)
    }
}

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }
    var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
