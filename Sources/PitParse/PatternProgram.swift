/// A regular expression as steps of a machine that follows all ways at once (Thompson 1968, Cox 2007): the time to
/// match is at most the text's length times the program's, whatever the expression.
struct PatternProgram: Sendable {
    enum Step: Sendable {
        /// Takes one scalar and goes on to the next step.
        case take(ScalarSet)
        case fork(Int, Int)
        case jump(Int)
        case start, end, boundary, noBoundary
        case match
    }

    static let limit = 20_000

    private(set) var steps: [Step] = []
    /// Nodes visited: repetitions of nothing add no step, but cost time.
    private var work = 0

    init(_ node: PatternNode) throws(AnchoredPattern.Fault) {
        try emit(node)
        steps.append(.match)
    }

    private mutating func emit(_ node: PatternNode) throws(AnchoredPattern.Fault) {
        work += 1
        guard work < Self.limit, steps.count < Self.limit else {
            throw AnchoredPattern.Fault(summary: "it is too large")
        }
        switch node {
        case .empty: return
        case .one(let set): steps.append(.take(set))
        case .start: steps.append(.start)
        case .end: steps.append(.end)
        case .boundary: steps.append(.boundary)
        case .noBoundary: steps.append(.noBoundary)
        case .sequence(let parts): for part in parts { try emit(part) }
        case .choice(let branches): try emit(choice: branches)
        case .repeated(let inner, let min, let max):
            for _ in 0..<min { try emit(inner) }
            guard let max else { return try emit(endless: inner) }
            var forks: [Int] = []
            for _ in min..<max {
                forks.append(steps.count)
                steps.append(.match)
                try emit(inner)
            }
            for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
        }
    }

    private mutating func emit(choice branches: [PatternNode]) throws(AnchoredPattern.Fault) {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            let fork = steps.count
            let isLast = index == branches.count - 1
            if !isLast { steps.append(.match) }
            try emit(branch)
            guard !isLast else { break }
            jumps.append(steps.count)
            steps.append(.match)
            steps[fork] = .fork(fork + 1, steps.count)
        }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func emit(endless inner: PatternNode) throws(AnchoredPattern.Fault) {
        let fork = steps.count
        steps.append(.match)
        try emit(inner)
        steps.append(.jump(fork))
        steps[fork] = .fork(fork + 1, steps.count)
    }
}
