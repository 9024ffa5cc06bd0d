import PitConsole
import PitEngine
import PitModel
import Synchronization

/// Reads runs of training for the console: a slow server keeps nothing else waiting.
final class RunLine: Sendable {
    private let mailbox: Mailbox
    private let desk: Mutex<RunDesk>

    init(_ desk: RunDesk, _ mailbox: Mailbox) {
        self.mailbox = mailbox
        self.desk = Mutex(desk)
    }

    /// The configuration was read again.
    func replace(_ new: RunDesk) { desk.withLock { $0 = new } }

    /// What starts trainings now.
    var trainings: TrainingDesk? { desk.withLock { $0.trainings } }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        let (mailbox, desk) = (mailbox, desk.withLock { $0 })
        switch effect {
        case .loadRuns(let query):
            Task.detached { mailbox.post(.runs(query, await desk.page(query))) }
            return true
        case .startTraining(let template, let values):
            act(desk) {
                let training = try await $0.start(template, values)
                return "\(training.id) is started"
            }
            return true
        case .stopTraining(let id, let reason):
            act(desk) {
                _ = try $0.stop(id, why: reason)
                return "\(id) is asked to stop"
            }
            return true
        case .registerTraining(let id, let model, let source):
            act(desk) {
                let version = try await $0.register(id, model: model, source: source)
                return "\(model) version \(version)"
            }
            return true
        default: return false
        }
    }

    private func act(_ desk: RunDesk, _ body: @escaping @Sendable (TrainingDesk) async throws -> String) {
        guard let trainings = desk.trainings else { return }
        let mailbox = mailbox
        Task.detached {
            do { mailbox.post(.notice(Notice(.ok, try await body(trainings)))) } catch let fault as TrainingDesk.Fault {
                mailbox.post(.notice(Notice(.fail, fault.words, detail: fault.hint)))
            } catch { mailbox.post(.notice(Notice(.fail, "\(error)"))) }
            mailbox.post(.runsChanged)
        }
    }
}
