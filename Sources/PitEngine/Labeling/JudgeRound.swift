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

    /// Items looked ahead, and questions under way at once.
    private static let ahead = 50
    private static let width = 4

    public init(
        store: Store, seats: [Seat], clock: any WallClock, tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.store, self.seats, self.clock, self.tell) = (store, seats, clock, tell)
    }

    public func replace(_ seats: [Seat]) { self.seats = seats }

    /// Goes on until the task is cancelled: a few questions, then a pause, so that a judge is asked no faster than its
    /// bound says.
    public func run() async {
        while !Task.isCancelled {
            var pause = 5.0
            for seat in seats {
                let asked = await once(seat)
                pause = max(pause, Double(asked) * 60 / max(0.1, seat.judge.perMinute))
            }
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    /// Asks a judge a few questions; gives how many were asked.
    @discardableResult
    public func once(_ seat: Seat) async -> Int {
        let name = seat.judge.name
        do throws(StoreFault) {
            for state in try store.queues(for: name) {
                let queue = state.queue
                guard seat.judge.queues.isEmpty || seat.judge.queues.contains(queue.name),
                    let rubric = try store.labelPage(queue.name, author: name, ahead: 0).rubric.whereShown,
                    let question = JudgeQuestion(rubric)
                else { continue }
                let items = try waiting(queue.name, name)
                guard !items.isEmpty else { continue }
                let said = await ask(seat, question, items)
                try keep(said, queue, rubric, question, name)
                return items.count
            }
        } catch {
            tell("what \(name) says cannot be kept: \(error.summary)")
        }
        return 0
    }

    /// The next items of a queue that the judge has said nothing of, in the order in which people come to them.
    private func waiting(_ queue: String, _ name: String) throws(StoreFault) -> [LabelItem] {
        var (items, last): ([LabelItem], Int64) = ([], 0)
        while items.count < Self.width {
            let page = try store.labelItems(queue, author: name, after: last, limit: Self.ahead)
            guard let end = page.last?.number else { break }
            last = end
            items += page.map(\.item).filter { item in
                item.own.isEmpty && !item.isRepeat && nonsense[name]?.contains("\(queue) \(item.id)") != true
            }
        }
        return Array(items.prefix(Self.width))
    }

    private func ask(_ seat: Seat, _ question: JudgeQuestion, _ items: [LabelItem]) async -> [(LabelItem, String)] {
        await withTaskGroup(of: (LabelItem, Result<String, ConnectorFault>).self) { group in
            for item in items {
                group.addTask {
                    let wanted = ChatQuestion(
                        model: seat.judge.model, messages: question.messages(item.target),
                        settings: GenerationSettings(temperature: 0, maxTokens: 20))
                    do throws(ConnectorFault) {
                        return (item, .success(try await seat.asked.answer(wanted).text))
                    } catch { return (item, .failure(error)) }
                }
            }
            var said: [(LabelItem, String)] = []
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
                }
            }
            return said
        }
    }

    private func keep(
        _ said: [(LabelItem, String)], _ queue: LabelQueue, _ rubric: Rubric, _ question: JudgeQuestion, _ name: String
    ) throws(StoreFault) {
        var judged: [JudgedItem] = []
        for (item, text) in said {
            guard let value = question.value(text) else {
                nonsense[name, default: []].insert("\(queue.name) \(item.id)")
                tell("\(name) answered with none of the words asked for, on \(item.id)")
                continue
            }
            let judgement = Judgement(
                id: Store.assessmentKey(of: item.id, queue.name, name, question.question.id), at: clock.now(),
                author: name, origin: .machine(name), queue: queue.name, item: item.id, rubric: rubric.reference,
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
