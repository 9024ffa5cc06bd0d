import PitEngine
import PitModel
import PitStore

/// Runs as commands name them.
enum EvalRuns {
    /// The state folder's file; it needs no configuration.
    static func store() throws -> Store {
        do throws(StoreFault) { return try Store.Opened(folder: Places().state).store(limits: StoreLimits()) } catch {
            throw Stop(error)
        }
    }

    static func find(_ id: String, _ store: Store) throws -> EvaluationRun {
        if let run = try store.evaluationRun(id) { return run }
        let known = try store.evaluationRuns(limit: 10).map(\.id)
        throw Stop(
            .usage, "there is no run `\(id)`",
            hint: known.isEmpty ? "Nothing was evaluated yet." : "There are: \(known.joined(separator: ", ")).")
    }

    static func scoring(_ run: EvaluationRun, _ store: Store) throws -> EvaluationScoring {
        try EvaluationScoring(run, try store.evaluationResults(run.id))
    }

    /// The run to compare with: the one named, or the last finished one that did not fail its thresholds.
    static func baseline(
        _ named: String?, for suite: EvaluationSuite, except: String?, _ store: Store
    ) throws -> EvaluationRun? {
        if let named { return try find(named, store) }
        let isNeeded = suite.thresholds.contains { if case .worseBy = $0.bound { true } else { false } }
        guard isNeeded else { return nil }
        let last = try store.evaluationRuns(suite: suite.name).first { run in
            guard case .finished = run.state, run.id != except else { return false }
            return run.verdict?.outcome != .breached && Double(run.failed) <= suite.mostMissing * Double(run.total)
        }
        return try last.flatMap { try store.evaluationRun($0.id) }
    }

    /// A new run, or one that ended early, whose suite must ask the same.
    static func begin(_ file: SuiteFile, _ suite: EvaluationSuite, resume: String?, _ stack: Stack) throws
        -> EvaluationRun
    {
        guard let resume else {
            return try stack.store.begin(suite, author: stack.settings.author, at: Stack.clock.now())
        }
        var run = try find(resume, stack.store)
        let (was, now) = (run.suite, suite)
        guard was.name == now.name, was.cases == now.cases, was.systems == now.systems, was.metrics == now.metrics
        else {
            throw Stop(
                .usage, "\(file.path) asks something else than \(run.id) did",
                hint: "Begin a new run without --resume, or restore the suite's cases, systems and metrics.")
        }
        // What does not change the answers may be mended before it goes on.
        (run.suite.concurrency, run.suite.timeout) = (now.concurrency, now.timeout)
        (run.suite.retries, run.suite.thresholds) = (now.retries, now.thresholds)
        run.suite.judges = now.judges
        run.state = .running
        return run
    }

    static func compared(_ first: String, _ second: String, _ store: Store) throws -> [EvaluationReport.Compared] {
        let (a, b) = (parts(first), parts(second))
        let (one, other) = (try find(a.run, store), try find(b.run, store))
        try check(a.system, one)
        try check(b.system, other)
        let (mine, theirs) = (try scoring(one, store), try scoring(other, store))
        var all: [EvaluationReport.Compared] = []
        for system in one.suite.systems.map(\.name) where a.system == nil || a.system == system {
            guard let partner = b.system ?? mine.partner(of: system, in: other) else { continue }
            let title = partner == system ? system : "\(system), \(partner)"
            for metric in mine.metrics.all {
                let slices: [EvaluationSlice?] =
                    [nil] + Set(one.figures.compactMap(\.slice)).sorted().map(Optional.some)
                for slice in slices {
                    let found = mine.difference(metric.spec.name, system, with: theirs, partner, slice: slice)
                    guard found != nil || slice == nil else { continue }
                    all.append(
                        .init(
                            system: title, metric: metric.spec.name, slice: slice, difference: found,
                            isHigherBetter: metric.info.isHigherBetter))
                }
            }
        }
        return all
    }

    private static func check(_ system: String?, _ run: EvaluationRun) throws {
        let all = run.suite.systems.map(\.name)
        guard let system, !all.contains(system) else { return }
        throw Stop(.usage, "\(run.id) has no system `\(system)`", hint: "It has: \(all.joined(separator: ", ")).")
    }

    private static func parts(_ words: String) -> (run: String, system: String?) {
        guard let mark = words.firstIndex(of: ":") else { return (words, nil) }
        return (String(words[..<mark]), String(words[words.index(after: mark)...]))
    }
}
