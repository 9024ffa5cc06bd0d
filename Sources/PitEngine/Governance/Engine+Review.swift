public import PitModel
import PitStore

/// Versions of models, held against what the configuration's policies require.
extension Engine {
    /// Reads a version afresh and holds it against the policies that are for it.
    ///
    /// - Parameters:
    ///   - model: a registered model's name, or a served model's whose deployment is one of its aliases.
    ///   - connection: the registry; nil where only one has the model.
    ///   - requester: who asks for its promotion, where somebody does.
    public func review(
        _ model: String, version: String, on connection: ConnectionName? = nil, requester: String? = nil
    ) async throws(OperationRefusal) -> Review {
        let card = try await card(of: model, version: version, on: connection)
        do throws(StoreFault) {
            return RequirementCheck.review(try evidence(card, requester: requester), settings.governance.policies)
        } catch { throw OperationRefusal(error.summary, error.hint) }
    }

    private func registries(_ name: ConnectionName?) -> [(ConnectionName, any ModelRegistry)] {
        servers.compactMap { runtime in
            guard name == nil || runtime.server.connection.name == name else { return nil }
            return (runtime.server.connector as? any ModelRegistry).map { (runtime.server.connection.name, $0) }
        }
    }

    /// The registered model that a served one is released from, where the configuration tells.
    private func registered(_ model: String) -> String {
        guard let config = settings.models.first(where: { $0.name.description == model }),
            let place = config.references["deployment"], let at = place.lastIndex(of: "@")
        else { return model }
        let name = place[..<at]
        return String(name.split(separator: ":").last.map { $0.hasPrefix("alias/") ? $0.dropFirst(6) : $0 } ?? name)
    }

    func card(
        of model: String, version: String, on connection: ConnectionName?
    ) async throws(OperationRefusal) -> ModelVersionCard {
        let all = registries(connection)
        guard !all.isEmpty else {
            let words = connection.map { "\($0) is no model registry" } ?? "no connection has a model registry"
            throw OperationRefusal(words, "Add a connection of kind mlflow; see: pitwall init --print")
        }
        let name = registered(model)
        var (found, faults): ([ModelVersionCard], [(ConnectionName, ConnectorFault)]) = ([], [])
        for (place, registry) in all {
            do throws(ConnectorFault) { found.append(try await registry.card(of: name, version: version)) } catch {
                faults.append((place, error))
            }
        }
        if found.count > 1 {
            let names = found.map(\.id.connection.description).joined(separator: ", ")
            throw OperationRefusal("\(found.count) registries have \(name)/\(version): \(names)", "Name one: --on.")
        }
        if let card = found.first { return card }
        let (place, fault) = faults[0]
        throw OperationRefusal("\(place): \(fault.summary)", fault.hint)
    }

    // MARK: evidence

    func evidence(
        _ card: ModelVersionCard, requester: String?
    ) throws(StoreFault) -> ReviewEvidence {
        let now = clock.now()
        var evidence = ReviewEvidence(card: card, at: now, requester: requester)
        evidence.facts = try facts(card)
        evidence.untold = try store.untoldReviewFacts(of: card.id).count
        evidence.model = served(card.id)
        evidence.serving = serving(card.id)
        evidence.releases = releases(card, evidence.serving)
        evidence.runs = Self.runs(try store.evaluationRuns(limit: 1000), evidence)
        evidence.quarantined = desk.quarantine.filter { bad in
            evidence.serving.contains { bad.isServed(by: $0) } || Self.isMark(bad.mark, of: card.id)
        }
        guard let model = evidence.model else { return evidence }
        evidence.quality = LabelFigures.quality(try store.labelTallies()).filter { $0.model == model }
        evidence.wins = LabelFigures.winRates(try store.labelMeetings()).filter { $0.model == model }
        evidence.alerts = snapshot.alerts.filter { $0.model == model && $0.alert.state == .firing }
        evidence.deaf = snapshot.connections.filter { $0.capabilities.contains("alerts") && $0.status != .ok }.map(
            \.name)
        evidence.isWatched =
            snapshot.connections.contains { $0.capabilities.contains("alerts") }
            || snapshot.models.contains { $0.name == model && $0.seenAt != nil }
        evidence.drift = snapshot.models.first { $0.name == model }?.drift
        evidence.outcomes = try BiasFigures.outcomes(store, model: model, releases: evidence.releases)
        evidence.bias = BiasFigures.all(evidence.outcomes) + BiasFigures.published(evidence.drift)
        (evidence.findings, evidence.exchanges) = try findings(
            model, since: now.advanced(by: -ReviewEvidence.findingSpan))
        return evidence
    }

    /// Seconds that another machine's clock may be ahead.
    private static let clockSkew = 600.0

    /// What was said here, and what the registry's tags say that others did elsewhere.
    private func facts(_ card: ModelVersionCard) throws(StoreFault) -> [ReviewFact] {
        let own = try store.reviewFacts(of: card.id)
        let others = card.tags.sorted { $0.key < $1.key }.compactMap {
            ReviewFact(tag: $0.key, $0.value, of: card.id)
        }.filter { told in
            // What claims to be of later would stand above all that the same person says until then.
            guard told.at.since(clock.now()) < Self.clockSkew else { return false }
            // Our own word, as we told it.
            return !own.contains {
                $0.kind == told.kind && $0.subject == told.subject && abs($0.at.since(told.at)) < 1
                    && ReviewFact.person($0.author) == ReviewFact.person(told.author)
            }
        }
        return (own + others).sorted { ($0.at, $0.sequence) < ($1.at, $1.sequence) }
    }

    /// The served model: as a deployment of one of the registered model's aliases says, else the one of that name.
    private func served(_ id: ModelVersionID) -> ModelName? {
        let aliases = desk.of(id.connection).sorted().filter { $0.kind == .alias && $0.name.hasPrefix(id.model + "@") }
        if let bound = aliases.compactMap({ desk[$0]?.deployment.model }).first { return bound }
        let bound = settings.models.first { registered($0.name.description) == id.model }
        return bound?.name
    }

    private func serving(_ id: ModelVersionID) -> [Deployment] {
        desk.states.values.map(\.deployment).filter { deployment in
            if deployment.id.kind == .alias {
                return deployment.id.connection == id.connection && deployment.id.name.hasPrefix(id.model + "@")
                    && deployment.current?.name == id.version
            }
            return deployment.artifacts.contains { $0.kind == .model && id.isNamed(by: $0.value) }
        }.sorted { $0.id < $1.id }
    }

    /// Names under which exchanges may know it.
    private func releases(_ card: ModelVersionCard, _ serving: [Deployment]) -> [String] {
        var names = ["v\(card.id.version)", card.id.version]
        names += serving.filter { $0.id.kind != .alias && !$0.release.isEmpty }.map(\.release)
        if let tag = card.tag(["pitwall.release", "release"]) { names.append(tag.value) }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private static func isMark(_ mark: QuarantinedVersion.Mark, of id: ModelVersionID) -> Bool {
        if case .artifact(let artifact) = mark, artifact.kind == .model {
            id.isNamed(by: artifact.value)
        } else {
            false
        }
    }

    /// Runs with a system that is named after the version, and those that a person said are about it.
    private static func runs(_ runs: [EvaluationRun], _ evidence: ReviewEvidence) -> [ReviewEvidence.VersionRun] {
        let id = evidence.card.id
        let attached = evidence.valid.filter { $0.kind == .attach }.map(\.subject)
        return runs.compactMap { run in
            let systems = run.suite.systems.filter { system in
                if attached.contains(run.id) || attached.contains("\(run.id):\(system.name)") { return true }
                switch system.source {
                case .server(_, let model, _): return id.isNamed(by: system.name) || id.isNamed(by: model)
                case .answers, .knowledge: return id.isNamed(by: system.name)
                }
            }.map(\.name)
            return systems.isEmpty ? nil : .init(run, systems: systems)
        }
    }

    /// Findings by kind with what people said of them, in the newest exchanges since a moment.
    private func findings(
        _ model: ModelName, since: Timestamp
    ) throws(StoreFault) -> ([ReviewEvidence.FindingCount], exchanges: Int) {
        let kept = try store.interactions(InteractionQuery(model: model, from: since, finding: "", limit: 2000))
        var counts: [String: ReviewEvidence.FindingCount] = [:]
        for each in kept.flatMap(\.findings) where each.finding.kind != Finding.notChecked {
            let kind = "\(each.finding.detector)/\(each.finding.kind)"
            var count = counts[kind] ?? .init(kind: kind, open: 0, confirmed: 0, dismissed: 0)
            switch each.label?.isTrue {
            case false?: count.dismissed += 1
            case true?: (count.open, count.confirmed) = (count.open + 1, count.confirmed + 1)
            case nil: count.open += 1
            }
            counts[kind] = count
        }
        let tally = try store.interactionTallies(now: clock.now()).first { $0.model == model }
        let isRecent = tally?.newest.map { $0 >= since } ?? false
        return (counts.values.sorted { $0.kind < $1.kind }, isRecent ? tally?.kept ?? 0 : 0)
    }
}
