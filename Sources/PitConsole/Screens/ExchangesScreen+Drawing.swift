public import PitGrid
import PitModel

extension ExchangesScreen {
    static func exchangeTable(_ world: World) -> Table<KeptInteraction> {
        Table(
            [
                TableColumn(
                    "at", "AT", width: .fixed(8), priority: 90, sortKey: { .number($0.interaction.at.seconds) }
                ) { TableCell(SafeText(world.clock($0.interaction.at)), .dim) },
                TableColumn("model", "MODEL", width: .range(10, 20), priority: 80, sortKey: { .text($0.modelWord) }) {
                    TableCell(SafeText($0.modelWord ?? "--"), $0.interaction.model == nil ? .dim : .text)
                },
                TableColumn(
                    "client", "CLIENT", width: .range(6, 14), priority: 30, sortKey: { .text($0.interaction.client) }
                ) { TableCell(SafeText($0.interaction.client ?? "--"), .dim) },
                TableColumn(
                    "in", "IN", width: .fixed(5), align: .right, priority: 40, sortsDescendingFirst: true,
                    sortKey: { .number($0.interaction.promptTokens.map(Double.init)) }
                ) { TableCell(SafeText(Figures.short($0.interaction.promptTokens.map(Double.init))), .dim) },
                TableColumn(
                    "out", "OUT", width: .fixed(5), align: .right, priority: 45, sortsDescendingFirst: true,
                    sortKey: { .number($0.interaction.responseTokens.map(Double.init)) }
                ) { TableCell(SafeText(Figures.short($0.interaction.responseTokens.map(Double.init))), .dim) },
                TableColumn(
                    "took", "TOOK", width: .fixed(6), align: .right, priority: 35, sortsDescendingFirst: true,
                    sortKey: { .number($0.interaction.latency) }
                ) { TableCell(SafeText(Figures.duration($0.interaction.latency)), .dim) },
                TableColumn(
                    "found", "FOUND", width: .range(6, 22), priority: 85, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.findings.count)) }
                ) { kept in
                    guard !kept.findings.isEmpty else { return TableCell("--", .dim) }
                    return TableCell(SafeText(kept.foundWords), kept.isLabelled ? .dim : .warn)
                },
                TableColumn("prompt", "PROMPT", width: .flex(min: 16, weight: 3), priority: 100) {
                    TableCell(SafeText($0.interaction.prompt.firstWords))
                },
                TableColumn("response", "RESPONSE", width: .flex(min: 16, weight: 3), priority: 50) { kept in
                    guard let response = kept.interaction.response else {
                        return TableCell(SafeText(kept.interaction.fault?.firstWords ?? "--"), .dim)
                    }
                    return TableCell(SafeText(response.firstWords), .dim)
                },
            ],
            prefix: "exchanges", identity: { "\($0.row)" })
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (head, rest) = area.splitTop(1)
        if isReading, let selected {
            drawHeadline(of: selected, world, in: head, on: &frame)
            drawText(of: selected, world, in: rest, from: scrolled, on: &frame)
            frame.cursor = Point(rest.x, rest.y)
            return
        }
        let read = world.exchanges[query]?.count ?? 0
        let words = [
            "\(rowCount) of the \(query.before == nil ? "newest" : "older") \(read)", query.words,
            show == .all ? "" : show.words, filter.isEmpty ? "" : "filter: \(filter)",
        ].filter { !$0.isEmpty }.joined(separator: "   ")
        frame.text(SafeText(" \(words)"), in: head, ink: Ink(query.words.isEmpty && filter.isEmpty ? .dim : .notice))
        var table = Self.exchangeTable(world)
        table.emptyText = emptyText(world)
        guard let selected, rest.height >= 15 else {
            table.draw(rows, state: self.table, in: rest, on: &frame)
            return
        }
        let (list, below) = rest.splitBottom(Self.detailHeight(area.height))
        table.draw(rows, state: self.table, in: list, on: &frame)
        frame.line(below.row(0))
        let title = " \(selected.modelWord ?? "--") \(world.clock(selected.interaction.at)) "
        frame.text(
            SafeText(title), in: Rect(below.x + 2, below.y, below.width - 4, 1), ink: Ink(.title, strong: true))
        drawText(of: selected, world, in: below.splitTop(1).1, from: 0, on: &frame)
    }

    private func emptyText(_ world: World) -> [SafeText] {
        if world.exchanges[query] == nil { return ["Reading what is kept."] }
        if !filter.isEmpty { return ["No exchange matches `\(filter)`.", "Esc takes the filter away."] }
        if show != .all { return ["No exchange here \(show.words).", "v shows all."] }
        if query != InteractionQuery(limit: Self.page) { return ["No exchange is kept that fits.", "x reads all."] }
        let hasSource = world.snapshot.connections.contains { $0.capabilities.contains("interactions") }
        return hasSource
            ? ["No exchange is kept yet.", "They are read as their source is polled; r polls now."]
            : [
                "No source of exchanges is connected.",
                "Add a file of them, MLflow or Phoenix: `pitwall init --print` shows how.",
            ]
    }

    private func drawHeadline(of kept: KeptInteraction, _ world: World, in row: Rect, on frame: inout Frame) {
        let exchange = kept.interaction
        let words = [
            "\(table.selected + 1)/\(rowCount)", kept.modelWord ?? "--", world.clock(exchange.at),
            exchange.client.map { "from \($0)" }, exchange.promptTokens.map { "in \($0)" },
            exchange.responseTokens.map { "out \($0)" }, exchange.latency.map { "took \(Figures.duration($0))" },
            exchange.finishReason.map { "ended by \($0)" },
            exchange.cutFrom.map { "cut from \(Figures.bytes(Double($0)))" },
        ].compactMap { $0 }.joined(separator: "   ")
        frame.text(SafeText(" \(words)"), in: row, ink: Ink(.dim))
    }

    private func drawText(
        of kept: KeptInteraction, _ world: World, in area: Rect, from: Int, on frame: inout Frame
    ) {
        let found = findingLines(of: kept, world, most: isReading ? 8 : 3)
        let (above, below) = area.splitTop(min(found.count, max(0, area.height - 3)))
        for (y, line) in found.enumerated() where y < above.height {
            frame.write(line, in: above.row(y).inset(x: 1, y: 0))
        }
        let lines = textLines(of: kept, width: below.width - 2, limit: from + below.height)
        for (y, line) in lines.dropFirst(from).enumerated() {
            frame.write(line, in: below.row(y).inset(x: 1, y: 0))
        }
    }

    /// One line a finding, the selected one among those shown.
    private func findingLines(of kept: KeptInteraction, _ world: World, most: Int) -> [[Segment]] {
        let count = kept.findings.count
        let first = max(0, min(findingIndex - most + 1, count - most))
        var lines: [[Segment]] = kept.findings.indices.dropFirst(first).prefix(most).map { index in
            let (finding, label) = (kept.findings[index].finding, kept.findings[index].label)
            let isSelected = index == findingIndex
            let word = label?.isTrue.map { $0 ? "true" : "false" }
            var line = [
                Segment(SafeText(isSelected ? "▸" : " "), .focus),
                Segment(
                    SafeText("\(finding.detector)/\(finding.kind) "), finding.kind == Finding.notChecked ? .dim : .warn,
                    strong: isSelected),
                Segment(SafeText("\(finding.owasp) in the \(finding.side.rawValue) "), .dim),
                Segment(SafeText(Figures.score(finding.score) + " "), .dim),
            ]
            if let word, let author = label?.author {
                line.append(Segment(SafeText("\(word) by \(author) "), label?.isTrue == true ? .ok : .notice))
            }
            if isSelected, let tally = Self.tally(finding.detector, kept.interaction.model, world),
                let precision = tally.precisionWords
            {
                line.append(Segment(SafeText("\(precision) "), .dim))
            }
            line.append(Segment(SafeText(finding.evidence), .text))
            return line
        }
        if count > most { lines.append([Segment(SafeText(" \(findingIndex + 1) of \(count) findings"), .dim)]) }
        return lines
    }

    static func tally(_ detector: String, _ model: ModelName?, _ world: World) -> FindingTally? {
        world.snapshot.findings.first { $0.detector == detector && $0.model == model }
    }

    /// The exchange's text with the findings marked.
    private func textLines(of kept: KeptInteraction, width: Int, limit: Int) -> [[Segment]] {
        parts(of: kept, width: width, limit: limit).flatMap(\.lines)
    }

    /// What was said, part by part: a line that says who, the text, and an empty line.
    private func parts(of kept: KeptInteraction, width: Int, limit: Int) -> [(message: Int?, lines: [[Segment]])] {
        let exchange = kept.interaction
        var (parts, left): ([(message: Int?, lines: [[Segment]])], Int) = ([], limit)
        func add(_ who: String, _ message: Int?, _ text: String, _ ink: Ink) {
            guard left > 0 else { return }
            let marks = kept.findings.indices.compactMap { index -> MarkedText.Mark? in
                let finding = kept.findings[index].finding
                guard Self.place(of: finding, exchange) == message else { return nil }
                let isSelected = index == findingIndex
                return MarkedText.Mark(range: finding.range, ink: Ink(isSelected ? .fail : .warn, strong: true))
            }
            var lines = [[Segment(SafeText(who.uppercased()), .key, strong: true)]]
            lines += MarkedText.lines(text, marks, ink: ink, width: width, limit: left) + [[]]
            parts.append((message, lines))
            left -= lines.count
        }
        for (index, message) in exchange.messages.enumerated() {
            add(message.role, index, message.text, Ink(message.role == "system" ? .dim : .text))
        }
        if let response = exchange.response { add("response", nil, response, Ink()) }
        if let fault = exchange.fault { add("failed", -1, fault, Ink(.fail)) }
        return parts
    }

    /// The message that a finding is in; nil: the response.
    private static func place(of finding: Finding, _ exchange: Interaction) -> Int? {
        if finding.side == .response { return nil }
        return finding.message ?? exchange.messages.lastIndex { $0.role == "user" } ?? exchange.messages.count - 1
    }

    /// Lines that the selected exchange takes, no more than are ever scrolled.
    func lineCount(width: Int) -> Int {
        guard let selected else { return 0 }
        return max(0, textLines(of: selected, width: width - 2, limit: 20_000).count - 1)
    }

    /// The line at which a finding's mark begins, a little above it.
    func line(of finding: Int, width: Int) -> Int? {
        guard let selected, selected.findings.indices.contains(finding) else { return nil }
        let found = selected.findings[finding].finding
        let place = Self.place(of: found, selected.interaction)
        var start = 0
        for part in parts(of: selected, width: width - 2, limit: 20_000) {
            if part.message == place {
                let text = place.map { selected.interaction.messages[$0].text } ?? selected.interaction.response ?? ""
                let before = MarkedText.lines(
                    text.prefix(bytes: found.range.lowerBound), [], ink: Ink(), width: width - 2, limit: 20_000)
                return max(0, start + before.count - 2)
            }
            start += part.lines.count
        }
        return nil
    }
}

extension KeptInteraction {
    fileprivate var modelWord: String? { interaction.model?.description ?? interaction.servedModel }

    /// Whether people have said of every finding whether it is right.
    fileprivate var isLabelled: Bool {
        findings.allSatisfy { $0.label != nil || $0.finding.kind == Finding.notChecked }
    }

    /// Each detector once, with how often.
    fileprivate var foundWords: String {
        Dictionary(grouping: findings, by: \.finding.detector).sorted { $0.key < $1.key }.map {
            $0.value.count > 1 ? "\($0.key) \($0.value.count)" : $0.key
        }.joined(separator: ", ")
    }
}

extension String {
    /// Its beginning on one line, without looking at the rest.
    fileprivate var firstWords: String {
        prefix(400).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
