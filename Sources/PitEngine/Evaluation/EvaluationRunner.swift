public import PitModel
public import PitStore
import Synchronization

/// Asks every system of a suite for every case, and keeps each answer when it comes: a run that ends early keeps what it
/// has, and goes on from there when it is run again.
public struct EvaluationRunner: Sendable {
    /// How patient it is.
    public struct Patience: Sendable {
        /// Seconds before the second; each further wait is twice as long.
        public var first = 0.5
        /// Seconds that a server may ask to wait; one that asks for more ends the run, which can be resumed.
        public var longest = 120.0
        public init() {}
    }

    public struct Progress: Equatable, Sendable {
        public var done: Int
        public var failed: Int
        public var total: Int
        /// Seconds that it will take from now, by how long the others took; nil before any is done.
        public var left: Double?
    }

    private let store: Store
    private let clock: any WallClock
    private let sources: [String: AnswerSource]
    private let asked: [String: AskedForWord]
    private let patience: Patience
    private let tell: @Sendable (Progress) -> Void

    /// - Parameters:
    ///   - sources: by the names of the suite's systems.
    ///   - asked: who says a word on answers, by the names of the metrics that need one.
    public init(
        store: Store, clock: any WallClock, sources: [String: AnswerSource], asked: [String: AskedForWord] = [:],
        patience: Patience = Patience(),
        tell: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        (self.store, self.clock, self.sources, self.asked) = (store, clock, sources, asked)
        (self.patience, self.tell) = (patience, tell)
    }

    /// Runs what is not answered yet of a run, then computes its figures.
    ///
    /// - Parameter baseline: the run that thresholds compare with.
    public func run(_ begun: EvaluationRun, baseline: EvaluationRun? = nil) async throws -> EvaluationRun {
        var run = begun
        let kept = try store.evaluationResults(run.id)
        let metrics = try SuiteMetrics(run.suite)
        let lanes = lanes(run, kept)
        let tally = Tally(done: kept.count { $0.answer != nil }, total: run.total, tell: tell)
        try await ask(run, lanes, metrics, tally)
        if !metrics.asking.isEmpty {
            let words = WordRound(store: store, clock: clock, asked: asked, patience: patience)
            try await words.complete(run, metrics)
            run.calibrations = try await words.calibrations(run.suite)
        }
        let results = try store.evaluationResults(run.id)
        run.answered = results.count { $0.answer != nil }
        run.failed = results.count { $0.fault != nil }
        let scoring = try EvaluationScoring(run, results)
        run.figures = scoring.figures()
        var other: EvaluationScoring?
        if let baseline { other = try EvaluationScoring(baseline, try store.evaluationResults(baseline.id)) }
        run.verdict = scoring.verdict(run.figures, baseline: other)
        let ends = lanes.compactMap { lane in lane.end.map { "\(lane.system.name): \($0.summary)" } }
        run.state = ends.isEmpty ? .finished(clock.now()) : .stopped(clock.now(), ends.joined(separator: "; "))
        try store.update(run, at: clock.now())
        return run
    }

    private func lanes(_ run: EvaluationRun, _ kept: [CaseResult]) -> [AnswerLane] {
        var done: [String: Set<Int>] = [:]
        for result in kept where result.answer != nil { done[result.system, default: []].insert(result.number) }
        return run.suite.systems.compactMap { system in
            sources[system.name].map { source in
                let left = run.suite.cases.indices.filter { done[system.name]?.contains($0) != true }
                return AnswerLane(system, source, numbers: left)
            }
        }
    }

    private func ask(
        _ run: EvaluationRun, _ lanes: [AnswerLane], _ metrics: SuiteMetrics, _ tally: Tally
    ) async throws {
        await withTaskGroup(of: Void.self) { group in
            for lane in lanes {
                for _ in 0..<max(1, run.suite.concurrency) {
                    group.addTask {
                        while tally.fault == nil, let number = lane.next() {
                            guard let (asked, key) = await one(number, lane, run) else { continue }
                            var result = asked
                            if let text = result.answer?.text {
                                result.counts = metrics.counts(text, run.suite.cases[number])
                            }
                            do throws(StoreFault) {
                                try store.keep(result, of: run, key: key, at: clock.now())
                                tally.add(result)
                            } catch { tally.stop(error) }
                        }
                    }
                }
            }
        }
        if let fault = tally.fault { throw fault }
    }

    /// Nil where nothing is known of the case, because the server is gone: it is asked again when the run is resumed.
    private func one(_ number: Int, _ lane: AnswerLane, _ run: EvaluationRun) async -> (CaseResult, String?)? {
        let asked = run.suite.cases[number]
        var result = CaseResult(system: lane.system.name, number: number)
        switch (lane.source, lane.system.source) {
        case (.written(let answers), _):
            result.answer = answers[asked.id].map { ChatAnswer(text: $0) }
            if result.answer == nil { result.fault = .file("the file has no answer to case \(asked.id)") }
            return (result, nil)
        case (.search(let find), _):
            do throws(ConnectorFault) {
                result.answer = ChatAnswer(text: try await find(asked.question))
                lane.answered()
            } catch {
                guard lane.end == nil, error != .cancelled else { return nil }
                result.fault = error
                lane.failed(error)
            }
            return (result, nil)
        case (.server(let server, let address), .server(_, let model, let settings)):
            let key = Store.answerKey(address, model, settings, asked.messages)
            if run.suite.cache > 0, let key,
                let known = try? store.evaluationAnswer(key, since: clock.now().advanced(by: -run.suite.cache))
            {
                (result.answer, result.isReused) = (known, true)
                return (result, key)
            }
            let question = ChatQuestion(
                model: model, messages: asked.messages, settings: settings, timeout: run.suite.timeout)
            do throws(ConnectorFault) {
                result.answer = try await patiently(server, question, lane, run.suite.retries)
                lane.answered()
            } catch {
                guard lane.end == nil, error != .cancelled else { return nil }
                result.fault = error
                lane.failed(error)
            }
            return (result, key)
        case (.server, .answers), (.server, .knowledge): return nil
        }
    }

    /// Asks until there is an answer, or no sense in asking again.
    private func patiently(
        _ server: any Answering, _ question: ChatQuestion, _ lane: AnswerLane, _ retries: Int
    ) async throws(ConnectorFault) -> ChatAnswer {
        var (attempt, waited) = (1, 0.0)
        while true {
            await lane.waitForTurn()
            if let end = lane.end { throw end }
            if Task.isCancelled { throw .cancelled }
            do throws(ConnectorFault) { return try await server.answer(question) } catch {
                let wait = patience.first * Double(1 << min(attempt - 1, 10))
                switch error {
                case .rateLimited(let after):
                    let asked = after.map { $0.isFinite ? max(0.05, $0) : .infinity } ?? wait
                    waited += asked
                    guard asked <= patience.longest, waited <= 5 * patience.longest else {
                        lane.stop(error)
                        throw error
                    }
                    lane.pause(asked)
                    // Being told to wait is no failure of the question.
                    if after == nil { attempt += 1 }
                case .unauthorized, .forbidden, .secret, .tls, .dns, .notWhatItSays:
                    lane.stop(error)
                    throw error
                case _ where error.isTransient:
                    guard attempt <= retries else {
                        if error.isOfServer { lane.stop(error) }
                        throw error
                    }
                    attempt += 1
                    try? await Task.sleep(for: .seconds(min(wait, patience.longest)))
                default: throw error
                }
            }
        }
    }
}

extension ConnectorFault {
    /// Whether it says that nobody is there, whatever is asked.
    fileprivate var isOfServer: Bool {
        switch self {
        case .refused, .unreachable, .malformed, .server(503, _): true
        default: false
        }
    }
}

/// Counts what is done, and what a disk did not take.
private final class Tally: Sendable {
    private struct State {
        var progress: EvaluationRunner.Progress
        var asked = 0
        var fault: StoreFault?
    }
    private let state: Mutex<State>
    private let began = ContinuousClock.now
    private let tell: @Sendable (EvaluationRunner.Progress) -> Void

    init(done: Int, total: Int, tell: @escaping @Sendable (EvaluationRunner.Progress) -> Void) {
        state = Mutex(State(progress: .init(done: done, failed: 0, total: total)))
        self.tell = tell
    }

    var fault: StoreFault? { state.withLock { $0.fault } }
    func stop(_ fault: StoreFault) { state.withLock { $0.fault = $0.fault ?? fault } }

    func add(_ result: CaseResult) {
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let progress = state.withLock { state in
            state.asked += 1
            if result.answer == nil { state.progress.failed += 1 } else { state.progress.done += 1 }
            let left = state.progress.total - state.progress.done - state.progress.failed
            state.progress.left = seconds / Double(state.asked) * Double(max(0, left))
            return state.progress
        }
        tell(progress)
    }
}
