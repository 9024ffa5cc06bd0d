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

    typealias Counted = (range: TimeRange, counts: [TrafficFeature: FeatureCounts])

    /// What the reference counted. It moves slowly, so it is read from the store a few times a window only.
    private func reference(
        _ book: inout DriftBook, _ name: ModelName, _ current: TimeRange, _ release: Timestamp?, _ now: Timestamp
    ) -> DriftBook.Reference? {
        let drift = settings.drift
        let patience = max(drift.interval, drift.window / DriftBook.steps)
        if let known = book.reference, known.at <= now, now.since(known.at) < patience { return known }
        var found: (Counted, words: String)?
        keep { found = try readReference(name, book.ledger, current, release) }
        guard let found else { return nil }
        let reference = DriftBook.Reference(at: now, range: found.0.range, words: found.words, counts: found.0.counts)
        book.reference = reference
        return reference
    }

    private func readReference(
        _ name: ModelName, _ ledger: HistogramLedger, _ current: TimeRange, _ release: Timestamp?
    ) throws -> (Counted, words: String)? {
        switch settings.drift.reference {
        case .automatic:
            let week = 7.0 * 86400
            let first = try store.firstTotals(of: name)
            let isOld = first.map { current.from.since($0) > 2 * 86400 } ?? false
            if isOld, let same = try sameHour(7, name, ledger, current) { return same }
            return try before(week, name, ledger, current)
        case .before(let span): return try before(span, name, ledger, current)
        case .release:
            guard let release else { return nil }
            let from = release.advanced(by: -7 * 86400)
            guard let part = try counted(name, ledger, from: from, to: release) else { return nil }
            return (part, "the \(Self.words(part.range.length)) before the release")
        case .sameHour(let days): return try sameHour(days, name, ledger, current)
        case .baseline(let title):
            guard let kept = try store.baselines(of: name).first(where: { $0.name == title }) else { return nil }
            return ((kept.range, kept.counts.mapValues(FeatureCounts.init)), "the baseline `\(title)`")
        }
    }

    private func before(
        _ span: Double, _ name: ModelName, _ ledger: HistogramLedger, _ current: TimeRange
    ) throws -> (Counted, words: String)? {
        let from = current.from.advanced(by: -span)
        guard let part = try counted(name, ledger, from: from, to: current.from) else { return nil }
        return (part, "the \(Self.words(part.range.length)) before")
    }

    private func sameHour(
        _ days: Int, _ name: ModelName, _ ledger: HistogramLedger, _ current: TimeRange
    ) throws -> (Counted, words: String)? {
        var sum: [TrafficFeature: FeatureCounts] = [:]
        var (found, first) = (0, current.from)
        for day in 1...max(1, min(days, 31)) {
            let back = -Double(day) * 86400
            let (from, to) = (current.from.advanced(by: back), current.to.advanced(by: back))
            guard let part = try counted(name, ledger, from: from, to: to), part.range.length > current.length / 2
            else { continue }
            (found, first) = (found + 1, part.range.from)
            sum.merge(part.counts) { $0 + $1 }
        }
        guard found > 0 else { return nil }
        let range = TimeRange(from: first, to: current.from)
        return ((range, sum), "the same hour of \(found) \(found == 1 ? "day" : "days") before")
    }

    /// What was counted in a span, as far as it was watched.
    func counted(
        _ name: ModelName, _ ledger: HistogramLedger, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> Counted? {
        let patience = max(settings.drift.interval * 5, 300)
        guard let first = try store.firstTotals(of: name), first < to else { return nil }
        let start = max(from, first)
        guard let end = try store.totals(of: name, at: to, within: max(patience, to.since(start))) else { return nil }
        let reading = try store.totals(of: name, at: start, within: patience)
        let begin: (at: Timestamp, values: [SeriesKey: Double])
        if let reading {
            begin = reading
        } else if let later = try store.totals(of: name, at: start.advanced(by: patience), within: patience) {
            begin = later
        } else {
            return nil
        }
        guard begin.at < end.at else { return nil }
        let counts = ledger.counts(from: ledger.reading(begin.values), to: ledger.reading(end.values))
        return (TimeRange(from: begin.at, to: end.at), counts)
    }

    static func words(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7200: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: "\(Int((seconds / 3600).rounded())) h"
        default: "\(Int((seconds / 86400).rounded())) d"
        }
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
