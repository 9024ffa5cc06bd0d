public import PitGrid
import PitModel

extension ModelScreen {
    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let state = world.model(model) else {
            frame.text("There is no model \(model.description).", in: area.row(2).inset(x: 2, y: 0), ink: Ink(.warn))
            frame.text("Esc returns to the fleet.", in: area.row(3).inset(x: 2, y: 0), ink: Ink(.dim))
            return
        }
        let (head, rest) = area.splitTop(2)
        drawHead(state, world, in: head, on: &frame)
        var room = rest
        if showsChanges {
            let (above, below) = rest.splitBottom(min(9, rest.height / 3))
            room = above
            drawChanges(world, in: below, on: &frame)
        } else {
            let panel = panelLines(state, area)
            if panel > 0 {
                let (above, below) = rest.splitBottom(panel)
                room = above
                drawPanel(state, world, in: below, on: &frame)
            }
        }
        drawCharts(state, world, in: room, on: &frame)
    }

    private func drawHead(_ state: ModelState, _ world: World, in area: Rect, on frame: inout Frame) {
        let row = area.row(0)
        var x =
            frame.text(
                state.health.glyph(frame.glyphs), at: Point(row.x + 1, row.y), ink: Ink(state.health.role, strong: true)
            ) + 1
        x =
            frame.text(
                SafeText(state.health.word), at: Point(x, row.y), ink: Ink(state.health.role, strong: true), clip: row)
            + 2
        x =
            frame.text(SafeText(state.why), at: Point(x, row.y), ink: Ink(state.health.role), clip: row)
            + (state.why.isEmpty ? 0 : 2)
        let facts = [
            state.release.map { "release \($0)" }, "replicas \(state.replicasUp)/\(state.replicasKnown)",
            state.firingAlerts > 0 ? "\(state.firingAlerts) alerts" : nil, "last \(Figures.duration(span))",
            state.seenAt.map { "seen \(Figures.age(world.age($0))) ago" },
        ].compactMap { $0 }.joined(separator: "   ")
        frame.text(SafeText(facts), in: Rect(x, row.y, row.maxX - x - 1, 1), align: .right, ink: Ink(.dim))
        let promised = SafeText(budget(state))
        frame.text(promised, in: area.row(1).inset(x: 1, y: 0), ink: Ink(.dim))
        let end = row.x + 1 + promised.columns
        let quality = world.snapshot.quality(of: state)
        let isWorse = quality.present.map { present in quality.other.map { present.high < $0.low } ?? false } ?? false
        // What was promised comes first where there is no room for both.
        let words = Self.words(quality)
        if let shown = words.indices.map({ words.prefix($0 + 1).joined(separator: "   ") }).last(where: { text in
            SafeText(text).columns + 3 <= row.maxX - 1 - end
        }) {
            frame.text(
                SafeText(shown), in: Rect(end, row.y + 1, row.maxX - end - 1, 1), align: .right,
                ink: Ink(isWorse ? .fail : .dim))
        }
    }

    /// What people think of the release: how good they find it, and against which other it was compared.
    private static func words(_ quality: PresentQuality) -> [String] {
        func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
        let wins = quality.wins.map {
            "preferred to \($0.against): \(percent($0.rate)) % (\(percent($0.low)) to \(percent($0.high)), \($0.count) compared)"
        }
        return [quality.present?.words, wins].compactMap { $0 }
    }

    /// What was promised, and how it stands.
    private func budget(_ state: ModelState) -> String {
        var parts: [String] = []
        for signal in [Signal.ttftP95, .itlP95, .e2eP95, .errorRatio] {
            guard let limit = state.slo.limit(for: signal) else { continue }
            parts.append("\(signal.info.short) \(signal.figure(state.signals[signal])) of \(signal.figure(limit))")
        }
        if let promised = state.slo.availability, let errors = state.signals[.errorRatio]?.value, promised < 1 {
            parts.append("error budget burns at \(Figures.short(errors / (1 - promised)))x")
        }
        return parts.isEmpty
            ? "no objectives configured (slo: in the configuration)" : "objectives: " + parts.joined(separator: "   ")
    }

    private func drawCharts(_ state: ModelState, _ world: World, in area: Rect, on frame: inout Frame) {
        let kinds = charts(world)
        let history = world.histories[query(world)]
        if isZoomed {
            drawChart(
                kinds[min(focused, kinds.count - 1)], state, world, history, isFocused: true, in: area, on: &frame)
            return
        }
        let columns = area.width >= 180 ? 3 : area.width >= 110 ? 2 : 1
        let least = 7
        let rows = max(1, min((kinds.count + columns - 1) / columns, area.height / least))
        let page = rows * columns
        let first = focused / page * page
        for (line, row) in area.rows(rows).enumerated() {
            for (column, cell) in row.columns(columns).enumerated() {
                let index = first + line * columns + column
                guard index < kinds.count else { continue }
                drawChart(kinds[index], state, world, history, isFocused: index == focused, in: cell, on: &frame)
            }
        }
    }

    private func drawChart(
        _ kind: ChartKind, _ state: ModelState, _ world: World, _ history: History?, isFocused: Bool, in area: Rect,
        on frame: inout Frame
    ) {
        let end = world.shown.seconds
        let roles: [Role] = [.series1, .series2, .series3, .series4]
        let series = zip(kind.signals, roles).compactMap { signal, role -> ChartSeries? in
            guard let history, let values = history.values[signal], values.contains(where: { $0 != nil }) else {
                return nil
            }
            // Steps may be finer than the polls: what parts a line is a long silence, not a step without a value.
            let points = values.enumerated().compactMap { index, value in
                value.map { ChartPoint(history.start.seconds + (Double(index) + 0.5) * history.step, $0) }
            }
            return ChartSeries(kind.name(signal), points, role: role, isArea: kind.signals.count == 1)
        }
        let format = kind.signals[0]
        var chart = LineChart(
            "\(isFocused ? "\(frame.glyphs.pointer) " : "")\(kind.title)", series, from: end - span, to: end,
            utcOffset: world.settings.utcOffset
        ) {
            format.figure($0)
        }
        chart.isLog = isLog && isFocused
        chart.cursor = cursor?.seconds
        chart.maxGap = max(60, (history?.step ?? 0) * 3)
        if kind == .kvCache || kind == .prefix { chart.ceiling = 1 }
        chart.emptyText = history == nil ? "loading" : "no data in this span"
        if let signal = kind.signals.first(where: { state.slo.limit(for: $0) != nil }),
            let limit = state.slo.limit(for: signal)
        {
            chart.thresholds = [ChartThreshold(limit, "promised \(signal.figure(limit))")]
        }
        let (plotArea, line) = area.splitBottom(1)
        chart.draw(in: plotArea, on: &frame)
        let plot = chart.plot(in: plotArea)
        let marks = (history?.events ?? []).map { ChartMark(at: $0.at.seconds, $0.kind.shape, role: $0.kind.role) }
        ChangeLine(marks, from: end - span, to: end, prefix: "model", cursor: cursor?.seconds).draw(
            in: line, under: plot, label: "", on: &frame)
        if isFocused { frame.cursor = Point(area.x, area.y) }
    }

    // MARK: beneath the charts

    private func panelLines(_ state: ModelState, _ area: Rect) -> Int {
        guard area.height >= 26, !isZoomed else {
            return state.blame.isEmpty || isZoomed ? 0 : min(3, state.blame.count + 1)
        }
        return max(state.blame.count, min(state.replicas.count, 6)) + 2
    }

    private func drawPanel(_ state: ModelState, _ world: World, in area: Rect, on frame: inout Frame) {
        let isTall = area.height > 3 || state.blame.isEmpty
        guard isTall else { return drawBlame(state, in: area, on: &frame) }
        let halves = area.width >= 110 ? area.columns(2) : [area]
        if halves.count == 2 || state.blame.isEmpty { drawReplicas(state, in: halves[halves.count - 1], on: &frame) }
        if halves.count == 2 || !state.blame.isEmpty { drawBlame(state, in: halves[0], on: &frame) }
    }

    private func drawBlame(_ state: ModelState, in area: Rect, on frame: inout Frame) {
        guard !state.blame.isEmpty else {
            frame.text(
                "Time to first token has not risen: nothing to explain.", in: area.row(0).inset(x: 1, y: 0),
                ink: Ink(.dim))
            return
        }
        frame.text(
            "The rise of the time to first token is consistent with:", in: area.row(0).inset(x: 1, y: 0),
            ink: Ink(.title, strong: true))
        for (line, blame) in state.blame.enumerated() where line + 1 < area.height {
            let row = area.row(line + 1).inset(x: 1, y: 0)
            Meter(blame.strength, role: .warn).draw(in: Rect(row.x, row.y, 10, 1), on: &frame)
            frame.text(
                SafeText("\(blame.kind.words)   \(blame.evidence)"), in: Rect(row.x + 12, row.y, row.width - 12, 1),
                ink: Ink())
        }
    }

    private func drawReplicas(_ state: ModelState, in area: Rect, on frame: inout Frame) {
        let signals: [Signal] = [.ttftP95, .waiting, .running, .kvCacheUse, .requestRate]
        let name = min(24, max(10, area.width - 2 - 5 * 9))
        // What does not fit is left out whole: half a column says something else.
        let shown = signals.prefix(max(0, (area.width - name - 1) / 9))
        let head = area.row(0).inset(x: 1, y: 0)
        frame.text("REPLICA", in: head, ink: Ink(.dim))
        for (column, signal) in shown.enumerated() {
            let place = Rect(head.x + name + column * 9, head.y, 9, 1).intersection(head)
            frame.text(SafeText(signal.info.short), in: place, align: .right, ink: Ink(.dim))
        }
        for (line, replica) in state.replicas.enumerated() where line + 1 < area.height {
            let row = area.row(line + 1).inset(x: 1, y: 0)
            let mark: SafeText =
                replica.isUp ? (frame.glyphs == .unicode ? "●" : "+") : (frame.glyphs == .unicode ? "✗" : "X")
            frame.text(mark, in: Rect(row.x, row.y, 1, 1), ink: Ink(replica.isUp ? .ok : .fail, strong: true))
            frame.text(SafeText(replica.id), in: Rect(row.x + 2, row.y, name - 3, 1), ink: Ink())
            if let fault = replica.fault {
                frame.text(SafeText(fault.summary), in: Rect(row.x + name, row.y, row.width - name, 1), ink: Ink(.fail))
                continue
            }
            for (column, signal) in shown.enumerated() {
                let place = Rect(row.x + name + column * 9, row.y, 9, 1).intersection(row)
                frame.text(SafeText(signal.figure(replica.signals[signal])), in: place, align: .right, ink: Ink())
            }
        }
    }

    /// What changed in the ten minutes before the cursor.
    private func drawChanges(_ world: World, in area: Rect, on frame: inout Frame) {
        let at = cursor ?? world.shown
        let from = at.advanced(by: -Self.lookBack)
        let known = world.histories[query(world)]?.events ?? world.snapshot.events
        let events = known.filter { $0.at >= from && $0.at <= at && ($0.model == nil || $0.model == model) }
        frame.line(area.row(0))
        frame.text(
            " what changed in the 10 minutes before \(world.clock(at)) ",
            in: Rect(area.x + 2, area.y, area.width - 4, 1), ink: Ink(.title, strong: true))
        if events.isEmpty {
            frame.text("nothing that pitwall knows of", in: area.row(1).inset(x: 2, y: 0), ink: Ink(.dim))
        }
        for (line, event) in events.reversed().enumerated() where line + 1 < area.height {
            let row = area.row(line + 1).inset(x: 1, y: 0)
            frame.set(event.kind.shape.glyph(frame.glyphs), at: Point(row.x + 1, row.y), ink: Ink(event.kind.role))
            let before = Figures.duration(at.since(event.at))
            frame.text(
                SafeText("\(world.clock(event.at))  -\(before)"), in: Rect(row.x + 3, row.y, 18, 1), ink: Ink(.dim))
            let detail = event.detail.isEmpty ? "" : "  \(event.detail)"
            frame.text(SafeText(event.title + detail), in: Rect(row.x + 22, row.y, row.width - 22, 1), ink: Ink())
        }
    }
}
