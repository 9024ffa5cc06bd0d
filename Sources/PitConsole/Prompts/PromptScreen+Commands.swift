import PitGrid
import PitModel

extension PromptScreen {
    static let diff = Command<Self>(
        "diff", "d", title: "diff", help: "Show what the version changed, or the text again.", hint: 9,
        availability: { screen, world in
            screen.other(world) == nil ? .refused(because: "there is no other version to compare with") : .available
        }
    ) { screen, _ in
        screen.show(.diff)
        return []
    }

    static let mark = Command<Self>(
        "mark", "m", title: "compare with",
        help: "Hold the other versions against this one; again: each against the one before.",
        hint: 4, availability: needsRow
    ) { screen, _ in
        let number = screen.selected?.number
        screen.marked = screen.marked == number ? nil : number
        return []
    }

    static let history = Command<Self>(
        "history", "h", title: "aliases' past", help: "Show where the aliases pointed, since when.", hint: 5
    ) { screen, _ in
        screen.show(.history)
        return []
    }

    static let scrollDown = Command<Self>(
        "scroll-down", "ctrl-e", "space", title: "scroll down", help: "Scroll what stands beside the versions down."
    ) { screen, world in
        screen.scroll(5, world)
        return []
    }

    static let scrollUp = Command<Self>(
        "scroll-up", "ctrl-y", title: "scroll up", help: "Scroll what stands beside the versions up."
    ) { screen, world in
        screen.scroll(-5, world)
        return []
    }

    private mutating func scroll(_ rows: Int, _ world: World) {
        TextView(lines(world)).scroll(by: rows, &scroll, size: paneSize())
    }

    static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy what the version says.",
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.copy($0.body.written)] } ?? [] }

    static let attempt = Command<Self>(
        "try", "t", title: "try", help: "Put the version, filled in, to served models, side by side.", hint: 6,
        availability: { screen, world in
            if endpoints(world).isEmpty { return .refused(because: "no connection of kind openai answers chats") }
            return needsRow(screen, world)
        }
    ) { screen, world in
        guard let version = screen.selected else { return [] }
        let names = endpoints(world)
        let fields = version.variables.map { variable in
            Question.Field(
                "var.\(variable.name)", variable.name, value: variable.standard ?? "",
                placeholder: variable.kind == .text ? "" : variable.kind.rawValue, lines: .growing)
        }
        return [
            .ask(
                Question(
                    "prompt-try", title: "Try version \(version.number) of \(screen.detail)",
                    body: ["Several models: CONNECTION or CONNECTION:MODEL, with commas between."],
                    fields: fields + [
                        .init("on", "On", value: names[0], choices: names, isRequired: true)
                    ], verb: "Ask", isMutating: false))
        ]
    }

    static let stop = Command<Self>(
        "stop", "x", title: "stop", help: "Stop the answers that are coming.",
        availability: { screen, world in
            screen.trial(world)?.answers.contains { $0.stage == .coming } == true
                ? .available : .refused(because: "no answer is coming")
        }
    ) { _, _ in [.stopPromptTrial] }

    private static func endpoints(_ world: World) -> [String] {
        world.snapshot.connections.filter { $0.kind == "openai" }.map(\.name.description)
    }

    // MARK: What was answered

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        switch question {
        case "prompt-draft": return resume(values, world)
        case "prompt-edit": return draft(values, world)
        case "prompt-alias": return selected.map { proposal(values, to: $0, world) } ?? []
        case "prompt-unalias": return proposal(values, to: nil, world)
        case "prompt-try": return selected.map { begin($0, values) } ?? []
        default: return []
        }
    }

    private mutating func begin(_ version: PromptVersion, _ values: [String: String]) -> [Effect] {
        let given = values.compactMap { key, value in
            key.hasPrefix("var.") && !value.isEmpty ? (String(key.dropFirst(4)), value) : nil
        }
        let targets = (values["on"] ?? "").split(separator: ",").compactMap { part in
            PromptTrial.Target(String(part.filter { !$0.isWhitespace }))
        }
        guard !targets.isEmpty else { return [.toast(Notice(.warn, "no model is named"))] }
        guard targets.count <= PromptTrial.mostTargets else {
            return [.toast(Notice(.warn, "\(PromptTrial.mostTargets) models at once are the most"))]
        }
        do throws(PromptRefusal) {
            let all = try version.values(Dictionary(given, uniquingKeysWith: { $1 }))
            (pane, scroll) = (.trial, TextViewState())
            return [
                .tryPrompt(
                    PromptTrial(
                        subject: subject ?? "", version: version.number, messages: version.body.filled(all).messages,
                        targets: targets))
            ]
        } catch { return [.toast(Notice(.warn, error.words))] }
    }

    /// What was asked last, if it was of this prompt.
    func trial(_ world: World) -> PromptTrial? { world.promptTrial?.subject == subject ? world.promptTrial : nil }
}
