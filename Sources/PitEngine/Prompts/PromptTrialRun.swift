public import PitModel
import Synchronization

/// Puts a filled prompt to several servers at once, and tells of the answers as they come.
public struct PromptTrialRun: Sendable {
    private let servers: [ConnectedServer]
    private let clock = ContinuousClock()

    public init(_ servers: [ConnectedServer]) { self.servers = servers }

    /// - Parameter tell: told what has come of all of them, on any thread.
    /// - Returns: how it ended.
    public func run(
        _ trial: PromptTrial, tell: @escaping @Sendable (PromptTrial) -> Void = { _ in }
    ) async -> PromptTrial {
        let state = Coming(trial, tell)
        await withTaskGroup(of: Void.self) { group in
            for index in trial.answers.indices { group.addTask { await ask(index, trial, state) } }
        }
        return state.trial
    }

    private func ask(_ index: Int, _ trial: PromptTrial, _ state: Coming) async {
        let target = trial.answers[index].target
        let began = clock.now
        do throws(ConnectorFault) {
            guard let found = servers.first(where: { $0.connection.name == target.connection }) else {
                throw .rejected("there is no connection \(target.connection)")
            }
            guard let server = found.connector as? any Answering else {
                throw .rejected("\(target.connection) answers no chats: name one of kind openai")
            }
            let model = try await model(target, found)
            let answer = try await server.stream(
                ChatQuestion(model: model, messages: trial.messages, settings: trial.settings)
            ) { piece in
                let seconds = (clock.now - began) / .seconds(1)
                return state.take(index) { answer in
                    if answer.firstSeconds == nil { answer.firstSeconds = seconds }
                    answer.text += piece
                }
            }
            let seconds = (clock.now - began) / .seconds(1)
            _ = state.take(index) {
                $0.target.model = model
                ($0.stage, $0.text, $0.seconds) = (.done, answer.text, seconds)
                ($0.promptTokens, $0.tokens) = (answer.promptTokens, answer.tokens)
                $0.cost = Self.cost($0, found.connection)
            }
        } catch {
            let words = Task.isCancelled || error == .cancelled ? "stopped" : error.summary
            _ = state.take(index) { $0.stage = .broken(words) }
        }
    }

    private func model(
        _ target: PromptTrial.Target, _ server: ConnectedServer
    ) async throws(ConnectorFault) -> String {
        if let model = target.model { return model }
        guard let listing = server.connector as? any ModelListing else { return "" }
        guard let first = try await listing.listModels().first else {
            throw .rejected("\(target.connection) lists no model: name one as \(target.connection):MODEL")
        }
        return first.id
    }

    /// Prices are configured per million tokens.
    private static func cost(_ answer: PromptTrial.Answer, _ connection: Connection) -> Double? {
        guard let input = connection.options["price_input"]?.number,
            let output = connection.options["price_output"]?.number, let asked = answer.promptTokens,
            let answered = answer.tokens
        else { return nil }
        return (Double(asked) * input + Double(answered) * output) / 1e6
    }
}

/// What has come, as several threads tell it.
private final class Coming: Sendable {
    private let state: Mutex<PromptTrial>
    private let tell: @Sendable (PromptTrial) -> Void

    init(_ trial: PromptTrial, _ tell: @escaping @Sendable (PromptTrial) -> Void) {
        state = Mutex(trial)
        self.tell = tell
    }

    var trial: PromptTrial { state.withLock { $0 } }

    /// Whether more is wanted.
    func take(_ index: Int, _ change: (inout PromptTrial.Answer) -> Void) -> Bool {
        let (now, isWanted) = state.withLock { trial -> (PromptTrial, Bool) in
            change(&trial.answers[index])
            return (trial, trial.answers[index].text.utf8.count < PromptTrial.longest)
        }
        tell(now)
        return isWanted && !Task.isCancelled
    }
}
