import Logging
import PitModel
import PitParse
import PitStore

/// An alias that was moved where a policy would not have let it.
struct AliasBreach: Equatable {
    var version: String
    /// Names of policies that are not fulfilled; empty where people decided against the version.
    var policies: [String]
    /// What is missing, in words.
    var missing: [String]
    var since: Timestamp
}

/// Aliases can be moved in the registry itself, past every policy. Nothing undoes what somebody did there; it is told.
extension Engine {
    static let aliasAlert = "AliasAgainstPolicy"
    /// Seconds after which an alias that breaks a policy is looked at again: what was missing may have come.
    private static let aliasInterval = 60.0

    /// An alias that points elsewhere than before. What was moved by a pitwall was held against policies when it was sent.
    func suspect(_ deployment: Deployment, was old: Deployment?) {
        guard deployment.id.kind == .alias, !settings.governance.policies.isEmpty else { return }
        desk.breaches[deployment.id] = nil
        // One that was there when the connection was first looked at has not moved.
        guard old != nil || desk.pointed.contains(deployment.id.connection), deployment.current != nil,
            deployment.changedBy == nil
        else {
            desk.suspects[deployment.id] = nil
            return
        }
        desk.suspects[deployment.id] = .some(old?.current?.name)
        desk.suspectsDue = clock.now()
    }

    func areAliasesDue(_ now: Timestamp) -> Bool {
        !(desk.suspects.isEmpty && desk.breaches.isEmpty)
            && (desk.suspectsDue <= now || desk.suspectsDue.since(now) > 120)
    }

    /// Holds those that moved, and those that broke a policy before, against the policies.
    func holdAliases(_ now: Timestamp) async {
        guard areAliasesDue(now) else { return }
        desk.suspectsDue = now.advanced(by: Self.aliasInterval)
        let before = desk.suspects
        for id in Set(before.keys).union(desk.breaches.keys) {
            guard let deployment = desk[id]?.deployment, let version = deployment.current?.name else {
                (desk.suspects[id], desk.breaches[id]) = (nil, nil)
                continue
            }
            guard !isOurs(id, version) else {
                desk.suspects[id] = nil
                continue
            }
            do throws(OperationRefusal) {
                let found = try await breach(id, version, was: before[id].flatMap(\.self), now)
                // It may have moved on while the registry was asked.
                guard desk[id]?.deployment.current?.name == version else { continue }
                desk.suspects[id] = nil
                settle(id, found, deployment, now)
            } catch { log.notice("\(id) is not held against policies yet: \(error.words)") }
        }
    }

    /// Whether it was brought there by an operation of this state folder, or is about to be.
    private func isOurs(_ id: DeploymentID, _ version: String) -> Bool {
        if desk.locks[id.description] != nil { return true }
        let last = ((try? store.journal(limit: 200)) ?? []).last { entry in
            guard let plan = entry.operation.request.plan, plan.request.deployment == id else { return false }
            return [.sent, .acknowledged, .verified, .unverified].contains(entry.stage)
        }
        return last?.operation.request.plan?.target?.id.name == version
    }

    /// Nil where the policies hold, or none is for it.
    private func breach(
        _ id: DeploymentID, _ version: String, was before: String?, _ now: Timestamp
    ) async throws(OperationRefusal) -> AliasBreach? {
        guard let at = id.name.lastIndex(of: "@") else { return nil }
        let (name, alias) = (String(id.name[..<at]), String(id.name[id.name.index(after: at)...]))
        let policies = settings.governance.policies.filter { $0.guards(alias, of: name) }
        guard !policies.isEmpty else { return nil }
        let since = desk.breaches[id]?.since ?? now
        // Going back stays possible, but for a version that people decided against.
        if let before = before.flatMap(Int.init), let new = Int(version), new < before {
            let against = decided(against: ModelVersionID(id.connection, name, version), blocks: true)
            return against.isEmpty
                ? nil : AliasBreach(version: version, policies: [], missing: against.map(\.words), since: since)
        }
        let card = try await card(of: name, version: version, on: id.connection)
        do throws(StoreFault) {
            let evidence = try evidence(card, requester: nil)
            let open = policies.map { RequirementCheck.results($0, evidence) }.filter { !$0.holds }
            guard !open.isEmpty else { return nil }
            return AliasBreach(
                version: version, policies: open.map(\.policy.name),
                missing: open.flatMap { result in
                    result.missing.map { "\(result.policy.name) misses \($0.name): \($0.words)" }
                }, since: since)
        } catch { throw OperationRefusal(error.summary, error.hint) }
    }

    private func settle(_ id: DeploymentID, _ found: AliasBreach?, _ deployment: Deployment, _ now: Timestamp) {
        let known = desk.breaches[id]
        desk.breaches[id] = found
        if known != found { needsPublishing = true }
        guard let found, known == nil else { return }
        note([
            Event(
                at: now, kind: .alias, model: deployment.model, connection: id.connection, title: Self.words(id, found),
                detail: found.missing.joined(separator: "; ").prefix(bytes: 1000),
                key: "breach|\(id)|\(found.version)|\((deployment.since ?? now).milliseconds)")
        ])
    }

    private static func words(_ id: DeploymentID, _ breach: AliasBreach) -> String {
        let against =
            breach.policies.isEmpty
            ? "which people decided against" : "against policy \(breach.policies.joined(separator: ", "))"
        return "\(id.path) was moved outside pitwall to version \(breach.version), \(against)"
    }

    /// An alert for each alias that stands where a policy would not have let it.
    func aliasAlerts(_ now: Timestamp) -> [Alert] {
        let silences = board.allSilences.filter { $0.startsAt <= now && now < $0.endsAt && $0.state != .expired }
        return desk.breaches.sorted { $0.key < $1.key }.map { id, breach in
            var labels = [
                "alertname": Self.aliasAlert, "severity": "error", "alias": id.path, "version": breach.version,
                "connection": id.connection.description,
            ]
            if let model = desk[id]?.deployment.model { labels["model"] = model.description }
            let name = id.name.lastIndex(of: "@").map { String(id.name[..<$0]) } ?? id.name
            var alert = Alert(
                fingerprint: Alert.fingerprint(of: labels), labels: labels,
                annotations: [
                    "summary": Self.words(id, breach),
                    "description": breach.missing.joined(separator: "; ")
                        + ". Nothing was undone: mend what is missing, waive it, or move the alias back; see: "
                        + "pitwall review show \(name) --version \(breach.version)",
                ], state: .firing, startsAt: breach.since)
            alert.silencedBy = silences.filter { MatcherSet($0.matchers).matches(labels) }.map(\.id).sorted()
            if !alert.silencedBy.isEmpty { alert.state = .suppressed }
            return alert
        }
    }

    /// Goes on with what an earlier run had found, and looks at it again.
    func restoreBreaches(_ alerts: [Alert]) {
        for alert in alerts where alert.name == Self.aliasAlert && alert.state != .resolved {
            guard let path = alert.labels["alias"], let version = alert.labels["version"],
                let connection = alert.labels["connection"]
            else { continue }
            let id = DeploymentID(connection: ConnectionName(connection), kind: .alias, name: path)
            guard desk.breaches[id] == nil else { continue }
            desk.breaches[id] = AliasBreach(
                version: version, policies: [], missing: [alert.annotations["description"] ?? ""],
                since: alert.startsAt)
        }
    }
}
