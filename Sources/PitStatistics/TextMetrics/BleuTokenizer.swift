/// How a segment is cut into words before BLEU counts them, as sacreBLEU does it.
public enum BleuTokenizer: String, Sendable, CaseIterable {
    /// mteval-v13a's, the default: ASCII punctuation and symbols apart, full stops and commas unless beside digits.
    case mteval13a = "13a"
    /// White space only.
    case none
    /// Every character.
    case char
    /// mteval-v14's for any script: by Unicode's categories.
    case intl

    /// The words, with a space between.
    public func tokenized(_ text: String) -> String {
        var (room, text, words) = (TokenRoom(), text, [String]())
        text.withUTF8 { bytes in self.words(bytes, &room) { words.append(String(decoding: $0, as: UTF8.self)) } }
        return words.joined(separator: " ")
    }

    /// Hands on each word.
    func words(
        _ segment: UnsafeBufferPointer<UInt8>, _ room: inout TokenRoom, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let stripped = UnsafeBufferPointer(rebasing: segment[..<PythonText.strippedEnd(segment)])
        switch self {
        case .none: PythonText.split(stripped) { body(UnsafeBufferPointer(rebasing: stripped[$0])) }
        case .char: Self.characters(stripped, body)
        case .mteval13a: room.mteval13a(stripped, body)
        case .intl:
            var text = Self.intl(String(decoding: stripped, as: UTF8.self))
            text.withUTF8 { bytes in PythonText.split(bytes) { body(UnsafeBufferPointer(rebasing: bytes[$0])) } }
        }
    }

    private static func characters(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            let width = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            let end = min(bytes.count, at + width)
            if PythonText.space(bytes, at) == 0 { body(UnsafeBufferPointer(rebasing: bytes[at..<end])) }
            at = end
        }
    }

    /// Punctuation apart from what is no number beside it, then symbols; each pass takes two characters at once, so
    /// that what it took is not looked at again.
    private static func intl(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        let space: Unicode.Scalar = " "
        func pass(_ isFirst: (Unicode.Scalar) -> Bool, _ isSecond: (Unicode.Scalar) -> Bool, isAfter: Bool) {
            var result: [Unicode.Scalar] = []
            result.reserveCapacity(scalars.count + 16)
            var at = 0
            while at < scalars.count {
                if at + 1 < scalars.count, isFirst(scalars[at]), isSecond(scalars[at + 1]) {
                    let (a, b) = (scalars[at], scalars[at + 1])
                    result += isAfter ? [a, space, b, space] : [space, a, space, b]
                    at += 2
                } else {
                    result.append(scalars[at])
                    at += 1
                }
            }
            scalars = result
        }
        pass({ !isNumber($0) }, isPunctuation, isAfter: true)
        pass(isPunctuation, { !isNumber($0) }, isAfter: false)
        var result = String.UnicodeScalarView()
        for scalar in scalars {
            if isSymbol(scalar) {
                result.append(contentsOf: [space, scalar, space])
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }

    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
        default: false
        }
    }
}

/// Room that is used again for each segment: a text and the one that a rule makes of it take turns.
struct TokenRoom {
    private var a = [UInt8](repeating: 0, count: 1024)
    private var b = [UInt8](repeating: 0, count: 1024)
    private let kinds = TokenRoom.allKinds

    /// The rules of mteval-v13a in their order, each over the whole segment from the left. All of them are about ASCII,
    /// so bytes do.
    mutating func mteval13a(
        _ segment: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let has = Presence(segment, kinds)
        guard !has.needsRepair else {
            return Self.repaired(segment, has).withUnsafeBufferPointer { apart($0, body) }
        }
        if !has.symbol, !has.stop, !has.hyphen {
            return PythonText.split(segment) { body(UnsafeBufferPointer(rebasing: segment[$0])) }
        }
        apart(segment, body)
    }

    /// Takes the words between white space apart, each by itself: no rule joins two bytes with white space between them,
    /// and to all rules white space on either side of a word is the same.
    private mutating func apart(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        PythonText.split(text) { range in
            let word = UnsafeBufferPointer(rebasing: text[range])
            let has = Presence(word, kinds)
            if !has.symbol, !has.stop, !has.hyphen { return body(word) }
            reserve(word.count + 2)
            a.withUnsafeMutableBufferPointer { room in
                room[0] = 0x20
                for i in 0..<word.count { room[i + 1] = word[i] }
                room[word.count + 1] = 0x20
            }
            apply(word.count + 2, has, body)
        }
    }

    /// A rule makes a text at most three times as long, and no two of them meet at one place.
    private mutating func reserve(_ count: Int) {
        guard a.count < count * 4 + 16 else { return }
        a = [UInt8](repeating: 0, count: count * 4 + 16)
        b = a
    }

    private mutating func apply(_ count: Int, _ has: Presence, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        a.withUnsafeMutableBufferPointer { a in
            b.withUnsafeMutableBufferPointer { b in
                var (from, to, length) = (a, b, count)
                func done(_ new: Int) { (from, to, length) = (to, from, new) }
                if has.symbol { done(Self.spaceOut(from, length, into: to)) }
                if has.stop {
                    done(Self.pairs(from, length, into: to, { !Self.isDigit($0) }, Self.isStop, isAfter: true))
                    done(Self.pairs(from, length, into: to, Self.isStop, { !Self.isDigit($0) }, isAfter: false))
                }
                if has.hyphen {
                    done(Self.pairs(from, length, into: to, Self.isDigit, { $0 == 0x2D }, isAfter: true))
                }
                let text = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(from)[..<length])
                PythonText.split(text) { body(UnsafeBufferPointer(rebasing: text[$0])) }
            }
        }
    }

    /// What there is at all in a segment, so that most rules need not be tried.
    private struct Presence {
        private var kinds: UInt8 = 0
        var symbol: Bool { kinds & 1 != 0 }
        var stop: Bool { kinds & 2 != 0 }
        var hyphen: Bool { kinds & 4 != 0 }
        var needsRepair: Bool { kinds & 8 != 0 }
        var ampersand: Bool { kinds & 16 != 0 }

        @inline(__always)
        init(_ bytes: UnsafeBufferPointer<UInt8>, _ table: [UInt8]) {
            var all: UInt8 = 0
            table.withUnsafeBufferPointer { table in for byte in bytes { all |= table[Int(byte)] } }
            kinds = all
        }
    }

    /// 1: set apart always; 2: full stop or comma; 4: hyphen; 8: what is repaired first; 16: an ampersand.
    private static let allKinds: [UInt8] = (0..<256).map { byte -> UInt8 in
        switch byte {
        case 0x26: 1 | 8 | 16
        case 0x3C: 1 | 8
        case 0x21...0x25, 0x28...0x2B, 0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: 1
        case 0x2C, 0x2E: 2
        case 0x2D: 4
        case 0x0A: 8
        default: 0
        }
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    @inline(__always) private static func isStop(_ byte: UInt8) -> Bool { byte == 0x2C || byte == 0x2E }

    private static func repaired(_ segment: UnsafeBufferPointer<UInt8>, _ has: Presence) -> [UInt8] {
        var text = Array(segment)
        replace("<skipped>", "", in: &text)
        replace("-\n", "", in: &text)
        replace("\n", " ", in: &text)
        if has.ampersand {
            for (from, to) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
                replace(from, to, in: &text)
            }
        }
        return text
    }

    private static func replace(_ from: String, _ to: String, in text: inout [UInt8]) {
        let (pattern, new) = (Array(from.utf8), Array(to.utf8))
        guard text.contains(pattern[0]) else { return }
        var result: [UInt8] = []
        var at = 0
        while at < text.count {
            if text[at] == pattern[0], text.count - at >= pattern.count,
                text[at..<at + pattern.count].elementsEqual(pattern)
            {
                result += new
                at += pattern.count
            } else {
                result.append(text[at])
                at += 1
            }
        }
        text = result
    }

    @inline(__always)
    private static func spaceOut(
        _ from: UnsafeMutableBufferPointer<UInt8>, _ count: Int, into to: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        allKinds.withUnsafeBufferPointer { kinds in
            var length = 0
            for i in 0..<count {
                let byte = from[i]
                if kinds[Int(byte)] & 1 != 0 {
                    to[length] = 0x20
                    to[length + 1] = byte
                    to[length + 2] = 0x20
                    length += 3
                } else {
                    to[length] = byte
                    length += 1
                }
            }
            return length
        }
    }

    /// Sets two bytes that stand together apart: `a b ` or ` a b`. What a pair took is not looked at again.
    @inline(__always)
    private static func pairs(
        _ from: UnsafeMutableBufferPointer<UInt8>, _ count: Int, into to: UnsafeMutableBufferPointer<UInt8>,
        _ isFirst: (UInt8) -> Bool, _ isSecond: (UInt8) -> Bool, isAfter: Bool
    ) -> Int {
        var (at, length) = (0, 0)
        while at < count {
            if at + 1 < count, isSecond(from[at + 1]), isFirst(from[at]) {
                if !isAfter {
                    to[length] = 0x20
                    length += 1
                }
                to[length] = from[at]
                to[length + 1] = 0x20
                to[length + 2] = from[at + 1]
                length += 3
                if isAfter {
                    to[length] = 0x20
                    length += 1
                }
                at += 2
            } else {
                to[length] = from[at]
                length += 1
                at += 1
            }
        }
        return length
    }
}
