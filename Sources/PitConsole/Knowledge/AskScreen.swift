public import PitGrid
import PitModel

/// A question to the folder of documents: the passages found for it, at once, and over them what a model answers from
/// them, when it has. `y` copies both as Markdown.
public struct AskScreen: ScrolledScreen {
    public static let about = ScreenInfo(
        id: "ask", title: "Ask", key: nil,
        summary: "a question answered from your runbooks, with what it cites.")
    public static let commands: [Command<Self>] =
        scrolling + [
            nextPassage, previousPassage, ask, copy,
        ]

    private var question: String?
    /// Whether it was asked since the start: a session that is taken up again asks no model by itself.
    private var isAsked = false
    private var scroll = 0
    private var size = Size(80, 21)

    private enum CodingKeys: CodingKey { case question }

    public init() {}

    public var detail: String { question.map { String($0.prefix(60)) } ?? "" }
    public mutating func fit(_ size: Size) { self.size = size }
    public mutating func settle(on world: World) { scroll = max(0, min(scroll, count(world) - room)) }
    public func looksUp(_ world: World) -> String? { isAsked ? question : nil }

    public mutating func focus(on subject: String) {
        let words = Self.trimmed(subject)
        guard !words.isEmpty else { return }
        (question, isAsked, scroll) = (words, true, 0)
    }

    private static func trimmed(_ text: String) -> String {
        var text = text.prefix(2000).drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private func page(_ world: World) -> KnowledgePage? { question.flatMap { world.knowledge[$0] } }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        let words = Self.trimmed(values["question"] ?? "")
        guard words.contains(where: { $0.isLetter || $0.isNumber }) else {
            return [.toast(Notice(.warn, "the question has no words"))]
        }
        focus(on: words)
        return [.lookUp(words)]
    }

    // MARK: - Drawing

    /// Rows of the text: the last row tells of the index.
    private var room: Int { max(1, size.height - 1) }
    private func count(_ world: World) -> Int { lines(world, width: size.width - 2).lines.count }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        frame.cursor = Point(area.x, area.y)
        guard let question else {
            let words = ["Nothing was asked yet.", "Press a to ask, or type :ask and the question anywhere."]
            for (y, text) in words.enumerated() {
                frame.text(SafeText(text), in: area.row(area.height / 3 + y), align: .center, ink: Ink(.dim))
            }
            return
        }
        let shown = lines(world, width: area.width - 2).lines.dropFirst(scroll)
        for (y, line) in shown.prefix(max(0, area.height - 1)).enumerated() {
            frame.write(line, in: area.row(y).inset(x: 1, y: 0))
        }
        let words =
            page(world).map { Self.index($0.status, now: world.now) } ?? (isAsked ? "" : "asked before: \(question)")
        frame.text(SafeText(words), in: area.row(area.height - 1).inset(x: 1, y: 0), ink: Ink(.dim))
    }

    private static func index(_ status: KnowledgeStatus, now: Timestamp) -> String {
        guard let at = status.indexedAt else { return "" }
        var words = "index: \(status.documents) documents, read \(Figures.age(now.since(at))) ago"
        if let newest = status.newest { words += "; the newest file changed \(Figures.age(now.since(newest))) ago" }
        return words
    }

    /// All lines, and at which of them each passage begins.
    private func lines(_ world: World, width: Int) -> (lines: [[Segment]], passages: [Int]) {
        guard let question else { return ([], []) }
        var lines = Self.folded(question, .raw, Ink(.title, strong: true), width) + [[]]
        guard let page = page(world) else {
            let words = isAsked ? "Looking through the documents..." : "Press a, then enter twice, to ask it again."
            return (lines + [[Segment(SafeText(words), .dim)]], [])
        }
        lines += Self.outcome(page, width)
        for note in page.notes { lines += Self.folded(note, .raw, Ink(.warn), width) }
        guard !page.hits.isEmpty else { return (lines, []) }
        if lines.last?.isEmpty == false { lines.append([]) }
        var (cited, passages): ([Int]?, [Int]) = (nil, [])
        if case .answered(let answer) = page.outcome { cited = answer.cited }
        for (place, hit) in page.hits.enumerated() {
            passages.append(lines.count)
            lines.append(Self.head(hit, place + 1, isCited: cited?.contains(place + 1), world.now))
            lines += Self.folded(hit.passage.text, .raw, Ink(), width - 4).map { [Segment("    ")] + $0 } + [[]]
        }
        return (lines, passages)
    }

    private static func head(_ hit: KnowledgeHit, _ number: Int, isCited: Bool?, _ now: Timestamp) -> [Segment] {
        var segments = [
            Segment(SafeText("[\(number)] "), isCited == false ? .dim : .key),
            Segment(SafeText(hit.passage.place), .text, strong: isCited != false),
        ]
        if let changed = hit.changed {
            segments.append(Segment(SafeText("  changed \(Figures.age(now.since(changed))) ago"), .dim))
        }
        if isCited == false { segments.append(Segment("  not cited", .dim)) }
        if !hit.passage.headings.isEmpty {
            segments.append(Segment(SafeText("  " + hit.passage.headings.joined(separator: " > ")), .notice))
        }
        return segments
    }

    private static func outcome(_ page: KnowledgePage, _ width: Int) -> [[Segment]] {
        switch page.outcome {
        case .asking(let model):
            return folded("\(model) is asked; these are the passages it is given.", .raw, Ink(.dim), width)
        case .noModel:
            return folded(
                "No model is named that answers: add `answers` under `knowledge` in the configuration.", .raw,
                Ink(.dim), width)
        case .nothing:
            return folded(
                "Nothing was found in \(page.status.documents) documents: no model was asked.", .raw, Ink(.warn), width)
                + folded("Try other words; pitwall knowledge status tells what was read.", .raw, Ink(.dim), width)
        case .failed(let words, let hint):
            return folded("No answer: \(words)", .raw, Ink(.fail), width) + folded(hint, .raw, Ink(.dim), width)
        case .answered(let answer):
            guard !answer.isDeclined else {
                return folded("The passages do not answer this, says \(answer.model).", .raw, Ink(.warn), width)
            }
            var lines = folded(answer.marked, .rendered, Ink(), width)
            for warning in warnings(answer) { lines += folded(warning, .raw, Ink(.warn), width) }
            return lines
        }
    }

    private static func warnings(_ answer: KnowledgeAnswer) -> [String] {
        var warnings: [String] = []
        if !answer.unknown.isEmpty {
            let numbers = answer.unknown.prefix(10).map { "[\($0)?]" }.joined(separator: ", ")
            warnings.append("\(numbers): no passage with that number was given.")
        }
        if answer.cited.isEmpty { warnings.append("No passage is cited: nothing in the folder backs this.") }
        if answer.isCut { warnings.append("It broke off: it is longer than allowed.") }
        return warnings
    }

    private static func folded(_ text: String, _ reading: Reading, _ ink: Ink, _ width: Int) -> [[Segment]] {
        TextFolding.lines(text, [], reading, ink: ink, width: max(1, width), limit: 2000).map(\.segments)
    }

    // MARK: - Commands

    mutating func scroll(by rows: Int, _ world: World) {
        scroll = max(0, min(scroll + rows, count(world) - room))
    }

    var page: Int { max(1, room - 1) }

    private static let nextPassage = Command<Self>(
        "next", "n", title: "next passage", help: "Scroll to the next passage.", hint: 6,
        availability: { $0.hasPassages($1) }
    ) { screen, world in
        let next = screen.lines(world, width: screen.size.width - 2).passages.first { $0 > screen.scroll }
        if let next { screen.scroll(by: next - screen.scroll, world) }
        return []
    }
    private static let previousPassage = Command<Self>(
        "previous", "p", title: "previous passage", help: "Scroll to the passage before.",
        availability: { $0.hasPassages($1) }
    ) { screen, world in
        let before = screen.lines(world, width: screen.size.width - 2).passages.last { $0 < screen.scroll } ?? 0
        screen.scroll(by: before - screen.scroll, world)
        return []
    }
    private func hasPassages(_ world: World) -> Availability {
        page(world)?.hits.isEmpty == false ? .available : .refused(because: "no passage was found")
    }

    private static let ask = Command<Self>(
        "ask", "a", title: "ask", help: "Ask another question, or the same again.", hint: 9
    ) { screen, _ in
        [.ask(form(screen.question ?? ""))]
    }

    /// What asks for the question.
    static func form(_ question: String) -> Question {
        Question(
            "ask", title: "Ask your documents",
            fields: [
                .init(
                    "question", "Question", value: question, placeholder: "what do I do when the KV cache is full?",
                    isRequired: true)
            ], verb: "Ask", isMutating: false)
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the answer and its sources as Markdown.", hint: 7,
        availability: { $0.hasPassages($1) }
    ) { screen, world in screen.page(world).map { [.copy($0.markdown)] } ?? [] }
}
