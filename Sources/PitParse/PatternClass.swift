/// Reads `[...]` and the escapes that stand for scalars.
enum PatternClass {
    typealias Fault = AnchoredPattern.Fault

    /// What stands after `[`, up to and with `]`.
    static func read(_ scanner: inout TextScanner, foldsCase: Bool) throws(Fault) -> ScalarSet {
        var set = ScalarSet(foldsCase: foldsCase)
        set.isNegated = scanner.take("^")
        var isFirst = true
        while let next = scanner.next {
            if next == "]", !isFirst {
                scanner.skip()
                return set
            }
            isFirst = false
            if scanner.take("[:") {
                set.formUnion(try named(&scanner))
                continue
            }
            let low = try item(&scanner)
            guard let from = single(low) else {
                set.formUnion(low)
                continue
            }
            let before = scanner
            guard scanner.take("-"), let after = scanner.next, after != "]" else {
                scanner = before
                set.formUnion(low)
                continue
            }
            guard let to = single(try item(&scanner)), from <= to else {
                throw Fault(summary: "a range in [ ] that ends before it begins")
            }
            set.ranges.append(from...to)
        }
        throw Fault(summary: "a [ is not closed")
    }

    private static func single(_ set: ScalarSet) -> UInt32? {
        guard let only = set.ranges.first, set.ranges.count == 1, !set.isNegated, only.count == 1 else { return nil }
        return only.lowerBound
    }

    private static func item(_ scanner: inout TextScanner) throws(Fault) -> ScalarSet {
        guard let next = scanner.next else { throw Fault(summary: "a [ is not closed") }
        scanner.skip()
        return next == "\\" ? try escape(&scanner) : .one(next)
    }

    private static func named(_ scanner: inout TextScanner) throws(Fault) -> ScalarSet {
        let isInverted = scanner.take("^")
        let name = scanner.name(colons: false)
        guard scanner.take(":]"), let set = ScalarSet.named[name] else {
            throw Fault(summary: "[:\(name) is no class that is known")
        }
        return isInverted ? set.inverted : set
    }

    /// What stands after a backslash.
    static func escape(_ scanner: inout TextScanner) throws(Fault) -> ScalarSet {
        guard let next = scanner.next else { throw Fault(summary: "a \\ at the end") }
        scanner.skip()
        switch next {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .words
        case "W": return ScalarSet.words.inverted
        case "s": return .blanks
        case "S": return ScalarSet.blanks.inverted
        case "t": return .one("\t")
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "f": return .one("\u{0C}")
        case "v": return .one("\u{0B}")
        case "a": return .one("\u{07}")
        case "x": return .one(try hexadecimal(&scanner))
        default:
            guard next.isASCII, !next.properties.isAlphabetic, !("0"..."9").contains(next) else {
                throw Fault(summary: "\\\(next) is not known here")
            }
            return .one(next)
        }
    }

    /// `\x7F` or `\x{10FFFF}`.
    private static func hexadecimal(_ scanner: inout TextScanner) throws(Fault) -> Unicode.Scalar {
        var digits = ""
        let hasBraces = scanner.take("{")
        while let next = scanner.next, next.properties.isASCIIHexDigit, digits.utf8.count < (hasBraces ? 8 : 2) {
            digits.unicodeScalars.append(next)
            scanner.skip()
        }
        guard !hasBraces || scanner.take("}"), hasBraces || digits.utf8.count == 2,
            let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
        else { throw Fault(summary: "\\x without its digits") }
        return scalar
    }
}
