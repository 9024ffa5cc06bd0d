import Glibc

/// Whether texts of the two sides can be told apart: a logistic regression on hashed runs of characters, and how well
/// it ranks the half of the texts it has not seen (area under the ROC curve; 0.5 is chance).
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
        var random = SplitMixOrder(state: 0x5EED)
        var learning: [(features: [Feature], isCurrent: Bool)] = []
        var held: [(features: [Feature], isCurrent: Bool)] = []
        for (side, texts) in sides.enumerated() {
            for (place, text) in texts.shuffled(using: &random).enumerated() {
                if place % 2 == 0 { learning.append((text, side == 1)) } else { held.append((text, side == 1)) }
            }
        }
        let weights = learn(learning, &random)
        let scores = held.map { (score: dot($0.features, weights), isCurrent: $0.isCurrent) }
        let positive = OrderedValues(scores.filter(\.isCurrent).map(\.score))
        let negative = OrderedValues(scores.filter { !$0.isCurrent }.map(\.score))
        guard let rank = MannWhitney.compare(positive, negative) else { return nil }
        let (n, m) = (Double(positive.count), Double(negative.count))
        let auc = rank.u / (n * m)
        let (q1, q2) = (auc / (2 - auc), 2 * auc * auc / (1 + auc))
        let square = auc * (1 - auc) + (n - 1) * (q1 - auc * auc) + (m - 1) * (q2 - auc * auc)
        let half = 1.959963984540054 * max(0, square / (n * m)).squareRoot()
        let p = auc > 0.5 ? rank.pValue / 2 : 1 - rank.pValue / 2
        return Result(auc: auc, interval: max(0, auc - half)...min(1, auc + half), pValue: p)
    }

    private struct Feature {
        var place: Int32
        var weight: Float
    }

    private static func features(_ text: String) -> [Feature] {
        let bytes = Array(text.utf8.prefix(longest))
        var counts: [Int32: Float] = [:]
        for length in [3, 4] where bytes.count >= length {
            for start in 0...(bytes.count - length) {
                var hash: UInt32 = 2_166_136_261  // FNV-1a
                for byte in bytes[start..<(start + length)] { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
                hash ^= hash >> 15
                counts[Int32(hash & UInt32(places - 1)), default: 0] += 1
            }
        }
        let sorted = counts.sorted { $0.key < $1.key }.map { Feature(place: $0.key, weight: 1 + logf($0.value)) }
        let norm = max(1e-9, sorted.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot())
        return sorted.map { Feature(place: $0.place, weight: $0.weight / norm) }
    }

    private static func dot(_ features: [Feature], _ weights: [Float]) -> Double {
        var sum = weights[places]
        for feature in features { sum += feature.weight * weights[Int(feature.place)] }
        return Double(sum)
    }

    /// Stochastic gradient descent on the logistic loss, the classes weighted alike; the last weight is the constant.
    private static func learn(
        _ rows: [(features: [Feature], isCurrent: Bool)], _ random: inout SplitMixOrder
    ) -> [Float] {
        var weights = [Float](repeating: 0, count: places + 1)
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
        }
        return weights
    }
}

/// An order that is the same every time (SplitMix64).
struct SplitMixOrder: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
