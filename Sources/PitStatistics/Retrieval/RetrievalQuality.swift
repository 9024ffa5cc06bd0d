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

    public static func == (a: Self, b: Self) -> Bool {
        a.questions == b.questions && a.reciprocalRank == b.reciprocalRank
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
            let found = places.map { one in
                Double(one.count { $0.map { $0 <= depth } ?? false }) / Double(one.count)
            }
            return (depth, figure(found))
        }
        reciprocalRank = figure(places.map { $0.compactMap { $0 }.min().map { 1 / Double($0) } ?? 0 })
    }
}
