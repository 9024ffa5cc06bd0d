import PitGrid
import PitModel

/// Which key gives which answer to a question: the rubric's own unless the desk uses it, else a digit, else a letter.
struct LabelKeys {
    struct Answer: Equatable {
        var key: Key
        var title: String
        var value: JudgedValue
    }

    /// The answers to a question that one key gives each; none where it is answered in words. Those of a ranking name
    /// what stands on the screen.
    static func answers(_ question: RubricQuestion, taken: Set<String>, shown: [String]) -> [Answer] {
        switch question.kind {
        case .choice, .choices, .spans:
            // The keys of the broad words count before those of the finer ones, which may be the same.
            let broad = question.choices
            let finer = broad.flatMap { word in
                word.all.dropFirst().map { finer in
                    var named = finer
                    named.title = "\(word.title): \(finer.title.lowercased())"
                    return named
                }
            }
            let choices = broad + finer
            let keys = assign(choices.map(\.key), taken: taken)
            return zip(choices, keys).map { Answer(key: Key($1), title: $0.title, value: .choice($0.value)) }
        case .rating(let from, let to):
            guard from <= to, to - from < 30 else { return [] }
            let wanted = (from...to).map { (0...9).contains($0) ? "\($0)" : nil }
            return zip(from...to, assign(wanted, taken: taken)).map {
                Answer(key: Key($1), title: "\($0)", value: .number(Double($0)))
            }
        case .preference:
            return [
                Answer(key: "h", title: "left", value: .preference(.first)),
                Answer(key: "l", title: "right", value: .preference(.second)),
                Answer(key: "=", title: "tie", value: .preference(.tie)),
                Answer(key: "b", title: "neither", value: .preference(.neither)),
            ]
        case .ranking:
            let keys = assign(shown.indices.map { $0 < 9 ? "\($0 + 1)" : nil }, taken: taken)
            return zip(shown.indices, keys).map { Answer(key: Key($1), title: shown[$0], value: .ranking([$0])) }
        case .text, .correction: return []
        }
    }

    /// A key for each, as long as there are any.
    private static func assign(_ wanted: [String?], taken: Set<String>) -> [String] {
        var used = taken
        var keys: [String?] = wanted.map { key in
            guard let key, key.count == 1, !used.contains(key) else { return nil }
            used.insert(key)
            return key
        }
        var free = ("123456789" + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").map(String.init)
            .filter { !used.contains($0) }[...]
        for index in keys.indices where keys[index] == nil { keys[index] = free.popFirst() }
        return Array(keys.prefix { $0 != nil }).compactMap { $0 }
    }
}

extension LabelScreen {
    /// Keys that mean the same whatever is asked.
    static let deskKeys: Set<String> = Set(
        deskCommands.flatMap(\.keys).map { String($0.description.prefix { $0 != " " }) }
            + ["?", ":", "q", "/", "L", "T", "[", "]", "{", "}"])

    /// The answers that keys give now.
    func answers(_ world: World) -> [LabelKeys.Answer] {
        guard let question = isMarking ? markQuestion(world) : question(world) else { return [] }
        // Tags are given while something is chosen.
        return question.isOfSpans && !isMarking ? [] : answers(question, world)
    }

    func answers(_ question: RubricQuestion, _ world: World) -> [LabelKeys.Answer] {
        LabelKeys.answers(
            question, taken: question.isOfSpans ? Self.markKeys : Self.deskKeys,
            shown: item(world).map { shownAnswers($0).map(\.title) } ?? [])
    }

    /// What the question brings of its own.
    func answerCommands(_ world: World) -> [Command<Self>] {
        guard let question = question(world), let page = page(world), let item = item(world) else { return [] }
        var commands = Self.isRanking(question) ? rankCommands(question, world) : []
        commands += answers(world).map { answer in
            let isTick = if case .choices = question.kind { true } else { false }
            return Command(
                "answer-\(answer.value.words)", answer.key, title: answer.title,
                help: "\(question.title): \(answer.title).", hint: 9, isMutating: true
            ) { screen, world in
                isTick
                    ? screen.tick(answer.value.words, question, world) : screen.give(answer.value, to: question, world)
            }
        }
        if case .choices = question.kind {
            commands.append(
                Command(
                    "answer-keep", "enter", title: "keep", help: "\(question.title): keep what is ticked.", hint: 10,
                    isMutating: true
                ) { screen, world in
                    screen.judge([question.id: .choices(screen.ticked(question, world))], world)
                })
        }
        var used = Set(commands.flatMap(\.keys).map(\.description)).union(Self.deskKeys)
        for worded in page.rubric.asked(given: item.values) where worded.isAnsweredInWords || worded.isOfSpans {
            // The desk's own key for comments answers such a question.
            if worded.key == "c", worded.id != question.id { continue }
            let own = worded.key ?? (worded.isOfSpans ? "m" : "e")
            var keys = [used.contains(own) ? "etmiaoy".map(String.init).first { !used.contains($0) } : own]
            if worded.id == question.id, !used.contains("enter") { keys.insert("enter", at: 0) }
            used.formUnion(keys.compactMap { $0 })
            var command = Command<Self>(
                "answer-\(worded.id)", title: worded.title.lowercased(),
                help: "\(worded.title): \(worded.isOfSpans ? "mark it in the answer" : "write it").",
                hint: worded.id == question.id ? 10 : 7, isMutating: true
            ) { screen, world in
                worded.isOfSpans ? screen.beginMarking(worded, world) : screen.askWords(worded, world)
            }
            command.keys = keys.compactMap { $0.map { Key($0) } }
            if !command.keys.isEmpty { commands.append(command) }
        }
        return commands
    }

    private static func isRanking(_ question: RubricQuestion) -> Bool {
        if case .ranking = question.kind { true } else { false }
    }

    /// An answer as it is kept: of two answers, the one meant, however they stand.
    private mutating func give(_ value: JudgedValue, to question: RubricQuestion, _ world: World) -> [Effect] {
        if case .ranking(let named) = value { return named.first.map { rank($0, question, world) } ?? [] }
        guard case .preference(let side) = value, let item = item(world) else {
            return judge([question.id: value], world)
        }
        let isSwapped = item.order.first == 1
        let meant: JudgedValue.Preference =
            switch side {
            case .first: isSwapped ? .second : .first
            case .second: isSwapped ? .first : .second
            case .tie, .neither: side
            }
        return judge([question.id: .preference(meant)], world)
    }

    func ticked(_ question: RubricQuestion, _ world: World) -> [String] {
        let words: [String]
        if let ticked = sight?.ticked {
            words = ticked
        } else if case .choices(let kept)? = item(world)?.values[question.id] {
            words = kept
        } else {
            words = []
        }
        return question.choices.flatMap(\.all).map(\.value).filter { words.contains($0) }
    }

    private mutating func tick(_ word: String, _ question: RubricQuestion, _ world: World) -> [Effect] {
        guard !sights.isEmpty else { return [] }
        var words = ticked(question, world)
        if let at = words.firstIndex(of: word) { words.remove(at: at) } else { words.append(word) }
        sights[0].ticked = words
        return []
    }
}

extension RubricQuestion {
    var isAnsweredInWords: Bool {
        switch kind {
        case .text, .correction: true
        default: false
        }
    }
}
