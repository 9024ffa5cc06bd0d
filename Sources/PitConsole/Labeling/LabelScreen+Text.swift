import PitGrid
import PitModel

/// A line on the desk.
struct DeskLine {
    var segments: [Segment] = []
    /// What of the answer that spans are marked in stands on it, and in which column it begins.
    var answer: LaidLine?
    var answerX = 0

    init(_ segments: [Segment] = [], answer: LaidLine? = nil) { (self.segments, self.answer) = (segments, answer) }
}

extension LabelScreen {
    /// Lines that a message before the last one shows, unless all are shown whole.
    static let folded = 3
    private static let foldedLast = 12
    /// Messages that are shown before what was asked last, unless all are.
    private static let turns = 3
    private static let privateDetectors: Set = ["pii", "secret"]
    /// Columns that an answer beside another must have.
    private static let narrowest = 36
    private static let narrowestPassage = 46

    struct ShownAnswer {
        var title: String
        var text: String
        /// Its place in `JudgedTarget.answers`.
        var place: Int
    }

    /// The answers as they stand on the screen.
    func shownAnswers(_ item: LabelItem) -> [ShownAnswer] {
        let answers = item.target.answers
        let order = item.order.filter { answers.indices.contains($0) }
        let places = Set(order).count == answers.count ? order : Array(answers.indices)
        return places.enumerated().map { position, place in
            let title =
                answers.count == 1
                ? "answer" : answers.count == 2 ? (position == 0 ? "left" : "right") : "answer \(position + 1)"
            return ShownAnswer(title: title, text: answers[place], place: place)
        }
    }

    /// Whether something is starred out.
    func masks(_ world: World) -> Bool {
        guard let page = page(world), let item = item(world) else { return false }
        return page.rubric.isMasked && sight?.isRevealed != true
            && item.findings.contains { Self.privateDetectors.contains($0.finding.detector) }
    }

    /// The answer that spans are marked in, as it is shown: what is private in it starred out, byte for byte.
    func markedText(_ world: World) -> String {
        guard let page = page(world), let item = item(world) else { return "" }
        return shown(item.target.answers.first ?? "", findings(item, message: nil), page)
    }

    /// What is on the desk in lines, `limit` of them at most and a little more.
    func textLines(_ world: World, width: Int, limit: Int) -> [DeskLine] {
        guard width > 0, let page = page(world) else { return [] }
        if showsGuidelines {
            let text = page.rubric.guidelines.isEmpty ? "This rubric has no guidelines." : page.rubric.guidelines
            return TextFolding.lines(text, [], reading, ink: Ink(), width: width, limit: limit).map {
                DeskLine($0.segments)
            }
        }
        guard let item = item(world) else { return [] }
        var lines: [DeskLine] = []
        let messages = item.target.messages
        let last = lastAsked(item)
        let folded = isWhole ? 0..<0 : foldedTurns(item)
        for (index, message) in messages.enumerated() where lines.count <= limit {
            if folded.contains(index) {
                if index == folded.lowerBound {
                    let words = "… \(folded.count) messages before: w shows them"
                    lines += [DeskLine([Segment(SafeText(words), .dim)]), DeskLine()]
                }
                continue
            }
            let most = isWhole ? limit : index >= last ? Self.foldedLast : Self.folded
            lines += part(
                message.role, message.text, findings(item, message: index), page, width: width, most: most,
                ink: Ink(message.role == "system" ? .dim : .text))
        }
        if !isBeside(item, width: width) {
            lines += passageLines(item, page, width: width, limit: limit, isBeside: false)
        }
        guard lines.count <= limit else { return lines }
        return lines + answerLines(item, page, world, width: width, limit: limit)
            + secondAnswerLines(page, world, width: width, limit: limit)
    }

    var reading: Reading { isRaw ? .raw : .rendered }

    /// The messages of a long conversation that are not shown: what the system said is, and the turns before the last.
    private func foldedTurns(_ item: LabelItem) -> Range<Int> {
        let first = item.target.messages.first?.role == "system" ? 1 : 0
        let end = lastAsked(item) - Self.turns
        return end - first >= 2 ? first..<end : 0..<0
    }

    /// Whether passages stand beside the one answer.
    private func isBeside(_ item: LabelItem, width: Int) -> Bool {
        !item.passages.isEmpty && item.target.answers.count == 1 && (width - 3) / 2 >= Self.narrowestPassage
    }

    /// The answers beside each other where there is room, else one below the other.
    private func answerLines(_ item: LabelItem, _ page: LabelPage, _ world: World, width: Int, limit: Int)
        -> [DeskLine]
    {
        let answers = shownAnswers(item)
        let ranks = rankTitles(item, world)
        let parts = { (width: Int) in
            answers.map { answer in
                let isFirst = answer.place == 0
                return self.part(
                    answer.title + (ranks[answer.place].map { "   \($0)" } ?? ""), answer.text,
                    isFirst ? self.findings(item, message: nil) : [], page, width: width, most: limit, ink: Ink(),
                    spans: isFirst ? self.spanMarks(world) + self.citationMarks(world) : [], isAnswer: isFirst)
            }
        }
        let count = answers.count
        let half = (width - 3) / 2
        if isBeside(item, width: width) {
            let passages = passageLines(item, page, width: half, limit: limit, isBeside: true)
            return Self.beside(parts(half) + [passages], half)
        }
        let share = count > 0 ? (width - 3 * (count - 1)) / count : 0
        guard count > 1, share >= Self.narrowest else { return parts(width).flatMap { $0 } }
        return Self.beside(parts(share), share)
    }

    /// Who speaks, what is said, and an empty line.
    func part(
        _ who: String, _ text: String, _ findings: [Finding], _ page: LabelPage, width: Int, most: Int, ink: Ink,
        spans: [TextMarks.Mark] = [], isAnswer: Bool = false
    ) -> [DeskLine] {
        let marks =
            page.rubric.showsPrelabels ? findings.map { TextMarks.Mark($0.range, Ink(.warn, strong: true)) } : []
        let laid = TextFolding.lines(
            shown(text, findings, page), spans + marks, reading, ink: ink, width: width, limit: most + 1)
        var lines = laid.map { DeskLine($0.segments, answer: isAnswer ? $0 : nil) }
        if lines.count > most {
            lines = Array(lines.prefix(most)) + [DeskLine([Segment("… more: w shows all of it", .dim)])]
        }
        return [DeskLine([Segment(SafeText(who.uppercased()), .key, strong: true)])] + lines + [DeskLine()]
    }

    private func shown(_ text: String, _ findings: [Finding], _ page: LabelPage) -> String {
        let isMasked = page.rubric.isMasked && sight?.isRevealed != true
        let hidden = findings.filter { isMasked && Self.privateDetectors.contains($0.detector) }
        return Self.starred(text, hidden.map(\.range))
    }

    private func lastAsked(_ item: LabelItem) -> Int {
        item.target.messages.lastIndex { $0.role == "user" } ?? item.target.messages.count - 1
    }

    /// - Parameter message: nil for the response.
    private func findings(_ item: LabelItem, message: Int?) -> [Finding] {
        let last = lastAsked(item)
        return item.findings.map(\.finding).filter { finding in
            if finding.side == .response { return message == nil }
            return message == finding.message ?? last
        }
    }

    /// A star for each byte that is hidden, so that the places of what else was found stay right.
    static func starred(_ text: String, _ ranges: [Range<Int>]) -> String {
        guard !ranges.isEmpty else { return text }
        var bytes = Array(text.utf8)
        for range in ranges {
            for index in range.clamped(to: 0..<bytes.count) { bytes[index] = UInt8(ascii: "*") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func beside(_ columns: [[DeskLine]], _ width: Int) -> [DeskLine] {
        (0..<(columns.map(\.count).max() ?? 0)).map { index in
            var line = DeskLine()
            for (place, column) in columns.enumerated() {
                let piece = index < column.count ? column[index] : DeskLine()
                if place > 0 { line.segments.append(Segment(" │ ", .border)) }
                if piece.answer != nil { (line.answer, line.answerX) = (piece.answer, place * (width + 3)) }
                line.segments += piece.segments
                let gap = width - piece.segments.reduce(0) { $0 + $1.columns }
                if place < columns.count - 1, gap > 0 {
                    line.segments.append(Segment(SafeText(String(repeating: " ", count: gap))))
                }
            }
            return line
        }
    }
}
