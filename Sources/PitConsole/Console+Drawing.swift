public import PitGrid
import PitModel

extension Console {
    /// The whole screen as a value.
    public func draw(_ size: Size) -> Frame {
        var frame = Frame(size, glyphs: world.settings.glyphs)
        guard size.width >= Self.smallest.width, size.height >= Self.smallest.height else {
            frame.text("pitwall needs 80x24", in: Rect(0, 0, size.width, 1), ink: Ink(.warn, strong: true))
            frame.text("this terminal has \(size.width)x\(size.height)", in: Rect(0, 1, size.width, 1), ink: Ink(.text))
            frame.text("make it larger, or press q", in: Rect(0, 2, size.width, 1), ink: Ink(.dim))
            return frame
        }
        drawHeader(Rect(0, 0, size.width, 1), &frame)
        drawTabs(Rect(0, 1, size.width, 1), &frame)
        let body = Rect(0, 2, size.width, size.height - 3)
        top.draw(world, in: body, on: &frame)
        drawFooter(Rect(0, size.height - 1, size.width, 1), &frame)
        drawToasts(body, &frame)
        switch overlay {
        case .help(let field, let offset): drawHelp(field, offset, in: body, on: &frame)
        case .palette(let state): state.draw(entries(for: state), title: "Commands", in: body, on: &frame)
        case .themes(let state, _):
            state.draw(
                themeEntries, title: "Themes", in: Rect(body.x, body.y, body.width, min(body.height, 14)), on: &frame)
        case .filter(let field):
            let row = Rect(0, size.height - 1, size.width, 1)
            frame.fill(row, ink: Ink(on: .bar))
            TextField(
                prompt: " / ", placeholder: "type to filter; Enter keeps it, Esc takes it away", ink: Ink(on: .bar)
            ).draw(field, in: row, on: &frame)
        case .question(let state): state.draw(in: body, on: &frame)
        case .plan(let state): drawPlan(state, in: body, on: &frame)
        case nil: break
        }
        return frame
    }

    /// The top line answers "is anything wrong?" from every screen.
    private func drawHeader(_ row: Rect, _ frame: inout Frame) {
        let ground: Ground = world.isLive ? .bar : .past
        frame.fill(row, ink: Ink(on: ground))
        var x = frame.text(" pitwall", at: Point(row.x, row.y), ink: Ink(.title, on: ground, strong: true)) + 2
        func put(_ text: SafeText, _ role: Role, strong: Bool = false, open: String? = nil) {
            guard x + text.columns < row.maxX - clockWidth else { return }
            let start = x
            x = frame.text(text, at: Point(x, row.y), ink: Ink(role, on: ground, strong: strong)) + 2
            if let open { frame.listen(Rect(start, row.y, text.columns, 1), open) }
        }
        if !world.settings.context.isEmpty { put(SafeText(world.settings.context).truncated(to: 20), .dim) }
        let snapshot = world.snapshot
        if let due = world.counts.guardDue {
            let left = Figures.duration(max(0, due.since(world.shown)).rounded(.up))
            put("GUARD rolls back in \(SafeText(left)), K stops it", .fail, strong: true, open: "stop-guard")
        }
        let (sick, firing, acknowledged) = (world.counts.sick, world.counts.firing, world.counts.acknowledged)
        put("\(snapshot.models.count) model\(snapshot.models.count == 1 ? "" : "s")", .text, open: "fleet")
        if sick > 0 { put("\(sick) not well", .fail, strong: true, open: "fleet") }
        put(
            "\(firing) firing", firing > acknowledged ? .fail : firing > 0 ? .warn : .dim,
            strong: firing > acknowledged, open: "alerts")
        if acknowledged > 0 { put("\(acknowledged) acked", .warn, open: "alerts") }
        let drifting = world.counts.drifting
        if drifting > 0 { put("\(drifting) drifting", .warn, open: "drift") }
        let (failed, rolling) = (world.counts.failedRollouts, world.counts.rolling)
        if failed > 0 { put("\(failed) rollout\(failed == 1 ? "" : "s") failed", .fail, strong: true, open: "deploy") }
        if rolling > 0 { put("\(rolling) rolling out", .notice, open: "deploy") }
        let failing = world.counts.failing
        put(
            failing > 0
                ? "\(failing) of \(snapshot.connections.count) connections failing"
                : "\(snapshot.connections.count) connections ok",
            failing > 0 ? .warn : .dim, open: "connections")
        if snapshot.notKept != nil { put("NOT KEPT, see Log", .fail, strong: true, open: "log") }
        if case .other(let pid, _) = snapshot.poller { put("following pid \(pid)", .notice) }
        if world.settings.isReadOnly { put("READ-ONLY", .notice, strong: true) }
        if !world.problems.isEmpty {
            put("config: \(world.problems.count) problem\(world.problems.count == 1 ? "" : "s")", .fail, open: "log")
        }
        frame.text(
            clockText, in: Rect(row.maxX - clockWidth, row.y, clockWidth - 1, 1), align: .right,
            ink: Ink(world.isLive && frozenAt == nil ? .text : .warn, on: ground, strong: !world.isLive))
    }

    private var clockWidth: Int { clockText.columns + 2 }

    private var clockText: SafeText {
        if !world.isLive {
            return
                "PAST \(world.clock(world.snapshot.at)) (-\(Figures.duration(world.now.since(world.snapshot.at))))  L live"
        }
        if let frozenAt { return "FROZEN \(Figures.age(world.now.since(frozenAt)))  ctrl-s goes on" }
        return "live \(world.clock(world.now))"
    }

    private func drawTabs(_ row: Rect, _ frame: inout Frame) {
        let tabs = registry.screens.filter { $0.about.key != nil }
        let shownID = stack.first.map { type(of: $0).about.id } ?? ""
        let selected = tabs.firstIndex { $0.about.id == shownID } ?? -1
        let path = stack.dropFirst().map { screen in
            let detail = screen.detail
            return "\(type(of: screen).about.title)\(detail.isEmpty ? "" : " \(detail)")"
        }
        let list = tabs.map { type in
            Tabs.Tab(
                SafeText(type.about.key?.description ?? ""), SafeText(type.about.title), badge: nil,
                commandID: type.about.id)
        }
        let crumbs = SafeText(path.map { "\(frame.glyphs == .unicode ? "›" : ">") \($0)" }.joined(separator: " "))
            .truncated(to: row.width / 2)
        Tabs(list, selected: selected).draw(in: Rect(row.x, row.y, row.width - crumbs.columns - 1, 1), on: &frame)
        if !crumbs.isEmpty {
            frame.text(
                crumbs, in: Rect(row.maxX - crumbs.columns - 1, row.y, crumbs.columns, 1),
                ink: Ink(.title, strong: true))
        }
    }

    private func drawFooter(_ row: Rect, _ frame: inout Frame) {
        if !pending.isEmpty {
            let chord = pending.joined(separator: " ")
            let next = (registry.commands(of: top, world) + registry.globals).flatMap { command in
                command.keys.filter { $0.description.hasPrefix(chord + " ") }.map {
                    "\($0.description.dropFirst(chord.count + 1)) \(command.title)"
                }
            }
            frame.fill(row, ink: Ink(on: .bar))
            frame.text(
                SafeText(" \(chord) \(frame.glyphs.ellipsis)  \(next.joined(separator: "   "))"), in: row,
                ink: Ink(.key, on: .bar))
            return
        }
        var hints: [KeyHints.Hint] = []
        for command in registry.commands(of: top, world) + registry.globals where command.hint > 0 {
            let isRefused = availability(command) != .available
            hints.append(
                KeyHints.Hint(
                    SafeText(command.keys.first?.description ?? ""), SafeText(command.title), priority: command.hint,
                    commandID: command.id,
                    isRefused: isRefused))
        }
        let fresh = world.counts.freshest
        let age = world.age(fresh)
        let isOld = (age ?? 0) > 60
        let text: SafeText =
            fresh == nil ? "no data yet" : "\(frame.glyphs == .unicode ? "↻" : "@") \(Figures.age(age)) ago"
        KeyHints(hints, trailing: [Segment(text, isOld ? .warn : .dim)], moreCommandID: "help").draw(
            in: row, on: &frame)
    }

    private func drawToasts(_ body: Rect, _ frame: inout Frame) {
        let shown = toasts.map { item in
            Toast(
                Toast.Kind(rawValue: item.notice.kind.rawValue) ?? .notice, SafeText(item.notice.text),
                detail: item.notice.detail.map { SafeText($0) })
        }
        ToastStack(shown).draw(
            in: Rect(body.maxX - min(64, body.width), body.y, min(64, body.width), body.height), on: &frame)
    }
}
