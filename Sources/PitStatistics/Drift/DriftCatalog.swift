/// All statistics of samples. A new one is a file and a line here.
public let driftCatalog: [any DriftStatistic.Type] = [
    KolmogorovSmirnov.self,
    PopulationStability.self,
    JensenShannon.self,
    WassersteinDistance.self,
    ChiSquareTest.self,
    LikelihoodRatioTest.self,
    TwoProportions.self,
    MannWhitney.self,
    MeanTest.self,
    DomainClassifier.self,
]

/// Which statistic suits a feature: what Evidently takes by default for a type and a size.
public enum DriftChoice {
    /// The reference's size up to which tests are taken, and distances beyond: with many observations a test finds
    /// differences that are too small to matter.
    public static let testSize = 1000

    public static func statistic(reference: FeatureValues, current: FeatureValues) -> any DriftStatistic.Type {
        let isSmall = reference.count <= testSize
        switch (reference, current) {
        case (.numbers(let a), .numbers(let b)):
            let distinct = Self.distinct(a, b)
            if distinct > 5 { return isSmall ? KolmogorovSmirnov.self : WassersteinDistance.self }
            return isSmall ? (distinct > 2 ? ChiSquareTest.self : TwoProportions.self) : JensenShannon.self
        case (.categories(let a), .categories(let b)):
            let distinct = Set(a.keys).union(b.keys).count
            return isSmall ? (distinct > 2 ? ChiSquareTest.self : TwoProportions.self) : JensenShannon.self
        default: return DomainClassifier.self
        }
    }

    /// How many different numbers there are on both sides, as far as matters.
    private static func distinct(_ a: OrderedValues, _ b: OrderedValues) -> Int {
        let enough = 6
        if a.distinct(upTo: enough) >= enough || b.distinct(upTo: enough) >= enough { return enough }
        return Set(a.tally.map(\.value)).union(b.tally.map(\.value)).count
    }
}
