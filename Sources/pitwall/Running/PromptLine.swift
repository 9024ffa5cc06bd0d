import PitConsole
import PitEngine
import PitModel
import PitStore
import Synchronization

/// Reads prompts, saves versions, and puts one at a time to served models, beside all else; a person can stop that.
final class PromptLine: Sendable {
    private let store: Store
    private let drafts: PromptDrafts
    private let mailbox: Mailbox
    private let servers: Mutex<[ConnectedServer]>
    private let trial = Mutex<Task<Void, Never>?>(nil)
    /// Of looks at what has come.
    private let pace = Pace(seconds: 0.05)

    init(_ settings: EngineSettings, _ store: Store, _ drafts: PromptDrafts, _ mailbox: Mailbox) {
        servers = Mutex(settings.servers)
        (self.store, self.drafts, self.mailbox) = (store, drafts, mailbox)
    }

    /// Takes the servers of a configuration that was read again.
    func replace(_ settings: EngineSettings) { servers.withLock { $0 = settings.servers } }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        let (servers, mailbox, drafts) = (servers.withLock { $0 }, mailbox, drafts)
        let shelf = PromptShelf(servers, store, drafts: drafts)
        switch effect {
        case .readPrompts(let query):
            Task.detached { mailbox.post(.prompts(query, await shelf.page(query))) }
        case .savePrompt(let draft):
            Task.detached {
                do throws(PromptRefusal) {
                    let made = try await shelf.create(draft, at: Stack.clock.now())
                    mailbox.post(
                        .notice(Notice(.ok, "\(draft.name): version \(made.number) is kept, and was read back")))
                } catch {
                    // What was written is not lost: the whole of it can be read here, too.
                    mailbox.post(
                        .notice(
                            Notice(
                                .fail, "not kept: \(error.words); e on the prompt goes on with it",
                                detail: draft.body.written)))
                }
                mailbox.post(.promptsChanged)
            }
        case .dropPromptDraft(let id):
            drafts.forget(id)
            mailbox.post(.promptsChanged)
        case .tryPrompt(let asked): begin(asked, servers)
        case .stopPromptTrial: stop()
        default: return false
        }
        return true
    }

    private func begin(_ asked: PromptTrial, _ servers: [ConnectedServer]) {
        let (mailbox, pace) = (mailbox, pace)
        mailbox.post(.promptTrial(asked))
        let task = Task.detached {
            let last = await PromptTrialRun(servers).run(asked) { now in
                if pace.isDue() { mailbox.post(.promptTrial(now)) }
            }
            mailbox.post(.promptTrial(last))
        }
        trial.withLock { old in
            old?.cancel()
            old = task
        }
    }

    func stop() { trial.withLock { $0?.cancel() } }
}
