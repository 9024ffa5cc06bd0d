public import PitGrid
import PitModel

extension PromptScreen {
    static func table(_ world: World, _ screen: PromptScreen) -> Table<PromptVersion> {
        Table(
            [
                TableColumn(
                    "version", "VERSION", width: .fixed(7), align: .right, priority: 100,
                    sortKey: { .number(Double($0.number)) }
                ) { TableCell(SafeText($0.number == screen.marked ? "*\($0.number)" : "\($0.number)")) },
                TableColumn("aliases", "ALIASES", width: .range(7, 20), priority: 95) { version in
                    TableCell(SafeText(version.aliases.joined(separator: " ")), .ok)
                },
                TableColumn(
                    "at", "AGE", width: .fixed(5), align: .right, priority: 80,
                    sortKey: { .number($0.at.map { world.shown.since($0) }) }
                ) { TableCell(SafeText(Figures.age(world.age($0.at))), .dim) },
                TableColumn("by", "BY", width: .range(3, 10), priority: 60, sortKey: { .text($0.author ?? "") }) {
                    TableCell(SafeText($0.author ?? "--"), .dim)
                },
                TableColumn("message", "MESSAGE", width: .flex(min: 12, weight: 2), priority: 90) {
                    TableCell(SafeText($0.message.isEmpty ? "--" : $0.message))
                },
            ], prefix: "prompt", identity: { "\($0.number)" }, emptyText: ["It has no version."])
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let page = page(world) else {
            let words =
                subject.map { world.isLive ? "Reading \($0)..." : "\($0) is only read live: press L." }
                ?? "No prompt was opened. Press 7 for the list of prompts."
            return frame.text(SafeText(words), in: area.row(area.height / 3), align: .center, ink: Ink(.dim))
        }
        let (head, list, pane) = Self.areas(area)
        frame.write(headline(page, world), in: head)
        if let fault = page.faults.first, rows.isEmpty {
            return frame.text(SafeText(" " + fault), in: list.row(1), ink: Ink(.fail))
        }
        Self.table(world, self).draw(rows, state: table, in: list, on: &frame)
        let title = SafeText(" \(paneTitle(world)) ")
        frame.line(pane.row(0))
        frame.text(title, in: Rect(pane.x + 2, pane.y, max(0, pane.width - 4), 1), ink: Ink(.title, strong: true))
        let inside = Rect(pane.x + 1, pane.y + 1, max(0, pane.width - 2), max(0, pane.height - 1))
        if self.pane == .trial, let trial = trial(world), trial.answers.count > 1, inside.width >= 60 {
            return draw(trial, in: inside, on: &frame)
        }
        TextView(lines(world)).draw(scroll, in: inside, on: &frame)
    }

    private func headline(_ page: PromptPage, _ world: World) -> [Segment] {
        let prompt = prompt(world)
        var parts = [Segment(SafeText(" \(detail)"), .title, strong: true)]
        parts.append(Segment(SafeText("   from \(query?.source?.description ?? "--")   "), .dim))
        let aliases = prompt.map(PromptWords.aliases) ?? ""
        parts.append(Segment(SafeText(aliases.isEmpty ? "no alias" : aliases), aliases.isEmpty ? .dim : .ok))
        if unsent(world) != nil { parts.append(Segment("   what you wrote was not kept: e", .warn, strong: true)) }
        for (key, value) in (prompt?.tags ?? [:]).sorted(by: { $0.key < $1.key }).prefix(4) {
            parts.append(Segment(SafeText("   \(key)=\(value)"), .dim))
        }
        return parts
    }

    private func paneTitle(_ world: World) -> String {
        switch pane {
        case .text: "version \(selected.map { "\($0.number)" } ?? "--")"
        case .diff:
            "from version \(other(world).map { "\($0.number)" } ?? "--") to \(selected.map { "\($0.number)" } ?? "--")"
        case .history: "where aliases pointed"
        case .trial: trial(world).map { "version \($0.version) tried" } ?? "nothing was tried"
        }
    }

    /// What stands beside the versions.
    func lines(_ world: World) -> [[Segment]] {
        switch pane {
        case .text: selected.map(Self.text) ?? []
        case .diff:
            if let selected, let other = other(world) {
                PromptWords.diff(other, selected)
            } else {
                [[Segment("There is no version before it.", .dim)]]
            }
        case .history: history(world)
        case .trial: trial(world).map { trial in trial.answers.flatMap { Self.lines($0) + [[]] } } ?? []
        }
    }

    private static func text(_ version: PromptVersion) -> [[Segment]] {
        var lines = PromptWords.lines(version.body)
        let known = version.variables.filter { $0.standard != nil || $0.kind != .text }
        if !known.isEmpty { lines.append([]) }
        for variable in known {
            let standard = variable.standard.map { ", `\($0)` where nothing is given" } ?? ""
            lines.append([Segment(SafeText("{{\(variable.name)}} is a \(variable.kind.rawValue)\(standard)"), .dim)])
        }
        if let commit = version.commit { lines += [[], [Segment(SafeText("commit \(commit)"), .dim)]] }
        return lines
    }

    private func history(_ world: World) -> [[Segment]] {
        let moves = page(world)?.moves ?? []
        guard !moves.isEmpty else {
            return [
                [Segment("No alias was seen yet.", .dim)],
                [Segment("It is written down from now on, while pitwall polls.", .dim)],
            ]
        }
        return moves.map { move in
            let at = "\(world.clock(move.at, seconds: false))  \(Figures.age(world.age(move.at))) ago"
            return [
                Segment(SafeText(at + String(repeating: " ", count: max(1, 18 - at.count))), .dim),
                Segment(SafeText("\(move.alias) "), .title),
                Segment(
                    SafeText(move.version.map { "version \($0)" } ?? "taken away"), move.version == nil ? .warn : .ok),
                Segment(
                    SafeText(
                        (move.author.map { "  by \($0)" } ?? "") + (move.isFirst ? "  (there when first seen)" : "")),
                    .dim),
            ]
        }
    }

    // MARK: Answers

    private func draw(_ trial: PromptTrial, in area: Rect, on frame: inout Frame) {
        for (answer, column) in zip(trial.answers, area.columns(trial.answers.count, gap: 2)) {
            TextView(Self.lines(answer)).draw(scroll, in: column, on: &frame)
        }
    }

    static func lines(_ answer: PromptTrial.Answer) -> [[Segment]] {
        var lines = [[Segment(SafeText(answer.target.description), .title, strong: true)]]
        switch answer.stage {
        case .coming: lines.append([Segment(answer.text.isEmpty ? "asked, waiting" : "answering", .notice)])
        case .broken(let why): lines.append([Segment(SafeText(why), .fail)])
        case .done: lines += figures(answer).map { [Segment(SafeText($0), .dim)] }
        }
        let text = answer.text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines + text.map { [Segment(SafeText(String($0)))] }
    }

    static func figures(_ answer: PromptTrial.Answer) -> [String] {
        var parts = ["\(seconds(answer.seconds)), first after \(seconds(answer.firstSeconds))"]
        parts.append("\(answer.promptTokens.map { "\($0)" } ?? "--") + \(answer.tokens.map { "\($0)" } ?? "--") tokens")
        if let cost = answer.cost { parts.append("cost \(EvaluationFigures.short(cost * 1000)) per 1000") }
        return parts
    }

    private static func seconds(_ value: Double?) -> String { value.map { "\(Figures.short($0)) s" } ?? "--" }
}
