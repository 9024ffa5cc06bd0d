import PitModel

/// The recent past of a model's few signals that are drawn as sparklines, one value a step.
struct TrendRing {
    static let signals: [Signal] = [.requestRate, .ttftP95, .waiting, .kvCacheUse, .errorRatio, .itlP95]
    static let length = 60

    let step: Double
    private var values: [Signal: [Double?]] = [:]
    private var lastTurn: Int64?

    init(step: Double) { self.step = max(1, step) }

    var trends: [Signal: [Double?]] { values }

    /// Notes the signals of a moment; several in one step keep the last, steps without any become gaps.
    mutating func note(_ signals: [Signal: Measure], at: Timestamp) {
        let turn = Int64((at.seconds / step).rounded(.down))
        let gap = lastTurn.map { max(0, min(turn - $0, Int64(Self.length))) } ?? 1
        for signal in Self.signals {
            var ring = values[signal] ?? []
            for _ in 0..<gap { ring.append(nil) }
            if ring.isEmpty { ring.append(nil) }
            if let measure = signals[signal] { ring[ring.count - 1] = measure.value }
            if ring.count > Self.length { ring.removeFirst(ring.count - Self.length) }
            values[signal] = ring
        }
        lastTurn = max(turn, lastTurn ?? turn)
    }

    /// Starts from what the store remembers.
    mutating func restore(_ past: [Signal: [Double?]], endingAt: Timestamp) {
        for signal in Self.signals { values[signal] = past[signal].map { Array($0.suffix(Self.length)) } }
        lastTurn = Int64((endingAt.seconds / step).rounded(.down))
    }
}
