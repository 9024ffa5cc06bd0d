/// TER (Snover et al. 2006) as sacreBLEU 2.6 computes it after Tercom: insertions, deletions, substitutions and moves
/// of blocks, for each word of the reference.
public struct TranslationEditRate: Sendable {
    public var isCaseSensitive: Bool
    public init(isCaseSensitive: Bool = false) { self.isCaseSensitive = isCaseSensitive }

    public struct Counts: Equatable, Sendable {
        public var edits: Double
        /// The mean over the references.
        public var length: Double
        public init(edits: Double, length: Double) { (self.edits, self.length) = (edits, length) }
    }

    /// In percent, and unbounded: of all segments together.
    public func corpus(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> Double {
        var (edits, length) = (0.0, 0.0)
        for counts in try segments(hypotheses, references) {
            edits += counts.edits
            length += counts.length
        }
        return score(Counts(edits: edits, length: length))
    }

    /// The fewest edits over the references of each segment.
    public func segments(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> [Counts] {
        try TextMetricFault.check(hypotheses, references)
        let lines = isCaseSensitive ? hypotheses : hypotheses.lowercased()
        let others = isCaseSensitive ? references : references.map { $0.lowercased() }
        var words = WordTable()
        func numbers(_ lines: TextLines, _ index: Int) -> [Int32] {
            var result: [Int32] = []
            lines.bytes.withUnsafeBufferPointer { bytes in
                let line = UnsafeBufferPointer(rebasing: bytes[lines.spans[index]])
                PythonText.split(line) { result.append(words.intern(UnsafeBufferPointer(rebasing: line[$0]))) }
            }
            return result
        }
        return (0..<lines.count).map { index in
            words.clear()
            let own = numbers(lines, index)
            var (fewest, length) = (Int.max, 0)
            for other in others {
                let reference = numbers(other, index)
                fewest = min(fewest, ShiftedEdits.count(own, reference))
                length += reference.count
            }
            return Counts(edits: Double(fewest), length: Double(length) / Double(others.count))
        }
    }

    public func score(_ counts: Counts) -> Double {
        counts.length > 0 ? 100 * (counts.edits / counts.length) : counts.edits > 0 ? 100 : 0
    }

    public func signature(references: Int) -> String {
        "nrefs:\(references)|case:\(isCaseSensitive ? "mixed" : "lc")|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0"
    }
}

/// The greedy search for moves of blocks that shorten the edit distance, with Tercom's bounds.
enum ShiftedEdits {
    private static let blockLimit = 10
    private static let distanceLimit = 50
    private static let candidateLimit = 1000
    private static let beam = 25

    static func count(_ hypothesis: [Int32], _ reference: [Int32]) -> Int {
        guard !reference.isEmpty else { return hypothesis.count }
        var words = hypothesis
        var (moves, tried) = (0, 0)
        while true {
            let best = bestMove(words, reference, &tried)
            guard tried < candidateLimit, let best, best.gain > 0 else { break }
            moves += 1
            words = best.words
        }
        return moves + EditTable(words, reference, beam).distance
    }

    private struct Move {
        var gain: Int
        var length: Int
        var start: Int
        var target: Int
        var words: [Int32]
        /// The greater gain, the longer block, the earlier block, the earlier target; words decide between equals.
        func isBetter(than other: Move) -> Bool {
            if gain != other.gain { return gain > other.gain }
            if length != other.length { return length > other.length }
            if start != other.start { return start < other.start }
            return target < other.target
        }
    }

    private static func bestMove(_ words: [Int32], _ reference: [Int32], _ tried: inout Int) -> Move? {
        let table = EditTable(words, reference, beam)
        let alignment = table.alignment
        var best: Move?
        for start in words.indices {
            for place in reference.indices where abs(place - start) <= distanceLimit {
                var length = 0
                while length < blockLimit, start + length < words.count, place + length < reference.count,
                    words[start + length] == reference[place + length]
                {
                    length += 1
                    // Only what is wrong on both sides is moved, and not within itself.
                    guard alignment.hypothesisErrors[start..<start + length].contains(true),
                        alignment.referenceErrors[place..<place + length].contains(true)
                    else { continue }
                    let aligned = alignment.places[place]
                    if start <= aligned, aligned < start + length { continue }
                    consider(words, reference, alignment, (start, place, length), table.distance, &best, &tried)
                    if tried >= candidateLimit { return best }
                }
            }
        }
        return best
    }

    private static func consider(
        _ words: [Int32], _ reference: [Int32], _ alignment: EditTable.Alignment,
        _ block: (start: Int, place: Int, length: Int), _ distance: Int, _ best: inout Move?, _ tried: inout Int
    ) {
        var before = -1
        for offset in -1..<block.length {
            let place = block.place + offset
            guard place < alignment.places.count else { break }
            let target = place < 0 ? 0 : alignment.places[place] + 1
            if target == before { continue }
            before = target
            let moved = move(words, block.start, block.length, target)
            tried += 1
            let candidate = Move(
                gain: distance - EditTable(moved, reference, beam).distance, length: block.length, start: block.start,
                target: target, words: moved)
            if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
        }
    }

    private static func move(_ words: [Int32], _ start: Int, _ length: Int, _ target: Int) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(words.count)
        func take(_ range: Range<Int>) { result.append(contentsOf: words[range]) }
        let end = start + length
        if target < start {
            take(0..<target)
            take(start..<end)
            take(target..<start)
            take(end..<words.count)
        } else {
            // Within the block itself the target counts from what is left when it is taken out.
            let stop = target > end ? target : min(words.count, length + target)
            take(0..<start)
            take(end..<stop)
            take(start..<end)
            take(stop..<words.count)
        }
        return result
    }
}

/// An edit distance near the diagonal, and how the words stand to each other in it.
struct EditTable {
    private enum Step: UInt8 { case keep, replace, insert, delete, none }

    struct Alignment {
        /// For each word of the reference: the word of the hypothesis that it is aligned with or follows.
        var places: [Int]
        var referenceErrors: [Bool]
        var hypothesisErrors: [Bool]
    }

    let distance: Int
    private let steps: [Step]
    private let rows: Int
    private let columns: Int

    init(_ hypothesis: [Int32], _ reference: [Int32], _ beam: Int) {
        (rows, columns) = (hypothesis.count, reference.count)
        let width = columns + 1
        let far = 1 << 40
        var costs = [Int](repeating: far, count: (rows + 1) * width)
        var steps = [Step](repeating: .none, count: costs.count)
        for j in 0...columns { (costs[j], steps[j]) = (j, .insert) }
        let ratio = rows > 0 ? Double(columns) / Double(rows) : 1
        let reach = Double(beam) < ratio / 2 ? Int((ratio / 2 + Double(beam)).rounded(.up)) : beam
        for i in stride(from: 1, through: rows, by: 1) {
            let diagonal = Int((Double(i) * ratio).rounded(.down))
            let last = i == rows ? width : min(width, diagonal + reach)
            let (row, above) = (i * width, (i - 1) * width)
            for j in stride(from: max(0, diagonal - reach), to: last, by: 1) {
                guard j > 0 else {
                    (costs[row], steps[row]) = (costs[above] + 1, .delete)
                    continue
                }
                let same = hypothesis[i - 1] == reference[j - 1]
                var best = costs[above + j - 1] + (same ? 0 : 1)
                var step: Step = same ? .keep : .replace
                if costs[above + j] + 1 < best { (best, step) = (costs[above + j] + 1, .delete) }
                if costs[row + j - 1] + 1 < best { (best, step) = (costs[row + j - 1] + 1, .insert) }
                if best < costs[row + j] { (costs[row + j], steps[row + j]) = (best, step) }
            }
        }
        distance = costs[rows * width + columns]
        self.steps = steps
    }

    /// Read from the end; what rewrites the hypothesis is turned round, so that it rewrites the reference.
    var alignment: Alignment {
        var path: [Step] = []
        var (i, j) = (rows, columns)
        while i > 0 || j > 0 {
            let step = steps[i * (columns + 1) + j]
            path.append(step)
            switch step {
            case .keep, .replace: (i, j) = (i - 1, j - 1)
            case .insert: j -= 1
            case .delete: i -= 1
            // Outside the beam there is nothing to follow.
            case .none: (i, j) = (0, 0)
            }
        }
        var result = Alignment(places: [], referenceErrors: [], hypothesisErrors: [])
        var place = -1
        for step in path.reversed() {
            switch step {
            case .keep, .replace:
                place += 1
                result.places.append(place)
                result.hypothesisErrors.append(step == .replace)
                result.referenceErrors.append(step == .replace)
            case .delete:
                place += 1
                result.hypothesisErrors.append(true)
            case .insert:
                result.places.append(place)
                result.referenceErrors.append(true)
            case .none: break
            }
        }
        return result
    }
}
