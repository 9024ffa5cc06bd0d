/// Values of a feature in ascending order, which is what the statistics of samples want.
///
/// Numbers as people write them have few decimals: they are kept as whole numbers of the smallest one where 32 bits
/// hold them, which takes half the room and is exact.
public struct OrderedValues: Sendable {
    enum Storage: Sendable {
        case real([Double])
        /// Whole numbers of 10^-decimals.
        case whole([Int32], decimals: Int)
    }
    let storage: Storage

    /// Sorts; NaN are left out.
    public init(_ values: [Double]) { storage = .real(RadixSort.sorted(values)) }

    /// - Parameter decimals: 0...9; each number stands for itself over 10 to the power of this.
    public init(whole values: [Int32], decimals: Int) {
        storage = .whole(RadixSort.sorted(values), decimals: min(9, max(0, decimals)))
    }

    static let tens: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    public var count: Int {
        switch storage {
        case .real(let values): values.count
        case .whole(let values, _): values.count
        }
    }
    public var isEmpty: Bool { count == 0 }

    public subscript(index: Int) -> Double {
        switch storage {
        case .real(let values): values[index]
        case .whole(let values, let decimals): Double(values[index]) / Self.tens[decimals]
        }
    }

    public var values: [Double] {
        switch storage {
        case .real(let values): values
        case .whole(let values, let decimals): values.map { Double($0) / Self.tens[decimals] }
        }
    }

    /// How many are below `edge`, or at most `edge`.
    public func count(below edge: Double, orAt: Bool = false) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let value = self[middle]
            if value < edge || orAt && value == edge { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many differ from one another, as far as `limit`.
    public func distinct(upTo limit: Int) -> Int {
        func run<T: Equatable>(_ values: [T]) -> Int {
            var count = values.isEmpty ? 0 : 1
            for index in values.indices.dropFirst() where values[index] != values[index - 1] {
                count += 1
                if count >= limit { break }
            }
            return count
        }
        return switch storage {
        case .real(let values): run(values)
        case .whole(let values, _): run(values)
        }
    }

    /// Each value once, with how often it occurs.
    public var tally: [(value: Double, count: Double)] {
        var found: [(value: Double, count: Double)] = []
        for index in 0..<count {
            let value = self[index]
            if found.last?.value == value { found[found.count - 1].count += 1 } else { found.append((value, 1)) }
        }
        return found
    }

    /// The mean, and the standard deviation of a whole population (divided by n).
    public var moments: (mean: Double, deviation: Double) {
        guard count > 0 else { return (.nan, .nan) }
        func measure(_ value: (Int) -> Double) -> (Double, Double) {
            var (sum, squares) = (0.0, 0.0)
            for index in 0..<count { sum += value(index) }
            let mean = sum / Double(count)
            for index in 0..<count {
                let rest = value(index) - mean
                squares += rest * rest
            }
            return (mean, (squares / Double(count)).squareRoot())
        }
        switch storage {
        case .real(let values): return values.withUnsafeBufferPointer { values in measure { values[$0] } }
        case .whole(let values, let decimals):
            let (mean, deviation) = values.withUnsafeBufferPointer { values in measure { Double(values[$0]) } }
            return (mean / Self.tens[decimals], deviation / Self.tens[decimals])
        }
    }
}
