public import PitModel
import PitParse
import PitStatistics
import PitStore

/// The share of what was expected that is among the first places found.
public struct RecallMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "recall", title: "recall",
        summary: "of the places expected (reference), those among the first `at` found; 0...1",
        options: [FoundPlaces.option], needsReference: true)

    private let depth: Int

    public init(_ options: [String: OptionValue]) throws(MetricFault) { depth = try FoundPlaces.depth(options) }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        RetrievalRank.recall(FoundPlaces.of(answer, one), at: depth).map { [$0, 1] }
    }
}

/// One over the place of the first that was expected.
public struct ReciprocalRankMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "mrr", title: "MRR",
        summary: "mean of one over the place of the first that was expected (reference), 0 where none came; 0...1",
        needsReference: true)

    public init(_ options: [String: OptionValue]) throws(MetricFault) {}

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        RetrievalRank.reciprocal(FoundPlaces.of(answer, one)).map { [$0, 1] }
    }
}

/// Whether what was expected comes first: the normalised discounted cumulative gain.
public struct GainMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "ndcg", title: "nDCG",
        summary: "normalised discounted cumulative gain of the places expected (reference) down to `at`; 0...1",
        options: [FoundPlaces.option], needsReference: true)

    private let depth: Int

    public init(_ options: [String: OptionValue]) throws(MetricFault) { depth = try FoundPlaces.depth(options) }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        RetrievalRank.gain(FoundPlaces.of(answer, one), at: depth).map { [$0, 1] }
    }
}

/// At which places of an answer, one found passage a line, what a case expects came.
enum FoundPlaces {
    static let option = OptionInfo("at", .number, help: "how many of the first count; 10 without it", example: "1")
    /// As deep as is looked.
    static let deepest = 50

    static func depth(_ options: [String: OptionValue]) throws(MetricFault) -> Int {
        let depth = options["at"]?.number ?? 10
        guard depth >= 1, depth <= Double(deepest), depth == depth.rounded() else {
            throw MetricFault("`at` takes a whole number from 1 to \(deepest)")
        }
        return Int(depth)
    }

    static func of(_ answer: String, _ one: EvaluationCase) -> [Int?] {
        PassageLines.places(of: one.references.map(PassagePlace.init), in: PassageLines.passages(answer))
    }
}

extension KnowledgeSearch {
    /// What is found for a question, as an answer that metrics of retrieval read.
    public func answer(_ question: String, by way: Way) async throws(ConnectorFault) -> String {
        let found: Found
        do throws(StoreFault) { found = try await find(question, limit: FoundPlaces.deepest, by: way) } catch {
            throw .file("the index: \(error.summary)")
        }
        if let fault = found.fault { throw fault }
        return PassageLines.text(found.hits.map(\.passage))
    }
}
