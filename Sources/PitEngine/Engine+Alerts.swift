import PitModel
import PitStore

extension Engine {
    func ingest(alerts: [Alert], _ index: Int) {
        let name = servers[index].server.connection.name
        let now = clock.now()
        // With an Alertmanager at hand a Prometheus only adds what has not reached it: what is pending.
        let hasAlertmanager = servers.contains { $0.server.connector is any SilenceReading }
        let own = servers[index].server.connector is any SilenceReading || !hasAlertmanager
        let taken = own ? alerts : alerts.filter { $0.state == .pending }
        take(taken, from: name, now)
        sharing.isWanted = true
    }

    /// Takes all alerts that a source has now: tells what fired and what was resolved, and keeps them.
    func take(_ taken: [Alert], from name: ConnectionName, _ now: Timestamp) {
        let change = board.replace(alerts: taken, from: name)
        // What another source has, too, was told when it came from there.
        let known = change.fired.isEmpty && change.resolved.isEmpty ? [] : Set(events.map(\.key))
        let fired = change.fired.map { alert in
            Event(
                at: max(alert.startsAt, now.advanced(by: -86400)), kind: .alertFired,
                model: board.models.model(of: alert, from: name),
                connection: name, title: "\(alert.name) fired", detail: alert.summary,
                key: "alert|\(alert.fingerprint)|\(alert.startsAt.milliseconds)")
        }
        let resolved = change.resolved.map { alert in
            // Nobody was told of what ends in silence: here it is told.
            let words =
                board.isSilenced(alert)
                ? "resolved while silenced" : board.isAcknowledged(alert) ? "resolved, acknowledged" : "resolved"
            return Event(
                at: now, kind: .alertResolved, model: board.models.model(of: alert, from: name),
                connection: name,
                title: "\(alert.name) \(words)", detail: alert.summary,
                key: "resolved|\(alert.fingerprint)|\(alert.startsAt.milliseconds)")
        }
        note((fired + resolved).filter { !known.contains($0.key) })
        keep {
            // What changes with every reading of the same alert is left out, so that a fact is written once.
            // One that is resolved is shown for a while, and is no fact any more: firing again counts.
            let facts = taken.filter { $0.state != .resolved }.map { alert in
                var steady = alert
                (steady.updatedAt, steady.endsAt) = (nil, nil)
                return (key: "\(name)/\(alert.fingerprint)", body: FactCodec.encode(steady))
            }
            try store.replace(.alert, scope: "\(name)/", with: facts, at: now)
            if !change.fired.isEmpty || board.timesFired.isEmpty {
                let counts = try store.appearances(.alert, since: now.advanced(by: -7 * 86400))
                board.timesFired = Dictionary(
                    counts.map { (String($0.key.split(separator: "/").last ?? ""), $0.value) }, uniquingKeysWith: max)
            }
        }
        for model in models.indices { models[model].isDirty = true }
    }

    func ingest(silences: [Silence], _ index: Int) {
        let name = servers[index].server.connection.name
        let now = clock.now()
        let change = board.replace(silences: silences, from: name)
        note(
            change.begun.map { silence in
                Event(
                    at: now, kind: .silence, connection: name, title: "silenced by \(silence.createdBy)",
                    detail: silence.comment,
                    key: "silence|\(silence.id)")
            }
                + change.ended.map { silence in
                    Event(
                        at: now, kind: .silenceExpired, connection: name, title: "silence ended",
                        detail: silence.comment, key: "unsilence|\(silence.id)")
                })
        keep {
            let facts = silences.map { (key: "\(name)/\($0.id)", body: FactCodec.encode($0)) }
            try store.replace(.silence, scope: "\(name)/", with: facts, at: now)
        }
        verify(now)
        sharing.isWanted = true
    }
}
