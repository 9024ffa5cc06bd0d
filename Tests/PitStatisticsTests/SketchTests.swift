import PitStatistics
import Testing

@Suite struct SketchTests {
    /// Two sets of `size` members, so many of them shared.
    private func sets(_ size: UInt64, shared: UInt64, _ salt: UInt64) -> ([UInt64], [UInt64]) {
        let base = salt &* 1_000_003
        return ((0..<size).map { base + $0 }, (0..<size).map { base + ($0 < shared ? $0 : $0 + size) })
    }

    @Test(
        "the likeness of two signatures is that of the sets, within what chance allows",
        arguments: [8, 40, 400] as [UInt64])
    func likeness(size: UInt64) {
        for part in [0.0, 0.5, 0.9, 1] {
            let shared = UInt64((Double(size) * part).rounded())
            let truth = Double(shared) / Double(2 * size - shared)
            let guesses = (0..<200 as Range<UInt64>).map { salt -> Double in
                let (a, b) = sets(size, shared: shared, salt + 1)
                return MinHash(a).likeness(to: MinHash(b))
            }
            let mean = guesses.reduce(0, +) / Double(guesses.count)
            #expect(abs(mean - truth) < 0.04, "\(size) \(part): \(mean), true \(truth)")
        }
    }

    @Test("alike sets share a key, unlike ones do not")
    func keys() {
        var (alike, unlike) = (0, 0)
        for salt in 1...200 as ClosedRange<UInt64> {
            let (a, b) = sets(60, shared: 57, salt)
            if !Set(MinHash(a).keys(rows: 4, limit: 8)).isDisjoint(with: MinHash(b).keys(rows: 4, limit: 8)) {
                alike += 1
            }
            let (c, d) = sets(60, shared: 6, salt)
            if !Set(MinHash(c).keys(rows: 4, limit: 8)).isDisjoint(with: MinHash(d).keys(rows: 4, limit: 8)) {
                unlike += 1
            }
        }
        #expect(alike > 190 && unlike < 10, "\(alike) \(unlike)")
        #expect(MinHash([]).values.count == 64)
        #expect(Shingles.of([]).isEmpty && Shingles.of([1]).count == 1 && Shingles.of([1, 2, 3], length: 2).count == 2)
    }

    @Test("who has most of a stream is known in bounded room, never too low, and too high by the error at most")
    func heavyHitters() throws {
        var sketch = HeavyHitters(capacity: 50, timeConstant: 1e9)
        var truth: [String: Double] = [:]
        var state: UInt64 = 3
        for index in 0..<20_000 {
            state = MinHash.mix(state &+ 0x9e37_79b9_7f4a_7c15)
            // A few are frequent, very many are seen once or twice.
            let key = state % 3 == 0 ? "heavy\(state >> 40 & 3)" : "light\(state >> 20 & 0xFFFF)"
            truth[key, default: 0] += 1
            sketch.add(key, at: Double(index) / 1000)
        }
        let top = sketch.top(4, at: 20)
        #expect(Set(top.map(\.key)) == ["heavy0", "heavy1", "heavy2", "heavy3"])
        for entry in sketch.top(50, at: 20) {
            let count = truth[entry.key] ?? 0
            #expect(entry.weight >= count * 0.999_999 && entry.weight - entry.error <= count * 1.000_001, "\(entry)")
        }
        #expect(abs(sketch.total(at: 20) - 20_000) < 1)
    }

    @Test("weights fade: of a steady stream the weight is its rate times the time constant, and years do no harm")
    func fades() {
        var sketch = HeavyHitters(timeConstant: 60)
        for second in 0..<6000 { sketch.add("a", at: 1e9 + Double(second) / 10) }
        #expect(abs((sketch.top(1, at: 1e9 + 600).first?.weight ?? 0) - 600) < 6)
        #expect((sketch.top(1, at: 1e9 + 1200).first?.weight ?? 1) < 0.1)
        let later = sketch.add("a", at: 1e9 + 1e8)
        #expect(abs(later.weight - 1) < 1e-6)
        #expect(sketch.add("a", at: 1e9).weight.isFinite)
    }
}
