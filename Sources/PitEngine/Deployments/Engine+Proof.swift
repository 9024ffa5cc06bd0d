import Logging
public import PitModel
import PitStatistics
public import PitStore

/// Whether an operation helped: seen in what became of requests before and after.
extension Engine {
    /// Seconds between two looks at a proof.
    static let proofInterval = 2.0
    /// Seconds after the rollout that requests of the release before may still end in.
    private static let settling = 5.0

    /// Counts what became of a model's requests, while a deployment is known to serve it.
    func noteOutcomes(_ index: Int) {
        let name = models[index].config.name
        guard let deployments = desk.byModel[name], !deployments.isEmpty else { return }
        var ledger = desk.ledgers.removeValue(forKey: name) ?? OutcomeLedger()
        let groups = deployments.flatMap { desk[$0].map(Self.marks) ?? [] }
        let limit = latencyLimit(index)
        for (server, plan) in models[index].bound where server < servers.count {
            ledger.take(servers[server].target, plan, server: server, limit: limit, groups: groups)
        }
        desk.ledgers[name] = ledger
    }

    /// Keeps what was counted, and whether the model was down at this look: also when nothing could be read.
    func noteLook(_ index: Int, _ now: Timestamp) {
        let name = models[index].config.name
        guard desk.byModel[name]?.isEmpty == false else { return }
        desk.ledgers[name, default: OutcomeLedger()].add(.looks, 1)
        desk.ledgers[name, default: OutcomeLedger()].add(.down, models[index].state.health == .down ? 1 : 0)
        guard let ledger = desk.ledgers[name] else { return }
        keep { try store.recordOutcomes(ledger.kept, of: name, at: now) }
    }

    /// What names of replicas hold that belong to the deployment's revisions, when there is more than one.
    static func marks(_ state: DeploymentState) -> [String] {
        let shares = state.deployment.traffic.compactMap(\.revision)
        guard shares.count > 1 || state.deployment.status == .canary else { return [] }
        let all = shares.isEmpty ? [state.deployment.current].compactMap { $0 } : shares
        return all.map { $0.hash.isEmpty ? $0.name : $0.hash }.filter { $0.count >= 3 }
    }

    /// Seconds that are promised to the first token, or, where nothing is, half more than usual.
    func latencyLimit(_ index: Int) -> Double? {
        models[index].config.slo.ttftP95 ?? models[index].calm[.ttftP95].map { $0.value * 1.5 }
    }

    /// A receipt of how things were when it was sent.
    func openReceipt(_ operation: PitModel.Operation, _ plan: DeploymentPlan) {
        let id = plan.request.deployment
        let model = desk[id]?.deployment.model ?? plan.before.model
        let proof = Proof(operation: operation.id, deployment: id, model: model, startedAt: clock.now())
        var receipt = Receipt(operation: operation, proof: proof, badSince: badSince(plan))
        let state = model.flatMap { name in models.first { $0.config.name == name }?.state }
        receipt.signalsBefore = state?.signals ?? [:]
        receipt.driftedBefore = state?.drift.map { drift in drift.features.filter { $0.verdict == .drifted }.count }
        keepReceipt(receipt)
    }

    /// Since when what is undone was there: its release as it was seen, or as the system tells.
    private func badSince(_ plan: DeploymentPlan) -> Timestamp? {
        let id = plan.request.deployment
        let seen = events.last {
            $0.kind == .release && $0.connection == id.connection && $0.title.hasPrefix("\(id.path) ")
                && $0.title.contains(" released")
        }?.at
        return seen ?? plan.before.since
    }

    /// The rollout was seen: from here on it is measured.
    func rolledOut(_ operation: PitModel.Operation, _ plan: DeploymentPlan, at: Timestamp) {
        if desk.proving[operation.id] == nil { openReceipt(operation, plan) }
        guard var receipt = desk.proving[operation.id] else { return }
        receipt.proof.rolledOutAt = at
        receipt.answer =
            (try? store.stages(limit: 50))?.last {
                $0.operation.id == operation.id && $0.stage == .acknowledged
            }?.detail ?? ""
        keepReceipt(receipt)
        desk.due[operation.id] = at
        if !plan.request.verb.isProvable {
            closeReceipt(operation.id, "\(plan.request.verb.rawValue) was seen; it is not to change how the model does")
        } else if receipt.proof.model == nil {
            closeReceipt(
                operation.id,
                "no model is bound to it, so that nothing can be measured: add `deployment: \(plan.request.deployment.path)` to the model"
            )
        }
    }

    /// Looks whether there is enough to tell.
    func prove(_ given: Receipt, _ entry: JournalEntry, _ now: Timestamp) {
        var receipt = given
        guard entry.stage == .verified, let began = receipt.proof.rolledOutAt, let name = receipt.proof.model else {
            closeReceipt(receipt.id, entry.detail)
            return
        }
        if let later = laterOperation(receipt, began) {
            closeReceipt(
                receipt.id, "\(later.operation.request.word) by \(later.operation.author) began before it was decided")
            return
        }
        let isLast = now.since(began) >= settings.deployments.proof.window
        guard let outcome = judge(receipt, name, began, now, isLast: isLast) else {
            if isLast { closeReceipt(receipt.id, "nothing of \(name) was counted") }
            return
        }
        receipt.proof.evidence = outcome.evidence
        if outcome.verdict == .open {
            receipt.proof.words = "\(Int(now.since(began))) s, at most \(Int(settings.deployments.proof.window)) s"
            desk.proving[receipt.id] = receipt
            desk.receipts[receipt.proof.deployment] = receipt
            needsPublishing = true
        } else {
            close(receipt, outcome.verdict, outcome.words, now)
        }
    }

    /// What another person does meanwhile is another story.
    private func laterOperation(_ receipt: Receipt, _ began: Timestamp) -> JournalEntry? {
        journal.first {
            guard let plan = $0.operation.request.plan, $0.operation.id != receipt.id else { return false }
            return plan.request.deployment == receipt.proof.deployment && plan.request.verb.isProvable
                && $0.operation.at > began && ![.refused, .awaiting, .recorded, .halted].contains($0.stage)
        }
    }

    private func judge(
        _ receipt: Receipt, _ name: ModelName, _ began: Timestamp, _ now: Timestamp, isLast: Bool
    ) -> ProofJudgement.Outcome? {
        let proof = settings.deployments.proof
        let sent = receipt.proof.startedAt
        let hour = max(3600, proof.before)
        let earliest = min(receipt.badSince ?? sent, sent).advanced(by: -hour - 120)
        var kept: [SeriesKey: [DataPoint]] = [:]
        keep { kept = try store.outcomes(of: name, from: earliest, to: now) }
        let history = OutcomeHistory(kept)
        guard let range = history.range else { return nil }
        let index = models.firstIndex { $0.config.name == name }
        let bad = max(receipt.badSince ?? sent.advanced(by: -proof.before), sent.advanced(by: -proof.before))
        var judgement = ProofJudgement(
            before: history.counts(from: min(bad, sent), to: sent), calm: nil,
            after: history.counts(from: began.advanced(by: Self.settling), to: now),
            promised: index.map { models[$0].config.slo } ?? ServiceLevels(), limit: index.flatMap(latencyLimit),
            alpha: proof.alpha)
        if let since = receipt.badSince, since < sent, range.from < since.advanced(by: -30) {
            let from = since.advanced(by: -hour)
            judgement.calm = history.counts(from: from, to: since)
            let steps = history.steps(from: max(from, range.from), to: since, seconds: 60)
            judgement.dispersion = (
                SequentialProportions.dispersion(steps.compactMap(\.errors)),
                SequentialProportions.dispersion(steps.compactMap(\.slow))
            )
        }
        return judgement.judge(isLast: isLast)
    }

    /// Ends an open proof without a measurement.
    func closeReceipt(_ operation: String, _ words: String, verdict: Proof.Verdict = .notEnoughData) {
        guard let receipt = desk.proving[operation] else { return }
        close(receipt, verdict, words, clock.now())
    }

    private func close(_ given: Receipt, _ verdict: Proof.Verdict, _ words: String, _ now: Timestamp) {
        var receipt = given
        (receipt.proof.verdict, receipt.proof.words, receipt.proof.decidedAt) = (verdict, words, now)
        let state = receipt.proof.model.flatMap { name in models.first { $0.config.name == name }?.state }
        receipt.signalsAfter = state?.signals ?? [:]
        receipt.driftedAfter = state?.drift.map { drift in drift.features.filter { $0.verdict == .drifted }.count }
        receipt.proof.evidence += besideEvidence(receipt)
        desk.due[receipt.id] = nil
        // Another process may have been faster: the first word stands.
        guard keepReceipt(receipt) else {
            keep { try takeReceipts() }
            return
        }
        let id = receipt.proof.deployment
        keep {
            try store.audit(
                at: now, author: receipt.operation.author, what: "proof \(verdict.rawValue)", subject: receipt.id,
                detail: "\(id) \(words)")
        }
        log.notice("\(receipt.operation.request.word) of \(id.path): \(verdict.word): \(words)")
        note([
            Event(
                at: now, kind: .proof, model: receipt.proof.model, connection: id.connection,
                title: "\(id.path): \(verdict.word)", detail: words, key: "proof|\(receipt.id)")
        ])
        show()
    }

    /// What is shown beside what was tested.
    private func besideEvidence(_ receipt: Receipt) -> [Proof.Evidence] {
        var all: [Proof.Evidence] = []
        for signal in [Signal.ttftP95, .e2eP95, .requestRate] {
            let (before, after) = (receipt.signalsBefore[signal]?.value, receipt.signalsAfter[signal]?.value)
            guard before != nil || after != nil else { continue }
            all.append(Proof.Evidence(signal.info.title, before: before, after: after, words: "shown only"))
        }
        if receipt.driftedBefore != nil || receipt.driftedAfter != nil {
            all.append(
                Proof.Evidence(
                    "features drifted", before: receipt.driftedBefore.map(Double.init),
                    after: receipt.driftedAfter.map(Double.init), words: "shown only"))
        }
        if let judged = judgedEvidence(receipt) { all.append(judged) }
        all += goldenEvidence(receipt)
        return all
    }

    /// What people judged of the release that was taken back, and of the one that was brought.
    private func judgedEvidence(_ receipt: Receipt) -> Proof.Evidence? {
        guard let model = receipt.proof.model, let plan = receipt.operation.request.plan else { return nil }
        let (before, after) = judged(model, plan.before.release, plan.target?.label)
        guard before != nil || after != nil else { return nil }
        let words = [before, after].compactMap { $0?.words }.joined(separator: "; ")
        return Proof.Evidence(
            "share good", before: before?.share, after: after?.share,
            countBefore: before.map { $0.good + $0.bad } ?? 0, countAfter: after.map { $0.good + $0.bad } ?? 0,
            words: "judged by people: \(words)")
    }

    /// How like the reference the model's golden laps were, the last before it began and the last since.
    private func goldenEvidence(_ receipt: Receipt) -> [Proof.Evidence] {
        guard let model = receipt.proof.model else { return [] }
        var found: [Proof.Evidence] = []
        keep {
            for (_, connection) in try store.goldenCourses().courses.filter({ $0.0 == model }) {
                let laps = try store.goldenLaps(model, at: connection)
                let before = GoldenJudgement.state(laps.filter { $0.at <= receipt.proof.startedAt })
                let after =
                    laps.last.map { $0.at > receipt.proof.startedAt } == true ? GoldenJudgement.state(laps) : nil
                guard before?.similarity != nil || after?.similarity != nil else { continue }
                found.append(
                    Proof.Evidence(
                        "golden laps at \(connection)", before: before?.similarity, after: after?.similarity,
                        words: after.map { "shown only: \($0.verdict.rawValue), \($0.words)" }
                            ?? "shown only: no lap since"))
            }
        }
        return found
    }

    /// What people judged until now of two releases of a model.
    func judged(
        _ model: ModelName, _ release: String, _ target: String?
    ) -> (before: LabelQuality?, after: LabelQuality?) {
        var quality = labels.quality
        keep { quality = LabelFigures.quality(try store.labelTallies()) }
        let own = quality.filter { $0.model == model }
        return (own.first { $0.release == release }, target.flatMap { target in own.first { $0.release == target } })
    }

    @discardableResult
    private func keepReceipt(_ receipt: Receipt) -> Bool {
        var isKept = false
        keep {
            isKept = try store.keepReceipt(
                FactCodec.encode(receipt), of: receipt.id, on: receipt.proof.deployment, at: receipt.proof.startedAt,
                isOpen: receipt.proof.verdict == .open)
        }
        guard isKept else { return false }
        desk.receipts[receipt.proof.deployment] = receipt
        desk.proving[receipt.id] = receipt.proof.verdict == .open ? receipt : nil
        return true
    }

    /// The receipt of an operation, by its id or as much of it as tells it from others.
    public func receipt(of id: String) throws(StoreFault) -> Receipt? {
        let whole = find(id)?.operation.id ?? id
        return try store.receipt(of: whole).flatMap { FactCodec.decode(Receipt.self, $0) }
    }
}
