public import PitModel
public import PitStore

/// Runs of evaluations as screens show them.
public enum EvaluationPages {
    /// Cases that are shown of a run, and bytes of their texts.
    private static let (mostCases, mostBytes) = (100, 4000)

    /// A run that is not there gives a page without one.
    public static func page(_ query: EvaluationQuery, _ store: Store) throws(StoreFault) -> EvaluationPage {
        guard let id = query.run else { return EvaluationPage(runs: try store.evaluationRuns()) }
        guard var run = try store.evaluationRun(id) else { return EvaluationPage(runs: []) }
        let results = try store.evaluationResults(id)
        let ranked = (try? EvaluationScoring(run, results))?.worst(mostCases, metric: query.metric) ?? []
        run.suite.cases = []
        func short(_ text: String) -> String { String(text.prefix(mostBytes)) }
        var page = EvaluationPage(
            runs: [run],
            worst: ranked.map { each in
                .init(
                    id: each.one.id, system: each.result.system, value: each.value, question: short(each.one.question),
                    answer: (each.result.answer?.text).map(short), reference: each.one.references.first.map(short),
                    fault: each.result.fault?.summary)
            })
        page.comments = try store.acts(subject: CommentSubject.run(id).description, limit: 50).filter {
            $0.kind == .note
        }
        return page
    }
}

extension Engine {
    /// Runs of evaluations. No poll waits for it.
    public nonisolated func evaluations(_ query: EvaluationQuery) throws(StoreFault) -> EvaluationPage {
        try EvaluationPages.page(query, store)
    }
}
