public import PitModel

/// Reads and writes matchers as Prometheus and Alertmanager spell them.
public enum SelectorText {
    public struct Fault: Error, Equatable, Sendable {
        public var summary: String
    }

    /// `name{a="b",c!~"d"}`, `{a="b"}`, `a=b, c="d"`: an optional name, then matchers with or without braces and
    /// quotes. A name becomes a matcher of `__name__`.
    public static func parse(_ text: String) throws(Fault) -> [Matcher] {
        var scanner = TextScanner(text)
        var matchers: [Matcher] = []
        scanner.skipBlanks()
        let before = scanner
        let name = scanner.name(colons: true)
        scanner.skipBlanks()
        let hasBraces = scanner.take("{")
        if !name.isEmpty, hasBraces || scanner.isAtEnd {
            matchers.append(Matcher("__name__", name))
            if !hasBraces { return matchers }
        } else if !hasBraces {
            scanner = before
        }
        while true {
            scanner.skipBlanks()
            if hasBraces, scanner.take("}") { break }
            if scanner.isAtEnd {
                if hasBraces { throw Fault(summary: "the matchers do not end with }") }
                break
            }
            let next = try matcher(&scanner, mayBeName: hasBraces)
            if next.name == "__name__", matchers.contains(where: { $0.name == "__name__" && $0.isEqual && !$0.isRegex })
            {
                throw Fault(summary: "two metric names")
            }
            matchers.append(next)
            scanner.skipBlanks()
            if scanner.take(",") || scanner.isAtEnd || (hasBraces && scanner.isAt("}")) { continue }
            throw Fault(summary: "a comma is missing after \(matchers.last?.name ?? "")")
        }
        scanner.skipBlanks()
        guard scanner.isAtEnd else { throw Fault(summary: "something stands after }") }
        return matchers
    }

    /// One matcher, or within braces a quoted metric name that stands alone.
    private static func matcher(_ scanner: inout TextScanner, mayBeName: Bool) throws(Fault) -> Matcher {
        let isWord: (Unicode.Scalar) -> Bool = { !" \t\n{}!=~,\"'`\\".unicodeScalars.contains($0) }
        let quotedName = scanner.anyQuoted()
        let name = quotedName ?? scanner.run(isWord)
        guard !name.isEmpty else { throw Fault(summary: "a label's name is missing") }
        scanner.skipBlanks()
        if mayBeName, quotedName != nil, scanner.isAt(",") || scanner.isAt("}") { return Matcher("__name__", name) }
        let ops = ["=~", "!~", "!=", "="]
        guard let op = ops.first(where: { scanner.take($0) }) else {
            throw Fault(summary: "after \(name) one of = != =~ !~ is missing")
        }
        scanner.skipBlanks()
        let value: String
        if let quote = scanner.next, "\"'`".unicodeScalars.contains(quote) {
            guard let quoted = scanner.anyQuoted() else {
                throw Fault(summary: "the value of \(name) has no closing quote")
            }
            value = quoted
        } else {
            value = scanner.run { !" \t\n{},\"'`".unicodeScalars.contains($0) }
        }
        let matcher = Matcher(name, value, isRegex: op.hasSuffix("~"), isEqual: op.hasPrefix("="))
        guard matcher.isRegex else { return matcher }
        do throws(AnchoredPattern.Fault) {
            _ = try AnchoredPattern(value)
        } catch {
            throw Fault(summary: "\(value) is not a regular expression: \(error.summary)")
        }
        return matcher
    }

    /// One matcher, quoted and escaped, as every version reads it.
    public static func spell(_ matcher: Matcher) -> String {
        let name =
            SeriesText.isName(matcher.name, colons: true) ? matcher.name : "\"\(SeriesText.escape(matcher.name))\""
        return "\(name)\(matcher.op)\"\(SeriesText.escape(matcher.value))\""
    }

    /// A PromQL series selector: a matcher of equality on `__name__` stands before the braces.
    public static func spell(_ matchers: [Matcher]) -> String {
        var rest = matchers
        var name = ""
        if let index = rest.firstIndex(where: { $0.name == "__name__" && $0.isEqual && !$0.isRegex }),
            SeriesText.isName(rest[index].value, colons: true)
        {
            name = rest.remove(at: index).value
        }
        if rest.isEmpty, !name.isEmpty { return name }
        return "\(name){\(rest.map { spell($0) }.joined(separator: ","))}"
    }
}
