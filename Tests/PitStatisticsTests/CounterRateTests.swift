import PitModel
import PitStatistics
import Testing

private func points(_ pairs: [(Double, Double)]) -> [DataPoint] {
    pairs.map { DataPoint(Timestamp(seconds: $0.0), $0.1) }
}

private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }

@Test("a perfect counter has its rate, whatever the step, the range and the phase")
func perfectCounter() {
    var random = Seeded(state: 3)
    for _ in 0..<500 {
        let step = Double(Int.random(in: 1...60, using: &random))
        let slope = Double.random(in: 0.001...1e6, using: &random)
        let start = 1e9 + Double(Int.random(in: 0..<60, using: &random))
        let line = points(
            (0..<100).map { (start + Double($0) * step, 5000 * slope * step + Double($0) * step * slope) })
        let to = start + step * Double(Int.random(in: 20...99, using: &random)) + step * 0.5
        let rate = CounterRate.rate(line, from: at(to - step * 10), to: at(to))
        #expect(isNear(rate, slope, 1e-3), "step \(step)")
    }
}

@Test("a counter that begins anew has the increase of one that never did")
func resetInvariance() {
    var random = Seeded(state: 5)
    for _ in 0..<300 {
        var (whole, broken) = (1000.0, 1000.0)
        var lines: (whole: [(Double, Double)], broken: [(Double, Double)]) = ([], [])
        var resets = 0
        for index in 0..<40 {
            let more = Double(Int.random(in: 0...50, using: &random))
            whole += more
            if index > 1, more < broken, Int.random(in: 0..<8, using: &random) == 0 {
                broken = more
                resets += 1
            } else {
                broken += more
            }
            lines.whole.append((Double(index) * 15, whole))
            lines.broken.append((Double(index) * 15, broken))
        }
        #expect(CounterRate.resets(points(lines.broken)) == resets)
        #expect(
            isNear(
                CounterRate.increase(points(lines.broken), from: at(0.5), to: at(600)),
                CounterRate.increase(points(lines.whole), from: at(0.5), to: at(600))))
    }
}

@Test("a sample on the lower edge counts before Prometheus 3 and not since")
func lowerEdge() {
    let line = points([(0, 0), (60, 60), (120, 120), (180, 180), (240, 240), (300, 300)])
    let open = CounterRate.increase(line, from: at(0), to: at(300), edge: .open)
    let closed = CounterRate.increase(line, from: at(0), to: at(300), edge: .closed)
    #expect(closed == 300)
    // Five samples from 60 to 300: a step is 60, and 60 seconds to the edge are within 1.1 steps.
    #expect(open == 300)
    let pair = points([(0, 7), (60, 9)])
    #expect(CounterRate.rate(pair, from: at(0), to: at(60), edge: .closed) != nil)
    #expect(CounterRate.rate(pair, from: at(0), to: at(60), edge: .open) == nil)
    #expect(
        CounterRate.rate(line, from: at(0), to: at(300)) == CounterRate.rate(line.dropFirst(), from: at(0), to: at(300))
    )
}

@Test("one sample, no range and no samples give nothing")
func tooLittle() {
    let line = points([(10, 1), (20, 2)])
    #expect(CounterRate.rate(points([]), from: at(0), to: at(60)) == nil)
    #expect(CounterRate.rate(line.prefix(1), from: at(0), to: at(60)) == nil)
    #expect(CounterRate.rate(line, from: at(60), to: at(60)) == nil)
    #expect(CounterRate.rate(line, from: at(60), to: at(0)) == nil)
    #expect(CounterRate.instant(line, from: at(15), to: at(60)) == nil)
    #expect(CounterRate.rate(points([(10, 1), (10, 2)]), from: at(0), to: at(60)) == nil)
    #expect(CounterRate.resets(points([])) == 0)
}

@Test("the worked example: extrapolated to the edges, but not below zero")
func workedExample() {
    // Samples at 10...50 of 60 seconds: both edges are within 1.1 steps.
    let line = points([(10, 100), (20, 110), (30, 120), (40, 130), (50, 140)])
    #expect(CounterRate.increase(line, from: at(0), to: at(60)) == 60)
    // The first value 5 of a rise of 40 in 40 s: it was zero 5 seconds ago.
    let young = points([(10, 5), (20, 15), (30, 25), (40, 35), (50, 45)])
    #expect(isNear(CounterRate.increase(young, from: at(0), to: at(60)), 55))
    // Far from the edges: half a step each.
    #expect(CounterRate.increase(line, from: at(-100), to: at(200)) == 50)
    #expect(CounterRate.delta(line, from: at(0), to: at(60)) == 60)
    #expect(CounterRate.instant(line, from: at(0), to: at(60)) == 1)
    #expect(CounterRate.instant(points([(0.5, 50), (10.5, 20)]), from: at(0), to: at(60)) == 2)
}
