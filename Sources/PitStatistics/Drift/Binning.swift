import Glibc

/// Values counted in bins, as NumPy's `histogram` counts: each bin holds its lower edge, the last one its upper too.
public enum Binning {
    /// Counts of sorted values between ascending edges; what lies outside is not counted.
    public static func counts(_ values: OrderedValues, edges: [Double]) -> [Double] {
        guard let last = edges.last, edges.count > 1 else { return [] }
        let below = edges.dropLast().map { values.count(below: $0) } + [values.count(below: last, orAt: true)]
        return zip(below, below.dropFirst()).map { Double($1 - $0) }
    }

    /// Counts of values in any order, between a few edges.
    public static func counts(_ values: [Double], edges: [Double]) -> [Double] {
        guard let last = edges.last, edges.count > 1 else { return [] }
        var below = edges.dropLast().map { countBelow(values, $0) }
        below.append(values.reduce(0) { $0 + ($1 <= last ? 1 : 0) })
        return zip(below, below.dropFirst()).map { Double($1 - $0) }
    }

    /// How many values are below an edge.
    private static func countBelow(_ values: [Double], _ edge: Double) -> Int {
        guard edge > -.infinity else { return 0 }
        return values.withUnsafeBufferPointer { values in
            // Four at a time: a comparison is all ones where it holds, which is -1.
            let wide = SIMD8<Double>(repeating: edge)
            var sums = SIMD8<Int64>.zero
            var index = 0
            let whole = values.count / 8 * 8
            while index < whole {
                let eight = UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + index)
                    .loadUnaligned(as: SIMD8<Double>.self)
                sums.replace(with: sums &+ 1, where: eight .< wide)
                index += 8
            }
            var sum = Int(sums.wrappedSum())
            while index < values.count {
                sum += values[index] < edge ? 1 : 0
                index += 1
            }
            return sum
        }
    }

    /// Edges of `bins` bins as wide as one another, as `numpy.linspace` computes them.
    public static func uniformEdges(from low: Double, to high: Double, bins: Int) -> [Double] {
        let (from, to) = low < high ? (low, high) : (low - 0.5, low + 0.5)
        let step = (to - from) / Double(bins)
        return (0..<bins).map { from + Double($0) * step } + [to]
    }

    /// Counts of values in any order in bins as wide as one another: each is placed by one multiplication, and put
    /// right by the edges themselves.
    public static func uniformCounts(_ values: [Double], from low: Double, to high: Double, bins: Int) -> [Double] {
        let edges = uniformEdges(from: low, to: high, bins: bins)
        let (first, last) = (edges[0], edges[bins])
        let scale = Double(bins) / (last - first)
        guard scale.isFinite, bins < 1 << 15 else { return counts(values, edges: edges) }
        // Eight tallies side by side, so that equal neighbours need not wait for one another.
        var tallies = [Int32](repeating: 0, count: 8 * (bins + 1))
        var far = [Int](repeating: 0, count: bins)
        values.withUnsafeBufferPointer { values in
            edges.withUnsafeBufferPointer { edges in
                tallies.withUnsafeMutableBufferPointer { tallies in
                    for part in stride(from: 0, to: values.count, by: 1 << 30) {
                        let rest = UnsafeBufferPointer(rebasing: values[part..<min(values.count, part + 1 << 30)])
                        tally(rest, edges, scale, bins, tallies)
                        for bin in 0..<bins {
                            for lane in 0..<8 {
                                far[bin] += Int(tallies[lane * (bins + 1) + bin])
                                tallies[lane * (bins + 1) + bin] = 0
                            }
                        }
                    }
                }
            }
        }
        return far.map(Double.init)
    }

    @inline(__always)
    private static func tally(
        _ values: UnsafeBufferPointer<Double>, _ edges: UnsafeBufferPointer<Double>, _ scale: Double, _ bins: Int,
        _ tallies: UnsafeMutableBufferPointer<Int32>
    ) {
        let (first, last, width) = (edges[0], edges[bins], bins + 1)
        func exactly(_ value: Double) {
            guard value >= first, value <= last else { return }
            var bin = min(bins - 1, Int((value - first) * scale))
            bin -= value < edges[bin] ? 1 : 0
            bin += bin < bins - 1 && value >= edges[bin + 1] ? 1 : 0
            tallies[bin] &+= 1
        }
        guard let base = values.baseAddress, let tally = tallies.baseAddress else { return }
        let whole = values.count / 4 * 4
        let (low, factor) = (SIMD4<Double>(repeating: first), SIMD4<Double>(repeating: scale))
        // Added, it leaves the nearest whole number in the lowest bits.
        let magic = SIMD4<Double>(repeating: 0x1.8p52)
        let (safe, half) = (SIMD4<Double>(repeating: 0.5 - 1e-6), SIMD4<Double>(repeating: 0.5))
        let (middle, most) = (SIMD4<Double>(repeating: Double(bins) / 2), SIMD4<Double>(repeating: Double(bins) / 2))
        var index = 0
        while index < whole {
            let four = UnsafeRawPointer(base + index).loadUnaligned(as: SIMD4<Double>.self)
            let place = (four - low) * factor
            let moved = place - half
            let rounded = moved + magic
            let off = moved - (rounded - magic)
            // Near an edge, outside, or no number: those are placed one by one.
            let isSafe = (magnitude(off) .< safe) .& (magnitude(place - middle) .< most)
            if all(isSafe) {
                let bits = unsafeBitCast(rounded, to: SIMD4<UInt64>.self)
                let lane = index & 4
                for part in 0..<4 {
                    let bin = Int(truncatingIfNeeded: bits[part] & 0xFFFF)
                    tally[(lane + part) &* width &+ bin] &+= 1
                }
            } else {
                for part in 0..<4 { exactly(four[part]) }
            }
            index += 4
        }
        while index < values.count {
            exactly(values[index])
            index += 1
        }
    }

    @inline(__always)
    private static func magnitude(_ values: SIMD4<Double>) -> SIMD4<Double> {
        unsafeBitCast(
            unsafeBitCast(values, to: SIMD4<UInt64>.self) & SIMD4<UInt64>(repeating: ~(1 << 63)),
            to: SIMD4<Double>.self)
    }

    /// The least and the largest value; nil where there is none. NaN are passed over.
    public static func range(_ values: [Double]) -> ClosedRange<Double>? {
        var low = SIMD8<Double>(repeating: .infinity)
        var high = SIMD8<Double>(repeating: -.infinity)
        values.withUnsafeBufferPointer { values in
            let whole = values.count / 8 * 8
            var index = 0
            while index < whole {
                let eight = UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + index)
                    .loadUnaligned(as: SIMD8<Double>.self)
                low.replace(with: eight, where: eight .< low)
                high.replace(with: eight, where: eight .> high)
                index += 8
            }
            while index < values.count {
                low[0] = values[index] < low[0] ? values[index] : low[0]
                high[0] = values[index] > high[0] ? values[index] : high[0]
                index += 1
            }
        }
        let (least, most) = (low.min(), high.max())
        return least <= most ? least...most : nil
    }

    /// Edges at quantiles of the reference, with linear interpolation as `numpy.quantile`; the outer ones are infinite.
    /// Fewer bins where quantiles fall together.
    public static func quantileEdges(_ reference: OrderedValues, bins: Int = 10) -> [Double] {
        quantileEdges(count: reference.count, bins: bins) { reference[$0] }
    }

    /// The same of values in any order, without sorting them all.
    public static func quantileEdges(_ reference: [Double], bins: Int = 10) -> [Double] {
        let ranks = (1..<bins).flatMap { place -> [Int] in
            let low = Int(share(place, bins) * Double(max(0, reference.count - 1)))
            return [low, min(low + 1, max(0, reference.count - 1))]
        }
        let found = OrderStatistics.select(ranks, in: reference)
        return quantileEdges(count: reference.count, bins: bins) { found[$0] ?? .nan }
    }

    /// As `numpy.linspace` divides 0 to 1: the last bit decides between neighbours where values are equal.
    private static func share(_ place: Int, _ bins: Int) -> Double { Double(place) * (1 / Double(max(1, bins))) }

    private static func quantileEdges(count: Int, bins: Int, _ value: (Int) -> Double) -> [Double] {
        guard count > 0 else { return [-.infinity, .infinity] }
        var edges = [-Double.infinity]
        for place in 1..<max(2, bins) {
            let rank = share(place, bins) * Double(count - 1)
            let lower = Int(rank)
            let share = rank - Double(lower)
            let (a, b) = (value(lower), value(min(lower + 1, count - 1)))
            // As NumPy interpolates: from the nearer end.
            let edge = share >= 0.5 ? b - (b - a) * (1 - share) : a + (b - a) * share
            if edge > edges[edges.count - 1] { edges.append(edge) }
        }
        return edges + [.infinity]
    }

    /// Bins of two samples of numbers as Evidently makes them: Sturges' number of bins over both together where the
    /// reference has more than twenty different values, and else a bin for each value.
    public static func both(_ reference: OrderedValues, _ current: OrderedValues) -> (
        names: [Double], reference: [Double], current: [Double]
    ) {
        guard !reference.isEmpty, !current.isEmpty else { return ([], [], []) }
        if reference.distinct(upTo: 21) > 20 {
            let low = min(reference[0], current[0])
            let high = max(reference[reference.count - 1], current[current.count - 1])
            let width = (high - low) / (log2(Double(reference.count + current.count)) + 1)
            let bins = width > 0 && width.isFinite ? Int(((high - low) / width).rounded(.up)) : 1
            let edges = uniformEdges(from: low, to: high, bins: bins)
            return (
                Array(edges.dropFirst()), counts(reference, edges: edges), counts(current, edges: edges)
            )
        }
        let (a, b) = (reference.tally, current.tally)
        let names = Set(a.map(\.value)).union(b.map(\.value)).sorted()
        func spread(_ tally: [(value: Double, count: Double)]) -> [Double] {
            let known = Dictionary(tally.map { ($0.value, $0.count) }, uniquingKeysWith: +)
            return names.map { known[$0] ?? 0 }
        }
        return (names, spread(a), spread(b))
    }

    /// Counts of a feature's bins or categories on both sides; nil for texts, and where a side is empty.
    static func both(_ reference: FeatureValues, _ current: FeatureValues, eachNumber: Bool = false) -> (
        reference: [Double], current: [Double]
    )? {
        switch (reference, current) {
        case (.numbers(let a), .numbers(let b)):
            guard !a.isEmpty, !b.isEmpty else { return nil }
            let bins = both(a, b)
            return (bins.reference, bins.current)
        case (.categories(let a), .categories(let b)):
            let names = Set(a.keys).union(b.keys).sorted()
            let counts = (names.map { a[$0] ?? 0 }, names.map { b[$0] ?? 0 })
            return counts.0.reduce(0, +) > 0 && counts.1.reduce(0, +) > 0 ? counts : nil
        default: return nil
        }
    }
}
