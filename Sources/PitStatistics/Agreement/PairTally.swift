/// What the coefficients over many people need of the ratings: how often two categories met in one item, by the
/// number of judgements that the item has. Counts are weights, so that a resample is a tally, too.
struct PairTally: Sendable {
    let categories: Int
    /// For each number of judgements: pairs of categories that met, `a * categories + b` with a <= b.
    private(set) var pairs: [Int: [Double]] = [:]
    /// For each number of judgements: how often each category was chosen.
    private(set) var chosen: [Int: [Double]] = [:]
    /// Items by their number of judgements.
    private(set) var items: [Int: Double] = [:]

    init(categories: Int) { self.categories = categories }

    init(_ ratings: Ratings) {
        self.init(categories: ratings.categories)
        let most = (0..<ratings.items).reduce(0) { max($0, Int(ratings.offsets[$1 + 1] - ratings.offsets[$1])) }
        guard most > 0 else { return }
        // The counts of small scales stay in the cache; a large one is kept by the sizes that occur only.
        let q = categories
        var sizes: [[UInt64]?] = Array(repeating: nil, count: most + 1)
        var marginal: [[UInt64]?] = Array(repeating: nil, count: most + 1)
        var number = [UInt64](repeating: 0, count: most + 1)
        ratings.codes.withUnsafeBufferPointer { codes in
            var item = 0
            while item < ratings.items {
                let start = Int(ratings.offsets[item])
                let size = Int(ratings.offsets[item + 1]) - start
                guard size > 0 else {
                    item += 1
                    continue
                }
                // A run of items with the same number of judgements is counted into one table.
                var table = sizes[size] ?? [UInt64](repeating: 0, count: q * q)
                var row = marginal[size] ?? [UInt64](repeating: 0, count: q)
                sizes[size] = nil
                marginal[size] = nil
                var next = item
                table.withUnsafeMutableBufferPointer { table in
                    row.withUnsafeMutableBufferPointer { row in
                        while next < ratings.items {
                            let first = Int(ratings.offsets[next])
                            guard Int(ratings.offsets[next + 1]) - first == size else { break }
                            for i in first..<first + size {
                                let a = Int(codes[i])
                                row[a] += 1
                                let base = a * q
                                var j = i + 1
                                while j < first + size {
                                    table[base + Int(codes[j])] += 1
                                    j += 1
                                }
                            }
                            next += 1
                        }
                    }
                }
                number[size] += UInt64(next - item)
                sizes[size] = table
                marginal[size] = row
                item = next
            }
        }
        for size in 1...most where number[size] > 0 {
            items[size] = Double(number[size])
            chosen[size] = (marginal[size] ?? []).map { Double($0) }
            pairs[size] = Self.folded((sizes[size] ?? []).map { Double($0) }, q)
        }
    }

    /// Adds `weight` items that have these judgements.
    mutating func add(_ codes: [UInt16], weight: Double) {
        let size = codes.count
        guard size > 0 else { return }
        items[size, default: 0] += weight
        for i in codes.indices {
            chosen[size, default: Array(repeating: 0, count: categories)][Int(codes[i])] += weight
            for j in codes.indices where j > i {
                let (a, b) = (Int(min(codes[i], codes[j])), Int(max(codes[i], codes[j])))
                pairs[size, default: Array(repeating: 0, count: categories * categories)][a * categories + b] += weight
            }
        }
    }

    /// Pairs have no order: what stands below the diagonal goes above it.
    private static func folded(_ table: [Double], _ q: Int) -> [Double] {
        var table = table
        for a in 0..<q {
            for b in 0..<a {
                table[b * q + a] += table[a * q + b]
                table[a * q + b] = 0
            }
        }
        return table
    }
}
