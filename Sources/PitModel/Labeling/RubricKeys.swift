/// Which keys a rubric may use.
public enum RubricKeys {
    /// What the Label screen's own keys do there: a rubric may not use them.
    public static let taken: [String: String] = [
        "s": "skips", "u": "undoes", "g": "shows the guidelines", "x": "flags", "v": "reveals what is private",
        "w": "shows all of it", "?": "is for help", ":": "opens the palette", "/": "filters", "q": "leaves",
        "ctrl-r": "redoes", "enter": "goes on", "esc": "goes back", "tab": "changes the pane", "space": "scrolls",
    ]

    /// Why a word is no key of a rubric; nil when it is one: one printable ASCII character that the screen leaves free.
    public static func refusal(of key: String) -> String? {
        if let use = taken[key.lowercased()] ?? taken[key] { return "`\(key)` \(use) on the Label screen" }
        guard key.utf8.count == 1, let byte = key.utf8.first, (0x21...0x7e).contains(byte) else {
            return "`\(key)` is no key: it must be one printable character"
        }
        return nil
    }

    /// What is wrong with a rubric's keys, in words; empty when they can all be told apart.
    public static func clashes(in rubric: Rubric) -> [String] {
        var problems: [String] = []
        var seen: [String: String] = [:]
        func take(_ key: String, _ owner: String, _ seen: inout [String: String]) {
            if let why = refusal(of: key) {
                problems.append("\(owner): \(why)")
            } else if let first = seen[key] {
                problems.append("`\(key)` means \(first) and \(owner)")
            } else {
                seen[key] = owner
            }
        }
        func finer(_ choices: [RubricChoice], _ path: String) {
            for choice in choices where !choice.below.isEmpty {
                var own: [String: String] = [:]
                for below in choice.below {
                    if let key = below.key { take(key, "`\(path)\(choice.value)/\(below.value)`", &own) }
                }
                finer(choice.below, "\(path)\(choice.value)/")
            }
        }
        for question in rubric.questions {
            if let key = question.key { take(key, "`\(question.id)`", &seen) }
            var own: [String: String] = [:]
            // Tags are chosen while marking: a step of their own.
            let isApart = if case .spans = question.kind { true } else { false }
            for choice in question.choices {
                guard let key = choice.key else { continue }
                if isApart {
                    take(key, "`\(question.id)` \(choice.value)", &own)
                } else {
                    take(key, "`\(question.id)` \(choice.value)", &seen)
                }
            }
            if case .rating(let low, let high) = question.kind {
                for number in low...high where (0...9).contains(number) {
                    take("\(number)", "`\(question.id)` \(number)", &seen)
                }
            }
            finer(question.choices, "")
        }
        return problems
    }

    /// Gives each choice without a key one that is free: a digit by its place, or a letter of its word.
    public static func assign(_ rubric: inout Rubric) {
        var used: Set<String> = Set(rubric.questions.flatMap { [$0.key] + $0.choices.map(\.key) }.compactMap { $0 })
        for question in rubric.questions {
            if case .rating(let low, let high) = question.kind { for n in low...high { used.insert("\(n)") } }
        }
        for index in rubric.questions.indices {
            switch rubric.questions[index].kind {
            case .choice(let choices): rubric.questions[index].kind = .choice(fill(choices, &used))
            case .choices(let choices): rubric.questions[index].kind = .choices(fill(choices, &used))
            case .spans(let choices):
                var own = Set(choices.compactMap(\.key))
                rubric.questions[index].kind = .spans(fill(choices, &own))
            default: break
            }
        }
    }

    private static func fill(_ choices: [RubricChoice], _ used: inout Set<String>) -> [RubricChoice] {
        choices.enumerated().map { place, choice in
            var choice = choice
            if choice.key == nil {
                let wanted = [place < 9 ? "\(place + 1)" : ""] + choice.value.lowercased().map(String.init)
                let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
                choice.key = (wanted + letters).first { !used.contains($0) && refusal(of: $0) == nil }
                if let key = choice.key { used.insert(key) }
            }
            var own = Set(choice.below.compactMap(\.key))
            choice.below = fill(choice.below, &own)
            return choice
        }
    }
}
