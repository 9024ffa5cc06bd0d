public import PitModel
import PitStatistics
public import PitStore

/// Asks the server that answers now for another answer, and puts both where they can be compared.
extension LabelDesk {
    /// Tokens of an answer that is asked for.
    private static let mostTokens = 1024

    /// Why there is no other answer.
    public enum NoAnswer: Error, Equatable, Sendable {
        case nowhere(String)
        case server(ConnectorFault)
        case store(StoreFault)
    }

    /// - Parameters:
    ///   - settings: whose servers are asked: an endpoint of the item's model, else the only server that chats.
    ///   - onText: told each piece as it comes, on any thread; `false` stops the answer, which is then not kept.
    /// - Returns: the queue in which both stand.
    nonisolated public func answerAgain(
        _ item: LabelItem, in queue: String, of settings: EngineSettings,
        onText: @escaping @Sendable (String) -> Bool
    ) async throws(NoAnswer) -> String {
        let target = item.target
        let (server, name) = try Self.server(for: target.model, settings)
        let answer: ChatAnswer
        do throws(ConnectorFault) {
            let model = try await server.servedName(of: target.model)
            let messages = target.messages.map { ChatMessage(Self.role($0.role), $0.text) }
            guard !messages.isEmpty else { throw .rejected("nothing was asked here") }
            // Its own temperature: a second answer that cannot differ is none.
            answer = try await server.stream(
                ChatQuestion(
                    model: model, messages: messages,
                    settings: GenerationSettings(temperature: nil, maxTokens: Self.mostTokens)), onText: onText)
        } catch { throw .server(error) }
        guard !answer.text.isEmpty else { throw .nowhere("the server answered nothing") }
        do throws(StoreFault) {
            return try await keep(answer.text, beside: item, of: queue, by: name)
        } catch { throw .store(error) }
    }

    private static func role(_ role: String) -> String {
        ["system", "developer", "assistant", "user"].contains(role) ? role : "user"
    }

    private static func server(
        for model: ModelName?, _ settings: EngineSettings
    ) throws(NoAnswer) -> (any Answering, ConnectionName) {
        let own = settings.models.first { $0.name == model }?.endpoints ?? []
        let chatting = settings.servers.compactMap { server in
            (server.connector as? any Answering).map { ($0, server.connection.name) }
        }
        if let found = own.lazy.compactMap({ name in chatting.first { $0.1 == name } }).first { return found }
        if let only = chatting.first, chatting.count == 1 { return only }
        throw .nowhere(
            chatting.isEmpty
                ? "no connection of kind openai is configured to answer"
                : "\(model?.description ?? "this exchange") names no endpoint that chats: add `endpoints: [NAME]` to it"
        )
    }

    /// Puts both answers into the queue of pairs that belongs to a queue, made with the first pair.
    func keep(
        _ text: String, beside item: LabelItem, of queue: String, by server: ConnectionName
    ) throws(StoreFault) -> String {
        guard let rubric = settings.rubric("pairwise") ?? settings.rubrics.first(where: { $0.answersCompared == 2 })
        else {
            throw .refused("no rubric compares two answers", hint: "Add one with a question of kind preference.")
        }
        let now = clock.now()
        let times = try ReleaseTimes(store, until: now)
        let release = item.target.model.flatMap { times.present(of: $0) }
        let first = item.target.release ?? "as kept"
        var target = item.target
        target.answers = [item.target.answers.first ?? "", text]
        // Two answers of one release are told apart, and count for neither.
        target.sources = [first, release.map { $0 == first ? "\($0) again" : $0 } ?? "\(server) now"]
        target.release = nil
        target.textHash = JudgedTarget.hash(messages: target.messages, answers: target.answers)
        let pair = LabelItem(
            id: "\(item.id)~again-\(target.textHash.prefix(12))", target: target,
            order: Bool.random() ? [0, 1] : [1, 0])
        let states = try store.queues(for: author)
        let names = (["\(queue.prefix(90))-pairs"] + (2...99).map { "\(queue.prefix(90))-pairs-\($0)" })
        for name in names {
            guard let known = states.first(where: { $0.id == name }) else {
                let made = LabelQueue(
                    name: name, title: "answered again, from \(queue)", rubric: rubric.name, author: author, at: now)
                try store.create(made, rubric: rubric, items: [pair])
                return name
            }
            if known.queue.rubric == rubric.name, known.queue.adjudicates == nil {
                try store.add([pair], to: name)
                return name
            }
        }
        throw .refused("too many queues are called like `\(queue)-pairs`", hint: "Judge some of them first.")
    }
}

extension LabelDesk.NoAnswer {
    public var words: String {
        switch self {
        case .nowhere(let words): words
        case .server(let fault): fault.summary + (fault.hint.isEmpty ? "" : ": \(fault.hint)")
        case .store(let fault): "not kept: \(fault.summary)"
        }
    }
}
