import Glibc

/// Two samples of one feature compared by what suits their type and size, with a probability beside it whatever the
/// method: a size alone says nothing of chance, and a probability alone nothing of size.
public struct SampleComparison: Sendable {
    /// `KS`, `Wasserstein`, `chi-square`, `Z`, `JS`.
    public let method: String
    public let score: Double
    /// The score from which on the two differ: of a distance Evidently's, of a test the statistic that chance alone
    /// exceeds with the probability `significance`.
    public let limit: Double
    /// Of the Kolmogorov-Smirnov test for numbers, of the G-test or the method's own for categories.
    public let pValue: Double
    /// Both sides in bins of the reference's quantiles, or by category: what of it moved.
    public let bins: BinnedComparison

    /// Categories told apart; those beyond, and those seen fewer than ten times, are one.
    public static let mostCategories = 20
    public static let other = "(other)"

    /// Nil for texts, and where a side is empty.
    public init?(_ reference: FeatureValues, _ current: FeatureValues, significance: Double) {
        let (a, b) = Self.alike(reference, current)
        guard a.count > 0, b.count > 0, let bins = Self.bins(a, b) else { return nil }
        self.bins = bins
        let choice = DriftChoice.statistic(reference: a, current: b)
        guard case .value(let score, let p) = choice.init().score(reference: a, current: b) else { return nil }
        let (n, m) = (Double(a.count), Double(b.count))
        switch choice.about.id {
        case KolmogorovSmirnov.about.id:
            (method, self.score, pValue) = ("KS", score, p ?? 1)
            limit = (-log(significance / 2) / 2 * (n + m) / (n * m)).squareRoot()
        case WassersteinDistance.about.id:
            guard case .value(_, let known) = KolmogorovSmirnov().score(reference: a, current: b) else { return nil }
            (method, self.score, limit, pValue) = ("Wasserstein", score, choice.about.limit, known ?? 1)
        case ChiSquareTest.about.id:
            (method, self.score, pValue) = ("chi-square", score, p ?? 1)
            let table = CountTables.eachValue(a, b)
            limit = ChiSquareTest.critical((table?.occupied ?? 2) - 1, significance)
        case TwoProportions.about.id:
            (method, self.score, pValue) = ("Z", abs(score), p ?? 1)
            limit = TwoProportions.critical(significance)
        default:
            (method, self.score, limit) = ("JS", score, choice.about.limit)
            pValue = CountTables.eachValue(a, b)?.gTest?.pValue ?? 1
        }
    }

    /// Numbers beside words are words; rare words are one.
    private static func alike(_ a: FeatureValues, _ b: FeatureValues) -> (FeatureValues, FeatureValues) {
        switch (a, b) {
        case (.categories(let x), .categories(let y)): return merged(x, y)
        case (.categories(let x), .numbers(let y)): return merged(x, words(y))
        case (.numbers(let x), .categories(let y)): return merged(words(x), y)
        default: return (a, b)
        }
    }

    private static func words(_ values: OrderedValues) -> [String: Double] {
        Dictionary(values.tally.map { ("\($0.value)", $0.count) }, uniquingKeysWith: +)
    }

    private static func merged(_ a: [String: Double], _ b: [String: Double]) -> (FeatureValues, FeatureValues) {
        let all = a.merging(b, uniquingKeysWith: +).sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
        }
        let kept = Set(all.prefix(mostCategories).filter { $0.value >= 10 || all.count <= 2 }.map(\.key))
        func reduce(_ counts: [String: Double]) -> FeatureValues {
            .categories(
                Dictionary(counts.map { (kept.contains($0.key) ? $0.key : other, $0.value) }, uniquingKeysWith: +))
        }
        return (reduce(a), reduce(b))
    }

    private static func bins(_ a: FeatureValues, _ b: FeatureValues) -> BinnedComparison? {
        switch (a, b) {
        case (.categories, .categories): return CountTables.eachValue(a, b)
        case (.numbers(let x), .numbers(let y)):
            let edges: [Double]
            if x.distinct(upTo: 11) <= 10, y.distinct(upTo: 11) <= 10 {
                edges = Set(x.tally.map(\.value)).union(y.tally.map(\.value)).sorted()
            } else {
                edges = Array(Binning.quantileEdges(x).dropFirst())
            }
            func counts(_ values: OrderedValues) -> [Double] {
                let sums = edges.map { values.count(below: $0, orAt: true) }
                return zip(sums, [0] + sums).map { Double($0 - $1) }
            }
            return BinnedComparison(edges: edges, reference: counts(x), current: counts(y))
        default: return nil
        }
    }
}

extension ChiSquareTest {
    /// The statistic that is exceeded with a probability when nothing has changed, by halving.
    public static func critical(_ degrees: Int, _ probability: Double) -> Double {
        let half = Double(max(1, degrees)) / 2
        var (low, high) = (0.0, 1e4)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if SpecialFunctions.upperGamma(half, middle / 2) > probability { low = middle } else { high = middle }
        }
        return high
    }
}

extension TwoProportions {
    /// The absolute value of z that is exceeded with a probability when nothing has changed.
    public static func critical(_ probability: Double) -> Double {
        ChiSquareTest.critical(1, probability).squareRoot()
    }
}
