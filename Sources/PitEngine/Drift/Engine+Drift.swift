public import PitModel
import PitStatistics
public import PitStore

/// Drift of what inference servers count in histograms.
extension Engine {
    /// Adds what a model's histograms have counted; compares when it is time.
    ///
    /// - Parameter hasNews: whether exchanges were compared anew: they are told at once.
    func noteDrift(_ index: Int, _ now: Timestamp, hasNews: Bool = false) {
        guard settings.drift.isOn else { return }
        let name = models[index].config.name
        if models[index].drift == nil { models[index].drift = driftBook(of: name, at: now) }
        guard var book = models[index].drift else { return }
        // Taken out, so that what is in it is changed in place.
        models[index].drift = nil
        defer { models[index].drift = book }
        for (server, plan) in models[index].bound where server < servers.count {
            book.ledger.take(servers[server].target, plan, server: server)
        }
        let isDue = book.lastKept.map { now.since($0) >= settings.drift.interval } ?? true
        guard isDue || hasNews else { return }
        if isDue {
            book.lastKept = now
            book.note(now, window: settings.drift.window)
        }
        let services = serviceDrift(index) + goldenDrift(of: name)
        let responses = models[index].responses.candidates
        guard !book.ledger.bins.isEmpty || !services.isEmpty || !responses.isEmpty else { return }
        var found = compare(&book, name, now, models[index].responses.outcome)
        found.features += services
        if isDue {
            book.note(found.features, at: now)
            let scores = found.features.compactMap { feature in
                feature.score.map { (key: SeriesKey("score", ["feature": feature.id]), value: $0) }
            }
            keep { try store.recordTotals(book.ledger.kept + scores, of: name, at: now) }
        }
        noteChanges(models[index].state.drift, found, name, now)
        models[index].state.drift = found
    }

    /// What services publish of a model's drift and bias.
    private func serviceDrift(_ index: Int) -> [FeatureDrift] {
        var found: [ServiceStatistic: Double] = [:]
        for (server, plan) in models[index].bound where server < servers.count {
            let target = servers[server].target
            let ranks = plan.replicas.flatMap(\.sources).filter { $0.quantity == .serviceStatistic }.flatMap(\.ranks)
            for each in ranks.flatMap(\.categories) where each.slot < target.slots.count && target.isFresh(each.slot) {
                guard let statistic = ServiceStatistic(category: each.name),
                    let value = target.past.last(target.slots[each.slot].watch)?.value
                else { continue }
                found[statistic] = value
            }
        }
        return found.map { $0.key.drift($0.value) }.sorted { $0.id < $1.id }
    }

    /// A model's drift as it was at a moment; nil when nothing was counted then. From what was kept.
    public func drift(of name: ModelName, at: Timestamp) -> ModelDrift? { driftAt(name, at, texts: true) }

    /// The same snapshot with the drift that the store knows, for models that have none yet.
    public func addingDrift(to snapshot: Snapshot) -> Snapshot {
        var snapshot = snapshot
        for index in snapshot.models.indices.prefix(Self.driftInPast) where snapshot.models[index].drift == nil {
            snapshot.models[index].drift = driftAt(snapshot.models[index].name, snapshot.at, texts: true)
        }
        return snapshot
    }

    /// Saves what a model's traffic was like in a span; nil when nothing was counted then. On disk when it returns.
    public func saveBaseline(
        _ title: String, of name: ModelName, _ range: TimeRange, author: String
    ) throws(StoreFault) -> DriftBaseline? {
        let ledger = driftBook(of: name, at: range.to).ledger
        let part = try counted(name, ledger, from: range.from, to: range.to)
        let responses = try responseBaseline(name, range)
        guard part.map({ !$0.counts.isEmpty }) ?? false || !responses.isEmpty else { return nil }
        let baseline = DriftBaseline(
            name: title, model: name, range: part?.range ?? range, author: author, at: clock.now(),
            counts: part?.counts.mapValues(\.kept) ?? [:], responses: responses.isEmpty ? nil : responses)
        try store.save(baseline)
        return baseline
    }

    /// - Parameter texts: whether the texts themselves are compared, too: that takes a good part of a second.
    func driftAt(_ name: ModelName, _ at: Timestamp, texts: Bool = false) -> ModelDrift? {
        guard settings.drift.isOn else { return nil }
        var book = driftBook(of: name, at: at)
        let responses = responsesAt(name, at, texts: texts)
        // What is polled reaches the disk within half a minute.
        let newest = book.entries.last.flatMap { at.since($0.at) < max(settings.drift.window, 90) ? $0.at : nil }
        guard newest != nil || !responses.candidates.isEmpty else { return nil }
        return compare(&book, name, newest ?? at, responses, hasHistograms: newest != nil)
    }

    /// The window, the totals and the scores that the store has.
    private func driftBook(of name: ModelName, at now: Timestamp) -> DriftBook {
        var book = DriftBook()
        keep {
            let window = settings.drift.window
            let span = window * (1 + 2 / DriftBook.steps)
            var kept = try store.totals(of: name, from: now.advanced(by: -span), to: now)
            if kept.isEmpty, let (at, values) = try store.totals(of: name, at: now, within: 30 * 86400) {
                kept = values.mapValues { [DataPoint(at, $0)] }
            }
            book.restore(Self.readings(kept, step: window / DriftBook.steps))
            for (key, points) in kept where key.name == "score" {
                guard let feature = key["feature"] else { continue }
                book.scores[feature] = points.suffix(DriftBook.trendLength).map { ($0.at, $0.value) }
            }
        }
        return book
    }

    /// All values at each moment, about a step apart, and at the last one.
    private static func readings(
        _ kept: [SeriesKey: [DataPoint]], step: Double
    ) -> [(at: Timestamp, values: [SeriesKey: Double])] {
        let times = Set(kept.values.flatMap { $0.map(\.at) }).sorted()
        var chosen: [Timestamp] = []
        for time in times where time == times.last || chosen.last.map({ time.since($0) >= step }) ?? true {
            chosen.append(time)
        }
        var readings = chosen.map { (at: $0, values: [SeriesKey: Double]()) }
        for (key, points) in kept where key.name != "score" {
            var next = points[...]
            var last: Double?
            for place in readings.indices {
                while let point = next.first, point.at <= readings[place].at {
                    last = point.value
                    next.removeFirst()
                }
                readings[place].values[key] = last
            }
        }
        return readings
    }

    private func compare(
        _ book: inout DriftBook, _ name: ModelName, _ now: Timestamp, _ responses: ResponseOutcome,
        hasHistograms: Bool = true
    ) -> ModelDrift {
        var result = ModelDrift(at: now, interval: settings.drift.interval)
        var candidates = hasHistograms ? compareHistograms(&book, name, now, &result) : []
        candidates += responses.candidates
        if result.current == nil { result.current = responses.current }
        if result.reference == nil {
            (result.reference, result.referenceWords) = (responses.reference, responses.referenceWords)
        }
        result.features = DriftJudgement.settle(candidates)
        for place in result.features.indices {
            DriftJudgement.date(&result.features[place], book.scores[result.features[place].id] ?? [], now)
        }
        return result
    }

    private func compareHistograms(
        _ book: inout DriftBook, _ name: ModelName, _ now: Timestamp, _ result: inout ModelDrift
    ) -> [DriftJudgement.Candidate] {
        let drift = settings.drift
        guard !book.ledger.bins.isEmpty, var current = book.current(now, window: drift.window) else { return [] }
        let release = drift.reference == .release ? releaseTime(name, before: now) : nil
        // What the release serves begins with it.
        if let release, release > current.range.from, let entry = book.entries.first(where: { $0.at >= release }),
            entry.at < now
        {
            let counts = book.ledger.counts(from: entry.totals, to: book.ledger.totals)
            current = (TimeRange(from: entry.at, to: now), counts)
        }
        result.current = current.range
        let reference = reference(&book, name, current.range, release, now)
        if let reference { (result.reference, result.referenceWords) = (reference.range, reference.words) }
        return DriftJudgement.candidates(
            reference: reference?.counts ?? [:], current: current.counts, limit: drift.limit, why: absence(release))
    }

    func absence(_ release: Timestamp?) -> String {
        switch settings.drift.reference {
        case .release where release == nil: "no release of this model is known"
        case .baseline(let name): "there is no baseline `\(name)` of this model"
        default: "nothing was counted before the current window yet"
        }
    }

    func releaseTime(_ model: ModelName, before now: Timestamp) -> Timestamp? {
        events.last { $0.kind == .release && $0.model == model && $0.at <= now }?.at
    }

    private func noteChanges(_ before: ModelDrift?, _ now: ModelDrift?, _ name: ModelName, _ at: Timestamp) {
        guard let now else { return }
        for feature in now.features {
            let was = before?.features.first { $0.id == feature.id }?.verdict
            guard let was, was != feature.verdict else { continue }
            if feature.verdict == .drifted {
                let how = feature.onset.map { " (\($0.rawValue))" } ?? ""
                note([
                    Event(at: at, kind: .drift, model: name, title: "\(name): \(feature.feature.title) drifted\(how)")
                ])
            } else if was == .drifted, feature.verdict == .same {
                note([
                    Event(at: at, kind: .drift, model: name, title: "\(name): \(feature.feature.title) as before again")
                ])
            }
        }
    }
}
