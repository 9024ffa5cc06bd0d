/// Walks over a short text by Unicode scalars.
struct TextScanner {
    private let scalars: String.UnicodeScalarView
    private(set) var at: String.UnicodeScalarView.Index

    init(_ text: String) {
        scalars = text.unicodeScalars
        at = scalars.startIndex
    }

    var isAtEnd: Bool { at == scalars.endIndex }
    var next: Unicode.Scalar? { isAtEnd ? nil : scalars[at] }
    func isAt(_ scalar: Unicode.Scalar) -> Bool { next == scalar }

    mutating func skip() { if !isAtEnd { at = scalars.index(after: at) } }

    mutating func skipBlanks() {
        while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\n" { skip() }
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        skip()
        return true
    }

    mutating func take(_ text: String) -> Bool {
        let start = at
        for scalar in text.unicodeScalars where !take(scalar) {
            at = start
            return false
        }
        return true
    }

    /// A metric's or label's name; empty when none stands here.
    mutating func name(colons: Bool) -> String {
        let start = at
        while let scalar = next {
            let isLetter =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
                || (colons && scalar == ":")
            guard isLetter || (at != start && ("0"..."9").contains(scalar)) else { break }
            skip()
        }
        return String(scalars[start..<at])
    }

    /// What lies between here and where another scanner of the same text has come to.
    func text(upTo other: TextScanner) -> String { String(scalars[at..<other.at]) }

    /// The longest run of scalars that `accept` takes.
    mutating func run(_ accept: (Unicode.Scalar) -> Bool) -> String {
        let start = at
        while let scalar = next, accept(scalar) { skip() }
        return String(scalars[start..<at])
    }

    /// A text in any of PromQL's quotes: `"` and `'` with escapes, and the backquote without.
    mutating func anyQuoted() -> String? {
        guard isAt("`") else { return isAt("'") ? quoted("'") : quoted() }
        let start = at
        skip()
        let text = run { $0 != "`" }
        if take("`") { return text }
        at = start
        return nil
    }

    /// A quoted text with its escapes undone; nil, without a step, when none stands here or it does not end.
    mutating func quoted(_ quote: Unicode.Scalar = "\"") -> String? {
        let start = at
        guard take(quote) else { return nil }
        var result = String.UnicodeScalarView()
        while let scalar = next {
            skip()
            if scalar == quote { return String(result) }
            guard scalar == "\\", let escaped = next else {
                result.append(scalar)
                continue
            }
            skip()
            switch escaped {
            case "n": result.append("\n")
            case "\\", quote: result.append(escaped)
            default: result.append(contentsOf: ["\\", escaped])
            }
        }
        at = start
        return nil
    }
}
