import PitConsole
import PitEngine
import PitModel
import PitStore
import Synchronization

/// Questions of the console to the documents: what is found arrives in the mailbox at once, and again with its answer.
final class KnowledgeLine: Sendable {
    private struct State {
        var settings: KnowledgeSettings?
        var servers: [ConnectedServer]
        /// Opened when it is first asked.
        var shelf: KnowledgeShelf?
    }
    /// Held while files are opened: never by the UI thread.
    private let state: Mutex<State>
    private let asked = Mutex<[String: Task<Void, Never>]>([:])
    private let places: Places
    private let mailbox: Mailbox

    init(_ settings: KnowledgeSettings?, _ servers: [ConnectedServer], _ places: Places, _ mailbox: Mailbox) {
        state = Mutex(State(settings: settings, servers: servers))
        (self.places, self.mailbox) = (places, mailbox)
    }

    /// The configuration was read again.
    func replace(_ settings: KnowledgeSettings?, _ servers: [ConnectedServer]) {
        state.withLock { ($0.settings, $0.servers, $0.shelf) = (settings, servers, nil) }
    }

    /// A question that is asked again while the model is at it takes the place of itself.
    func lookUp(_ question: String) {
        let task = Task.detached { [self] in
            defer { asked.withLock { if !Task.isCancelled { $0[question] = nil } } }
            let shelf: KnowledgeShelf
            switch opened() {
            case .success(let open): shelf = open
            case .failure(let fault): return mailbox.post(.knowledge(Self.failed(question, fault)))
            }
            let page = await Self.passages(question, shelf)
            guard !Task.isCancelled else { return }
            mailbox.post(.knowledge(page))
            guard case .asking = page.outcome else { return }
            let answered = await shelf.desk.answer(page)
            if !Task.isCancelled { mailbox.post(.knowledge(answered)) }
        }
        asked.withLock { $0.updateValue(task, forKey: question) }?.cancel()
    }

    private func opened() -> Result<KnowledgeShelf, KnowledgeShelf.Fault> {
        state.withLock { state in
            if let shelf = state.shelf { return .success(shelf) }
            let made = Self.open(state.settings, state.servers, places)
            state.shelf = try? made.get()
            return made
        }
    }

    private static func open(
        _ settings: KnowledgeSettings?, _ servers: [ConnectedServer], _ places: Places
    ) -> Result<KnowledgeShelf, KnowledgeShelf.Fault> {
        guard let settings else { return .failure(KnowledgeShelf.none) }
        do throws(StoreFault) { return .success(try KnowledgeShelf(settings, servers, places)) } catch {
            return .failure(.init(summary: error.summary, hint: error.hint))
        }
    }

    private static func failed(_ question: String, _ fault: KnowledgeShelf.Fault) -> KnowledgePage {
        KnowledgePage(question: question, outcome: .failed(fault.summary, hint: fault.hint))
    }

    private static func passages(_ question: String, _ shelf: KnowledgeShelf) async -> KnowledgePage {
        do throws(StoreFault) {
            return try await shelf.desk.passages(for: question, limit: AskCommand.usualPassages)
        } catch { return failed(question, .init(summary: error.summary, hint: error.hint)) }
    }

    /// What a picture of the screen shows: passages, and no model asked.
    static func passages(
        _ question: String, _ settings: KnowledgeSettings?, _ servers: [ConnectedServer], _ places: Places
    ) async -> KnowledgePage {
        switch open(settings, servers, places) {
        case .success(let shelf): await passages(question, shelf)
        case .failure(let fault): failed(question, fault)
        }
    }
}
