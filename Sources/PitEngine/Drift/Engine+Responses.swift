import Logging
import PitModel
import PitStatistics
import PitStore

/// Drift of what the exchanges with a model are like.
extension Engine {
    /// Seconds between two comparisons of exchanges: they cost more than those of histograms, and change less from one
    /// minute to the next.
    private var responseInterval: Double { max(settings.drift.interval, settings.drift.window / DriftBook.steps) }

    /// The model whose exchanges are to be compared next; one at a time. Marks it.
    func nextResponses(_ now: Timestamp) -> Int? {
        guard settings.drift.isOn, !models.contains(where: { $0.responses.isComparing }) else { return nil }
        let kept = Set(interactionTallies.filter { $0.kept > 0 }.compactMap(\.model))
        guard !kept.isEmpty else { return nil }
        let due = models.indices.filter { index in
            guard kept.contains(models[index].config.name) else { return false }
            guard let last = models[index].responses.comparedAt else { return true }
            let age = now.since(last)
            return age < 0 || age >= responseInterval
        }
        let zero = Timestamp(milliseconds: .min)
        let next = due.min { models[$0].responses.comparedAt ?? zero < models[$1].responses.comparedAt ?? zero }
        if let next { models[next].responses.isComparing = true }
        return next
    }

    /// Compares a model's exchanges beside the engine, and takes in what was found.
    func compareResponses(_ index: Int) async {
        guard index < models.count else { return }
        let (name, began) = (models[index].config.name, clock.now())
        var found: Result<ResponseOutcome, StoreFault>?
        do throws(StoreFault) {
            var comparison = try responseComparison(name, began, texts: true)
            comparison.embed = embedder()
            found = await comparison.runAll(store)
        } catch { found = .failure(error) }
        // The configuration may have changed meanwhile.
        guard let place = models.firstIndex(where: { $0.config.name == name }) else { return }
        models[place].responses.isComparing = false
        models[place].responses.comparedAt = began
        guard let found else { return }
        keep { models[place].responses.outcome = try found.get() }
        noteDrift(place, clock.now(), hasNews: true)
        needsPublishing = true
    }

    /// Compares the exchanges of all models at once, for a command that looks only once.
    func compareAllResponses(_ now: Timestamp) async {
        guard settings.drift.isOn else { return }
        let kept = Set(interactionTallies.filter { $0.kept > 0 }.compactMap(\.model))
        for index in models.indices where kept.contains(models[index].config.name) { await compareResponses(index) }
    }

    func responsesAt(_ name: ModelName, _ at: Timestamp, texts: Bool) -> ResponseOutcome {
        var outcome = ResponseOutcome()
        keep { outcome = try responseComparison(name, at, texts: texts).run(store) }
        return outcome
    }

    /// What exchanges of a span were like, as a baseline keeps it.
    func responseBaseline(_ name: ModelName, _ range: TimeRange) throws(StoreFault) -> [String: DriftBaseline.Sample] {
        ResponseJudgement.side(
            try store.responseSample(of: name, in: [range], limit: ResponseComparison.mostReference)
        ).mapValues(\.kept)
    }

    /// The spans that are compared, by the same settings as for histograms.
    private func responseComparison(
        _ name: ModelName, _ now: Timestamp, texts: Bool
    ) throws(StoreFault) -> ResponseComparison {
        var current = TimeRange(from: now.advanced(by: -settings.drift.window), to: now)
        let release = settings.drift.reference == .release ? releaseTime(name, before: now) : nil
        if let release, release > current.from, release < now { current.from = release }
        return ResponseComparison(
            model: name, current: current, reference: try responseReference(name, current, release), texts: texts)
    }

    private func responseReference(
        _ name: ModelName, _ current: TimeRange, _ release: Timestamp?
    ) throws(StoreFault) -> ResponseComparison.Reference {
        let week = 7.0 * 86400
        func before(_ span: Double, _ end: Timestamp, _ words: String) throws(StoreFault)
            -> ResponseComparison.Reference
        {
            guard let first = try store.firstInteraction(of: name), first < end else {
                return .none(why: "no exchange is kept from before the current window")
            }
            let from = max(first, end.advanced(by: -span))
            return .spans([TimeRange(from: from, to: end)], words: "the \(Self.words(end.since(from))) \(words)")
        }
        func sameHour(_ days: Int) -> ResponseComparison.Reference {
            let spans = (1...max(1, min(days, 31))).map { day in
                let back = -Double(day) * 86400
                return TimeRange(from: current.from.advanced(by: back), to: current.to.advanced(by: back))
            }
            return .spans(spans, words: "the same hour of \(spans.count) \(spans.count == 1 ? "day" : "days") before")
        }
        switch settings.drift.reference {
        case .automatic:
            let first = try store.firstInteraction(of: name)
            let isOld = first.map { current.from.since($0) > 2 * 86400 } ?? false
            return isOld ? sameHour(7) : try before(week, current.from, "before")
        case .before(let span): return try before(span, current.from, "before")
        case .sameHour(let days): return sameHour(days)
        case .release:
            guard let release else { return .none(why: absence(nil)) }
            return try before(week, release, "before the release")
        case .baseline(let title):
            let kept = try store.baselines(of: name).first { $0.name == title }
            return kept.map { .baseline($0) } ?? .none(why: absence(nil))
        }
    }

    /// Turns texts into vectors by the configured server; nil where there is none. Its refusals are logged, and what it
    /// was to tell is then not told.
    private func embedder() -> (@Sendable ([String]) async -> [[Double]]?)? {
        guard let source = settings.drift.embeddings, let index = serverIndex[source.connection],
            let connector = servers[index].server.connector as? any Embedding
        else { return nil }
        let log = log
        return { texts in
            do throws(ConnectorFault) { return try await connector.embed(texts, model: source.model) } catch {
                log.warning("embeddings of \(source.connection): \(error.summary)")
                return nil
            }
        }
    }
}
