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
        case .review(let version): mailbox.post(.reviewed(version, await page(version, engine, author)))
        case .decide(let draft): await decide(draft, engine, mailbox, author)
        default: break
        }
    }

    private static func page(_ version: ModelVersionID, _ engine: Engine, _ author: String) async -> ReviewPage {
        do throws(OperationRefusal) {
            let review = try await engine.review(version.model, version: version.version, on: version.connection)
            do throws(StoreFault) {
                let dossier = try await engine.dossier(of: review, author: author)
                return ReviewPage(dossier, untold: review.evidence.untold)
            } catch { return ReviewPage(fault: error.summary, hint: error.hint) }
        } catch { return ReviewPage(fault: error.words, hint: error.hint) }
    }

    private static func decide(
        _ draft: ReviewDraft, _ engine: Engine, _ mailbox: Mailbox, _ author: String
    ) async {
        let id = draft.version
        do throws(OperationRefusal) {
            let card = try await engine.review(id.model, version: id.version, on: id.connection).evidence.card
            let until = draft.span.map { Stack.clock.now().advanced(by: $0) }
            let decision = try await engine.decide(
                draft.kind, on: card, subject: draft.subject, reason: draft.reason, until: until, by: author
            ).get()
            if let fault = decision.untold {
                let words = "kept here; \(id.connection) was not told: \(fault.summary)"
                mailbox.post(.notice(Notice(.warn, words, detail: fault.hint)))
            } else {
                mailbox.post(.notice(Notice(.ok, "\(id.path): \(decision.fact.kind.word), kept and told")))
            }
        } catch { mailbox.post(.notice(Notice(.fail, "not kept: \(error.words)", detail: error.hint))) }
        mailbox.post(.reviewed(id, await page(id, engine, author)))
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
