import PitGrid
import PitModel

extension Console {
    /// Begins to plan, or asks which deployment is meant.
    mutating func propose(_ proposal: Proposal) -> [Effect] {
        guard !proposal.candidates.isEmpty else { return [] }
        let state = PlanState(proposal, author: world.settings.author, startedBy: startedBy)
        overlay = .plan(state)
        return state.waiting.map { [.plan($0)] } ?? []
    }

    mutating func pressPlan(_ state: PlanState, _ key: Key, at time: Double) -> [Effect] {
        var state = state
        let outcome = state.press(key, at: time, size: PlanLayout(state, in: body).text.size)
        overlay = .plan(state)
        switch outcome {
        case .open: return []
        case .cancelled:
            overlay = nil
            return []
        case .ask(let request): return [.plan(request)]
        case .confirmed(let plan):
            overlay = nil
            if let why = refusal {
                toast(Notice(.warn, why))
                return []
            }
            let words = "\(plan.request.verb.noun) of \(plan.before.id.path): being written down, then sent"
            return apply([
                .open(screen: DeploymentScreen.about.id, subject: plan.before.id.description),
                .toast(Notice(.notice, words)), .deploy(plan),
            ])
        }
    }

    mutating func take(_ answer: PlanAnswer, to request: DeploymentRequest) {
        guard case .plan(var state) = overlay else { return }
        state.take(answer, to: request)
        state.settle(on: world)
        overlay = .plan(state)
    }

    func drawPlan(_ state: PlanState, in area: Rect, on frame: inout Frame) {
        let layout = PlanLayout(state, in: area)
        frame.silence()
        frame.fill(layout.box, ink: Ink(on: .overlay))
        let title = "\(state.proposal.verb.title.capitalizedFirst) \(layout.subject(state))"
        frame.box(
            layout.box, title: SafeText(title), ink: Ink(.focus, on: .overlay),
            titleInk: Ink(.title, on: .overlay, strong: true))
        switch state.stage {
        case .choosing: drawChoice(state, layout, &frame)
        case .asking(let request):
            put("asking \(request.deployment.connection) what it would change", .dim, layout.inside.row(0), &frame)
            put("nothing is changed by asking; Esc leaves", .dim, layout.inside.row(1), &frame)
        case .failed(_, let why, let hint):
            let lines = SafeText(why).wrapped(to: layout.inside.width).prefix(max(1, layout.inside.height - 3))
            for (y, line) in lines.enumerated() { put(line, .fail, layout.inside.row(y), &frame) }
            for (y, line) in SafeText(hint).wrapped(to: layout.inside.width).enumerated() {
                put(line, .text, layout.inside.row(lines.count + y), &frame)
            }
            put(
                "ctrl-r asks again   Esc leaves; nothing was changed", .dim,
                layout.inside.row(layout.inside.height - 1), &frame)
        case .planned(let plan): drawPlan(plan, state, layout, &frame)
        }
    }

    private func drawChoice(_ state: PlanState, _ layout: PlanLayout, _ frame: inout Frame) {
        put("Several deployments serve it. Which one?", .text, layout.inside.row(0), &frame)
        let list = Rect(layout.inside.x, layout.inside.y + 2, layout.inside.width, max(0, layout.inside.height - 4))
        let first = max(0, min(state.chosen - list.height / 2, state.proposal.candidates.count - list.height))
        for (line, id) in state.proposal.candidates.dropFirst(first).prefix(list.height).enumerated() {
            let isChosen = first + line == state.chosen
            let row = list.row(line)
            let known = world.deployment(id)
            var segments = [
                Segment(isChosen ? "\(SafeText(String(frame.glyphs.pointer))) " : "  ", .focus),
                Segment(SafeText(id.path), Ink(strong: isChosen)),
                Segment(SafeText("   \(known?.deployment.release ?? "")   in \(id.connection)   "), .dim),
            ]
            segments += known?.statusSegments(frame.glyphs, world.shown) ?? []
            frame.fill(row, ink: Ink(on: isChosen ? .selection : .overlay))
            frame.write(segments, in: row, ground: isChosen ? .selection : .overlay)
            frame.listen(row, "overlay.focus", row: first + line)
            if isChosen { frame.cursor = Point(row.x, row.y) }
        }
        put("Enter chooses   Esc leaves", .dim, layout.inside.row(layout.inside.height - 1), &frame)
    }

    private func drawPlan(_ plan: DeploymentPlan, _ state: PlanState, _ layout: PlanLayout, _ frame: inout Frame) {
        frame.write(PlanWords.headline(plan, world), in: layout.inside.row(0), ground: .overlay)
        let lines = PlanWords.lines(plan, exchange: state.showsExchange, glyphs: frame.glyphs)
        let grounded = lines.map { $0.map { Segment($0.text, $0.ink.on(.overlay)) } }
        TextView(grounded).draw(state.scroll, in: layout.text, on: &frame)
        if let rule = layout.rule { frame.line(rule, ink: Ink(.border, on: .overlay)) }
        let foot = layout.foot
        if plan.isBlocked {
            put("It cannot be sent: see above what to do next.", .fail, foot.row(0), strong: true, &frame)
        } else {
            drawFields(state, foot, &frame)
        }
        let told = state.complaint ?? state.staleness
        if let told { put(SafeText(told), .fail, foot.row(foot.height - 2), strong: true, &frame) }
        let go = plan.isBlocked ? "" : state.focus == .name ? "\(state.confirmKey) sends it   " : "enter to the name   "
        put(
            SafeText("\(go)esc leaves   ctrl-o request   ctrl-r again   up, down read"), .dim,
            foot.row(foot.height - 1), &frame)
    }

    private func drawFields(_ state: PlanState, _ foot: Rect, _ frame: inout Frame) {
        let (why, name) = (foot.row(0), foot.row(1))
        let label = 14
        for (row, text, isFocused) in [
            (why, SafeText("Why"), state.focus == .reason), (name, SafeText("Type its name"), state.focus == .name),
        ] {
            frame.text(
                text, in: Rect(row.x, row.y, label, row.height),
                ink: Ink(isFocused ? .focus : .dim, on: .overlay, strong: isFocused))
        }
        func room(_ row: Rect) -> Rect { Rect(row.x + label, row.y, row.width - label, row.height) }
        TextField(
            placeholder: "the reason is kept with the operation", isFocused: state.focus == .reason,
            ink: Ink(on: .overlay)
        ).draw(state.reason, in: room(why), on: &frame)
        TextField(
            placeholder: SafeText("\(state.wanted)"), isFocused: state.focus == .name, ink: Ink(on: .overlay)
        ).draw(state.name, in: room(name), on: &frame)
        frame.listen(why, "overlay.focus", row: 0)
        frame.listen(name, "overlay.focus", row: 1)
    }

    private func put(_ text: SafeText, _ role: Role, _ row: Rect, strong: Bool = false, _ frame: inout Frame) {
        frame.text(text, in: row, ink: Ink(role, on: .overlay, strong: strong))
    }
}

/// Where the parts of a plan stand.
struct PlanLayout {
    let box: Rect
    let inside: Rect
    /// What is read, and scrolls.
    let text: Rect
    let rule: Rect?
    /// Reason, name, complaint, keys.
    let foot: Rect

    init(_ state: PlanState, in area: Rect) {
        let isPlan = state.plan != nil
        let wanted: Int =
            switch state.stage {
            case .planned(let plan): PlanWords.lines(plan, exchange: state.showsExchange).count + 9
            case .choosing: state.proposal.candidates.count + 6
            default: 8
            }
        box = area.centered(Size(min(area.width - 2, 108), min(area.height, max(8, wanted))))
        inside = box.inset(x: 2, y: 1)
        let footHeight = isPlan ? 4 : 0
        let (above, below) = inside.splitBottom(footHeight)
        foot = below
        let (middle, line) = above.splitBottom(isPlan ? 1 : 0)
        rule = isPlan ? line : nil
        text = Rect(middle.x, middle.y + 2, middle.width, middle.height - 2)
    }

    func subject(_ state: PlanState) -> String {
        switch state.stage {
        case .choosing: "one of \(state.proposal.candidates.count) deployments"
        case .asking(let request): request.deployment.path
        case .failed(let request, _, _): request.deployment.path
        case .planned(let plan): plan.before.id.path
        }
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
