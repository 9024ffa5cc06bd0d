public import PitModel
public import PitStatistics

/// What answers are worth: figures with intervals, what thresholds say to them, what two runs differ by.
public struct EvaluationScoring: Sendable {
    /// Values of slices that figures are told of, at most; those with the most cases.
    static let mostSlices = 40

    public let run: EvaluationRun
    public let metrics: SuiteMetrics
    /// By system, by the case's number.
    private let results: [String: [Int: CaseResult]]

    public init(_ run: EvaluationRun, _ results: [CaseResult]) throws(MetricFault) {
        self.run = run
        metrics = try SuiteMetrics(run.suite)
        var sorted: [String: [Int: CaseResult]] = [:]
        for result in results { sorted[result.system, default: [:]][result.number] = result }
        self.results = sorted
    }

    /// Of a system's answers: each metric over all cases, then by slice.
    public func figures() -> [EvaluationFigure] {
        let slices = slices
        return run.suite.systems.flatMap { system in
            metrics.all.flatMap { one in
                ([nil] + slices.map { $0 as EvaluationSlice? }).map { figure(one, system.name, $0) }
            }
        }
    }

    public func answered(_ system: String) -> Int { results[system]?.values.count { $0.answer != nil } ?? 0 }
    public func failed(_ system: String) -> Int { results[system]?.values.count { $0.fault != nil } ?? 0 }

    private var slices: [EvaluationSlice] {
        var counts: [EvaluationSlice: Int] = [:]
        for one in run.suite.cases {
            for (field, value) in one.slices { counts[EvaluationSlice(field, value), default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostSlices).map(\.key).sorted()
    }

    private func figure(_ one: SuiteMetrics.One, _ system: String, _ slice: EvaluationSlice?) -> EvaluationFigure {
        let rows = numbers(slice).compactMap { results[system]?[$0]?.counts[one.spec.name] }
        let width = rows.first?.count ?? 0
        let references = run.suite.cases.map(\.references.count).max() ?? 0
        return EvaluationFigure(
            system: system, metric: one.spec.name, slice: slice,
            value: rows.isEmpty ? nil : one.metric.value(Resampling.sums(rows, width)),
            interval: rows.count < EvaluationFigure.leastCases
                ? nil : Resampling.interval(rows, seed: run.suite.seed) { one.metric.value($0) },
            cases: rows.count, signature: slice == nil ? one.metric.signature(references: references) : nil)
    }

    private func numbers(_ slice: EvaluationSlice?) -> [Int] {
        run.suite.cases.indices.filter { number in
            slice.map { run.suite.cases[number].slices[$0.field] == $0.value } ?? true
        }
    }

    // MARK: The worst

    /// A case with what was answered, and its figure.
    public struct Ranked: Sendable {
        public var one: EvaluationCase
        public var result: CaseResult
        public var value: Double?
    }

    /// Cases without an answer first, then from the worst on by one metric; where neither more nor less is better, the
    /// lowest.
    public func worst(
        _ count: Int, metric: String? = nil, system: String? = nil, slice: EvaluationSlice? = nil
    ) -> [Ranked] {
        guard let one = metric.flatMap({ metrics[$0] }) ?? metrics.all.first else { return [] }
        let isHigherBetter = one.info.isHigherBetter ?? true
        var ranked: [Ranked] = []
        for name in run.suite.systems.map(\.name) where system == nil || system == name {
            for number in numbers(slice) {
                guard let result = results[name]?[number] else { continue }
                let value = result.counts[one.spec.name].flatMap { one.metric.caseValue($0) }
                // A case that the metric says nothing of is neither good nor bad.
                guard value != nil || result.fault != nil else { continue }
                ranked.append(Ranked(one: run.suite.cases[number], result: result, value: value))
            }
        }
        func key(_ each: Ranked) -> Double { each.value.map { isHigherBetter ? $0 : -$0 } ?? -.infinity }
        let order = ranked.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }
        return order.prefix(max(0, count)).map(\.element)
    }

    // MARK: Two runs

    /// What the answers of `other` differ from ours by, over the cases that both have: theirs less ours. Nil where there
    /// is none.
    public func difference(
        _ metric: String, _ system: String, with other: EvaluationScoring, _ otherSystem: String,
        slice: EvaluationSlice? = nil
    ) -> Resampling.Difference? {
        guard let one = metrics[metric], other.metrics[metric]?.spec == one.spec else { return nil }
        let theirs = Dictionary(
            other.run.suite.cases.enumerated().map { ($0.element.id, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        var (a, b): ([[Double]], [[Double]]) = ([], [])
        for number in numbers(slice) {
            let mine = run.suite.cases[number]
            guard let place = theirs[mine.id], mine.isSame(as: other.run.suite.cases[place]),
                let own = results[system]?[number]?.counts[metric],
                let their = other.results[otherSystem]?[place]?.counts[metric]
            else { continue }
            a.append(own)
            b.append(their)
        }
        return a.isEmpty ? nil : Resampling.difference(a, b, seed: run.suite.seed) { one.metric.value($0) }
    }

    /// The system of a run that is compared with one of ours: of that name, or the only one where both have one.
    public func partner(of system: String, in other: EvaluationRun) -> String? {
        if other.suite.systems.contains(where: { $0.name == system }) { return system }
        return other.suite.systems.count == 1 && run.suite.systems.count == 1 ? other.suite.systems[0].name : nil
    }
}
