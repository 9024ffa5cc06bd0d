public import PitModel
public import PitStore

/// Answers questions from the documents of a folder, in two steps: the passages at once, then what a model makes of them.
public struct KnowledgeDesk: Sendable {
    /// What answers, and by which model.
    public struct Answerer: Sendable {
        public var server: any Answering
        public var source: AnsweringSource
        public init(_ server: any Answering, _ source: AnsweringSource) {
            (self.server, self.source) = (server, source)
        }
    }

    public let search: KnowledgeSearch
    private let answerer: Answerer?
    private let refresh: @Sendable () -> [String]

    /// Passages that are turned into vectors before a question is answered: the rest waits for `knowledge index`.
    private static let embeddedAtOnce = 256

    /// - Parameter refresh: reads what is new in the folder, and says what did not work.
    public init(_ search: KnowledgeSearch, answerer: Answerer? = nil, refresh: @escaping @Sendable () -> [String]) {
        (self.search, self.answerer, self.refresh) = (search, answerer, refresh)
    }

    /// What is found, and whether a model is to be asked: not where nothing was found.
    public func passages(
        for question: String, limit: Int, asks: Bool = true
    ) async throws(StoreFault) -> KnowledgePage {
        var notes = refresh()
        let made = try await search.embed(most: Self.embeddedAtOnce)
        let found = try await search.find(question, limit: limit)
        let status = try search.index.status()
        if let fault = made.fault ?? found.fault {
            let name = search.meaning.map { "\($0.source.connection)" } ?? "the server"
            notes.append("found by words alone, because \(name) makes no vectors: \(fault.summary). \(fault.hint)")
        } else if search.meaning != nil, status.embedded < status.passages {
            notes.append(
                "\(status.passages - status.embedded) passages have no vectors yet; make them: pitwall knowledge index")
        }
        let outcome: KnowledgePage.Outcome =
            found.hits.isEmpty
            ? .nothing : asks ? answerer.map { .asking(model: $0.source.model) } ?? .noModel : .noModel
        return KnowledgePage(question: question, hits: found.hits, status: status, outcome: outcome, notes: notes)
    }

    /// The same page with an answer, or with why there is none.
    public func answer(_ page: KnowledgePage) async -> KnowledgePage {
        guard case .asking = page.outcome, let answerer else { return page }
        var page = page
        do throws(ConnectorFault) {
            let question = KnowledgeQuestion(page.question, page.hits)
            page.outcome = .answered(try await question.ask(answerer.server, model: answerer.source.model))
        } catch {
            page.outcome = .failed("\(answerer.source.connection): \(error.summary)", hint: error.hint)
        }
        return page
    }
}
