/// Single ranks of many values, found without sorting them all.
enum OrderStatistics {
    /// The values at ranks counted from 0 among those that are not NaN.
    static func select(_ ranks: [Int], in values: [Double]) -> [Int: Double] {
        let cells = 1 << 12
        guard values.count > 4 * cells, let range = Binning.range(values) else { return sorted(ranks, values) }
        let (low, width) = (range.lowerBound, range.upperBound - range.lowerBound)
        let scale = Double(cells - 1) / width
        guard scale.isFinite, scale > 0, low.isFinite else { return sorted(ranks, values) }
        @inline(__always) func cell(_ value: Double) -> Int { Int((value - low) * scale) }
        // Cells that grow with the values: all of a cell come before all of the next.
        var counts = [Int](repeating: 0, count: 2 * cells)
        values.withUnsafeBufferPointer { values in
            counts.withUnsafeMutableBufferPointer { counts in
                for index in values.indices where values[index] == values[index] {
                    counts[(index & 1) * cells + cell(values[index])] &+= 1
                }
            }
        }
        var (wanted, before) = ([Int: Int](), 0)
        var isWanted = [Bool](repeating: false, count: cells)
        for place in 0..<cells {
            let here = counts[place] + counts[cells + place]
            if ranks.contains(where: { $0 >= before && $0 < before + here }) {
                wanted[place] = before
                isWanted[place] = true
            }
            before += here
        }
        var found: [Int: [Double]] = [:]
        var kept: [Double] = []
        values.withUnsafeBufferPointer { values in
            isWanted.withUnsafeBufferPointer { isWanted in
                for value in values where value == value && isWanted[cell(value)] { kept.append(value) }
            }
        }
        // Nearly all in few cells: sorting is what is left.
        for value in kept { found[cell(value), default: []].append(value) }
        var result: [Int: Double] = [:]
        for (place, members) in found {
            let (sorted, start) = (RadixSort.sorted(members), wanted[place] ?? 0)
            for rank in ranks where rank >= start && rank < start + sorted.count { result[rank] = sorted[rank - start] }
        }
        return result
    }

    private static func sorted(_ ranks: [Int], _ values: [Double]) -> [Int: Double] {
        let sorted = RadixSort.sorted(values)
        return Dictionary(
            ranks.filter { sorted.indices.contains($0) }.map { ($0, sorted[$0]) }, uniquingKeysWith: { $1 })
    }
}
