public import PitModel
public import PitStore

extension LabelDesk {
    /// Where exchanges of evaluations seem to have been read. Nobody is served there: what is judged of them counts for
    /// no release.
    static let evaluations = ConnectionName("evaluation")

    /// Makes a queue of them, the worst first, and gives its first page.
    public func create(
        _ name: String, rubric wanted: String, of cases: WorstCases
    ) throws(StoreFault) -> LabelPage {
        guard let run = try store.evaluationRun(cases.run) else {
            throw .refused("there is no run `\(cases.run)`", hint: "List them: pitwall eval list")
        }
        guard let rubric = settings.rubric(wanted), rubric.answersCompared == 1 else {
            let names = settings.rubrics.filter { $0.answersCompared == 1 }.map(\.name).joined(separator: ", ")
            throw .refused("`\(wanted)` is no rubric for one answer", hint: "There are: \(names)")
        }
        for (word, all, noun) in [
            (cases.metric, run.suite.metrics.map(\.name), "metric"),
            (cases.system, run.suite.systems.map(\.name), "system"),
        ] {
            guard let word, !all.contains(word) else { continue }
            throw .refused("\(run.id) has no \(noun) `\(word)`", hint: "It has: \(all.joined(separator: ", "))")
        }
        let results = try store.evaluationResults(run.id)
        let scoring: EvaluationScoring
        do throws(MetricFault) { scoring = try EvaluationScoring(run, results) } catch {
            throw .refused(error.words, hint: "The run was made by a pitwall with other metrics.")
        }
        let ranked = scoring.worst(cases.count, metric: cases.metric, system: cases.system)
        let items = ranked.compactMap { Self.item($0, run) }
        guard !items.isEmpty else {
            throw .refused("\(run.id) has no answers to judge", hint: "See what it has: pitwall eval show \(run.id)")
        }
        let queue = LabelQueue(
            name: name, title: "the worst of \(run.id)\(cases.metric.map { " by \($0)" } ?? "")", rubric: wanted,
            author: author, at: clock.now())
        guard Self.isName(name) else {
            throw .refused(
                "`\(name)` is no name for a queue", hint: "Letters, digits, dots, dashes: worst-of-\(run.id)")
        }
        try store.create(queue, rubric: rubric, items: items)
        return try page(name)
    }

    private static func item(_ ranked: EvaluationScoring.Ranked, _ run: EvaluationRun) -> LabelItem? {
        guard let answer = ranked.result.answer?.text else { return nil }
        let messages = ranked.one.messages.map { Interaction.Message($0.role, $0.content) }
        let id = "\(run.id)/\(ranked.result.system)/\(ranked.one.id)"
        let target = JudgedTarget(
            connection: evaluations, interaction: id, model: nil, release: ranked.result.system, at: run.at,
            textHash: JudgedTarget.hash(messages: messages, answers: [answer]), messages: messages, answers: [answer])
        return LabelItem(id: "\(evaluations)/\(id)", target: target)
    }
}
