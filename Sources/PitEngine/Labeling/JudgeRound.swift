public import PitModel
public import PitStore

/// Asks models what they think of items before people judge them, within bounds, apart from the engine.
public actor JudgeRound {
    public struct Seat: Sendable {
        public var judge: LabelJudge
        public var asked: any Answering
        public init(_ judge: LabelJudge, _ asked: any Answering) { (self.judge, self.asked) = (judge, asked) }
    }

    private let store: Store
    private let clock: any WallClock
    private var seats: [Seat]
    private let tell: @Sendable (String) -> Void
    /// Items that a judge answered with anything but one of the words: not asked again by this process.
    private var nonsense: [String: Set<String>] = [:]
    private var faults: [String: ConnectorFault] = [:]
    /// Before this place each item of a queue has the judge's answer, or is not to be asked again.
    private var places: [String: Int64] = [:]
    /// Judges that are left alone after a fault: how often it came, and until when.
    private var rests: [String: (attempts: Int, until: Timestamp)] = [:]
    private let lock: PollerLock?

    /// Seconds that a judge which does not answer is left alone at most.
    public static let longestRest = 600.0
    private static let patience = Backoff(first: 10, last: longestRest)

    /// Items looked ahead, and questions under way at once.
    private static let ahead = 50
    private static let width = 4
    /// Tokens of a reply: one word, and what a model thinks before it.
    private static let tokens = 2000

    /// One process at a time asks, the one that has `lock`.
    public init(
        store: Store, seats: [Seat], lock: PollerLock? = nil, clock: any WallClock,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.store, self.seats, self.lock, self.clock, self.tell) = (store, seats, lock, clock, tell)
    }

    public func replace(_ seats: [Seat]) { self.seats = seats }

    /// Goes on until the task is cancelled: a few questions, then a pause, so that a judge is asked no faster than its
    /// bound says.
    public func run() async {
        while !Task.isCancelled {
            var pause = 5.0
            if !seats.isEmpty, lock?.tryAcquire() ?? true {
                for seat in seats {
                    let asked = await once(seat)
                    pause = max(pause, Double(asked) * 60 / max(0.1, seat.judge.perMinute))
                }
                lock?.release()
            }
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    /// Asks a judge a few questions; gives how many were asked.
    @discardableResult
    public func once(_ seat: Seat) async -> Int {
        let name = seat.judge.author
        if let rest = rests[name], clock.now() < rest.until { return 0 }
        do throws(StoreFault) {
            for state in try store.queues(for: name) {
                let queue = state.queue
                guard seat.judge.queues.isEmpty || seat.judge.queues.contains(queue.name),
                    let rubric = try store.labelPage(queue.name, author: name, ahead: 0).rubric.whereShown,
                    let question = JudgeQuestion(rubric)
                else { continue }
                let items = try waiting(queue.name, name, total: state.total)
                guard !items.isEmpty else { continue }
                let said = await ask(seat, question, items, of: queue.name)
                try keep(said, queue, rubric, question, seat.judge)
                return items.count
            }
        } catch {
            tell("what \(name) says cannot be kept: \(error.summary)")
        }
        return 0
    }

    /// The next items of a queue that the judge has said nothing of, in the order in which people come to them.
    private func waiting(_ queue: String, _ name: String, total: Int) throws(StoreFault) -> [LabelItem] {
        let key = "\(name) \(queue)"
        var (items, last) = ([(number: Int64, item: LabelItem)](), places[key] ?? 0)
        while items.count < Self.width {
            let page = try store.unjudged(by: name, in: queue, after: last, limit: Self.ahead)
            guard let end = page.last?.number else { break }
            last = end
            items += page.filter { nonsense[name]?.contains("\(queue) \($0.item.id)") != true }
        }
        // What is done is not gone through again: a queue may be long.
        places[key] = items.first.map { $0.number - 1 } ?? max(places[key] ?? 0, Int64(total))
        return items.prefix(Self.width).map(\.item)
    }

    private func ask(
        _ seat: Seat, _ question: JudgeQuestion, _ items: [LabelItem], of queue: String
    ) async -> [(LabelItem, String)] {
        await withTaskGroup(of: (LabelItem, Result<String, ConnectorFault>).self) { group in
            for item in items {
                group.addTask {
                    let wanted = ChatQuestion(
                        model: seat.judge.model, messages: question.messages(item.target),
                        settings: GenerationSettings(temperature: 0, maxTokens: Self.tokens))
                    do throws(ConnectorFault) {
                        return (item, .success(try await seat.asked.answer(wanted).text))
                    } catch { return (item, .failure(error)) }
                }
            }
            var (said, isDown): ([(LabelItem, String)], Bool) = ([], false)
            for await (item, result) in group {
                switch result {
                case .success(let text):
                    said.append((item, text))
                    faults[seat.judge.name] = nil
                case .failure(let fault):
                    if faults[seat.judge.name] != fault, fault != .cancelled {
                        tell("\(seat.judge.name) does not answer: \(fault.summary)")
                    }
                    faults[seat.judge.name] = fault
                    // What is wrong with this item alone is not asked again.
                    if fault.isOfOneRequest {
                        nonsense[seat.judge.author, default: []].insert("\(queue) \(item.id)")
                    } else if fault != .cancelled {
                        isDown = true
                    }
                }
            }
            rest(seat.judge.author, isDown && said.isEmpty)
            return said
        }
    }

    private func rest(_ name: String, _ isDown: Bool) {
        guard isDown else {
            rests[name] = nil
            return
        }
        let attempts = (rests[name]?.attempts ?? 0) + 1
        rests[name] = (attempts, clock.now().advanced(by: Self.patience.wait(after: attempts)))
    }

    private func keep(
        _ said: [(LabelItem, String)], _ queue: LabelQueue, _ rubric: Rubric, _ question: JudgeQuestion,
        _ judge: LabelJudge
    ) throws(StoreFault) {
        let name = judge.author
        var judged: [JudgedItem] = []
        for (item, text) in said {
            guard let value = question.value(text) else {
                nonsense[name, default: []].insert("\(queue.name) \(item.id)")
                tell("\(name) answered with none of the words asked for, on \(item.id)")
                continue
            }
            let judgement = Judgement(
                id: Store.assessmentKey(of: [item.id, queue.name, name, question.question.id]), at: clock.now(),
                author: name, origin: .machine(judge.name), queue: queue.name, item: item.id, rubric: rubric.reference,
                question: question.question.id, value: value)
            judged.append(
                JudgedItem(id: item.id, queue: queue.name, target: item.target, judgements: [judgement]))
        }
        if !judged.isEmpty { try store.importJudged(judged) }
    }
}

extension Rubric {
    /// Itself where it shows what machines say; else nil.
    fileprivate var whereShown: Rubric? { showsPrelabels ? self : nil }
}
