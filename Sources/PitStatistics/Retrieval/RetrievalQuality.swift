import Glibc

/// What one question's places are worth.
public enum RetrievalRank {
    /// The share of what was expected that is among the first k; nil where nothing was expected.
    public static func recall(_ places: [Int?], at depth: Int) -> Double? {
        guard !places.isEmpty else { return nil }
        return Double(places.count { $0.map { $0 <= depth } ?? false }) / Double(places.count)
    }

    /// One over the place of the first that was expected; 0 where none came (Voorhees, 1999).
    public static func reciprocal(_ places: [Int?]) -> Double? {
        places.isEmpty ? nil : places.compactMap { $0 }.min().map { 1 / Double($0) } ?? 0
    }

    /// The normalised discounted cumulative gain of what is either expected or not (Järvelin and Kekäläinen, 2002): 1 for
    /// each place that holds something expected, over the logarithm to base 2 of the place plus one, as a share of what the
    /// best order would have. A place that holds two expected things counts once.
    public static func gain(_ places: [Int?], at depth: Int) -> Double? {
        guard !places.isEmpty, depth > 0 else { return nil }
        func sum(_ places: some Sequence<Int>) -> Double {
            places.sorted().reduce(0) { $0 + 1 / log2(Double($1) + 1) }
        }
        let found = Set(places.compactMap { $0 }.filter { $0 <= depth })
        return sum(found) / sum(1...min(depth, places.count))
    }
}

/// How well passages are found: of each question, at which places what was expected came.
public struct RetrievalQuality: Equatable, Sendable {
    /// A mean over questions and its 95% percentile bootstrap interval; nil for one question.
    public struct Figure: Equatable, Sendable {
        public var value: Double
        public var interval: ClosedRange<Double>?
        public init(value: Double, interval: ClosedRange<Double>?) { (self.value, self.interval) = (value, interval) }
    }

    public var questions: Int
    /// The share of what was expected that was among the first k, by k.
    public var recall: [(k: Int, figure: Figure)]
    /// The mean of one over the place of the first that was expected; 0 where none came (Voorhees, 1999).
    public var reciprocalRank: Figure
    /// The normalised discounted cumulative gain of the deepest k.
    public var gain: Figure

    public static func == (a: Self, b: Self) -> Bool {
        a.questions == b.questions && a.reciprocalRank == b.reciprocalRank && a.gain == b.gain
            && a.recall.elementsEqual(b.recall) { $0.k == $1.k && $0.figure == $1.figure }
    }

    /// - Parameters:
    ///   - places: of each question the place, from 1, of each thing that was expected; nil where it was not found.
    ///   - depths: the k of recall.
    /// - Returns: Nil without a question that expects something.
    public init?(_ places: [[Int?]], depths: [Int], seed: UInt64 = 1) {
        let places = places.filter { !$0.isEmpty }
        guard !places.isEmpty else { return nil }
        questions = places.count
        func figure(_ values: [Double]) -> Figure {
            let interval = Resampling.interval(values.map { [$0, 1] }, seed: seed) { $0[1] > 0 ? $0[0] / $0[1] : nil }
            return Figure(value: values.reduce(0, +) / Double(values.count), interval: interval)
        }
        recall = depths.map { depth in
            (depth, figure(places.compactMap { RetrievalRank.recall($0, at: depth) }))
        }
        reciprocalRank = figure(places.compactMap(RetrievalRank.reciprocal))
        gain = figure(places.compactMap { RetrievalRank.gain($0, at: depths.max() ?? 10) })
    }
}
