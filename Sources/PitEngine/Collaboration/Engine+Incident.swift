public import PitModel
public import PitStore

extension Engine {
    /// Signals that an incident's charts are of.
    private static let signals: [Signal] = [.requestRate, .errorRatio, .ttftP95, .e2eP95]
    /// Steps of a chart, models with charts, and characters of a sample's texts.
    private static let (steps, mostModels, longest) = (240, 6, 600)

    /// What is kept of a span of time.
    ///
    /// - Parameters:
    ///   - samples: exchanges that are shown at most: those in which something was found first.
    ///   - mask: takes out what is private.
    public func incident(
        from: Timestamp, to: Timestamp, of model: ModelName?, samples: Int = 8,
        mask: @Sendable (String) -> String
    ) throws(StoreFault) -> Incident {
        var evidence = Incident.Evidence()
        evidence.events = try store.events(from: from, to: to, model: model, limit: 5000)
        var last: Int64 = 0
        while true {
            let page = try store.auditEntries(after: last, limit: 1000)
            guard let end = page.last else { break }
            evidence.audit += page.filter { $0.at >= from && $0.at <= to }
            last = end.sequence
        }
        evidence.operations = try store.journal(limit: 2000)
        evidence.proofs = try store.receipts().compactMap { FactCodec.decode(Receipt.self, $0)?.proof }.filter {
            model == nil || $0.model == model
        }
        evidence.judged = try store.judgedSince(from)
        evidence.charts = try charts(from, to, model, evidence.events)
        evidence.samples = try self.samples(from, to, model, samples, mask)
        return Incident(from: from, to: to, model: model, author: settings.author, evidence)
    }

    private func charts(
        _ from: Timestamp, _ to: Timestamp, _ model: ModelName?, _ events: [Event]
    ) throws(StoreFault) -> [Incident.Chart] {
        let struck = Set(events.filter { $0.kind != .configuration }.compactMap(\.model))
        let marks = events.filter { [.release, .alertFired, .operation].contains($0.kind) }
        let names = settings.models.map(\.name).filter { model == nil ? struck.contains($0) : model == $0 }
        var charts: [Incident.Chart] = []
        for name in names.prefix(Self.mostModels) {
            let history = try store.history(
                HistoryQuery(
                    model: name, signals: Self.signals, span: to.since(from), end: to, points: Self.steps),
                now: clock.now())
            let levels = settings.models.first { $0.name == name }?.slo
            for signal in Self.signals {
                guard let values = history.values[signal], values.contains(where: { $0 != nil }) else { continue }
                var chart = Incident.Chart(
                    model: name, signal: signal, start: history.start, step: history.step, values: values,
                    limit: levels?.limit(for: signal))
                chart.marks = marks.filter { $0.model == name }.map { .init($0.at, $0.title) }
                charts.append(chart)
            }
        }
        return charts
    }

    private func samples(
        _ from: Timestamp, _ to: Timestamp, _ model: ModelName?, _ count: Int, _ mask: (String) -> String
    ) throws(StoreFault) -> [Incident.Sample] {
        guard count > 0 else { return [] }
        var query = InteractionQuery(model: model, from: from, to: to, finding: "", limit: count)
        var found = try store.interactions(query)
        query.finding = nil
        query.limit = count * 4
        let known = Set(found.map(\.row))
        found += try store.interactions(query).filter { !known.contains($0.row) }
        func short(_ text: String) -> String { String(mask(text).prefix(Self.longest)) }
        return found.filter { $0.interaction.response != nil }.prefix(count).map { kept in
            let exchange = kept.interaction
            let kinds = Set(kept.findings.map { "\($0.finding.detector)/\($0.finding.kind)" }).sorted()
            return Incident.Sample(
                at: exchange.at, model: exchange.model,
                why: kinds.isEmpty ? "nothing found in it" : kinds.joined(separator: ", "),
                prompt: short(exchange.prompt), response: short(exchange.response ?? ""))
        }
    }
}
