import PitModel
import PitStatistics
import PitStore
import Synchronization

/// Asks judges and detectors for their word on answers that are there, and judges how far they agree with people.
struct WordRound: Sendable {
    let store: Store
    let clock: any WallClock
    let asked: [String: AskedForWord]
    let patience: EvaluationRunner.Patience

    /// Bytes of a word that are kept.
    private static let longest = 4000
    /// Items that a judge is calibrated on at most: those judged last.
    private static let mostItems = 200
    /// Questions to a judge at once.
    private static let width = 4
    /// Seconds for which a judge's word on the same answer is taken again.
    private static let wordAge = 30 * 86400.0

    /// Asks for every word that an answer still lacks. A word that cannot be had leaves the answer without a figure.
    func complete(_ run: EvaluationRun, _ metrics: SuiteMetrics) async throws {
        let missing = try store.evaluationResults(run.id).filter { result in
            result.answer != nil && metrics.asking.contains { result.replies?[$0.name] == nil }
        }
        let queue = WordQueue(missing)
        let fault = await withTaskGroup(of: StoreFault?.self) { group in
            for _ in 0..<max(1, min(run.suite.concurrency, missing.count)) {
                group.addTask {
                    while let result = queue.next() {
                        do throws(StoreFault) { try await complete(result, run, metrics) } catch { return error }
                    }
                    return nil
                }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
        if let fault { throw fault }
    }

    private func complete(
        _ result: CaseResult, _ run: EvaluationRun, _ metrics: SuiteMetrics
    ) async throws(StoreFault) {
        var result = result
        guard let text = result.answer?.text, run.suite.cases.indices.contains(result.number) else { return }
        let one = run.suite.cases[result.number]
        var replies = result.replies ?? [:]
        for (name, metric) in metrics.asking where replies[name] == nil {
            replies[name] = await word(metric, asked[name], text, one)
        }
        result.replies = replies
        result.counts = metrics.counts(text, one, replies: replies)
        try store.keep(result, of: run, key: nil, at: clock.now())
    }

    /// Nil where it cannot be had; asked a few times.
    private func word(
        _ metric: any AskingMetric, _ asked: AskedForWord?, _ text: String, _ one: EvaluationCase
    ) async -> String? {
        guard let asked else { return nil }
        for attempt in 1...3 {
            if Task.isCancelled { return nil }
            do throws(ConnectorFault) {
                return String(try await metric.ask(asked, text, one).prefix(Self.longest))
            } catch {
                let wait = Backoff(first: patience.first, last: patience.longest).wait(after: attempt, error)
                guard error.isTransient, attempt < 3, wait <= patience.longest else { return nil }
                try? await Task.sleep(for: .seconds(max(0.01, wait)))
            }
        }
        return nil
    }

    // MARK: calibration

    /// Each judge's agreement with people over what they judged under the same rubric.
    func calibrations(_ suite: EvaluationSuite) async throws -> [String: JudgeCalibration]? {
        guard let judges = suite.judges, !judges.isEmpty else { return nil }
        var found: [String: JudgeCalibration] = [:]
        for (name, judge) in judges { found[name] = try await calibration(judge, asked[name]) }
        return found
    }

    private func calibration(_ judge: SuiteJudge, _ asked: AskedForWord?) async throws -> JudgeCalibration {
        var none = JudgeCalibration(
            judge: judge.name, kappa: nil, items: 0, baseRate: nil, floor: judge.floor, leastItems: judge.leastItems)
        guard let question = JudgeQuestion(judge.rubric), case .judge(let server, let address, let model)? = asked
        else { return none }
        let items = try judged(judge.rubric, question.question)
        let words = await said(of: items.map(\.target), by: server, address, model, question)
        var pairs: [Judgement] = []
        var good: [Bool] = []
        for (place, item) in items.enumerated() {
            guard let value = words[place] else { continue }
            if let isGood = judge.rubric.isGood([question.question.id: item.most]) { good.append(isGood) }
            for (author, said) in [("judge", value), ("most people", item.most)] {
                pairs.append(
                    Judgement(
                        id: "\(place) \(author)", at: clock.now(), author: author, queue: "", item: "\(place)",
                        rubric: judge.rubric.reference, question: question.question.id, value: said))
            }
        }
        none.items = pairs.count / 2
        none.baseRate = good.isEmpty ? nil : Double(good.count { $0 }) / Double(good.count)
        guard let shared = SharedRatings(pairs, question.question),
            let pair = AgreementReport(
                shared.ratings, level: shared.level, bootstrap: shared.shared < 5 ? 0 : 500
            ).cohen.first
        else { return none }
        (none.kappa, none.low, none.high) = (pair.kappa, pair.interval?.lowerBound, pair.interval?.upperBound)
        return none
    }

    /// A judge's word on each, by its place; a few are asked for at once.
    private func said(
        of targets: [JudgedTarget], by server: any Answering, _ address: String, _ model: String,
        _ question: JudgeQuestion
    ) async -> [Int: JudgedValue] {
        let queue = WordQueue(Array(targets.enumerated()))
        return await withTaskGroup(of: [Int: JudgedValue].self) { group in
            for _ in 0..<min(Self.width, targets.count) {
                group.addTask {
                    var said: [Int: JudgedValue] = [:]
                    while let (place, target) = queue.next() {
                        said[place] = await word(server, address, model, question, target)
                    }
                    return said
                }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { own, _ in own } }
        }
    }

    /// Answers that people judged under a rubric, with what most of them say; the latest, at most so many.
    private func judged(
        _ rubric: Rubric, _ question: RubricQuestion
    ) throws -> [(target: JudgedTarget, most: JudgedValue)] {
        var found: [(at: Timestamp, target: JudgedTarget, most: JudgedValue)] = []
        var last: String?
        while true {
            let page = try store.judgedItems(after: last, limit: 1000)
            for item in page where item.target.answers.count == 1 {
                let own = item.judgements.filter {
                    $0.origin == .person && $0.rubric.name == rubric.name && $0.question == question.id
                        && $0.value != nil && !$0.isRepeat
                }
                let decided = own.filter { $0.decides == true }
                let counts = Dictionary(grouping: (decided.isEmpty ? own : decided).compactMap(\.value)) { $0 }
                let most = counts.values.map(\.count).max() ?? 0
                guard let at = own.map(\.at).max(), counts.values.count(where: { $0.count == most }) == 1,
                    let value = counts.first(where: { $0.value.count == most })?.key
                else { continue }
                found.append((at, item.target, value))
            }
            guard let end = page.last else { break }
            last = end.id
        }
        return found.sorted { $0.at > $1.at }.prefix(Self.mostItems).map { ($0.target, $0.most) }
    }

    /// A judge's word on what people judged; the same answer is not asked about again for a month.
    private func word(
        _ server: any Answering, _ address: String, _ model: String, _ question: JudgeQuestion, _ target: JudgedTarget
    ) async -> JudgedValue? {
        let messages = question.messages(target)
        let key = Store.answerKey(address, model, JudgeMetric.settings, messages)
        if let key, let known = try? store.evaluationAnswer(key, since: clock.now().advanced(by: -Self.wordAge)) {
            return question.value(known.text)
        }
        do throws(ConnectorFault) {
            let answer = try await server.answer(
                ChatQuestion(model: model, messages: messages, settings: JudgeMetric.settings))
            if let key { try? store.keepAnswer(answer, key: key, at: clock.now()) }
            return question.value(answer.text)
        } catch { return nil }
    }
}

/// Hands out what is to be done, one by one, to several at once.
private final class WordQueue<Item: Sendable>: Sendable {
    private let left: Mutex<[Item]>
    init(_ items: [Item]) { left = Mutex(items.reversed()) }
    func next() -> Item? { left.withLock { $0.popLast() } }
}
