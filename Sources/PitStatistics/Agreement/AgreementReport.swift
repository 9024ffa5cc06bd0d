/// Everything that is told of the agreement on one question, with 95 % intervals from resampled items.
public struct AgreementReport: Sendable {
    public struct Figure: Equatable, Sendable {
        public var value: Double?
        public var interval: ClosedRange<Double>?
    }
    public var items: Int
    public var judgements: Int
    public var annotators: Int
    public var level: Ratings.Level
    public var percent: Double?
    public var alpha: Figure
    public var fleiss: Figure
    /// Why there is no Fleiss' kappa.
    public var fleissProblem: String?
    public var ac1: Figure
    public var weights: CohenKappa.Weights
    public var cohen: [CohenKappa.Pair]

    /// - Parameter bootstrap: resamples for the intervals; 0 leaves them out.
    public init(_ ratings: Ratings, level: Ratings.Level, bootstrap: Int = 1000, seed: UInt64 = 1) {
        let tally = PairTally(ratings)
        let values = ratings.values
        (items, judgements, annotators) = (ratings.items, ratings.judgements, ratings.annotators)
        self.level = level
        percent = AgreementCoefficients.percent(ratings)
        alpha = Figure(value: AgreementCoefficients.alpha(tally, level, values: values))
        fleiss = Figure(value: AgreementCoefficients.fleiss(tally))
        ac1 = Figure(value: AgreementCoefficients.ac1(tally))
        weights = level == .nominal ? .none : level == .ordinal ? .linear : .quadratic
        cohen = CohenKappa.pairs(ratings, weights, bootstrap: bootstrap, seed: seed)
        if fleiss.value == nil {
            fleissProblem =
                tally.items.count > 1
                ? "items have different numbers of judgements" : "too few judgements, or all of one category"
        }
        guard bootstrap > 0 else { return }
        let kinds = Kinds(ratings)
        var random = SplitMix(seed)
        var all: (alpha: [Double], fleiss: [Double], ac1: [Double]) = ([], [], [])
        var draw = kinds.counts
        for _ in 0..<bootstrap {
            Bootstrap.resample(kinds.counts, into: &draw, &random)
            var tally = PairTally(categories: ratings.categories)
            for (kind, weight) in zip(kinds.codes, draw) where weight > 0 { tally.add(kind, weight: weight) }
            if let value = AgreementCoefficients.alpha(tally, level, values: values) { all.alpha.append(value) }
            if let value = AgreementCoefficients.fleiss(tally) { all.fleiss.append(value) }
            if let value = AgreementCoefficients.ac1(tally) { all.ac1.append(value) }
        }
        if alpha.value != nil { alpha.interval = Bootstrap.middle(all.alpha, of: bootstrap) }
        if fleiss.value != nil { fleiss.interval = Bootstrap.middle(all.fleiss, of: bootstrap) }
        if ac1.value != nil { ac1.interval = Bootstrap.middle(all.ac1, of: bootstrap) }
    }

    /// Items with the same judgements, whoever gave them, are of one kind.
    private struct Kinds {
        var codes: [[UInt16]] = []
        var counts: [Double] = []

        init(_ ratings: Ratings) {
            var places: [[UInt16]: Int] = [:]
            for item in 0..<ratings.items {
                let key = ratings.codes[Int(ratings.offsets[item])..<Int(ratings.offsets[item + 1])].sorted()
                if let place = places[key] {
                    counts[place] += 1
                } else {
                    places[key] = codes.count
                    codes.append(key)
                    counts.append(1)
                }
            }
        }
    }
}
