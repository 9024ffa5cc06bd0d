import PitConsole
import PitGrid
import PitModel
import Testing

/// Prompts as a shelf would give them.
enum PromptWorlds {
    static let mlflow = ConnectionName("mlflow")
    static let prompts = [
        Prompt(
            source: mlflow, name: "support-system", latest: 4, aliases: [.init("canary", 4), .init("production", 3)],
            tags: ["owner": "llm-platform"], changedAt: noon.advanced(by: -5400), author: "ana",
            message: "say so when it is not known"),
        Prompt(
            source: ConnectionName("prompts"), name: "judge-rubric", latest: 2, changedAt: noon.advanced(by: -700_000),
            author: "Bo", message: "points from 1 to 5"),
    ]

    static let versions = [
        version(
            4, "Answer in at most three sentences.\nSay so when the context is not enough.", "ana", 5400, ["canary"]),
        version(3, "Answer in at most three sentences.", "ben", 90_000, ["production"]),
        version(2, "Answer shortly.", "ana", 400_000, []),
        PromptVersion(
            number: 1, body: .text("Answer: {{question}}"), message: "first", author: nil,
            at: noon.advanced(by: -900_000)),
    ]

    private static func version(
        _ number: Int, _ words: String, _ author: String, _ age: Double, _ aliases: [String]
    ) -> PromptVersion {
        PromptVersion(
            number: number,
            body: .chat([
                ChatMessage("system", "You answer for {{company}}.\n\(words)"),
                ChatMessage("user", "Context: {{context}}\n\nQuestion: {{question}}"),
            ]), declared: [PromptVariable("company", standard: "Kestrel")],
            message: number == 4 ? "say so when it is not known" : "shorter", author: author,
            at: noon.advanced(by: -age), aliases: aliases)
    }

    static func page(_ query: PromptQuery) -> PromptPage {
        guard let name = query.name else {
            return PromptPage(
                prompts: prompts, faults: ["langs: connection refused by http://langs:3000"], sources: 3)
        }
        func move(_ alias: String, _ version: String?, _ age: Double, first: Bool = false) -> PointerMove {
            PointerMove(
                source: mlflow, name: name, alias: alias, version: version, at: noon.advanced(by: -age),
                isFirst: first, author: first ? nil : "ana")
        }
        return PromptPage(
            prompts: prompts.filter { $0.name == name }, versions: name == "support-system" ? versions : [],
            moves: [
                move("canary", "4", 5000), move("production", "3", 80_000),
                move("production", "2", 300_000, first: true),
            ], sources: 3,
            whyReadOnly: query.source == mlflow ? nil : "files in /srv/prompts are versions once they are committed")
    }

    static func trial(_ targets: Int) -> PromptTrial {
        var trial = PromptTrial(
            subject: prompts[0].id, version: 4, messages: [],
            targets: (0..<targets).map { .init(ConnectionName("gate-\($0)"), model: "chat-\($0)") })
        for index in trial.answers.indices {
            trial.answers[index].text = "Yes: the\u{1b}[31m blue kettle\nis for induction, number \(index)."
            guard index == 0 else { continue }
            (trial.answers[0].stage, trial.answers[0].seconds, trial.answers[0].firstSeconds) = (.done, 1.25, 0.31)
            (trial.answers[0].promptTokens, trial.answers[0].tokens, trial.answers[0].cost) = (84, 21, 0.0004)
        }
        return trial
    }
}

@Test("prompts are listed with their aliases, and enter shows what one says, what it changed and where aliases pointed")
func opensPrompt() {
    var harness = Harness(Worlds.healthy, screen: "prompts")
    #expect(harness.text.contains("support-system") && harness.text.contains("canary v4  production v3"))
    #expect(harness.text.contains("langs: connection refused"))
    harness.press("enter")
    #expect(harness.text.contains("You answer for {{company}}.") && harness.text.contains("`Kestrel` where nothing"))
    harness.press("d")
    #expect(harness.text.contains("+ Say so when the context is not enough."))
    harness.press("j j m k d d")
    #expect(harness.text.contains("from version 2 to 3") && harness.text.contains("- Answer shortly."))
    harness.press("h")
    #expect(harness.text.contains("production version 3  by ana") && harness.text.contains("there when first seen"))
    harness.press("esc")
    #expect(harness.text.contains("Answer in at most three sentences."))
    harness.press("esc")
    #expect(harness.text.contains("judge-rubric"))
}

@Test("a version is edited elsewhere, asks for a message, and is handed on as a draft")
func editsPrompt() throws {
    var harness = Harness(Worlds.healthy, screen: "prompt", subject: PromptWorlds.prompts[0].id)
    harness.press("e")
    guard case .edit(let text, let question)? = harness.effects.last else {
        Issue.record("no editor was opened")
        return
    }
    #expect(text.hasPrefix("## system\nYou answer for {{company}}."))
    harness.send(.edited(text.replacing("three", with: "two"), question: question))
    harness.press("ctrl-s")
    #expect(harness.text.contains("Message is needed"), "no version without words")
    harness.type("two will do")
    harness.press("enter enter")
    guard case .savePrompt(let draft)? = harness.effects.last else {
        Issue.record("nothing was saved")
        return
    }
    #expect(draft.message == "two will do" && draft.author == "ana" && draft.source == PromptWorlds.mlflow)
    #expect(draft.body.messages[0].content.contains("at most two sentences"))
    #expect(draft.variables == [PromptVariable("company", standard: "Kestrel")])
    var files = Harness(Worlds.healthy, screen: "prompt", subject: "prompts/judge-rubric")
    files.press("e")
    #expect(files.text.contains("versions once they are committed") && files.effects.isEmpty)
}

@Test("what was written and not kept is offered before anything else: to go on with, to leave, to throw away")
func resumesPrompt() throws {
    var harness = Harness(Worlds.healthy, screen: "prompt", subject: PromptWorlds.prompts[0].id)
    let query = PromptQuery(source: PromptWorlds.mlflow, name: "support-system")
    var page = PromptWorlds.page(query)
    let body = PromptBody.chat([ChatMessage("user", "mine {{question}}")])
    page.unsent = [
        UnsentPrompt(
            id: "d1",
            draft: PromptDraft(
                source: PromptWorlds.mlflow, name: "support-system", body: body, message: "was not kept", author: "ana"),
            at: noon.advanced(by: -600), why: "mlflow: connection refused", file: "/state/drafts/d1.md")
    ]
    harness.send(.prompts(query, page))
    #expect(harness.text.contains("what you wrote was not kept: e"))
    harness.press("e")
    #expect(harness.text.contains("It lies in /state/drafts/d1.md") && harness.text.contains("connection refused"))
    harness.press("enter enter")
    #expect(harness.text.contains("was not kept"), "its message stands there, too")
    guard case .edit(let text, let question)? = harness.effects.last else {
        Issue.record("no editor was opened")
        return
    }
    #expect(text == body.written)
    harness.send(.edited(text.replacing("mine", with: "ours"), question: question))
    harness.press("ctrl-s")
    guard case .savePrompt(let draft)? = harness.effects.last else {
        Issue.record("nothing was saved")
        return
    }
    #expect(draft.continues == "d1" && draft.body.messages[0].content == "ours {{question}}")
    harness.press("e left enter enter")
    #expect(harness.effects.last == .dropPromptDraft("d1"))
    harness.press("e right enter enter")
    guard case .edit(let from, _)? = harness.effects.last else {
        Issue.record("the version was not opened")
        return
    }
    #expect(from.contains("You answer for {{company}}."))
}

@Test("an alias is deleted through a plan, too")
func deletesPromptAlias() {
    var harness = Harness(Worlds.healthy, screen: "prompt", subject: PromptWorlds.prompts[0].id)
    harness.press("D enter enter")
    let id = DeploymentID(connection: PromptWorlds.mlflow, kind: .alias, name: "support-system@canary")
    #expect(harness.effects.last == .plan(DeploymentRequest(.stop, id, author: "ana", reason: "")))
    var none = Harness(Worlds.healthy, screen: "prompt", subject: "prompts/judge-rubric")
    none.press("D")
    #expect(none.text.contains("it has no alias"))
}

@Test("an alias is moved through the plan that other aliases are moved through")
func movesPromptAlias() {
    var harness = Harness(Worlds.healthy, screen: "prompt", subject: PromptWorlds.prompts[0].id)
    harness.press("a right enter enter")
    let id = DeploymentID(connection: PromptWorlds.mlflow, kind: .alias, name: "support-system@production")
    let request = DeploymentRequest(.promote, id, to: RevisionID("4"), author: "ana", reason: "")
    #expect(harness.effects.last == .plan(request))
    harness.press("esc a enter enter")
    #expect(harness.text.contains("canary points to version 4 already"))
    var past = Harness(
        Worlds.healthy, screen: "prompt", subject: PromptWorlds.prompts[0].id,
        settings: ConsoleSettings(isReadOnly: true, author: "ana"))
    past.press("a")
    #expect(past.text.contains("read-only session") && past.effects.isEmpty)
}

@Test("a version is filled in and put to several models; their answers stand side by side as they come")
func triesPrompt() throws {
    var world = Worlds.healthy
    var gate = try #require(world.connections.first)
    (gate.name, gate.kind) = (ConnectionName("gate-0"), "openai")
    world.connections.append(gate)
    var harness = Harness(world, screen: "prompt", subject: PromptWorlds.prompts[0].id)
    harness.press("t")
    #expect(harness.text.contains("Kestrel"), "a default stands there")
    harness.press("tab")
    harness.type("kettles")
    harness.press("tab tab")
    harness.press("enter enter")
    #expect(harness.text.contains("nothing is given for question"))
    harness.press("shift-tab shift-tab shift-tab")
    harness.type("which one")
    harness.press("tab")
    harness.type(",gate-0:other")
    harness.press("enter enter")
    guard case .tryPrompt(let trial)? = harness.effects.last else {
        Issue.record("nothing was tried")
        return
    }
    #expect(trial.answers.map(\.target.description) == ["gate-0", "gate-0:other"])
    #expect(
        trial.messages[0].content.hasPrefix("You answer for Kestrel.") && trial.messages[1].content.contains("kettles"))
    harness.send(.promptTrial(PromptWorlds.trial(2)))
    #expect(harness.text.contains("84 + 21 tokens") && harness.text.contains("answering"))
    #expect(!harness.text.contains("\u{1b}"))
    harness.press("x")
    #expect(harness.effects.last == .stopPromptTrial)
}

@Test("what is not there is said")
func emptyPrompts() {
    var harness = Harness(Snapshot(), screen: "prompts")
    #expect(harness.text.contains("prompts: {path: /srv/prompts}"))
    harness.press("enter")
    #expect(harness.text.contains("no prompt is selected"))
    #expect(Harness(Snapshot(), screen: "prompt").text.contains("No prompt was opened. Press 7"))
}

@Test("the panes of a prompt look as recorded", arguments: ["80x24", "200x60"])
func goldenPrompts(size: String) throws {
    let parts = size.split(separator: "x").compactMap { Int($0) }
    for (name, keys) in [("diff", "d"), ("history", "h"), ("trial", "")] {
        var harness = Harness(
            Worlds.healthy, screen: "prompt", subject: PromptWorlds.prompts[0].id, size: Size(parts[0], parts[1]))
        harness.press(keys)
        if name == "trial" {
            harness.show(trial: PromptWorlds.trial(2))
        }
        try expectGolden(harness.frame, "prompt-states/\(name)@\(size)")
    }
}

extension Harness {
    /// Asks an endpoint, and lets this come of it.
    mutating func show(trial: PromptTrial) {
        var world = Worlds.healthy
        if var gate = world.connections.first {
            (gate.name, gate.kind) = (ConnectionName("gate-0"), "openai")
            world.connections.append(gate)
        }
        send(.world(world))
        press("t tab")
        type("a")
        press("tab")
        type("b")
        press("tab enter enter")
        send(.promptTrial(trial))
    }
}
