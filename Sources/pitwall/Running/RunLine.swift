import PitConsole
import PitEngine
import PitModel
import Synchronization

/// Reads runs of training and of pipelines for the console: a slow server keeps nothing else waiting.
final class RunLine: Sendable {
    private let mailbox: Mailbox
    private let desk: Mutex<RunDesk>
    private let pipelines: Mutex<PipelineDesk>

    init(_ desk: RunDesk, _ pipelines: PipelineDesk, _ mailbox: Mailbox) {
        self.mailbox = mailbox
        self.desk = Mutex(desk)
        self.pipelines = Mutex(pipelines)
    }

    /// The configuration was read again.
    func replace(_ new: RunDesk, _ newPipelines: PipelineDesk) {
        desk.withLock { $0 = new }
        pipelines.withLock { $0 = newPipelines }
    }

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
        default: return takePipelines(effect)
        }
    }

    private func takePipelines(_ effect: Effect) -> Bool {
        let (mailbox, desk) = (mailbox, pipelines.withLock { $0 })
        switch effect {
        case .loadPipelines(let query):
            Task.detached { mailbox.post(.pipelines(query, await desk.page(query))) }
        case .startPipeline(let key, let values):
            ask { () async throws(PipelineDesk.Fault) in try await desk.start(key, values) }
        case .stopPipeline(let key, let reason):
            ask { () async throws(PipelineDesk.Fault) in try await desk.stop(key, reason: reason) }
        case .retryPipeline(let key, let reason):
            ask { () async throws(PipelineDesk.Fault) in try await desk.retry(key, reason: reason) }
        default: return false
        }
        return true
    }

    private func ask(_ body: @escaping @Sendable () async throws(PipelineDesk.Fault) -> PipelineAct) {
        let mailbox = mailbox
        Task.detached {
            do throws(PipelineDesk.Fault) {
                let act = try await body()
                let run = RunKey(act.subject.connection, act.run ?? act.subject.id)
                let how = act.loss == .found ? "was not answered, and found at" : "is asked for:"
                mailbox.post(.notice(Notice(.ok, "\(act.verb.rawValue) \(how) \(run)")))
            } catch { mailbox.post(.notice(Notice(.fail, error.words, detail: error.hint))) }
            mailbox.post(.pipelinesChanged)
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
