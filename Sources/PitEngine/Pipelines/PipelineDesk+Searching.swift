import PitModel
import PitStore

/// What was asked and not answered is looked for: nothing is sent again by itself.
extension PipelineDesk {
    /// Seconds after which whoever asked has no answer to wait for any more; and those from the first good answer that had
    /// nothing of it to the one that is believed.
    private static let (answerTime, settleTime) = (60.0, 120.0)

    /// What can be told now of one that nobody has an answer to.
    func searched(_ act: PipelineAct, _ age: Double) async -> PipelineAct {
        // The process that asked may be waiting for it still; one that is gone has left no word.
        guard act.loss != nil || age > Self.answerTime else { return act }
        let source = sources.first { $0.name == act.subject.connection }
        guard let control = source?.reader as? any PipelineControl else { return act }
        if let search = act.search { return await started(act, search, control) }
        guard act.verb != .start else {
            return kept(.unheard("pitwall ended before the server had answered: look whether it runs"), act)
        }
        return await effected(act, control)
    }

    private func started(
        _ act: PipelineAct, _ search: PipelineSearch, _ control: any PipelineControl
    ) async -> PipelineAct {
        // A server that does not answer says nothing of it.
        guard let finding = try? await control.findStart(search) else { return act }
        switch finding {
        case .found(let run): return kept(.found(run.key.id, "it bears the mark \(search.mark)"), act)
        case .absent(let why):
            return settled(.absent("it did not start: \(why). \(Self.again(act))"), act)
        case .uncertain(let why):
            return settled(.unheard("it cannot be told whether it started: \(why)"), act)
        }
    }

    private static func again(_ act: PipelineAct) -> String {
        let verb = act.verb == .start ? "start" : "retry"
        return "Ask for it again: pitwall pipelines \(verb) \(act.subject)"
    }

    /// A stop, or a retry in its place: the run itself shows whether it arrived.
    private func effected(_ act: PipelineAct, _ control: any PipelineControl) async -> PipelineAct {
        guard let run = try? await control.pipelineRun(act.subject.id) else { return act }
        let isDone: Bool
        if act.verb == .stop {
            isDone = run.state == .stopping || !run.state.isOpen
        } else {
            isDone = run.state.isOpen || run.endedAt.map { $0 >= act.at } ?? false
        }
        if isDone { return kept(.found(run.key.id, "it is \(run.state.rawValue)"), act) }
        let what = act.verb == .stop ? "was not stopped" : "was not run again"
        return settled(.absent("it \(what): it is \(run.state.rawValue). Ask for it again"), act)
    }

    /// What is not there yet may be under way still: it is believed once the server has answered well for long enough.
    private func settled(_ fact: PipelineAct.Fact, _ act: PipelineAct) -> PipelineAct {
        let now = clock.now()
        guard let since = act.missedAt, now.since(since) >= Self.settleTime else { return kept(.missed(now), act) }
        return kept(fact, act)
    }

    /// What a person is to know of what was not answered.
    public func notes() -> [String] {
        let now = clock.now()
        return ((try? store.pipelineActs(limit: 20)) ?? []).compactMap { $0.note(at: now) }
    }
}
