/// A regular expression that must match the whole text, as matchers of Prometheus and Alertmanager do.
///
/// The machine is our own because the C library's `regcomp` knows another syntax, can be made to take all memory by a
/// short pattern, and `regexec` asks the locale. `PatternParser` says what of RE2 is not read.
struct AnchoredPattern: Sendable {
    struct Fault: Error, Equatable, Sendable {
        var summary: String
    }

    private let steps: [PatternProgram.Step]

    init(_ pattern: String) throws(Fault) {
        guard pattern.utf8.count <= 16_384 else { throw Fault(summary: "it is longer than 16 KiB") }
        steps = try PatternProgram(PatternParser.parse(pattern)).steps
    }

    func matches(_ text: String) -> Bool {
        var ways = Ways(steps)
        var scalars = text.unicodeScalars.makeIterator()
        var before: Unicode.Scalar?
        var next = scalars.next()
        ways.follow(0, before, next)
        ways.swap()
        while let scalar = next {
            guard !ways.current.isEmpty else { return false }
            (before, next) = (scalar, scalars.next())
            for step in ways.current {
                guard case .take(let set) = steps[step], set.contains(scalar) else { continue }
                ways.follow(step + 1, before, next)
            }
            ways.swap()
        }
        return ways.current.contains { if case .match = steps[$0] { true } else { false } }
    }
}

/// The steps that all ways through a program have come to.
private struct Ways {
    private let steps: [PatternProgram.Step]
    private(set) var current: [Int] = []
    private var following: [Int] = []
    /// For each step the round in which it was last reached, so that none is followed twice.
    private var reached: [Int]
    private var round = 1
    private var pending: [Int] = []

    init(_ steps: [PatternProgram.Step]) {
        self.steps = steps
        reached = Array(repeating: 0, count: steps.count)
    }

    /// Goes on from a step to all that need a scalar, or the end, to go further.
    mutating func follow(_ step: Int, _ before: Unicode.Scalar?, _ next: Unicode.Scalar?) {
        pending.append(step)
        while let at = pending.popLast() {
            guard reached[at] != round else { continue }
            reached[at] = round
            switch steps[at] {
            case .take, .match: following.append(at)
            case .fork(let one, let other):
                pending.append(other)
                pending.append(one)
            case .jump(let target): pending.append(target)
            case .start: if before == nil { pending.append(at + 1) }
            case .end: if next == nil { pending.append(at + 1) }
            case .boundary: if Self.isBoundary(before, next) { pending.append(at + 1) }
            case .noBoundary: if !Self.isBoundary(before, next) { pending.append(at + 1) }
            }
        }
    }

    mutating func swap() {
        (current, following) = (following, current)
        following.removeAll(keepingCapacity: true)
        round += 1
    }

    private static func isBoundary(_ before: Unicode.Scalar?, _ next: Unicode.Scalar?) -> Bool {
        func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ScalarSet.words.contains($0) } ?? false }
        return isWord(before) != isWord(next)
    }
}
