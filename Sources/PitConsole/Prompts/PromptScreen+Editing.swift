import PitGrid
import PitModel

/// A new version is written in a question; what was written and never kept is offered before anything else.
extension PromptScreen {
    static let edit = Command<Self>(
        "edit", "e", title: "edit",
        help: "Edit the version in your editor, and save it as a new one; or go on with what was not kept.", hint: 8,
        isMutating: true,
        availability: { screen, world in
            if let why = screen.page(world)?.whyReadOnly { return .refused(because: why) }
            return screen.selected == nil && screen.unsent(world) == nil
                ? .refused(because: "no version is selected") : .available
        }
    ) { screen, world in
        if let unsent = screen.unsent(world) { return [.ask(screen.question(about: unsent, world))] }
        return screen.selected.map { write($0.body.written, "From version \($0.number).") } ?? []
    }

    /// The newest of what was written and never kept.
    func unsent(_ world: World) -> UnsentPrompt? { page(world)?.unsent.first }

    /// What can be done with it, the safest first.
    private enum Resumption: String, CaseIterable {
        case goOn = "go on with it"
        case leave = "leave it there"
        case drop = "throw it away"
    }

    private func question(about unsent: UnsentPrompt, _ world: World) -> Question {
        let why = unsent.why.isEmpty ? "pitwall ended before it was known whether it was kept" : unsent.why
        let others = (page(world)?.unsent.count ?? 1) - 1
        var body = [
            "Of \(world.clock(unsent.at, seconds: false)), \(Figures.age(world.age(unsent.at))) ago: \(why).",
            "It lies in \(unsent.file)",
        ]
        if others > 0 { body.append("\(others) more lie beside it: pitwall prompt drafts") }
        return Question(
            "prompt-draft", title: "What you wrote was not kept", body: body,
            fields: [
                .init(
                    "what", "Now", value: Resumption.goOn.rawValue, choices: Resumption.allCases.map(\.rawValue),
                    isRequired: true)
            ], verb: "Do it")
    }

    private static func write(_ text: String, _ words: String, message: String = "") -> [Effect] {
        let question = Question(
            "prompt-edit", title: "A new version",
            body: ["\(words) ctrl-o opens the text in your editor again."],
            fields: [
                .init("text", "Text", value: text, isRequired: true, lines: .several),
                .init("message", "Message", value: message, placeholder: "what changed, and why", isRequired: true),
            ], verb: "Save")
        return [.ask(question), .edit(text, question: question.id)]
    }

    /// What becomes of something that was not kept.
    mutating func resume(_ values: [String: String], _ world: World) -> [Effect] {
        guard let unsent = unsent(world) else { return [.toast(Notice(.warn, "it is not there any more: esc"))] }
        switch Resumption(rawValue: values["what"] ?? "") {
        case .goOn:
            resumed = unsent.id
            return Self.write(unsent.draft.body.written, "What was not kept.", message: unsent.draft.message)
        case .leave:
            resumed = nil
            guard let selected else { return [.toast(Notice(.warn, "no version is selected"))] }
            return Self.write(selected.body.written, "From version \(selected.number).")
        case .drop: return [.dropPromptDraft(unsent.id)]
        case nil:
            return [
                .toast(Notice(.warn, "choose with left and right: \(Resumption.allCases.map(\.rawValue))"))
            ]
        }
    }

    /// What was written, as the version that is to be made.
    func draft(_ values: [String: String], _ world: World) -> [Effect] {
        guard let query, let source = query.source, let name = query.name else { return [] }
        let before = page(world)?.unsent.first { $0.id == resumed }
        let from = selected?.body ?? before?.draft.body ?? .text("")
        let isChat = if case .chat = before?.draft.body ?? from { true } else { false }
        let body = PromptBody(written: values["text"] ?? "", isChat: isChat ? true : nil)
        guard body != selected?.body else { return [.toast(Notice(.warn, "nothing was changed"))] }
        let known = before?.draft.variables ?? selected?.variables ?? []
        var draft = PromptDraft(
            source: source, name: name, body: body,
            variables: known.filter { $0.standard != nil || $0.kind != .text }, message: values["message"] ?? "",
            author: world.settings.author)
        draft.continues = before?.id
        return [.savePrompt(draft)]
    }
}

/// Aliases move, and go, by a plan like those of models.
extension PromptScreen {
    static let alias = Command<Self>(
        "alias", "a", title: "move alias", help: "Point an alias to this version, with a plan that you confirm.",
        hint: 7, isMutating: true,
        availability: { screen, world in
            if screen.page(world)?.whyReadOnly != nil { return .refused(because: "a folder of files has no aliases") }
            return screen.selected == nil ? .refused(because: "no version is selected") : .available
        }
    ) { screen, world in
        guard let version = screen.selected else { return [] }
        let known = screen.prompt(world)?.aliases ?? []
        return [
            .ask(
                screen.aliasQuestion(
                    "prompt-alias", "Point an alias to version \(version.number)",
                    value: known.first?.name ?? "production", known))
        ]
    }

    static let deleteAlias = Command<Self>(
        "delete-alias", "D", title: "delete alias", help: "Delete an alias, with a plan that you confirm.",
        isMutating: true,
        availability: { screen, world in
            (screen.prompt(world)?.aliases ?? []).isEmpty ? .refused(because: "it has no alias") : .available
        }
    ) { screen, world in
        let known = screen.prompt(world)?.aliases ?? []
        let here = known.first { $0.version == screen.selected?.number } ?? known.first
        return [.ask(screen.aliasQuestion("prompt-unalias", "Delete an alias", value: here?.name ?? "", known))]
    }

    private func aliasQuestion(_ id: String, _ title: String, value: String, _ known: [Prompt.Alias]) -> Question {
        let now = known.map { "\($0.name) is version \($0.version)" }.joined(separator: ", ")
        return Question(
            id, title: title,
            body: [now.isEmpty ? "No alias points anywhere yet." : "Now: \(now).", "A plan comes next."],
            fields: [.init("alias", "Alias", value: value, choices: known.map(\.name), isRequired: true)],
            verb: "Plan")
    }

    /// The plan for an alias; to no version: that it is deleted.
    func proposal(_ values: [String: String], to version: PromptVersion?, _ world: World) -> [Effect] {
        guard let query, let source = query.source, let name = query.name else { return [] }
        let alias = (values["alias"] ?? "").filter { !$0.isWhitespace }
        let holder = prompt(world)?.version(of: alias)
        let id = DeploymentID(connection: source, kind: .alias, name: "\(name)@\(alias)")
        guard let version else {
            if holder == nil { return [.toast(Notice(.warn, "there is no alias \(alias)"))] }
            return [.propose(Proposal(.stop, [id]))]
        }
        if holder == version.number {
            return [.toast(Notice(.warn, "\(alias) points to version \(version.number) already"))]
        }
        return [.propose(Proposal(.promote, [id], to: RevisionID("\(version.number)")))]
    }
}
