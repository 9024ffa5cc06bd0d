import PitGrid
import PitModel

extension LabelScreen {
    /// Lines that a message before the last one shows, unless all are shown whole.
    private static let folded = 3
    private static let foldedLast = 12
    private static let privateDetectors: Set = ["pii", "secret"]

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

    /// What is on the desk in lines, `limit` of them at most and a little more.
    func textLines(_ world: World, width: Int, limit: Int) -> [[Segment]] {
        guard width > 0, let page = page(world) else { return [] }
        if showsGuidelines {
            let text = page.rubric.guidelines.isEmpty ? "This rubric has no guidelines." : page.rubric.guidelines
            return MarkedText.lines(text, [], ink: Ink(), width: width, limit: limit)
        }
        guard let item = item(world) else { return [] }
        var lines: [[Segment]] = []
        let messages = item.target.messages
        let last = messages.lastIndex { $0.role == "user" } ?? messages.count - 1
        for (index, message) in messages.enumerated() where lines.count <= limit {
            let most = isRaw ? limit : index == last ? Self.foldedLast : Self.folded
            lines += part(
                message.role, message.text, findings(item, message: index, last), page, width: width, most: most,
                ink: Ink(message.role == "system" ? .dim : .text))
        }
        for (index, passage) in item.passages.enumerated() where lines.count <= limit {
            lines += part(
                "passage \(index + 1)", passage, [], page, width: width, most: isRaw ? limit : Self.folded,
                ink: Ink(.dim))
        }
        guard lines.count <= limit else { return lines }
        let answers = shownAnswers(item)
        let parts = { (width: Int) in
            answers.map { answer in
                self.part(
                    answer.title, answer.text, answer.place == 0 ? self.findings(item, message: nil, last) : [], page,
                    width: width, most: limit, ink: Ink())
            }
        }
        guard answers.count == 2, width >= 76 else { return lines + parts(width).flatMap { $0 } }
        let half = (width - 3) / 2
        let sides = parts(half)
        return lines + Self.beside(sides[0], sides[1], half)
    }

    /// Who speaks, what is said, and an empty line.
    private func part(
        _ who: String, _ text: String, _ findings: [Finding], _ page: LabelPage, width: Int, most: Int, ink: Ink
    ) -> [[Segment]] {
        let isMasked = page.rubric.isMasked && sight?.isRevealed != true
        let hidden = findings.filter { isMasked && Self.privateDetectors.contains($0.detector) }
        let shown = Self.starred(text, hidden.map(\.range))
        let marks =
            page.rubric.showsPrelabels
            ? findings.map { MarkedText.Mark(range: $0.range, ink: Ink(.warn, strong: true)) } : []
        var lines = MarkedText.lines(shown, marks, ink: ink, width: width, limit: most + 1)
        if lines.count > most {
            lines = Array(lines.prefix(most)) + [[Segment("… more: w shows all of it", .dim)]]
        }
        return [[Segment(SafeText(who.uppercased()), .key, strong: true)]] + lines + [[]]
    }

    private func findings(_ item: LabelItem, message: Int?, _ last: Int) -> [Finding] {
        item.findings.map(\.finding).filter { finding in
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

    private static func beside(_ left: [[Segment]], _ right: [[Segment]], _ half: Int) -> [[Segment]] {
        (0..<max(left.count, right.count)).map { index in
            let first = index < left.count ? left[index] : []
            let used = first.reduce(0) { $0 + $1.text.columns }
            let gap = String(repeating: " ", count: max(0, half - used))
            return first + [Segment(SafeText(gap)), Segment(" │ ", .border)] + (index < right.count ? right[index] : [])
        }
    }
}
