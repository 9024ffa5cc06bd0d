import PitConsole
import PitData
import PitEngine
import PitModel
import PitStore
import Synchronization

/// Has the tokens of one dataset at a time counted by a served model, beside all else; a person can stop it.
final class TokenLine: Sendable {
    private let shelf: DatasetShelf
    private let mailbox: Mailbox
    private let servers: Mutex<[ConnectedServer]>
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// Of words on how far it is.
    private let pace = Pace(seconds: 0.1)

    init(_ shelf: DatasetShelf, _ settings: EngineSettings, _ mailbox: Mailbox) {
        (self.shelf, self.mailbox) = (shelf, mailbox)
        servers = Mutex(settings.servers)
    }

    /// Takes the servers of a configuration that was read again.
    func replace(_ settings: EngineSettings) { servers.withLock { $0 = settings.servers } }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        switch effect {
        case .countTokens(let dataset, let target): begin(TokenCensus(dataset: dataset, target: target))
        case .stopTokens: stop()
        default: return false
        }
        return true
    }

    func stop() { task.withLock { $0?.cancel() } }

    private func begin(_ census: TokenCensus) {
        let servers = servers.withLock { $0 }
        mailbox.post(.tokens(census))
        let new = Task.detached { [mailbox, shelf, pace] in
            var last = await Self.count(census, servers, shelf) { if pace.isDue() { mailbox.post(.tokens($0)) } }
            if Task.isCancelled { last.stage = .stopped }
            mailbox.post(.tokens(last))
        }
        task.withLock { old in
            old?.cancel()
            old = new
        }
    }

    private static func count(
        _ start: TokenCensus, _ servers: [ConnectedServer], _ shelf: DatasetShelf, tell: (TokenCensus) -> Void
    ) async -> TokenCensus {
        var census = start
        func broken(_ words: String, _ hint: String) -> TokenCensus {
            census.stage = .broken("\(words). \(hint)")
            return census
        }
        let name = census.target.connection
        guard let server = servers.first(where: { $0.connection.name == name })?.connector as? any TokenCounting else {
            return broken("no connection `\(name)` counts tokens", "Name one of kind openai.")
        }
        let sample: TokenSample
        do {
            guard let reference = DatasetReference(census.dataset), let dataset = try shelf.store.dataset(reference)
            else { return broken("there is no dataset \(census.dataset)", "Press 8 for the list of them.") }
            let file = shelf.folder.file(dataset.hash)
            sample = try TokenSample.read(file, most: TokenCensus.usualRows) { read, size in
                census.stage = .reading(size > 0 ? Double(read) / Double(size) : 0)
                tell(census)
            }
        } catch let fault as DataFault {
            return broken(fault.summary, fault.hint)
        } catch let fault as StoreFault {
            return broken(fault.summary, fault.hint)
        } catch { return broken("\(error)", "Try it again.") }
        let texts = sample.members.reduce(0) { $0 + $1.texts.count }
        let outcome = await TokenCounter(server, model: census.target.model).count(sample) { counted in
            census.stage = .counting(counted, of: texts)
            tell(census)
        }
        census.take(outcome, of: sample)
        if let fault = outcome.fault { return broken("\(name): \(fault.summary)", fault.hint) }
        census.stage = .done
        return census
    }
}
