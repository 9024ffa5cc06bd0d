/// Finds where a regular expression (RE2's syntax) matches within texts: the leftmost matches, of each the longest, none
/// over another, none empty.
///
/// All ways are followed at once, each with the place where it began (Pike's machine, which Cox describes, 2009). One
/// search takes time in proportion to the text; many matches that each look to the end could take its square, and so the
/// work on one text is bounded.
public struct PatternFinder: Sendable {
    private let steps: [PatternProgram.Step]
    /// Whether a match can begin with an ASCII scalar; with others it always may.
    private let beginnings: [Bool]

    public init(_ pattern: String) throws(TextPattern.Fault) {
        guard pattern.utf8.count <= 16_384 else { throw TextPattern.Fault(summary: "it is longer than 16 KiB") }
        do throws(AnchoredPattern.Fault) {
            steps = try PatternProgram(PatternParser.parse(pattern)).steps
        } catch { throw TextPattern.Fault(summary: error.summary) }
        beginnings = Self.beginnings(steps)
    }

    /// The ASCII scalars that a first step takes, whatever stands before it.
    private static func beginnings(_ steps: [PatternProgram.Step]) -> [Bool] {
        var (found, seen, pending) = ([Bool](repeating: false, count: 128), Set<Int>(), [0])
        while let at = pending.popLast() {
            guard seen.insert(at).inserted else { continue }
            switch steps[at] {
            case .take(let set):
                for value in 0..<UInt8(128) where set.contains(Unicode.Scalar(value)) { found[Int(value)] = true }
            case .fork(let one, let other): pending += [one, other]
            case .jump(let target): pending.append(target)
            case .start, .end, .boundary, .noBoundary: pending.append(at + 1)
            case .match: break
            }
        }
        return found
    }

    /// Whether it matches anywhere.
    public func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var search = Search(steps, beginnings, scalars, stopsAtFirst: true)
        return search.next(from: 0) != nil
    }

    /// What the text is when every match becomes something else; nil when that takes too long.
    public func replacing(in text: String, with replacement: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        var search = Search(steps, beginnings, scalars, stopsAtFirst: false)
        guard var match = search.next(from: 0) else { return search.isExhausted ? nil : text }
        var (result, at) = (String.UnicodeScalarView(), 0)
        while true {
            result.append(contentsOf: scalars[at..<match.lowerBound])
            result.append(contentsOf: replacement.unicodeScalars)
            at = match.upperBound
            guard let next = search.next(from: at) else { break }
            match = next
        }
        guard !search.isExhausted else { return nil }
        result.append(contentsOf: scalars[at...])
        return String(result)
    }
}

private struct Search {
    private let steps: [PatternProgram.Step]
    private let beginnings: [Bool]
    private let scalars: [Unicode.Scalar]
    private let stopsAtFirst: Bool
    private var current: [(step: Int, start: Int)] = []
    private var following: [(step: Int, start: Int)] = []
    /// For each step the round in which it was last reached.
    private var reached: [Int]
    private var round = 1
    private var pending: [Int] = []
    private var best: Range<Int>?
    /// Places that may still be looked at.
    private var budget: Int
    private(set) var isExhausted = false

    init(_ steps: [PatternProgram.Step], _ beginnings: [Bool], _ scalars: [Unicode.Scalar], stopsAtFirst: Bool) {
        (self.steps, self.beginnings, self.scalars) = (steps, beginnings, scalars)
        self.stopsAtFirst = stopsAtFirst
        reached = [Int](repeating: 0, count: steps.count)
        budget = 100_000 + 64 * scalars.count
    }

    mutating func next(from start: Int) -> Range<Int>? {
        best = nil
        current.removeAll(keepingCapacity: true)
        round += 1
        var at = start
        while true {
            if current.isEmpty {
                if best != nil { return best }
                while at < scalars.count, scalars[at].value < 128, !beginnings[Int(scalars[at].value)] { at += 1 }
                guard at < scalars.count else { return nil }
            }
            budget -= 1
            guard budget > 0 else {
                isExhausted = true
                return nil
            }
            // One that begins here comes last: those that began earlier go before it.
            if best == nil {
                swap(&current, &following)
                follow(0, from: at, at: at)
                swap(&current, &following)
                round += 1
            }
            if stopsAtFirst, best != nil { return best }
            guard at < scalars.count else { return best }
            advance(at)
            at += 1
            if stopsAtFirst, best != nil { return best }
        }
    }

    private mutating func advance(_ at: Int) {
        following.removeAll(keepingCapacity: true)
        // What has been reached by now is of the place before.
        round += 1
        for (step, start) in current {
            if let best, start > best.lowerBound { continue }
            guard case .take(let set) = steps[step], set.contains(scalars[at]) else { continue }
            follow(step + 1, from: start, at: at + 1)
        }
        swap(&current, &following)
    }

    /// Goes on from a step to all that take a scalar; a match that is reached is kept if none began earlier.
    private mutating func follow(_ step: Int, from start: Int, at place: Int) {
        pending.append(step)
        while let at = pending.popLast() {
            guard reached[at] != round else { continue }
            reached[at] = round
            switch steps[at] {
            case .take: following.append((at, start))
            case .match:
                guard place > start else { continue }
                if best.map({ start < $0.lowerBound || start == $0.lowerBound && place > $0.upperBound }) ?? true {
                    best = start..<place
                }
            case .fork(let one, let other):
                pending.append(other)
                pending.append(one)
            case .jump(let target): pending.append(target)
            case .start: if place == 0 { pending.append(at + 1) }
            case .end: if place == scalars.count { pending.append(at + 1) }
            case .boundary: if isBoundary(place) { pending.append(at + 1) }
            case .noBoundary: if !isBoundary(place) { pending.append(at + 1) }
            }
        }
    }

    private func isBoundary(_ place: Int) -> Bool {
        let before = place > 0 && ScalarSet.words.contains(scalars[place - 1])
        let after = place < scalars.count && ScalarSet.words.contains(scalars[place])
        return before != after
    }
}
