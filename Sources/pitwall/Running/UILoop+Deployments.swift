import PitConsole
import PitEngine
import PitModel
import PitStore

extension UILoop {
    /// What is asked of deployments. Nothing of it is shown as done here: that is what later snapshots are for.
    static func ask(_ effect: Effect, _ engine: Engine, _ mailbox: Mailbox, author: String) async {
        switch effect {
        case .plan(let request):
            do throws(ConnectorFault) {
                mailbox.post(.planned(request, .planned(try await engine.plan(request))))
            } catch let fault {
                mailbox.post(.planned(request, .failed(fault.summary, hint: fault.hint)))
            }
        case .deploy(let plan): mailbox.post(.notice(words(await engine.deploy(plan))))
        case .settle(let word, let id):
            let answer =
                switch word {
                case .resume: await engine.resume(id, by: author)
                case .abandon: await engine.abandon(id, by: author)
                case .approve: await engine.approve(id, by: author)
                }
            switch answer {
            case .success(let entry): mailbox.post(.notice(words(entry)))
            case .failure(let refusal): mailbox.post(.notice(Notice(.fail, refusal.words, detail: refusal.hint)))
            }
        case .stopGuard(let id):
            if let fault = await engine.stopGuard(id, by: author) {
                mailbox.post(.notice(Notice(.fail, "the guard is not stopped: \(fault.summary)", detail: fault.hint)))
            } else {
                mailbox.post(.notice(Notice(.ok, "the guard leaves this release of \(id.path) alone")))
            }
        case .inspect(let query): mailbox.post(.inspected(query, await answer(query, engine)))
        default: break
        }
    }

    private static func answer(_ query: DeploymentQuery, _ engine: Engine) async -> DeploymentAnswer {
        switch query {
        case .revisions(let id):
            if let fault = await engine.lookInto(id) { return .failed(fault.summary, hint: fault.hint) }
            return .read
        case .changes(let id, let from, let to):
            do throws(ConnectorFault) { return .changes(try await engine.changes(in: id, from: from, to: to)) } catch {
                return .failed(error.summary, hint: error.hint)
            }
        case .receipt(let operation):
            do throws(StoreFault) { return .receipt(try await engine.receipt(of: operation)) } catch {
                return .failed(error.summary, hint: error.hint)
            }
        }
    }
}
