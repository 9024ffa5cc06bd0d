import PitGrid
import PitModel

/// Marking pieces of the answer: a word or a sentence is chosen, a key tags it.
extension LabelScreen {
    static let mostSpans = 500

    /// What works while something is chosen, beside the keys of the tags.
    static let markCommands: [Command<Self>] = [
        Command("mark-next", "w", "l", "right", title: "word", help: "Choose the next word.", hint: 8) {
            screen, world in screen.step(world) { steps, at, _ in steps.next(after: at.upperBound) }
        },
        Command("mark-back", "b", "h", "left", title: "word back", help: "Choose the word before.", hint: 7) {
            screen, world in screen.step(world) { steps, at, _ in steps.before(at.lowerBound) }
        },
        Command("mark-down", "j", "down", title: "line down", help: "Choose a word a line further down.") {
            screen, world in screen.stepLine(1, world)
        },
        Command("mark-up", "k", "up", title: "line up", help: "Choose a word a line further up.") { screen, world in
            screen.stepLine(-1, world)
        },
        Command("mark-start", "home", title: "start", help: "Choose the first word of the answer.") {
            screen, world in screen.step(world) { steps, _, _ in steps.word(at: 0) }
        },
        Command("mark-end", "end", title: "end", help: "Choose the last word of the answer.") { screen, world in
            screen.step(world) { steps, _, _ in steps.before(steps.bytes.count) }
        },
        Command("mark-more", ".", "shift-right", title: "more", help: "Choose one word more.", hint: 6) {
            screen, world in
            screen.extend()
            return screen.step(world) { steps, at, _ in steps.next(after: at.upperBound) }
        },
        Command("mark-less", ",", "shift-left", title: "less", help: "Choose one word less, or one more before it.") {
            screen, world in
            screen.extend()
            return screen.step(world) { steps, at, _ in steps.before(at.lowerBound) }
        },
        Command(
            "mark-anchor", "v", title: "from here", help: "Choose from here to where you go; again: only one word.",
            hint: 6
        ) { screen, _ in
            guard !screen.choosing.isEmpty else { return [] }
            screen.choosing[0].anchor = screen.choosing[0].anchor == nil ? screen.choosing[0].cursor : nil
            return []
        },
        Command(
            "mark-sentence", "s", title: "sentence", help: "Choose the sentence; again: the next one with it.", hint: 7
        ) { screen, world in screen.chooseSentence(world) },
        Command(
            "mark-undo", "backspace", title: "take back", help: "Take the last tag away.", hint: 5,
            availability: { screen, world in
                screen.markQuestion(world).map { screen.spans($0, world).isEmpty } ?? true
                    ? .refused(because: "nothing is tagged") : .available
            }
        ) { screen, world in
            guard let question = screen.markQuestion(world) else { return [] }
            screen.setDraft(.spans(screen.spans(question, world).dropLast()), question, world)
            return []
        },
        Command(
            "mark-keep", "enter", title: "keep", help: "Keep what is tagged: nothing tagged is an answer, too.",
            hint: 9, isMutating: true
        ) { screen, world in screen.keepSpans(world) },
    ]

    static let markKeys: Set<String> = Set(
        markCommands.flatMap(\.keys).map(\.description) + ["?", ":", "/", "q", "L", "T", "[", "]", "{", "}"])

    // MARK: what is marked

    func markQuestion(_ world: World) -> RubricQuestion? {
        guard let name = choosing.first?.question else { return nil }
        return asked(world).first { $0.id == name }
    }

    var isMarking: Bool { !choosing.isEmpty }

    /// What is tagged: as it was drafted, else as it was kept.
    func spans(_ question: RubricQuestion, _ world: World) -> [JudgedSpan] {
        if case .spans(let spans)? = draft(question, world) { return spans }
        if case .spans(let spans)? = item(world)?.values[question.id] { return spans }
        return []
    }

    /// How the answer is drawn: what is chosen before what is tagged.
    func spanMarks(_ world: World) -> [TextMarks.Mark] {
        var marks = choosing.first.map { [TextMarks.Mark($0.chosen, Ink(.focus, on: .selection, strong: true))] } ?? []
        for question in asked(world) {
            guard case .spans(let choices) = question.kind else { continue }
            let titles = Dictionary(choices.flatMap(\.all).map { ($0.value, $0.title) }, uniquingKeysWith: { $1 })
            marks += spans(question, world).map { span in
                let title = titles[span.tag] ?? span.tag
                return TextMarks.Mark(span.start..<span.end, Ink(.fail, on: .panel, strong: true), label: title)
            }
        }
        return marks
    }

    /// The keys of the tags, and all that works beside them.
    func markingCommands(_ world: World) -> [Command<Self>] {
        guard let question = markQuestion(world) else { return Self.markCommands }
        return answers(question, world).map { answer in
            Command(
                "tag-\(answer.value.words)", answer.key, title: answer.title,
                help: "\(question.title): tag what is chosen as \(answer.title.lowercased()).", hint: 10,
                isMutating: true
            ) { screen, world in screen.tag(answer.value.words, question, world) }
        } + Self.markCommands + [Self.scrollDown, Self.scrollUp]
    }

    mutating func beginMarking(_ question: RubricQuestion, at offset: Int? = nil, _ world: World) -> [Effect] {
        let last = spans(question, world).last?.end ?? 0
        guard let word = WordSteps(markedText(world)).word(at: offset ?? last) else {
            return [.toast(Notice(.warn, "the answer has no words to mark"))]
        }
        choosing = [LabelChoosing(question: question.id, cursor: word, anchor: offset == nil ? nil : word)]
        return show(world)
    }

    private mutating func tag(_ word: String, _ question: RubricQuestion, _ world: World) -> [Effect] {
        guard let chosen = choosing.first?.chosen, let item = item(world) else { return [] }
        var spans = spans(question, world)
        // The same piece tagged anew gets the new tag.
        spans.removeAll { $0.start..<$0.end == chosen }
        guard spans.count < Self.mostSpans else {
            return [.toast(Notice(.warn, "\(Self.mostSpans) pieces are marked: that is the most"))]
        }
        let text = item.target.answers.first ?? ""
        let bytes = Array(text.utf8.dropFirst(chosen.lowerBound).prefix(chosen.count))
        spans.append(
            JudgedSpan(chosen.lowerBound, chosen.upperBound, tag: word, text: String(decoding: bytes, as: UTF8.self)))
        setDraft(.spans(spans), question, world)
        touch(world)
        choosing[0].anchor = nil
        if let next = WordSteps(markedText(world)).next(after: chosen.upperBound) { choosing[0].cursor = next }
        return show(world)
    }

    private mutating func keepSpans(_ world: World) -> [Effect] {
        guard let question = markQuestion(world) else {
            choosing = []
            return []
        }
        let spans = Self.inOrder(spans(question, world))
        let effects = judge([question.id: .spans(spans)], world)
        choosing = []
        return effects
    }

    // MARK: moving

    private mutating func extend() {
        guard !choosing.isEmpty, choosing[0].anchor == nil else { return }
        choosing[0].anchor = choosing[0].cursor
    }

    private mutating func step(_ world: World, _ find: (WordSteps, Range<Int>, World) -> Range<Int>?) -> [Effect] {
        guard let now = choosing.first else { return [] }
        touch(world)
        if let word = find(WordSteps(markedText(world)), now.cursor, world) { choosing[0].cursor = word }
        return show(world)
    }

    private mutating func chooseSentence(_ world: World) -> [Effect] {
        guard let now = choosing.first else { return [] }
        touch(world)
        let steps = WordSteps(markedText(world))
        guard let here = steps.sentence(at: now.cursor.lowerBound) else { return [] }
        if now.anchor != nil, now.chosen.lowerBound <= here.lowerBound, now.chosen.upperBound >= here.upperBound {
            guard let next = steps.next(after: now.chosen.upperBound),
                let further = steps.sentence(at: next.lowerBound)
            else { return show(world) }
            choosing[0].cursor = further
        } else {
            (choosing[0].anchor, choosing[0].cursor) = (here, here)
        }
        return show(world)
    }

    private mutating func stepLine(_ lines: Int, _ world: World) -> [Effect] {
        guard let now = choosing.first, let (index, all) = place(of: now.cursor.lowerBound, world, further: 40) else {
            return []
        }
        touch(world)
        let column = all[index].answer?.column(of: now.cursor.lowerBound) ?? 0
        var at = index + lines
        while all.indices.contains(at) {
            if let offset = all[at].answer?.offset(at: column),
                let word = WordSteps(markedText(world)).word(at: offset)
            {
                choosing[0].cursor = word
                break
            }
            at += lines
        }
        return show(world)
    }

    /// The line on which a byte of the answer stands, and the desk's lines up to it and some further.
    private func place(of offset: Int, _ world: World, further: Int = 0) -> (Int, [DeskLine])? {
        var limit = scroll + size.height * 2
        while true {
            let lines = textLines(world, width: size.width - 2, limit: limit + further)
            if let index = lines.firstIndex(where: { $0.answer?.column(of: offset) != nil }) { return (index, lines) }
            guard lines.count >= limit, limit < 40_000 else { return nil }
            limit *= 4
        }
    }

    /// Scrolls so that what is chosen is in view.
    private mutating func show(_ world: World) -> [Effect] {
        choosing.first.map { reveal($0.cursor.lowerBound, world) } ?? []
    }

    /// Scrolls so that a byte of the answer is in view.
    mutating func reveal(_ offset: Int, _ world: World) -> [Effect] {
        guard let (index, _) = place(of: offset, world) else { return [] }
        let height = max(1, places(world, in: Rect(0, 0, size.width, size.height)).text.height)
        if index < scroll { scroll = index }
        if index >= scroll + height { scroll = index - height + 1 }
        return []
    }

    // MARK: the mouse

    /// A click into the answer: chooses from there, or to there. Nil when it was for something else.
    mutating func click(_ point: Point, isDrag: Bool, _ world: World) -> [Effect]? {
        guard queue != nil, !isWaiting, !showsGuidelines else { return nil }
        let text = places(world, in: Rect(0, 0, size.width, size.height)).text
        guard text.contains(point) else { return nil }
        let lines = textLines(world, width: size.width - 2, limit: scroll + text.height)
        let index = scroll + point.y - text.y
        guard lines.indices.contains(index), let answer = lines[index].answer else { return nil }
        let column = point.x - text.x - 1 - lines[index].answerX
        guard column >= 0, column < answer.columns, let offset = answer.offset(at: column),
            let word = WordSteps(markedText(world)).word(at: offset)
        else { return nil }
        guard isMarking else {
            guard let asked = asked(world).first(where: \.isOfSpans) else { return nil }
            return beginMarking(asked, at: offset, world)
        }
        touch(world)
        let isBegun = choosing[0].anchor != nil && (isDrag || choosing[0].anchor == choosing[0].cursor)
        if !isBegun { choosing[0].anchor = word }
        choosing[0].cursor = word
        return []
    }
}

extension RubricQuestion {
    var isOfSpans: Bool {
        if case .spans = kind { true } else { false }
    }
}
