import PitGrid
import PitModel

/// All that is known of one alert: below the list, or alone on the screen.
extension AlertsScreen {
    func drawDetail(_ state: AlertState, _ world: World, in area: Rect, on frame: inout Frame) {
        drawHead(SafeText(" \(state.alert.name) "), state, world, in: area, on: &frame)
        draw(facts(of: state, world), from: 0, in: area, on: &frame)
    }

    /// The opened alert, with its past.
    func drawOpened(_ state: AlertState, _ world: World, in area: Rect, on frame: inout Frame) {
        let place = "\(table.selected + 1) of \(rowCount)"
        let severity = state.alert.labels["severity"].map { " \($0)" } ?? ""
        drawHead(
            SafeText(" \(state.alert.name)\(severity), \(Self.stateWord(state)) (\(place)) "), state, world, in: area,
            on: &frame)
        let lines = facts(of: state, world) + [("", .text)] + past(of: state, world)
        draw(lines, from: offset, in: area, on: &frame)
    }

    private func drawHead(
        _ title: SafeText, _ state: AlertState, _ world: World, in area: Rect, on frame: inout Frame
    ) {
        frame.line(area.row(0))
        frame.text(title, in: Rect(area.x + 2, area.y, area.width - 4, 1), ink: Ink(.title, strong: true))
        guard let model = world.model(state.model), let trend = model.trends[.ttftP95] else { return }
        let row = area.row(0)
        let place = Rect(row.maxX - 34, row.y, 32, 1)
        frame.text(
            SafeText(" TTFT p95 \(Signal.ttftP95.figure(model.signals[.ttftP95])) "),
            in: Rect(place.x - 18, row.y, 18, 1), align: .right, ink: Ink(.dim))
        Sparkline(trend, ink: Ink(.series1)).draw(in: place, on: &frame)
    }

    private func draw(_ lines: [(String, Role)], from first: Int, in area: Rect, on frame: inout Frame) {
        var y = 1 - first
        for (text, role) in lines {
            let most = isOpened ? 8 : 2
            let wrapped = text.isEmpty ? [SafeText("")] : SafeText(text).wrapped(to: area.width - 3).prefix(most)
            for line in wrapped where y < area.height {
                if y >= 1 { frame.text(line, in: area.row(y).inset(x: 1, y: 0), ink: Ink(role)) }
                y += 1
            }
        }
    }

    private func facts(of state: AlertState, _ world: World) -> [(String, Role)] {
        var lines: [(String, Role)] = []
        lines.append((state.alert.summary, .text))
        if let more = state.alert.annotations["description"], more != state.alert.summary { lines.append((more, .dim)) }
        let labels = state.alert.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
            separator: "  ")
        lines.append((labels, .dim))
        lines.append(
            (
                "since \(world.clock(state.alert.startsAt))   from "
                    + (state.connection == .pitwall ? "pitwall's own rules" : "\(state.connection)")
                    + (state.alert.receivers.isEmpty ? "" : "   to \(state.alert.receivers.joined(separator: ", "))"),
                .dim
            ))
        if let runbook = state.alert.runbook { lines.append(("runbook \(runbook)", .notice)) }
        lines += suppression(of: state, world) + handling(of: state, world)
        lines += state.deliveries.map { words(of: $0, world) }
        let fired = "fired \(state.timesFired) time\(state.timesFired == 1 ? "" : "s") within 7 days"
        let noise =
            state.timesNoise == 0 ? "" : ", called noise \(state.timesNoise) time\(state.timesNoise == 1 ? "" : "s")"
        lines.append((fired + noise + (state.noise == nil ? "" : ": this one, too"), .dim))
        for note in state.notes.suffix(isOpened ? 50 : 4) {
            lines.append(("\(world.clock(note.at)) \(note.author): \(note.text)", .text))
        }
        return lines.filter { !$0.0.isEmpty }
    }

    /// Why it is not heard.
    private func suppression(of state: AlertState, _ world: World) -> [(String, Role)] {
        var lines = state.alert.silencedBy.map { id -> (String, Role) in
            let silence = world.snapshot.silences.first { $0.id == id }
            let until = silence.map { world.clock($0.endsAt) } ?? "?"
            return ("silenced by \(silence?.createdBy ?? "?") until \(until): \(silence?.comment ?? id)", .notice)
        }
        if !state.alert.inhibitedBy.isEmpty {
            let names = state.alert.inhibitedBy.map { id in
                world.snapshot.alerts.first { $0.id == id }?.alert.name ?? id
            }
            lines.append(("inhibited while \(names.joined(separator: ", ")) fires", .notice))
        }
        return lines
    }

    /// Who does something about it.
    private func handling(of state: AlertState, _ world: World) -> [(String, Role)] {
        var lines: [(String, Role)] = []
        if let act = state.acknowledgement {
            let age = world.shown.since(act.at)
            let isForgotten = state.isOpen && age >= world.settings.forgottenAfter
            let shared = state.sharedIn.map { ", \($0) shows it to others" } ?? ""
            let words = "acknowledged by \(act.author) at \(world.clock(act.at)), \(Figures.age(age)) ago\(shared)"
            lines.append((words + (isForgotten ? ": still firing" : ""), isForgotten ? .fail : .warn))
        }
        if let act = state.claim {
            let by = act.text.isEmpty ? "" : ", handed over by \(act.author)"
            lines.append(("\(state.owner ?? "?") works on it since \(world.clock(act.at))\(by)", .notice))
        }
        return lines
    }

    private func words(of delivery: Delivery, _ world: World) -> (String, Role) {
        let what = delivery.notice.kind == .firing ? "that it fires" : "that it is resolved"
        let fault = delivery.fault ?? "not tried yet"
        switch delivery.stage {
        case .delivered: return ("\(delivery.receiver) was told \(what) at \(world.clock(delivery.at))", .dim)
        case .waiting where delivery.attempts == 0: return ("\(delivery.receiver) is being told \(what)", .notice)
        case .waiting:
            let again = world.clock(delivery.next)
            return ("\(delivery.receiver) could not be told \(what): \(fault); again at \(again)", .warn)
        case .givenUp: return ("\(delivery.receiver) was never told \(what): \(fault)", .fail)
        case .unwanted: return ("\(delivery.receiver) is not told of ends", .dim)
        }
    }

    /// When it fired before, how long, what was done, and how often it was noise.
    private func past(of state: AlertState, _ world: World) -> [(String, Role)] {
        guard let past = world.alertPasts[AlertQuery(state.id)] else { return [("its past is being read", .dim)] }
        guard !past.firings.isEmpty else { return [("it is not known to have fired before", .dim)] }
        let count = past.firings.count
        let usual = past.usualLength.map { ", for \(Figures.duration($0)) usually" } ?? ""
        let noise = past.timesNoise == 0 ? "" : ", \(past.timesNoise) of them noise"
        let head = "fired \(count) time\(count == 1 ? "" : "s") in what is kept\(usual)\(noise)"
        let rows = past.firings.prefix(50).map { firing -> (String, Role) in
            let day = Figures.day(firing.firedAt.seconds, utcOffset: world.settings.utcOffset)
            let length = Figures.duration(firing.length(world.shown))
            let fired = "\(day) \(world.clock(firing.firedAt))   \(Self.padded(length, 7))"
            return ("  \(fired)  \(done(in: firing, world))", firing.endedAt == nil ? .text : .dim)
        }
        return [(head, .title), ("  FIRED                   LASTED  WHAT WAS DONE", .dim)] + rows
    }

    private func done(in firing: Firing, _ world: World) -> String {
        var words: [String] = []
        if let act = firing.acknowledgement {
            words.append("acked by \(act.author) after \(Figures.duration(act.at.since(firing.firedAt)))")
        } else if firing.endedSilenced {
            words.append("resolved while silenced")
        } else if firing.wasSilenced {
            words.append("silenced")
        }
        if let claim = firing.acts.last(where: { $0.kind == .claim }) {
            words.append("\(claim.text.isEmpty ? claim.author : claim.text) had it")
        }
        if firing.isNoise { words.append("noise") }
        words += firing.acts.filter { $0.kind == .note }.map { "“\($0.text)”" }
        if words.isEmpty { words.append(firing.endedAt == nil ? "nothing yet" : "nothing: it ended by itself") }
        return words.joined(separator: ", ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Lines of the opened alert, for how far it can be scrolled.
    func openedLines(_ world: World) -> Int {
        selected.map { facts(of: $0, world).count + 1 + past(of: $0, world).count } ?? 0
    }
}
