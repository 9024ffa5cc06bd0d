import PitModel

/// Reads a rule's expression.
public struct RuleParser {
    public struct Fault: Error, Equatable, Sendable { public var summary: String }

    /// What is understood, for messages and help.
    public static let usage =
        "METRIC{label=\"value\"} > 5, rate(METRIC[5m]), increase(...), quantile(0.95, METRIC[5m]), "
        + "sum|min|max|avg|count by (label) (...), + - * /, > >= < <= == !=, absent(METRIC)"

    /// Seconds that an expression may look back.
    public static let longestRange = 3600.0
    private static let deepest = 20

    private var scanner: TextScanner
    private var depth = 0

    private init(_ text: String) { scanner = TextScanner(text) }

    public static func parse(_ text: String) throws(Fault) -> RuleCondition {
        guard text.utf8.count <= 4096 else { throw Fault(summary: "the expression is longer than 4096 bytes") }
        var parser = RuleParser(text)
        return try parser.condition()
    }

    private mutating func condition() throws(Fault) -> RuleCondition {
        scanner.skipBlanks()
        if takeCall("absent") {
            let matchers = try selector()
            try expect(")")
            try end()
            return .absent(matchers)
        }
        let left = try sum()
        scanner.skipBlanks()
        guard let comparison = RuleCondition.Comparison.allCases.first(where: { scanner.take($0.rawValue) }) else {
            throw Fault(
                summary: scanner.isAtEnd
                    ? "a comparison is missing: it never says what is wrong"
                    : "`\(rest)` is not understood")
        }
        let right = try sum()
        try end()
        if case .number(let limit) = right { return .compare(left, comparison, limit) }
        // What is compared with a series is compared with 0: so is the difference.
        return .compare(.arithmetic(.subtract, left, right), comparison, 0)
    }

    private mutating func sum() throws(Fault) -> RuleExpression {
        try chain([.add, .subtract]) { (parser) throws(Fault) in
            try parser.chain([.multiply, .divide]) { (inner) throws(Fault) in try inner.term() }
        }
    }

    private mutating func chain(
        _ operators: [RuleExpression.Operator], _ next: (inout Self) throws(Fault) -> RuleExpression
    ) throws(Fault) -> RuleExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw Fault(summary: "the expression is nested too deep") }
        var left = try next(&self)
        while true {
            scanner.skipBlanks()
            guard let found = operators.first(where: { scanner.take($0.rawValue) }) else { return left }
            left = Self.folded(found, left, try next(&self))
        }
    }

    /// Numbers are put together at once, so that a limit may be written as `5 * 60`.
    private static func folded(
        _ found: RuleExpression.Operator, _ a: RuleExpression, _ b: RuleExpression
    ) -> RuleExpression {
        guard case .number(let x) = a, case .number(let y) = b else { return .arithmetic(found, a, b) }
        return .number(found.apply(x, y))
    }

    private mutating func term() throws(Fault) -> RuleExpression {
        scanner.skipBlanks()
        if scanner.take("(") {
            let inner = try sum()
            try expect(")")
            return inner
        }
        if let number = number() { return .number(number) }
        if takeCall("rate") {
            let (matchers, seconds) = try ranged()
            return .rate(matchers, seconds: seconds)
        }
        if takeCall("increase") {
            let (matchers, seconds) = try ranged()
            return .increase(matchers, seconds: seconds)
        }
        if takeCall("quantile") {
            scanner.skipBlanks()
            guard let q = number(), (0...1).contains(q) else {
                throw Fault(summary: "quantile wants a share between 0 and 1 first")
            }
            try expect(",")
            let (matchers, seconds) = try ranged()
            return .quantile(q, matchers, seconds: seconds)
        }
        for aggregate in RuleExpression.Aggregate.allCases {
            if let labels = try takeAggregate(aggregate.rawValue) {
                let inner = try sum()
                try expect(")")
                // As in PromQL the labels may stand behind.
                return .aggregate(aggregate, by: try labels.isEmpty ? by() : labels, inner)
            }
        }
        return .latest(try selector())
    }

    /// `sum(`, or `sum by (a, b) (`: the labels, the scanner behind the parenthesis.
    private mutating func takeAggregate(_ name: String) throws(Fault) -> [String]? {
        let before = scanner
        guard scanner.name(colons: true) == name else {
            scanner = before
            return nil
        }
        let labels = try by()
        scanner.skipBlanks()
        guard scanner.take("(") else {
            scanner = before
            return nil
        }
        return labels
    }

    private mutating func by() throws(Fault) -> [String] {
        let before = scanner
        scanner.skipBlanks()
        guard scanner.name(colons: false) == "by" else {
            scanner = before
            return []
        }
        try expect("(")
        var labels: [String] = []
        while true {
            scanner.skipBlanks()
            if scanner.take(")") { return labels }
            let name = scanner.name(colons: false)
            guard !name.isEmpty else { throw Fault(summary: "after `by (` a label's name is missing") }
            labels.append(name)
            scanner.skipBlanks()
            _ = scanner.take(",")
        }
    }

    private mutating func takeCall(_ name: String) -> Bool {
        let before = scanner
        if scanner.name(colons: true) == name {
            scanner.skipBlanks()
            if scanner.take("(") { return true }
        }
        scanner = before
        return false
    }

    /// `METRIC{...}[5m])`.
    private mutating func ranged() throws(Fault) -> ([Matcher], Double) {
        let matchers = try selector()
        scanner.skipBlanks()
        guard scanner.take("[") else { throw Fault(summary: "a span such as [5m] is missing behind the metric") }
        guard let seconds = span(scanner.run { $0 != "]" }), seconds > 0 else {
            throw Fault(summary: "a span is written like [5m] or [90s]")
        }
        guard seconds <= Self.longestRange else {
            throw Fault(summary: "a span of more than 1h is not kept in memory")
        }
        try expect("]")
        try expect(")")
        return (matchers, seconds)
    }

    private mutating func selector() throws(Fault) -> [Matcher] {
        scanner.skipBlanks()
        let before = scanner
        var text = scanner.name(colons: true)
        let hasName = !text.isEmpty
        scanner.skipBlanks()
        if scanner.isAt("{") {
            text += try braces()
        } else if !hasName {
            throw Fault(summary: scanner.isAtEnd ? "something is missing at the end" : "`\(rest)` is not understood")
        }
        do throws(SelectorText.Fault) {
            let matchers = try SelectorText.parse(text)
            guard matchers.contains(where: { $0.name == "__name__" && $0.isEqual && !$0.isRegex }) else {
                scanner = before
                throw SelectorText.Fault(summary: "the metric's name is missing")
            }
            return matchers
        } catch { throw Fault(summary: error.summary) }
    }

    /// From `{` to its `}`, quotes minded.
    private mutating func braces() throws(Fault) -> String {
        var text = ""
        while let scalar = scanner.next {
            if "\"'`".unicodeScalars.contains(scalar) {
                let before = scanner
                guard scanner.anyQuoted() != nil else { throw Fault(summary: "a quote is not closed") }
                text += before.text(upTo: scanner)
                continue
            }
            scanner.skip()
            text.unicodeScalars.append(scalar)
            if scalar == "}" { return text }
        }
        throw Fault(summary: "the matchers do not end with }")
    }

    private mutating func number() -> Double? {
        let before = scanner
        _ = scanner.take("-")
        let digits = scanner.run { ("0"..."9").contains($0) || $0 == "." }
        if !digits.isEmpty, let value = Double(digits + exponent()) {
            if scanner.take("%") { return before.isAt("-") ? -value / 100 : value / 100 }
            let unit = scanner.run { ("a"..."z").contains($0) }
            if let factor = Self.units[unit] { return before.isAt("-") ? -value * factor : value * factor }
        }
        scanner = before
        return nil
    }

    private mutating func exponent() -> String {
        let before = scanner
        if scanner.take("e") || scanner.take("E") {
            let sign = scanner.take("-") ? "-" : scanner.take("+") ? "+" : ""
            let digits = scanner.run { ("0"..."9").contains($0) }
            if !digits.isEmpty { return "e\(sign)\(digits)" }
        }
        scanner = before
        return ""
    }

    private static let units: [String: Double] = ["": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600]

    private func span(_ text: String) -> Double? {
        var inner = RuleParser(text.filter { $0 != " " })
        var total = 0.0
        while !inner.scanner.isAtEnd {
            guard let part = inner.number(), part >= 0 else { return nil }
            total += part
        }
        return total
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(Fault) {
        scanner.skipBlanks()
        guard scanner.take(scalar) else {
            throw Fault(summary: "`\(scalar)` is missing \(scanner.isAtEnd ? "at the end" : "before `\(rest)`")")
        }
    }

    private mutating func end() throws(Fault) {
        scanner.skipBlanks()
        guard scanner.isAtEnd else { throw Fault(summary: "`\(rest)` is not understood") }
    }

    private var rest: String {
        var copy = scanner
        return String(copy.run { _ in true }.prefix(20))
    }
}

extension RuleExpression.Operator {
    public func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        }
    }
}
