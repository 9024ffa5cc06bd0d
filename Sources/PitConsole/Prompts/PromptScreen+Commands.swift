import PitGrid
import PitModel

extension PromptScreen {
    private static func whenSelected(_ screen: Self) -> Availability {
        screen.selected == nil ? .refused(because: "no version is selected") : .available
    }

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
        hint: 4, availability: { screen, _ in whenSelected(screen) }
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
        availability: { screen, _ in whenSelected(screen) }
    ) { screen, _ in screen.selected.map { [.copy($0.body.written)] } ?? [] }

    static let edit = Command<Self>(
        "edit", "e", title: "edit", help: "Edit the version in your editor, and save it as a new one.", hint: 8,
        isMutating: true,
        availability: { screen, world in
            if let why = screen.page(world)?.whyReadOnly { return .refused(because: why) }
            return whenSelected(screen)
        }
    ) { screen, _ in
        guard let version = screen.selected else { return [] }
        let question = Question(
            "prompt-edit", title: "A new version of \(screen.detail)",
            body: ["From version \(version.number). ctrl-o opens the text in your editor again."],
            fields: [
                .init("text", "Text", value: version.body.written, isRequired: true, lines: .several),
                .init("message", "Message", placeholder: "what changed, and why", isRequired: true),
            ], verb: "Save")
        return [.ask(question), .edit(version.body.written, question: question.id)]
    }

    static let alias = Command<Self>(
        "alias", "a", title: "move alias", help: "Point an alias to this version, with a plan that you confirm.",
        hint: 7, isMutating: true,
        availability: { screen, world in
            if screen.page(world)?.whyReadOnly != nil { return .refused(because: "a folder of files has no aliases") }
            return whenSelected(screen)
        }
    ) { screen, world in
        guard let version = screen.selected else { return [] }
        let known = screen.prompt(world)?.aliases ?? []
        let now = known.map { "\($0.name) is version \($0.version)" }.joined(separator: ", ")
        return [
            .ask(
                Question(
                    "prompt-alias", title: "Point an alias to version \(version.number)",
                    body: [now.isEmpty ? "No alias points anywhere yet." : "Now: \(now).", "A plan comes next."],
                    fields: [
                        .init(
                            "alias", "Alias", value: known.first?.name ?? "production", choices: known.map(\.name),
                            isRequired: true)
                    ], verb: "Plan"))
        ]
    }

    static let attempt = Command<Self>(
        "try", "t", title: "try", help: "Put the version, filled in, to served models, side by side.", hint: 6,
        availability: { screen, world in
            if endpoints(world).isEmpty { return .refused(because: "no connection of kind openai answers chats") }
            return whenSelected(screen)
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
        guard let version = selected, let query, let source = query.source, let name = query.name else { return [] }
        switch question {
        case "prompt-edit":
            let isChat = if case .chat = version.body { true } else { false }
            let body = PromptBody(written: values["text"] ?? "", isChat: isChat ? true : nil)
            guard body != version.body else { return [.toast(Notice(.warn, "nothing was changed"))] }
            let draft = PromptDraft(
                source: source, name: name, body: body,
                variables: version.variables.filter { $0.standard != nil || $0.kind != .text },
                message: values["message"] ?? "", author: world.settings.author)
            return [.savePrompt(draft)]
        case "prompt-alias":
            let alias = (values["alias"] ?? "").filter { !$0.isWhitespace }
            if prompt(world)?.version(of: alias) == version.number {
                return [.toast(Notice(.warn, "\(alias) points to version \(version.number) already"))]
            }
            let id = DeploymentID(connection: source, kind: .alias, name: "\(name)@\(alias)")
            return [.propose(Proposal(.promote, [id], to: RevisionID("\(version.number)")))]
        case "prompt-try": return begin(version, values)
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
