public import PitModel
public import PitStore

extension Engine {
    /// When an alert fired before, and what was done.
    public func past(of query: AlertQuery) throws(StoreFault) -> AlertPast {
        let sources = servers.filter { $0.server.connector is any AlertReading }.map(\.server.connection.name)
        let keys = ([.pitwall] + sources).map { "\($0)/\(query.fingerprint)" }
        let acts = try store.acts(subject: query.fingerprint, limit: 2000)
        let all = keys.isEmpty ? [] : Firings.of(try store.alertFacts(keys: keys))
        return AlertPast(firings: Firings.with([query.fingerprint: acts], Firings.once(all)))
    }

    /// All that fired since a moment, newest first.
    public func firings(since: Timestamp, limit: Int = 10_000) throws(StoreFault) -> [Firing] {
        let all = Firings.once(Firings.of(try store.alertFacts(since: since, limit: limit)))
        let acts = Dictionary(grouping: try store.acts(since: since), by: \.subject)
        return Firings.with(acts, all)
    }
}

/// Firings out of the facts that are kept of alerts.
enum Firings {
    /// Facts of one alert follow each other, each a state of it: together they are one firing, as long as nothing lay
    /// between them and it began at the same time.
    static func of(_ facts: [PastFact]) -> [Firing] {
        var result: [Firing] = []
        var open: [String: Int] = [:]
        for past in facts {
            guard let alert = FactCodec.decode(Alert.self, past.fact.body) else { continue }
            let key = past.fact.key
            guard alert.isLoud else {
                open[key] = nil
                continue
            }
            let isSilenced = !alert.silencedBy.isEmpty
            if let index = open[key], !past.isNew, result[index].alert.startsAt == alert.startsAt {
                result[index].endedAt = past.until
                result[index].wasSilenced = result[index].wasSilenced || isSilenced
                result[index].endedSilenced = isSilenced
                result[index].alert = alert
            } else {
                open[key] = result.count
                let connection = ConnectionName(String(key.split(separator: "/", maxSplits: 1).first ?? ""))
                // What is first seen long after it began did not begin then.
                result.append(
                    Firing(
                        alert: alert, connection: connection, firedAt: min(alert.startsAt, past.fact.since),
                        endedAt: past.until, wasSilenced: isSilenced, endedSilenced: isSilenced))
            }
        }
        return result.sorted { ($0.firedAt, $0.alert.fingerprint) > ($1.firedAt, $1.alert.fingerprint) }
    }

    /// The same firing from several sources counts once; pitwall's own comes first.
    static func once(_ all: [Firing]) -> [Firing] {
        var seen: [String: Int] = [:]
        var result: [Firing] = []
        for firing in all {
            let key = "\(firing.alert.fingerprint)@\(firing.alert.startsAt.milliseconds)"
            if let index = seen[key] {
                if firing.connection == .pitwall { result[index] = firing }
            } else {
                seen[key] = result.count
                result.append(firing)
            }
        }
        return result
    }

    /// Puts what people did to the firing it was done in: acts are about the one that was there, or the last before.
    static func with(_ acts: [String: [Act]], _ firings: [Firing]) -> [Firing] {
        var later: [String: Timestamp] = [:]
        return firings.map { firing in
            var firing = firing
            let subject = firing.alert.fingerprint
            firing.acts = (acts[subject] ?? []).filter { act in
                act.at >= firing.firedAt && later[subject].map { act.at < $0 } ?? true
            }
            later[subject] = firing.firedAt
            return firing
        }
    }
}
