public import PitGrid
import PitModel

extension DeploymentScreen {
    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let state = world.deployment(named: name) else {
            let words = "There is no deployment \(detail)."
            frame.text(SafeText(words), in: area.row(2).inset(x: 2, y: 0), ink: Ink(.warn))
            frame.text(
                "It was taken away, or its connection is not configured any more. Esc returns.",
                in: area.row(3).inset(x: 2, y: 0), ink: Ink(.dim))
            return
        }
        let layout = DeploymentLayout(in: area, revisions: listed.count)
        drawHead(state, world, in: layout.head, on: &frame)
        frame.line(layout.rule)
        let count = listed.count
        let title = filter.isEmpty ? " revisions " : " revisions with `\(filter)`: \(count) "
        frame.text(
            SafeText(title), in: Rect(layout.rule.x + 2, layout.rule.y, layout.rule.width - 4, 1),
            ink: Ink(.title, strong: true))
        RevisionList(state, world, showing: filter.isEmpty ? nil : listed).draw(
            selected: table.selected, marked: table.marked, in: layout.revisions, on: &frame)
        TextView(lines(state, world, layout)).draw(scroll, in: layout.text.inset(x: 1, y: 0), on: &frame)
        if let place = layout.changes {
            let lines = changeLines(state, world)
            TextView(lines).draw(TextViewState(), in: place, on: &frame)
        }
    }

    /// What is shown in the one text: where it stands beside the differences, those are left out.
    func lines(_ state: DeploymentState, _ world: World, _ layout: DeploymentLayout) -> [[Segment]] {
        var parts: [[[Segment]]] = [
            urgent(state, world), rollout(state, world, width: layout.text.width - 4), proof(state, world),
            advice(state, world.settings.glyphs),
        ]
        if layout.changes == nil { parts.append(changeLines(state, world)) }
        parts.append(readiness(state))
        parts.append(events(state, world))
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [[]]))
    }

    private func drawHead(_ state: DeploymentState, _ world: World, in area: Rect, on frame: inout Frame) {
        let deployment = state.deployment
        var first = [Segment(" ")] + state.statusSegments(frame.glyphs, world.shown)
        let facts = [
            deployment.release.isEmpty ? nil : deployment.release, "\(deployment.readyWords) ready",
            deployment.trafficWords.isEmpty ? nil : deployment.trafficWords,
            deployment.since.map { "since \(Figures.age(world.age($0)))" },
            deployment.changedBy.map { "by \($0)" }, deployment.managedBy.map { "managed by \($0)" },
        ].compactMap { $0 }.joined(separator: "   ")
        first += [Segment("   "), Segment(SafeText(facts))]
        if state.isStale { first = first.map { Segment($0.text, .dim) } }
        frame.write(first, in: area.row(0))
        let seen = "seen \(Figures.age(world.age(state.seenAt))) ago in \(state.id.connection)"
        let second = [
            Segment(" "),
            Segment(SafeText(deployment.artifactWords.isEmpty ? "" : deployment.artifactWords + "   ")),
            Segment(SafeText(seen), state.isStale ? .warn : .dim),
            Segment(
                SafeText(deployment.model.map { "   serves \($0)" } ?? "   serves no model that is configured"), .dim),
        ]
        frame.write(second, in: area.row(1))
    }

    // MARK: parts

    private func title(_ text: SafeText, _ role: Role = .title) -> [Segment] { [Segment(text, role, strong: true)] }

    /// What cannot wait.
    private func urgent(_ state: DeploymentState, _ world: World) -> [[Segment]] {
        var lines: [[Segment]] = []
        if let due = state.guardDue {
            let left = Figures.duration(max(0, due.since(world.shown)).rounded(.up))
            lines.append(title("The guard rolls it back in \(SafeText(left))", .fail))
            lines.append([
                Segment("  "), Segment("K", .key, strong: true), Segment(" stops it: this release is then left alone"),
            ])
        }
        for words in state.quarantine {
            lines.append(title("A bad version is served again", .fail))
            lines.append([Segment("  "), Segment(SafeText(words), .fail)])
            lines.append([Segment("  R rolls it back")])
        }
        if let operation = state.operation {
            let entry = world.snapshot.operations.last { $0.operation.id == operation }
            let words = entry.map { OperationWords.line($0) } ?? "operation \(operation)"
            lines.append(title("An operation is under way", .notice))
            lines.append([Segment("  "), Segment(SafeText(words)), Segment("   J opens it", .dim)])
        }
        return lines
    }

    private func rollout(_ state: DeploymentState, _ world: World, width: Int) -> [[Segment]] {
        let deployment = state.view?.deployment ?? state.deployment
        let isRunning = deployment.status == .progressing || state.progress != nil
        guard
            isRunning || deployment.status == .failed || deployment.status == .canary || deployment.steps != nil
                || !(state.view?.conditions ?? []).isEmpty
        else { return [] }
        var lines = [title("Rollout")]
        if isRunning {
            let left = state.secondsLeft.map { "about \(Figures.duration($0)) left" } ?? "time left unknown"
            let bar = Bars.segments(state.progress, columns: max(8, min(40, width - 34)), world.settings.glyphs)
            lines.append(
                [Segment("  ")] + bar
                    + [
                        Segment(
                            SafeText(" \(Figures.percent(state.progress))   \(left)"),
                            state.progress == nil ? .dim : .text)
                    ])
        }
        let replicas = deployment.replicas
        func figure(_ count: Int?) -> String { count.map(String.init) ?? Figures.missing }
        lines.append([
            Segment(
                SafeText(
                    "  wanted \(figure(replicas.wanted))   updated \(figure(replicas.updated))   "
                        + "ready \(figure(replicas.ready))   available \(figure(replicas.available))   total \(figure(replicas.total))"
                ))
        ])
        if !deployment.message.isEmpty, deployment.status != .complete {
            lines.append([Segment("  "), Segment(SafeText(deployment.message), deployment.status.role)])
        }
        if let steps = deployment.steps {
            for (index, step) in steps.all.enumerated() {
                let isDone = index < steps.current
                let isNow = index == steps.current
                let mark: SafeText = isDone ? "  done " : isNow ? "  now  " : "       "
                lines.append([
                    Segment(mark, isNow ? .notice : .dim, strong: isNow), Segment(SafeText(step), isNow ? .text : .dim),
                ])
            }
            for analysis in steps.analyses { lines.append([Segment(SafeText("  analysis \(analysis)"), .notice)]) }
        }
        for condition in state.view?.conditions ?? [] {
            lines.append([Segment("  "), Segment(SafeText(condition), .dim)])
        }
        return lines
    }

    private func proof(_ state: DeploymentState, _ world: World) -> [[Segment]] {
        guard let proof = state.proof else { return [] }
        return ProofWords.lines(proof, world)
    }

    private func advice(_ state: DeploymentState, _ glyphs: Glyphs) -> [[Segment]] {
        guard let advice = state.advice else { return [] }
        let key = advice.word == .promote ? "P" : advice.word == .rollback ? "R" : nil
        var head = [
            Segment("Canary: ", .title, strong: true),
            Segment(SafeText(advice.word.title), advice.word.role, strong: true),
        ]
        if let key { head += [Segment("   "), Segment(SafeText(key), .key, strong: true), Segment(" plans it", .dim)] }
        return [head] + advice.reasons.map { [Segment("  "), Segment(SafeText($0))] }
    }

    private func readiness(_ state: DeploymentState) -> [[Segment]] {
        guard let readiness = state.readiness else {
            return [
                title("Rolling back"), [Segment("  whether the revision before can serve soon is not known", .dim)],
            ]
        }
        return [title("Rolling back")] + ReadinessWords.lines(readiness)
    }

    private func events(_ state: DeploymentState, _ world: World) -> [[Segment]] {
        guard let events = state.view?.events, !events.isEmpty else { return [] }
        return [title("Events, the newest first")]
            + events.suffix(50).reversed().map { event in
                [
                    Segment(SafeText("  \(world.clock(event.at)) "), .dim),
                    Segment(SafeText(event.reason), event.isWarning ? .warn : .text, strong: event.isWarning),
                    Segment(SafeText(event.object.isEmpty ? " " : " \(event.object) "), .dim),
                    Segment(SafeText(event.words)),
                ]
            }
    }

    func changeLines(_ state: DeploymentState, _ world: World) -> [[Segment]] {
        guard let pair = compared() else {
            return [title("Differences"), [Segment("  there is no other revision to compare with", .dim)]]
        }
        let arrow = String(world.settings.glyphs.arrow)
        let head = title("\(SafeText(pair.from.label)) \(SafeText(arrow)) \(SafeText(pair.to.label))")
        let query = DeploymentQuery.changes(state.id, from: pair.from.id, to: pair.to.id)
        let isNeighbour = listed.firstIndex(of: pair.from) == (listed.firstIndex(of: pair.to) ?? 0) + 1
        let changes: [SpecChange]
        switch world.inspections[query] {
        case .changes(let found): changes = found
        case .failed(let why, let hint):
            return [
                head, [Segment(SafeText("  they could not be read: \(why)"), .warn)],
                [Segment(SafeText("  \(hint)"), .dim)],
            ]
        default:
            guard isNeighbour, let known = state.changes[pair.to.id] else {
                return [head, [Segment("  reading what differs", .dim)]]
            }
            changes = known
        }
        guard !changes.isEmpty else { return [head, [Segment("  nothing differs", .dim)]] }
        return [head] + PlanWords.changes(changes, world.settings.glyphs)
    }
}

/// A bar made of runs.
enum Bars {
    static func segments(_ fraction: Double?, columns: Int, _ glyphs: Glyphs) -> [Segment] {
        let full = Int(((fraction ?? 0) * Double(columns)).rounded())
        return [
            Segment(SafeText(String(repeating: String(glyphs.full), count: max(0, min(columns, full)))), .notice),
            Segment(SafeText(String(repeating: String(glyphs.empty), count: max(0, columns - full))), .dim),
        ]
    }
}

/// A verification: the verdict, why, and what was seen before and after.
enum ProofWords {
    static func lines(_ proof: Proof, _ world: World) -> [[Segment]] {
        let verdict = proof.verdict
        var head = [
            Segment("Proof: ", .title, strong: true),
            Segment(verdict.glyph(world.settings.glyphs), verdict.role, strong: true),
            Segment(" "), Segment(SafeText(verdict.word), verdict.role, strong: true),
        ]
        if let at = proof.decidedAt {
            let took = Figures.duration(max(0, at.since(proof.rolledOutAt ?? proof.startedAt)))
            head.append(Segment(SafeText("   \(took) after the rollout, at \(world.clock(at))"), .dim))
        } else if let at = proof.rolledOutAt {
            head.append(Segment(SafeText("   rolled out \(Figures.age(world.age(at))) ago"), .dim))
        } else {
            head.append(Segment("   it begins when the rollout is complete", .dim))
        }
        var lines = [head]
        if !proof.words.isEmpty { lines.append([Segment("  "), Segment(SafeText(proof.words), verdict.role)]) }
        let arrow = String(world.settings.glyphs.arrow)
        for item in proof.evidence {
            func figure(_ value: Double?) -> String { figures(item.name, value) }
            var text = "  \(item.name) \(figure(item.before)) \(arrow) \(figure(item.after))"
            if let expected = item.expected { text += ", calm \(figure(expected))" }
            if item.countBefore + item.countAfter > 0 {
                text += "   n \(Figures.count(Double(item.countBefore))) and \(Figures.count(Double(item.countAfter)))"
            }
            if let p = item.pValue { text += "   p \(p < 0.001 ? "< 0.001" : Figures.score(p))" }
            lines.append([Segment(SafeText(text))])
            if !item.words.isEmpty { lines.append([Segment(SafeText("    \(item.words)"), .dim)]) }
        }
        return lines
    }

    /// Latencies are in seconds, ratios and shares in percent.
    private static func figures(_ name: String, _ value: Double?) -> String {
        let name = name.lowercased()
        if name.contains("ratio") || name.contains("share") { return Figures.percent(value) }
        if ["ttft", "itl", "e2e", "latency"].contains(where: { name.contains($0) }) { return Figures.duration(value) }
        return Figures.score(value)
    }
}
