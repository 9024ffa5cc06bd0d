public import PitModel
import PitStatistics
public import PitStore

/// Finds the passages that a question is about: by words, and by what they mean where a server makes vectors.
public struct KnowledgeSearch: Sendable {
    /// What makes vectors of texts, and by which model.
    public struct Meaning: Sendable {
        public var server: any Embedding
        public var source: EmbeddingSource
        public init(_ server: any Embedding, _ source: EmbeddingSource) {
            (self.server, self.source) = (server, source)
        }
    }

    public struct Found: Sendable {
        public var hits: [KnowledgeHit] = []
        /// Why passages were looked for by words alone.
        public var fault: ConnectorFault?
    }

    /// How passages are looked for.
    public enum Way: String, CaseIterable, Sendable { case words, meaning, both }

    let index: KnowledgeIndex
    let meaning: Meaning?

    /// Passages that either way is asked for, before they are put into one order.
    private static let depth = 50
    /// Cosines at or below this say that two texts have nothing to do with each other, by any model.
    private static let leastCosine = 0.25
    /// Passages that are turned into vectors before they are kept.
    private static let batch = 32

    public init(_ index: KnowledgeIndex, meaning: Meaning? = nil) { (self.index, self.meaning) = (index, meaning) }

    /// The best passages. Of two ways that found some, the orders are fused by reciprocal ranks. A server that fails is
    /// told, and what is found by words stands.
    public func find(_ question: String, limit: Int, by way: Way = .both) async throws(StoreFault) -> Found {
        let depth = max(limit, Self.depth)
        let words = way == .meaning ? [] : try index.byWords(QuestionWords.of(question), limit: depth)
        var (found, near): (Found, [KnowledgeIndex.ID]) = (Found(), [])
        if let meaning, way != .words {
            let vector: [Double]?
            do throws(ConnectorFault) {
                vector = try await meaning.server.embed([question], model: meaning.source.model).first
            } catch { (vector, found.fault) = (nil, error) }
            if let vector {
                near = try index.byMeaning(
                    vector, model: meaning.source.model, least: Self.leastCosine, limit: depth)
            }
        }
        let fused = RankFusion.fuse([words, near]).prefix(limit)
        let scores = Dictionary(fused.map { ($0.id, $0.score) }, uniquingKeysWith: { first, _ in first })
        found.hits = try index.hits(fused.map(\.id)).map { id, hit in
            var hit = hit
            hit.score = scores[id] ?? 0
            hit.wordRank = words.firstIndex(of: id).map { $0 + 1 }
            hit.meaningRank = near.firstIndex(of: id).map { $0 + 1 }
            return hit
        }
        return found
    }

    /// Makes vectors of passages that have none, until none is left, `most` are made, or the server fails.
    ///
    /// - Parameter tell: how many were made so far.
    /// - Returns: How many were made, and the fault that ended it.
    public func embed(
        most: Int = .max, tell: @Sendable (Int) -> Void = { _ in }
    ) async throws(StoreFault) -> (made: Int, fault: ConnectorFault?) {
        guard let meaning else { return (0, nil) }
        var made = 0
        while made < most, !Task.isCancelled {
            let waiting = try index.unembedded(model: meaning.source.model, limit: min(Self.batch, most - made))
            guard !waiting.isEmpty else { break }
            let vectors: [[Double]]
            do throws(ConnectorFault) {
                vectors = try await meaning.server.embed(waiting.map(\.text), model: meaning.source.model)
            } catch { return (made, error) }
            try index.keep(zip(waiting, vectors).map { ($0.id, $1) }, model: meaning.source.model)
            made += waiting.count
            tell(made)
        }
        return (made, nil)
    }
}
