import Logging
public import PitModel
import PitStore

/// What the engine remembers of judging.
struct LabelDesk {
    var queues: [LabelQueueState] = []
    var quality: [LabelQuality] = []
    var agreements: [String: AgreementFigure] = [:]
    var mark: Int64 = -1
    var countedAt = Timestamp(milliseconds: 0)
    /// When this process began: a sitting.
    var since: Timestamp?
}

/// Why something of judging was not done, and what to do.
public struct LabelRefusal: Error, Equatable, Sendable {
    public var words: String
    public var hint: String
    init(_ words: String, _ hint: String) { (self.words, self.hint) = (words, hint) }
    init(_ fault: StoreFault) { (words, hint) = ("not kept: \(fault.summary)", fault.hint) }
}

extension Engine {
    /// Exchanges that a queue is chosen from at most.
    static let queueLimit = 100_000

    /// Makes a queue of what its query asks for; on disk when it returns.
    public func createQueue(_ queue: LabelQueue) -> Result<LabelPage, LabelRefusal> {
        guard let rubric = RubricCatalog.named(queue.rubric) else {
            let names = RubricCatalog.shipped.map(\.name).joined(separator: ", ")
            return .failure(LabelRefusal("there is no rubric `\(queue.rubric)`", "There are: \(names)."))
        }
        guard !queue.name.isEmpty, queue.name.utf8.count <= 100, !queue.name.contains(where: \.isNewline) else {
            return .failure(LabelRefusal("a queue needs a name of at most 100 bytes", "Name it: refusals-since-r14."))
        }
        if case .uncertainty = queue.order {
            return .failure(
                LabelRefusal("queues cannot be ordered by uncertainty yet", "Use newest, random or coverage."))
        }
        do throws(StoreFault) {
            var query = queue.query
            query.limit = Self.queueLimit
            let kept = try store.interactions(query)
            let building = QueueBuilding(queue: queue, rubric: rubric, releases: try releases(of: kept))
            let items = building.items(of: kept)
            guard !items.isEmpty else {
                return .failure(
                    LabelRefusal(
                        "no exchange answers that query: \(kept.count) were looked at",
                        rubric.answersCompared > 1
                            ? "Pairs need two different answers to the same messages."
                            : "See what is kept: pitwall get interactions"))
            }
            guard try store.create(queue, items: items) else {
                return .failure(LabelRefusal("there is a queue `\(queue.name)` already", "Take another name."))
            }
            countLabels(clock.now(), always: true)
            return page(of: queue.name, for: queue.author)
        } catch { return .failure(LabelRefusal(error)) }
    }

    /// A queue as it is for one person.
    public func labelPage(_ name: String, for author: String) -> Result<LabelPage, LabelRefusal> {
        countLabels(clock.now(), always: true)
        return page(of: name, for: author)
    }

    /// Keeps one press of a key; what comes back has it in it, and is on the disk.
    public func judge(_ act: LabelAct, by author: String) -> Result<LabelPage, LabelRefusal> {
        if settings.isReadOnly { return .failure(LabelRefusal("this pitwall is read-only", "")) }
        do throws(StoreFault) {
            guard let queue = try store.labelQueue(act.queue), let rubric = RubricCatalog.named(queue.rubric) else {
                return .failure(unknown(act.queue))
            }
            if case .judge(let values, _) = act.kind {
                for (question, value) in values.sorted(by: { $0.key < $1.key }) {
                    if let value, let why = rubric.refusal(of: value, to: question) {
                        return .failure(LabelRefusal(why, "Answer what the rubric asks."))
                    }
                }
            }
            switch try store.perform(act, rubric: rubric, author: author, at: clock.now()) {
            case .kept: break
            case .nothing:
                return .failure(
                    LabelRefusal(act.kind == .undo ? "there is nothing to undo" : "there is nothing to redo", ""))
            case .unknown: return .failure(LabelRefusal("that item is no longer in the queue", "Open the queue again."))
            }
            countLabels(clock.now())
            return page(of: act.queue, for: author)
        } catch {
            log.error("\(error.summary). \(error.hint)")
            return .failure(LabelRefusal(error))
        }
    }

    private func page(of name: String, for author: String) -> Result<LabelPage, LabelRefusal> {
        do throws(StoreFault) {
            guard let queue = try store.labelQueue(name), let rubric = RubricCatalog.named(queue.rubric) else {
                return .failure(unknown(name))
            }
            let since = labels.since ?? clock.now()
            labels.since = since
            guard var page = try store.labelPage(name, rubric: rubric, author: author, since: since) else {
                return .failure(unknown(name))
            }
            page.agreement = labels.agreements[name]
            if queue.releases.count == 2 {
                let counts = try store.goodAndBad(queue: name)
                page.evidence = LabelFigures.evidence(
                    queue.releases.map { release in
                        let own = counts.filter { $0.release == release }
                        return LabelEvidence.Arm(
                            release, good: own.reduce(0) { $0 + $1.good }, bad: own.reduce(0) { $0 + $1.bad })
                    })
            }
            return .success(page)
        } catch { return .failure(LabelRefusal(error)) }
    }

    private func unknown(_ name: String) -> LabelRefusal {
        LabelRefusal("there is no queue `\(name)`", "See them: pitwall queue list")
    }

    /// When releases of the models began: those that were seen here.
    private func releases(
        of kept: [KeptInteraction]
    ) throws(StoreFault) -> [ModelName: [(at: Timestamp, name: String)]] {
        var releases: [ModelName: [(at: Timestamp, name: String)]] = [:]
        guard let first = kept.map(\.interaction.at).min() else { return [:] }
        for model in Set(kept.compactMap(\.interaction.model)) {
            let events = try store.events(
                from: first.advanced(by: -30 * 86400), to: clock.now(), model: model, limit: 10_000)
            releases[model] = events.filter { $0.kind == .release && $0.model == model }.map { event in
                (event.at, event.title.split(separator: " ").last.map(String.init) ?? event.title)
            }
        }
        return releases
    }

    /// Counts what was judged, when somebody judged something: every two seconds at most.
    func countLabels(_ now: Timestamp, always: Bool = false) {
        let age = now.since(labels.countedAt)
        guard always || age < 0 || age >= 2 else { return }
        labels.countedAt = now
        keep {
            let mark = try store.judgementMark()
            guard mark != labels.mark || always else { return }
            labels.mark = mark
            var agreements: [String: AgreementFigure] = [:]
            for name in try store.sharedQueues() {
                guard let queue = try store.labelQueue(name), let rubric = RubricCatalog.named(queue.rubric),
                    let question = rubric.questions.first
                else { continue }
                agreements[name] = LabelFigures.agreement(
                    try store.sharedAnswers(queue: name, question: question.id), question)
            }
            labels.agreements = agreements
            labels.queues = try store.labelQueues(for: settings.author)
            for index in labels.queues.indices {
                labels.queues[index].agreement = agreements[labels.queues[index].queue.name]
            }
            labels.quality = LabelFigures.quality(try store.goodAndBad())
            needsPublishing = true
        }
    }
}
