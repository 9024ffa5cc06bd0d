import PitConsole
import PitEngine
import PitModel
import Synchronization

/// Asks for one other answer at a time, beside the judging; a person can stop it.
final class AnswerLine: Sendable {
    private let desk: LabelDesk
    private let mailbox: Mailbox
    private let settings: Mutex<EngineSettings>
    private let task = Mutex<Task<Void, Never>?>(nil)
    /// Seconds between two looks at what has come.
    private static let pause = 0.05

    init(_ desk: LabelDesk, _ mailbox: Mailbox, _ settings: EngineSettings) {
        (self.desk, self.mailbox) = (desk, mailbox)
        self.settings = Mutex(settings)
    }

    func replace(_ new: EngineSettings) { settings.withLock { $0 = new } }

    /// What has come, as several threads tell it.
    private final class Coming: Sendable {
        private let state: Mutex<(answer: SecondAnswer, told: ContinuousClock.Instant?)>
        private let mailbox: Mailbox

        init(_ item: String, _ mailbox: Mailbox) {
            self.mailbox = mailbox
            state = Mutex((SecondAnswer(item: item), nil))
        }

        func take(_ piece: String) -> Bool {
            let now = ContinuousClock().now
            let (answer, isTold) = state.withLock { state -> (SecondAnswer, Bool) in
                state.answer.text += piece
                let isTold = state.told.map { now - $0 >= .seconds(AnswerLine.pause) } ?? true
                if isTold { state.told = now }
                return (state.answer, isTold)
            }
            if isTold { mailbox.post(.secondAnswer(answer)) }
            return answer.text.utf8.count < SecondAnswer.longest
        }

        func end(_ stage: SecondAnswer.Stage) {
            let answer = state.withLock { state in
                state.answer.stage = stage
                return state.answer
            }
            mailbox.post(.secondAnswer(answer))
        }
    }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        switch effect {
        case .answerAgain(let item, let queue):
            let coming = Coming(item.id, mailbox)
            mailbox.post(.secondAnswer(SecondAnswer(item: item.id)))
            let (desk, settings) = (desk, settings.withLock { $0 })
            start(
                Task.detached {
                    do throws(LabelDesk.NoAnswer) {
                        let name = try await desk.answerAgain(item, in: queue, of: settings) { coming.take($0) }
                        coming.end(.kept(queue: name))
                    } catch {
                        coming.end(.broken(Task.isCancelled ? "stopped" : error.words))
                    }
                })
            return true
        case .stopAnswer:
            stop()
            return true
        default: return false
        }
    }

    private func start(_ new: Task<Void, Never>) {
        task.withLock { task in
            task?.cancel()
            task = new
        }
    }

    func stop() { task.withLock { $0?.cancel() } }
}
