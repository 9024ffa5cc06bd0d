import Glibc

/// Whether texts of the two sides can be told apart: a logistic regression on hashed runs of characters, and how well
/// it ranks texts that it has not seen (area under the ROC curve; 0.5 is chance). Each half of the texts is ranked by
/// what was learnt from the other, and the two areas are one on average.
public struct DomainClassifier: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "classifier", title: "domain classifier AUC", kind: .distance, limit: 0.55, takes: [.texts])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard case .texts(let a) = reference, case .texts(let b) = current else { return .notApplicable }
        guard let result = Self.compare(a, b) else { return .nothing }
        return .value(result.auc, pValue: result.pValue)
    }

    public struct Result: Equatable, Sendable {
        public var auc: Double
        /// Of 95 %, by Hanley and McNeil (1982).
        public var interval: ClosedRange<Double>
        /// The probability of such an area, or a larger one, when the sides are alike.
        public var pValue: Double
    }

    /// Features: runs of three and four bytes, hashed to so many places.
    private static let places = 1 << 15
    private static let longest = 2000
    private static let most = 4000

    /// Nil with fewer than ten texts on a side. Of more than 4,000 the first are taken, of longer texts the first
    /// 2,000 bytes. The same texts give the same result.
    public static func compare(_ reference: [String], _ current: [String]) -> Result? {
        guard reference.count >= 10, current.count >= 10 else { return nil }
        let sides = [reference, current].map { $0.prefix(most).map(features) }
        var random = SplitMix(0x5EED)
        var halves: [[Row]] = [[], []]
        for (side, texts) in sides.enumerated() {
            for (place, text) in texts.shuffled(using: &random).enumerated() {
                halves[place % 2].append((text, side == 1))
            }
        }
        var (area, weight, excess, deviation) = (0.0, 0.0, 0.0, 0.0)
        for half in 0..<2 {
            let weights = learn(halves[1 - half], &random)
            func scores(_ isCurrent: Bool) -> OrderedValues {
                OrderedValues(halves[half].filter { $0.isCurrent == isCurrent }.map { dot($0.features, weights) })
            }
            let (positive, negative) = (scores(true), scores(false))
            guard let rank = MannWhitney.compare(positive, negative) else { return nil }
            let (n, m) = (Double(positive.count), Double(negative.count))
            area += rank.u
            weight += n * m
            excess += rank.u - n * m / 2
            // What chance put into one half is what both areas measure, so that they err together: their deviations
            // add up, and not their variances. Ties would make them smaller.
            deviation += (n * m * (n + m + 1) / 12).squareRoot()
        }
        let auc = area / weight
        let (n, m) = (Double(sides[1].count) / 2, Double(sides[0].count) / 2)
        let (q1, q2) = (auc / (2 - auc), 2 * auc * auc / (1 + auc))
        let square = auc * (1 - auc) + (n - 1) * (q1 - auc * auc) + (m - 1) * (q2 - auc * auc)
        let half = 1.959963984540054 * max(0, square / (n * m)).squareRoot()
        let p = erfc(excess / (deviation * 2.0.squareRoot())) / 2
        return Result(auc: auc, interval: max(0, auc - half)...min(1, auc + half), pValue: p)
    }

    /// How probable it is of each text that it is of the current side, as learnt from the other half of the texts: near
    /// 0.5 are those that the sides cannot be told apart by. Nil with fewer than ten texts on a side; of more than 4,000
    /// those behind get none.
    public static func probabilities(
        _ reference: [String], _ current: [String]
    ) -> (reference: [Double], current: [Double])? {
        guard reference.count >= 10, current.count >= 10 else { return nil }
        let sides = [reference, current].map { $0.prefix(most).map(features) }
        var random = SplitMix(0x5EED)
        var halves: [[(row: Row, place: Int)]] = [[], []]
        for (side, texts) in sides.enumerated() {
            for (turn, place) in texts.indices.shuffled(using: &random).enumerated() {
                halves[turn % 2].append(((texts[place], side == 1), place))
            }
        }
        var result = (reference: sides[0].map { _ in 0.5 }, current: sides[1].map { _ in 0.5 })
        for half in 0..<2 {
            let weights = learn(halves[1 - half].map(\.row), &random)
            for (row, place) in halves[half] {
                let probability = 1 / (1 + exp(-dot(row.features, weights)))
                if row.isCurrent {
                    result.current[place] = probability
                } else {
                    result.reference[place] = probability
                }
            }
        }
        return result
    }

    private typealias Row = (features: [Feature], isCurrent: Bool)

    private struct Feature {
        var place: Int32
        var weight: Float
    }

    private static func features(_ text: String) -> [Feature] {
        let bytes = Array(text.utf8.prefix(longest))
        var found: [Int32] = []
        found.reserveCapacity(2 * bytes.count)
        for length in [3, 4] where bytes.count >= length {
            for start in 0...(bytes.count - length) {
                var hash: UInt32 = 2_166_136_261  // FNV-1a
                for place in start..<(start + length) { hash = (hash ^ UInt32(bytes[place])) &* 16_777_619 }
                hash ^= hash >> 15
                found.append(Int32(hash & UInt32(places - 1)))
            }
        }
        found.sort()
        var sorted: [Feature] = []
        var start = 0
        for end in found.indices where end + 1 == found.count || found[end + 1] != found[end] {
            sorted.append(Feature(place: found[end], weight: 1 + logf(Float(end + 1 - start))))
            start = end + 1
        }
        let norm = max(1e-9, sorted.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot())
        for index in sorted.indices { sorted[index].weight /= norm }
        return sorted
    }

    private static func dot(_ features: [Feature], _ weights: [Float]) -> Double {
        var sum = weights[places]
        for feature in features { sum += feature.weight * weights[Int(feature.place)] }
        return Double(sum)
    }

    /// Stochastic gradient descent on the logistic loss, the classes weighted alike; the last weight is the constant.
    /// What it ends with is the mean of its last rounds: a single round depends on which texts came last.
    private static func learn(_ rows: [Row], _ random: inout SplitMix) -> [Float] {
        var weights = [Float](repeating: 0, count: places + 1)
        var sums = weights
        let share = Float(rows.count { $0.isCurrent }) / Float(max(1, rows.count))
        for round in 0..<8 {
            let rate = 4 / Float(1 + round)
            for index in rows.indices.shuffled(using: &random) {
                let row = rows[index]
                let guess = 1 / (1 + expf(-Float(dot(row.features, weights))))
                let balance = row.isCurrent ? 0.5 / share : 0.5 / (1 - share)
                let step = rate * balance * ((row.isCurrent ? 1 : 0) - guess)
                for feature in row.features { weights[Int(feature.place)] += step * feature.weight }
                weights[places] += step * 0.1
            }
            if round >= 3 { for index in sums.indices { sums[index] += weights[index] } }
        }
        return sums
    }
}
