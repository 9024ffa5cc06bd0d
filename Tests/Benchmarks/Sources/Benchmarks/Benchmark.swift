/// One thing measured beside its peer. A benchmark is one file and one line in `benchmarkCatalog`.
protocol Benchmark: Sendable {
    /// The name on the command line.
    static var name: String { get }
    init()
    /// Runs our side and the peer's one after the other, several times over, and gives the rows of the table.
    func run(_ bench: Bench) throws -> [Figure]
}

/// One row of the table.
struct Figure {
    enum Better: String { case higher, lower }

    /// What was done: `parse a 100 MB page`.
    var work: String
    /// What the figures are in: `MB/s`, `CPU s`, `bytes`.
    var unit: String
    /// Ours; nil when it could not be measured, which is told and never counts as met.
    var ours: Double?
    /// The peer's, and who it is; nil when there is none.
    var peer: Double?
    var peerName = ""
    var better: Better
    var goal: Goal
    /// Spread, sizes, what limits it.
    var note = ""

    enum Goal {
        /// Ours is to be at least (or, when lower is better, at most) this.
        case value(Double)
        /// Ours over the peer's is to be at least (or at most) this.
        case ratio(Double)
        case none
    }

    var ratio: Double? {
        guard let ours, let peer, peer != 0 else { return nil }
        return ours / peer
    }

    /// Nil when there is no goal.
    var isMet: Bool? {
        let (figure, bound): (Double?, Double)
        switch goal {
        case .value(let limit): (figure, bound) = (ours, limit)
        case .ratio(let limit): (figure, bound) = (ratio, limit)
        case .none: return nil
        }
        guard let figure else { return false }
        return better == .higher ? figure >= bound : figure <= bound
    }

    var goalText: String {
        let sign = better == .higher ? ">=" : "<="
        return switch goal {
        case .value(let limit): "\(sign) \(Table.short(limit)) \(unit)"
        case .ratio(let limit): "\(sign) \(Table.short(limit)) x peer"
        case .none: ""
        }
    }
}
