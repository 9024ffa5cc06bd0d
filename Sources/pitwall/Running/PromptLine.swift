import PitConsole
import PitEngine
import PitModel
import PitStore
import Synchronization

/// Reads prompts, saves versions, and puts one at a time to served models, beside all else; a person can stop that.
final class PromptLine: Sendable {
    private let store: Store
    private let mailbox: Mailbox
    private let servers: Mutex<[ConnectedServer]>
    private let trial = Mutex<Task<Void, Never>?>(nil)
    private let told = Mutex<ContinuousClock.Instant?>(nil)
    /// Seconds between two looks at what has come.
    private static let pause = 0.05

    init(_ settings: EngineSettings, _ store: Store, _ mailbox: Mailbox) {
        servers = Mutex(settings.servers)
        (self.store, self.mailbox) = (store, mailbox)
    }

    /// Takes the servers of a configuration that was read again.
    func replace(_ settings: EngineSettings) { servers.withLock { $0 = settings.servers } }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        let (servers, store, mailbox) = (servers.withLock { $0 }, store, mailbox)
        switch effect {
        case .readPrompts(let query):
            Task.detached { mailbox.post(.prompts(query, await PromptShelf(servers, store).page(query))) }
        case .savePrompt(let draft):
            Task.detached {
                do throws(PromptRefusal) {
                    let made = try await PromptShelf(servers, store).create(draft, at: Stack.clock.now())
                    mailbox.post(
                        .notice(Notice(.ok, "\(draft.name): version \(made.number) is kept, and was read back")))
                } catch {
                    // What was written is not lost: it can be pasted where it was meant to go.
                    let text = draft.body.written
                    mailbox.post(.notice(Notice(.fail, "not kept: \(error.words)", detail: text.prefix(bytes: 400))))
                }
                mailbox.post(.promptsChanged)
            }
        case .tryPrompt(let asked): begin(asked, servers)
        case .stopPromptTrial: stop()
        default: return false
        }
        return true
    }

    private func begin(_ asked: PromptTrial, _ servers: [ConnectedServer]) {
        let mailbox = mailbox
        mailbox.post(.promptTrial(asked))
        let task = Task.detached {
            let last = await PromptTrialRun(servers).run(asked) { now in
                if self.isDue() { mailbox.post(.promptTrial(now)) }
            }
            mailbox.post(.promptTrial(last))
        }
        trial.withLock { old in
            old?.cancel()
            old = task
        }
    }

    private func isDue() -> Bool {
        let now = ContinuousClock().now
        return told.withLock { told in
            if let last = told, now - last < .seconds(Self.pause) { return false }
            told = now
            return true
        }
    }

    func stop() { trial.withLock { $0?.cancel() } }
}
