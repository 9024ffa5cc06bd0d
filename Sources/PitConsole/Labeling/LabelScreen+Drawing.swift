public import PitGrid
import PitModel

extension LabelScreen {
    static func queueTable(_ world: World, _ filter: String) -> Table<LabelQueueState> {
        Table(
            [
                TableColumn("name", "QUEUE", width: .range(14, 32), priority: 100, sortKey: { .text($0.queue.name) }) {
                    TableCell(SafeText($0.queue.name))
                },
                TableColumn("rubric", "RUBRIC", width: .range(8, 16), priority: 80, sortKey: { .text($0.queue.rubric) })
                { TableCell(SafeText($0.queue.rubric), .dim) },
                TableColumn(
                    "left", "LEFT", width: .fixed(6), align: .right, priority: 95, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.left)) }
                ) { TableCell(SafeText("\($0.left)"), $0.left == 0 ? .dim : .text) },
                TableColumn(
                    "done", "DONE", width: .fixed(11), align: .right, priority: 90, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.done)) }
                ) { TableCell(SafeText("\($0.done)/\($0.total)"), .dim) },
                TableColumn(
                    "flagged", "FLAG", width: .fixed(5), align: .right, priority: 60, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.flagged)) }
                ) { TableCell(SafeText("\($0.flagged)"), $0.flagged > 0 ? .warn : .dim) },
                TableColumn(
                    "agreement", "AGREE", width: .fixed(6), align: .right, priority: 70, sortsDescendingFirst: true,
                    sortKey: { .number($0.agreement?.value) }
                ) { TableCell(SafeText($0.agreement.map { Figures.score($0.value) } ?? Figures.missing)) },
                TableColumn("people", "FOR", width: .range(8, 20), priority: 40) { state in
                    let people = state.queue.assigned
                    return TableCell(SafeText(people.isEmpty ? "anyone" : people.joined(separator: ", ")), .dim)
                },
                TableColumn("title", "TITLE", width: .flex(min: 16, weight: 2), priority: 50) {
                    TableCell(SafeText($0.queue.title), .dim)
                },
            ],
            prefix: "label", identity: { $0.id },
            emptyText: filter.isEmpty
                ? ["No queue yet.", "`N` makes one, or: pitwall queue create NAME --model M"]
                : ["No queue matches `\(filter)`.", "Esc takes the filter away."])
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard queue != nil else {
            let (head, rest) = area.splitTop(1)
            let words = filter.isEmpty ? "\(rowCount) queues" : "\(rowCount) queues   filter: \(filter)"
            frame.text(SafeText(" \(words)"), in: head, ink: Ink(filter.isEmpty ? .dim : .notice))
            Self.queueTable(world, filter).draw(rows, state: table, in: rest, on: &frame)
            return
        }
        guard let page = page(world) else {
            frame.text(
                SafeText(" Reading the queue \(queue ?? ""). Q shows all queues."), in: area.row(0), ink: Ink(.dim))
            frame.cursor = Point(area.x, area.y)
            return
        }
        let places = places(world, in: area)
        for (y, line) in places.heads.enumerated() { frame.write(line, in: places.head.row(y).inset(x: 1, y: 0)) }
        drawText(page, world, in: places.text, on: &frame)
        frame.line(places.bottom.row(0))
        for (y, line) in places.below.enumerated() where y + 1 < places.bottom.height {
            frame.write(line, in: places.bottom.row(y + 1).inset(x: 1, y: 0))
        }
        frame.cursor = Point(places.text.x, places.text.y)
    }

    /// What stands where on the desk.
    struct DeskPlaces {
        var heads: [[Segment]] = []
        var below: [[Segment]] = []
        var head: Rect
        var text: Rect
        var bottom: Rect
    }

    func places(_ world: World, in area: Rect) -> DeskPlaces {
        guard let page = page(world) else { return DeskPlaces(head: area, text: area, bottom: area) }
        let heads = headLines(page, world)
        let below = questionLines(page, world, width: area.width - 2)
        let (head, rest) = area.splitTop(heads.count)
        let (text, bottom) = rest.splitBottom(min(below.count + 1, rest.height / 2))
        return DeskPlaces(heads: heads, below: below, head: head, text: text, bottom: bottom)
    }

    private func drawText(_ page: LabelPage, _ world: World, in area: Rect, on frame: inout Frame) {
        guard item(world) != nil || showsGuidelines else {
            let words =
                page.total == 0
                ? ["Nothing that is kept fits this queue yet.", "Q shows all queues."]
                : ["All \(page.total) are judged.", "u takes the latest back; backspace shows it; Q shows all queues."]
            for (y, line) in words.enumerated() {
                frame.text(SafeText(line), in: area.row(y + 1).inset(x: 1, y: 0), ink: Ink(y == 0 ? .ok : .dim))
            }
            return
        }
        let lines = textLines(world, width: area.width - 2, limit: scroll + area.height)
        for (y, line) in lines.dropFirst(scroll).prefix(area.height).enumerated() {
            frame.write(line.segments, in: area.row(y).inset(x: 1, y: 0))
        }
    }

    private func headLines(_ page: LabelPage, _ world: World) -> [[Segment]] {
        var first = [Segment(SafeText("\(page.judged)/\(page.total) judged"), .title, strong: true)]
        if let stop = world.pitStop, stop.queue == page.queue.name {
            first.insert(Segment(SafeText("pit stop: \(stop.words)   "), .notice, strong: true), at: 0)
        }
        func add(_ words: String?, _ role: Role = .dim) {
            if let words { first.append(Segment(SafeText("   \(words)"), role)) }
        }
        if isWaiting { add(held.isEmpty ? "keeping" : "keeping, \(held.count) typed ahead", .notice) }
        add(page.skipped > 0 ? "\(page.skipped) skipped" : nil)
        add(page.flagged > 0 ? "\(page.flagged) flagged" : nil, .warn)
        if let target = page.target {
            add("\(page.sitting) of \(target) this sitting", page.sitting >= target ? .ok : .dim)
        }
        if page.sitting > 1, page.activeSeconds > 0 { add(Self.pace(page)) }
        if let agreement = page.agreement {
            var words = "\(agreement.shortName) \(Figures.score(agreement.value))"
            if let low = agreement.low, let high = agreement.high {
                words += " (\(Figures.score(low)) to \(Figures.score(high)))"
            }
            add(words + ", \(agreement.n) in common")
        }
        if page.unsent > 0 { add("\(page.unsent) not sent\(page.unsentWhy.map { ": \($0)" } ?? "")", .warn) }
        var lines = [first]
        if let evidence = page.evidence {
            let arms = evidence.arms.map { "\($0.release): \($0.good) good, \($0.bad) bad" }.joined(separator: "   ")
            let words = page.isBlind && !evidence.isDecided ? evidence.words : "\(arms)   \(evidence.words)"
            lines.append([Segment(SafeText(words), evidence.isDecided ? .ok : .dim)])
        }
        if let item = item(world) {
            lines.append(itemLine(item, page, world))
            lines += saidLines(item, page, width: size.width - 2)
        }
        return lines
    }

    /// `4 s each`, and how long the rest of the sitting takes so.
    private static func pace(_ page: LabelPage) -> String {
        let each = page.activeSeconds / Double(page.sitting)
        let left = Double(max(0, (page.target ?? 0) - page.sitting))
        return "\(Figures.duration(each)) each" + (left > 0 ? ", \(Figures.duration(left * each)) to go" : "")
    }

    private func itemLine(_ item: LabelItem, _ page: LabelPage, _ world: World) -> [Segment] {
        var words = [world.clock(item.target.at)]
        if !page.isBlind {
            words += [item.target.model?.description, item.target.release].compactMap { $0 }
            if item.target.sources.count > 1 {
                let sources = shownAnswers(item).map { answer in
                    item.target.sources.indices.contains(answer.place) ? item.target.sources[answer.place] : "--"
                }
                words.append(sources.joined(separator: " | "))
            }
        }
        if isBack { words.append("judged last; right goes on") }
        if item.mark == .flagged { words.append("flagged") }
        if item.mark == .skipped { words.append("skipped before") }
        if masks(world) { words.append("private words are starred out; v shows them") }
        var line = [Segment(SafeText(words.joined(separator: "   ")), .dim)]
        if page.rubric.showsPrelabels, !item.prelabels.isEmpty {
            let said = item.prelabels.prefix(3).map { "\($0.author): \($0.value?.words ?? "--")" }
            line.append(Segment(SafeText("   \(said.joined(separator: ", "))"), .notice))
        }
        return line
    }

    /// What is asked, what was answered, and the keys.
    private func questionLines(_ page: LabelPage, _ world: World, width: Int) -> [[Segment]] {
        guard let item = item(world) else { return [] }
        var lines: [[Segment]] = []
        let current = markQuestion(world) ?? question(world)
        for question in page.rubric.asked(given: item.values) {
            let isCurrent = question.id == current?.id
            var line = [
                Segment(SafeText(isCurrent ? "▸ " : "  "), .focus),
                Segment(SafeText(question.title), isCurrent ? .title : .dim, strong: isCurrent),
            ]
            if let draft = draft(question, world) {
                line.append(Segment(SafeText("   \(valueWords(draft, item)), not kept yet"), .notice))
            } else if let value = item.values[question.id] {
                line.append(Segment(SafeText("   \(valueWords(value, item))"), .ok))
            } else if !question.isRequired {
                line.append(Segment("   need not be answered", .dim))
            }
            lines.append(line)
        }
        if let current { lines += keyLines(current, world, width: width) }
        if let chosen = choosing.first?.chosen {
            let shown = Array(markedText(world).utf8)[chosen.clamped(to: 0..<markedText(world).utf8.count)]
            let words = SafeText(String(decoding: shown.prefix(400), as: UTF8.self)).truncated(to: max(1, width - 12))
            lines.append([Segment("  chosen: ", .dim), Segment(words, .focus)])
        }
        let said = sight?.comment ?? ""
        let comment = said.isEmpty ? item.own.values.lazy.map(\.comment).first { !$0.isEmpty } ?? "" : said
        if !comment.isEmpty { lines.append([Segment(SafeText("  comment: \(comment)"), .dim)]) }
        return lines
    }

    /// Each answer behind its key, as many on a line as fit.
    private func keyLines(_ question: RubricQuestion, _ world: World, width: Int) -> [[Segment]] {
        var ticked: [String]?
        if case .choices = question.kind { ticked = self.ticked(question, world) }
        var (lines, line, used) = ([[Segment]](), [Segment](), 0)
        for answer in answers(world) {
            let mark = ticked.map { $0.contains(answer.value.words) ? "[x] " : "[ ] " } ?? ""
            let piece = [
                Segment(SafeText("  \(answer.key)"), .key, strong: true), Segment(SafeText(" \(mark)\(answer.title)")),
            ]
            let columns = piece.reduce(0) { $0 + $1.text.columns }
            if used + columns > width, !line.isEmpty {
                lines.append(line)
                (line, used) = ([], 0)
            }
            line += piece
            used += columns
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// A value in words; of several answers, as they stand.
    private func valueWords(_ value: JudgedValue, _ item: LabelItem) -> String {
        if case .ranking(let places) = value {
            let shown = shownAnswers(item)
            return places.map { place in shown.first { $0.place == place }?.title ?? "--" }.joined(separator: " > ")
        }
        guard case .preference(let preference) = value else { return value.words }
        let isSwapped = item.order.first == 1
        switch preference {
        case .first: return isSwapped ? "right" : "left"
        case .second: return isSwapped ? "left" : "right"
        case .tie: return "tie"
        case .neither: return "neither"
        }
    }
}

extension AgreementFigure {
    /// Its name where there is little room.
    fileprivate var shortName: String {
        switch name {
        case "krippendorff_alpha": "alpha"
        case "cohen_kappa": "kappa"
        case "fleiss_kappa": "Fleiss kappa"
        case "gwet_ac1": "AC1"
        default: name
        }
    }
}
