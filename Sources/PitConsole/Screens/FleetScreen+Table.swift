import PitGrid
import PitModel

extension FleetScreen {
    /// - Parameter world: what the cells tell of; sorting needs none.
    static func fleetTable(_ world: World? = nil) -> Table<ModelState> {
        let glyphs = world?.settings.glyphs ?? .unicode
        let shown = world?.shown ?? Timestamp(milliseconds: 0)
        return Table(
            [
                TableColumn(
                    "model", "MODEL", width: .flex(min: 14), priority: 100, sortKey: { .text($0.name.description) }
                ) { model in
                    TableCell(SafeText(model.name.description), Ink(strong: model.health <= .slow))
                },
                TableColumn(
                    "health", "HEALTH", width: .fixed(10), priority: 99,
                    sortKey: { .number(Double($0.health.rawValue)) }
                ) { model in
                    TableCell([
                        Segment(model.health.glyph(glyphs), model.health.role, strong: true), Segment(" "),
                        Segment(SafeText(model.health.word), model.health.role),
                    ])
                },
                TableColumn("replicas", "REPL", width: .fixed(5), align: .right, priority: 40) { model in
                    guard model.replicasKnown > 0 else { return TableCell(SafeText(Figures.missing), .dim) }
                    return TableCell(
                        "\(model.replicasUp)/\(model.replicasKnown)",
                        Ink(model.replicasUp < model.replicasKnown ? .fail : .text))
                },
                spark("requests", "REQ/S", .requestRate, priority: 70, width: 14),
                spark("ttft", "TTFT p95", .ttftP95, priority: 80, width: 15),
                figure("itl", "ITL p95", .itlP95, priority: 50),
                figure("queue", "QUEUE", .waiting, priority: 45, width: 6),
                figure("kv", "KV", .kvCacheUse, priority: 44, width: 6),
                figure("errors", "ERR", .errorRatio, priority: 60, width: 7),
                TableColumn(
                    "drift", "DRIFT", width: .fixed(5), align: .right, priority: 55, sortsDescendingFirst: true,
                    sortKey: { .number($0.drift.map { Double($0.drifted) }) }
                ) { drifted($0) },
                TableColumn(
                    "quality", "GOOD", width: .fixed(11), align: .right, priority: 12, isWide: true,
                    sortsDescendingFirst: true,
                    sortKey: { model in .number(world?.snapshot.quality(of: model).present?.share) }
                ) { quality(world?.snapshot.quality(of: $0)) },
                figure("tokens", "TOK/S", .generationTokenRate, priority: 10, isWide: true),
                figure("prefix", "PREFIX", .prefixHitRatio, priority: 8, isWide: true),
                TableColumn("alerts", "ALERTS", width: .fixed(6), align: .right, priority: 30, isWide: true) { model in
                    model.firingAlerts > 0 ? TableCell("\(model.firingAlerts)", .fail) : TableCell("0", .dim)
                },
                TableColumn("status", "RELEASE / WHY", width: .flex(min: 15, weight: 2), priority: 65) { model in
                    status(model, shown, world)
                },
            ],
            prefix: "fleet", identity: { $0.name.description }, isDimmed: { $0.isStale })
    }

    /// How many of the features that could be judged have drifted.
    private static func drifted(_ model: ModelState) -> TableCell {
        guard let drift = model.drift, drift.judged > 0 else { return TableCell(SafeText(Figures.missing), .dim) }
        return TableCell("\(drift.drifted)/\(drift.judged)", Ink(drift.drifted > 0 ? .warn : .dim))
    }

    /// Judgements below which the share says little.
    private static let fewJudged = 20

    /// The share of judged answers of the present release that people found good, with its 95 % interval.
    private static func quality(_ quality: PresentQuality?) -> TableCell {
        guard let good = quality?.present else { return TableCell(SafeText(Figures.missing), .dim) }
        func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
        let isWorse = quality?.other.map { good.high < $0.low } ?? false
        let ink = Ink(isWorse ? .fail : good.good + good.bad < fewJudged ? .dim : .text)
        return TableCell([
            Segment(SafeText("\(percent(good.share))%"), ink),
            Segment(SafeText(" \(percent(good.low))-\(percent(good.high))"), .dim),
        ])
    }

    /// The release when all is well, why not when it is not, and always how old it is when it is old.
    private static func status(_ model: ModelState, _ now: Timestamp, _ world: World?) -> TableCell {
        let (release, rollout) = release(of: model, world)
        if model.isStale, let seen = model.seenAt {
            let why = model.why.isEmpty ? "" : " \(model.why)"
            return TableCell("\(Figures.age(now.since(seen))) old\(why)", .dim)
        }
        var segments = release.isEmpty ? [] : [Segment(SafeText(release), .dim), Segment(rollout == nil ? "  " : " ")]
        if let rollout { segments += [rollout, Segment("  ")] }
        return TableCell(segments + [Segment(SafeText(model.why), model.health.role)])
    }

    /// What its deployment serves, and how that stands: a canary's share, a rollout, a proof.
    private static func release(of model: ModelState, _ world: World?) -> (String, Segment?) {
        guard let world, let state = world.deployments(of: model.name).max(by: { $0.urgency < $1.urgency }) else {
            return (model.release ?? "", nil)
        }
        let deployment = state.deployment
        let release = deployment.release.isEmpty ? model.release ?? "" : deployment.release
        if state.guardDue != nil { return (release, Segment("guard", .fail, strong: true)) }
        if !state.quarantine.isEmpty { return (release, Segment("QUARANTINED", .fail, strong: true)) }
        switch deployment.status {
        case .canary:
            let share = deployment.canaryShare.map { " \(Figures.percent($0))" } ?? ""
            return (release, Segment(SafeText("canary\(share)"), .warn))
        case .progressing:
            return (release, Segment(SafeText("rolling \(Figures.percent(state.progress))"), .notice))
        case .failed, .degraded, .paused, .stopped:
            return (release, Segment(SafeText(deployment.status.word), deployment.status.role))
        case .complete, .unknown: break
        }
        guard let proof = state.proof, world.shown.since(proof.decidedAt ?? world.shown) < 3600 else {
            return (release, nil)
        }
        return (release, Segment(SafeText(proof.verdict.word), proof.verdict.role))
    }

    private static func ink(_ model: ModelState, _ signal: Signal) -> Ink {
        guard let value = model.signals[signal]?.value else { return Ink(.dim) }
        if let limit = model.slo.limit(for: signal), value > limit { return Ink(.fail, strong: true) }
        if signal == .kvCacheUse, value >= 0.9 { return Ink(.warn) }
        return Ink()
    }

    private static func figure(
        _ id: String, _ title: SafeText, _ signal: Signal, priority: Int, width: Int = 8, isWide: Bool = false
    ) -> TableColumn<ModelState> {
        TableColumn(
            id, title, width: .fixed(width), align: .right, priority: priority, isWide: isWide,
            sortsDescendingFirst: true,
            sortKey: { .number($0.signals[signal]?.value) }
        ) { model in TableCell(SafeText(signal.figure(model.signals[signal])), ink(model, signal)) }
    }

    private static func spark(_ id: String, _ title: SafeText, _ signal: Signal, priority: Int, width: Int)
        -> TableColumn<ModelState>
    {
        TableColumn(
            id, title, width: .fixed(width), priority: priority, sortsDescendingFirst: true,
            sortKey: { .number($0.signals[signal]?.value) }
        ) { model in
            let figure = Segment(SafeText(signal.figure(model.signals[signal])), ink(model, signal))
            let values = scaled(Array((model.trends[signal] ?? []).suffix(width - 7)))
            return TableCell([
                .padded(figure, columns: 6, .right), .text(Segment(" ")),
                .sparkline(Sparkline(values, max: 1, ink: Ink(.series1)), columns: width - 7),
            ])
        }
    }

    /// Values between 0 and 1 by their own range, which is taken to be at least a third of the largest: what hardly
    /// changes is drawn flat in the middle, not as a wall.
    private static func scaled(_ values: [Double?]) -> [Double?] {
        let known = values.compactMap { $0 }
        guard let least = known.min(), let most = known.max() else { return values }
        let range = max(most - least, abs(most) / 3, 1e-9)
        let floor = (most + least - range) / 2
        return values.map { $0.map { min(1, max(0.02, ($0 - floor) / range)) } }
    }
}
