public import PitModel
import PitParse

extension Engine {
    /// Takes pages of the past as if they had been polled then, oldest first: the demo's charts begin with them.
    public func backfill(_ pages: [(connection: ConnectionName, text: String)], at: Timestamp) {
        for (name, text) in pages {
            guard let index = serverIndex[name] else { continue }
            let page = ExpositionParser.parse(Array(text.utf8))
            ingest(PollOutcome(metrics: .page(page), began: at, ended: at), index)
            servers[index].state.status = .ok
            servers[index].state.lastSuccess = at
            for model in servers[index].models { models[model].isDirty = true }
        }
        evaluate(at, all: false)
    }
}
