public import PitModel
public import PitStore

/// Where people judge: makes queues, carries acts out, and makes the page after each. Apart from the engine, so that no
/// poll stands between a key and the next item.
public actor LabelDesk {
    let store: Store
    let clock: any WallClock
    public private(set) var settings: LabelingSettings
    public private(set) var author: String
    private var sittings: [String: Sitting] = [:]
    private var findings: [String: (found: [KeptFinding], passages: [String])] = [:]

    /// Exchanges that a queue is made of at most: the newest that fit.
    public static let mostExchanges = 50_000
    /// Seconds after which agreement, and what is not told yet, is computed anew.
    private static let trustAge = 10.0

    private struct Sitting {
        var count = 0
        var seconds = 0.0
        var trust = Trust()
        var trustedAt: Timestamp?
    }

    public init(store: Store, settings: LabelingSettings, author: String, clock: any WallClock) {
        (self.store, self.settings, self.clock) = (store, settings, clock)
        self.author = settings.annotator ?? author
    }

    /// Takes a new configuration; who judges stays who it was.
    public func replace(_ settings: LabelingSettings) { self.settings = settings }

    /// Makes a queue of what is kept, and gives its first page.
    public func create(_ wanted: LabelQueue) throws(StoreFault) -> LabelPage {
        var queue = wanted
        (queue.author, queue.at) = (author, clock.now())
        guard Self.isName(queue.name) else {
            throw .refused(
                "`\(queue.name)` is no name for a queue", hint: "Letters, digits, dots, dashes: refusals-since-r14")
        }
        if let about = queue.adjudicates { return try adjudicate(about, queue) }
        guard let rubric = settings.rubric(queue.rubric) else {
            let names = settings.rubrics.map(\.name).joined(separator: ", ")
            throw .refused("there is no rubric `\(queue.rubric)`", hint: "There are: \(names)")
        }
        let items = try items(of: queue, rubric)
        guard !items.isEmpty else {
            if let feedback = queue.feedback {
                throw .refused(
                    "users said nothing\(feedback == .any ? "" : " \(feedback.rawValue)") of what is kept and fits",
                    hint: "Their thumbs come by `labeling: {sync: [...]}` or `pitwall import labels FILE`.")
            }
            let needs =
                rubric.answersCompared > 1
                ? "The rubric compares \(rubric.answersCompared) answers to the same prompt: none is kept." : nil
            throw .refused(
                "nothing that is kept fits", hint: needs ?? "Look with: pitwall get interactions; then widen the query."
            )
        }
        try store.create(queue, rubric: rubric, items: items)
        return try page(queue.name)
    }

    /// What a queue would hold.
    public func items(of queue: LabelQueue, _ rubric: Rubric) throws(StoreFault) -> [LabelItem] {
        var exchanges: [KeptInteraction] = []
        var query = queue.query
        let isPlain =
            queue.order == .newest && queue.releases.isEmpty && queue.stratifyBy == nil && queue.feedback == nil
        let wanted = isPlain && rubric.answersCompared == 1 ? queue.sample ?? Self.mostExchanges : Self.mostExchanges
        while exchanges.count < min(wanted, Self.mostExchanges) {
            query.limit = min(5000, Self.mostExchanges - exchanges.count)
            let page = try store.interactions(query)
            exchanges += page.filter { $0.interaction.response != nil }
            guard page.count == query.limit, let last = page.last else { break }
            query.before = last.row
        }
        let oldest = exchanges.map(\.interaction.at).min() ?? clock.now()
        let events = try store.events(from: oldest.advanced(by: -30 * 86400), to: clock.now(), limit: 20_000)
        var builder = LabelQueueBuilder(queue: queue, rubric: rubric, releases: ReleaseTimes(events))
        if queue.order == .uncertainty || queue.feedback != nil {
            var last: String?
            while true {
                let page = try store.judgedItems(after: last, limit: 1000)
                for item in page { builder.judged[item.id] = item.judgements }
                guard let end = page.last else { break }
                last = end.id
            }
        }
        if let wanted = queue.feedback {
            let rubrics = settings.rubrics
            builder.isWantedByUsers = {
                Self.said($0, rubrics).map { wanted == .any || $0 == (wanted == .good) } ?? false
            }
        }
        if let gold = queue.gold {
            builder.gold = try store.judgedItems(queue: gold, limit: 1000).map {
                LabelItem(id: $0.id, target: $0.target)
            }
            if builder.gold.isEmpty {
                throw .refused("nothing is judged in `\(gold)`", hint: "Judge it first: its answers are the truth.")
            }
        }
        return builder.items(exchanges)
    }

    /// What this person sees of a queue now.
    public func page(_ name: String) throws(StoreFault) -> LabelPage {
        var page = try store.labelPage(name, author: author)
        page.rubric.isMasked = page.rubric.isMasked || settings.isMasked
        for index in page.items.indices {
            try dress(&page.items[index])
            if let about = page.queue.adjudicates {
                page.items[index].said = try store.answers(to: page.items[index].id, in: about)
            }
        }
        let sitting = sittings[name] ?? Sitting()
        (page.sitting, page.activeSeconds, page.target) = (sitting.count, sitting.seconds, settings.target)
        let tallies = try store.labelTallies(queue: name)
        let meetings = page.rubric.answersCompared > 1 ? try store.labelMeetings(queue: name) : nil
        page.evidence = LabelFigures.evidence(page.queue, tallies, meetings)
        let trust = trust(page)
        (page.agreement, page.repeats, page.gold) = (trust.agreement, trust.repeats, trust.gold)
        (page.unsent, page.unsentWhy, page.agreements) = (trust.unsent, trust.unsentWhy, trust.agreements)
        if let about = page.queue.adjudicates, let latest = page.latest {
            page.latest?.said = try store.answers(to: latest.id, in: about)
        } else if let latest = page.latest {
            page.contradiction = try store.contradiction(latest, queue: name, author: author)
        }
        return page
    }

    /// Says who is to judge a queue, and how many each item.
    public func assign(_ name: String, to people: [String], overlap: Int?) throws(StoreFault) {
        try store.assign(name, to: people, overlap: overlap, author: author, at: clock.now())
    }

    /// Carries an act out, and gives the page after it: the act is on the disk then.
    public func perform(_ act: LabelAct) throws(StoreFault) -> LabelPage {
        try store.perform(act, author: author, at: clock.now())
        if case .judge = act.kind {
            sittings[act.queue, default: Sitting()].count += 1
            sittings[act.queue, default: Sitting()].seconds += act.seconds
        }
        return try page(act.queue)
    }

    // MARK: -

    /// Whether users found an answer good, by what other systems and files tell; the latest counts.
    private static func said(_ judgements: [Judgement], _ rubrics: [Rubric]) -> Bool? {
        for judgement in judgements.reversed() {
            guard case .imported = judgement.origin, let value = judgement.value else { continue }
            let named = rubrics.first { $0.name == judgement.rubric.name }
            for rubric in [named].compactMap({ $0 }) + rubrics {
                if let isGood = rubric.isGood([judgement.question: value]) { return isGood }
            }
        }
        return nil
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
            }
    }

    /// How far people agree, and how far this one can be relied on, as last computed. What is old is computed anew beside
    /// the judging: the next key does not wait for it.
    private func trust(_ page: LabelPage) -> Trust {
        let now = clock.now()
        let name = page.queue.name
        var sitting = sittings[name] ?? Sitting()
        if sitting.trustedAt.map({ abs(now.since($0)) >= Self.trustAge }) ?? true {
            sitting.trustedAt = now
            sittings[name] = sitting
            let (store, author) = (store, author)
            let routes = settings.routes
            Task.detached(priority: .low) { await self.keep(Trust(page, store, author, routes), name) }
        }
        return sitting.trust
    }

    private func keep(_ trust: Trust, _ name: String) { sittings[name, default: Sitting()].trust = trust }

    /// The page with all figures as they are now: for those who look once.
    public func pageWithTrust(_ name: String) throws(StoreFault) -> LabelPage {
        var page = try page(name)
        let trust = Trust(page, store, author, settings.routes)
        keep(trust, name)
        (page.agreement, page.repeats, page.gold) = (trust.agreement, trust.repeats, trust.gold)
        (page.unsent, page.unsentWhy, page.agreements) = (trust.unsent, trust.unsentWhy, trust.agreements)
        return page
    }

    private struct Trust: Sendable {
        var agreement: AgreementFigure?
        var agreements: [AgreementFigure] = []
        var repeats: LabelShare?
        var gold: LabelShare?
        var unsent = 0
        var unsentWhy: String?

        init() {}

        init(_ page: LabelPage, _ store: Store, _ author: String, _ routes: [AssessmentRoute]) {
            let name = page.queue.adjudicates ?? page.queue.name
            if let states = try? store.routeStates(routes) {
                unsent = states.map { $0.waiting + $0.refused + $0.conflicts }.max() ?? 0
                unsentWhy = states.lazy.compactMap(\.why).first
            }
            let answers = (try? store.sharedAnswers(queue: name, limit: 20_000)) ?? []
            agreement = LabelFigures.agreement(answers, page.rubric)
            if page.queue.adjudicates != nil { agreements = LabelFigures.agreements(answers, page.rubric) }
            if page.queue.repeatShare > 0 { repeats = try? store.repeatShare(queue: name, author: author) }
            gold = page.queue.gold.flatMap { try? store.goldShare(queue: name, gold: $0, author: author) }
        }
    }

    /// What was found in the exchange, and what it was answered from; nothing when it is no longer kept.
    private func dress(_ item: inout LabelItem) throws(StoreFault) {
        if let known = findings[item.id] {
            (item.findings, item.passages) = known
            return
        }
        let kept = try store.interaction(item.target.interaction, of: item.target.connection)
        (item.findings, item.passages) = (kept?.findings ?? [], kept.map { Self.passages($0.interaction) } ?? [])
        if findings.count > 200 { findings = [:] }
        findings[item.id] = (item.findings, item.passages)
    }

    /// As OpenInference writes them: `retrieval.documents.0.document.content`.
    private static func passages(_ exchange: Interaction) -> [String] {
        exchange.attributes.compactMap { name, value -> (Int, String)? in
            guard name.hasPrefix("retrieval.documents."), name.hasSuffix(".document.content"),
                case .text(let text) = value
            else { return nil }
            return name.split(separator: ".").dropFirst(2).first.flatMap { Int($0) }.map { ($0, text) }
        }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
