/// Reads a regular expression in the syntax of RE2, which Prometheus and Alertmanager use.
///
/// Not read, and said to be so: Unicode classes (`\pL`), octal escapes, and the flag `m`. A dot takes a line feed too,
/// as in Prometheus since 3.0.
struct PatternParser {
    typealias Fault = AnchoredPattern.Fault

    private var scanner: TextScanner
    private var depth = 0
    private var foldsCase = false
    private var dotTakesLineFeed = true

    private init(_ text: String) { scanner = TextScanner(text) }

    static func parse(_ text: String) throws(Fault) -> PatternNode {
        var parser = PatternParser(text)
        let node = try parser.choice()
        guard parser.scanner.isAtEnd else { throw Fault(summary: "a ) without (") }
        return node
    }

    private mutating func choice() throws(Fault) -> PatternNode {
        var branches = [try sequence()]
        while scanner.take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Fault) -> PatternNode {
        var parts: [PatternNode] = []
        while let next = scanner.next, next != "|", next != ")" {
            if next == "*" || next == "+" || next == "?" { throw Fault(summary: "nothing stands before \(next)") }
            scanner.skip()
            let node = try atom(next)
            guard let node else { continue }
            parts.append(try repetition(of: node))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// The part that begins with `scalar`, which is read; nil for flags, which are no part.
    private mutating func atom(_ scalar: Unicode.Scalar) throws(Fault) -> PatternNode? {
        switch scalar {
        case "(": return try group()
        case "[": return .one(try PatternClass.read(&scanner, foldsCase: foldsCase))
        case ".": return .one(dotTakesLineFeed ? .any : ScalarSet.one("\n").inverted)
        case "^": return .start
        case "$": return .end
        case "\\": return try escape()
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        var set = ScalarSet.one(scalar)
        set.foldsCase = foldsCase
        return .one(set)
    }

    // MARK: Groups

    private mutating func group() throws(Fault) -> PatternNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw Fault(summary: "more than 200 brackets within each other") }
        let outer = (foldsCase, dotTakesLineFeed)
        if scanner.take("?"), try !flagsOpenGroup() { return nil }
        let node = try choice()
        guard scanner.take(")") else { throw Fault(summary: "a ( is not closed") }
        (foldsCase, dotTakesLineFeed) = outer
        return node
    }

    /// Reads what follows `(?`. False when it was only flags, `(?i)`, which hold until the group around them ends.
    private mutating func flagsOpenGroup() throws(Fault) -> Bool {
        if scanner.take("P<") || scanner.take("<") {
            let name = scanner.name(colons: false)
            guard !name.isEmpty, scanner.take(">") else { throw Fault(summary: "a group's name is missing") }
            return true
        }
        var isOn = true
        while let next = scanner.next {
            scanner.skip()
            switch next {
            case ":": return true
            case ")": return false
            case "i": foldsCase = isOn
            case "s": dotTakesLineFeed = isOn
            case "U": continue  // Greedy or not, a whole match is the same.
            case "-" where isOn: isOn = false
            default: throw Fault(summary: "(?\(next) is not known here")
            }
        }
        throw Fault(summary: "a ( is not closed")
    }

    // MARK: Repetition

    private mutating func repetition(of node: PatternNode) throws(Fault) -> PatternNode {
        guard let (min, max) = try count() else { return node }
        _ = scanner.take("?")
        if try count() != nil { throw Fault(summary: "a repetition of a repetition") }
        return .repeated(node, min: min, max: max)
    }

    /// The repetition that stands here, or nil.
    private mutating func count() throws(Fault) -> (min: Int, max: Int?)? {
        if scanner.take("*") { return (0, nil) }
        if scanner.take("+") { return (1, nil) }
        if scanner.take("?") { return (0, 1) }
        let start = scanner
        guard scanner.take("{"), let min = number() else {
            scanner = start
            return nil
        }
        var max: Int? = min
        if scanner.take(",") { max = number() }
        guard scanner.take("}") else {
            scanner = start
            return nil
        }
        guard min <= 1000, max ?? 0 <= 1000 else { throw Fault(summary: "more than 1000 repetitions") }
        guard max ?? min >= min else { throw Fault(summary: "a repetition that ends before it begins") }
        return (min, max)
    }

    private mutating func number() -> Int? {
        let digits = scanner.run { ("0"..."9").contains($0) }
        return digits.isEmpty ? nil : Int(digits) ?? .max
    }

    // MARK: Escapes

    private mutating func escape() throws(Fault) -> PatternNode {
        guard let next = scanner.next else { throw Fault(summary: "a \\ at the end") }
        switch next {
        case "A": scanner.skip(); return .start
        case "z": scanner.skip(); return .end
        case "b": scanner.skip(); return .boundary
        case "B": scanner.skip(); return .noBoundary
        case "Q":
            scanner.skip()
            return try quotedRun()
        default:
            var set = try PatternClass.escape(&scanner)
            set.foldsCase = foldsCase
            return .one(set)
        }
    }

    /// `\Q...\E`: all as it stands.
    private mutating func quotedRun() throws(Fault) -> PatternNode {
        var parts: [PatternNode] = []
        while !scanner.take("\\E") {
            guard let next = scanner.next else { throw Fault(summary: "a \\Q without \\E") }
            parts.append(literal(next))
            scanner.skip()
        }
        return .sequence(parts)
    }
}
