import PitConsole
import PitGrid
import PitModel
import Testing

/// Pages as a folder of runbooks would give them.
enum KnowledgeWorlds {
    static let question = "What do I do when the KV cache is full?"

    static let hits: [KnowledgeHit] = [
        KnowledgeHit(
            KnowledgePassage(
                document: "runbooks/slow-first-token.md", headings: ["Slow first token", "KV cache is full"],
                lines: 8...14,
                text: """
                    Look at `vllm:gpu_cache_usage_perc`. Above 0.95 requests are preempted, and what was computed for them \
                    is computed again.
                    Lower `--max-num-seqs`, or scale out: the queue is shorter within two minutes.
                    """), wordRank: 1, meaningRank: 1, score: 0.03, changed: noon.advanced(by: -41 * 86400)),
        KnowledgeHit(
            KnowledgePassage(
                document: "incidents/2026-03-02.txt", lines: 3...9,
                text: "r14 doubled max-num-seqs.\nThe cache ran full at 02:10; r13 was restored at 02:16.\u{1B}[2J"),
            wordRank: 2, score: 0.02, changed: noon.advanced(by: -3 * 86400)),
        KnowledgeHit(
            KnowledgePassage(
                document: "cards/support-chat.md", headings: ["Limits"], lines: 20...21,
                text: "Contexts up to 8192 tokens."),
            meaningRank: 3, score: 0.01),
    ]
    static let status = KnowledgeStatus(
        folder: "/docs", indexedAt: noon.advanced(by: -12), documents: 37, passages: 412, bytes: 300_000,
        newest: noon.advanced(by: -3 * 86400))

    static func answer(_ text: String, finish: String = "stop") -> KnowledgePage.Outcome {
        .answered(KnowledgeAnswer(ChatAnswer(text: text, finish: finish), model: "support-chat", given: hits.count))
    }

    static func page(_ question: String, _ outcome: KnowledgePage.Outcome, notes: [String] = []) -> KnowledgePage {
        let isEmpty = outcome == .nothing
        return KnowledgePage(
            question: question, hits: isEmpty ? [] : hits, status: status, outcome: outcome, notes: notes)
    }

    /// First the passages, then the answer.
    static func pages(_ question: String) -> [KnowledgePage] {
        if question.contains("France") { return [page(question, .nothing)] }
        if question.contains("slowly") { return [page(question, .asking(model: "support-chat"))] }
        if question.contains("down") {
            let fault = KnowledgePage.Outcome.failed(
                "gate: connection refused by 10.0.0.5:8000", hint: "Is the server running, and is the port right?")
            return [page(question, fault, notes: ["found by words alone, because gate makes no vectors"])]
        }
        let text = """
            Lower **`--max-num-seqs`** or scale out [1]; a release that doubled it was rolled back within six minutes [2].

            1. Watch the cache's use.
            2. Pray [9].\u{1B}]0;owned\u{07}
            """
        return [page(question, .asking(model: "support-chat")), page(question, answer(text))]
    }
}

@Test(":ask and a question opens it: passages at once, then the answer with its citations held against them")
func asksFromThePalette() {
    var harness = Harness(Worlds.healthy)
    harness.press(":")
    harness.type("ask how slowly?")
    #expect(harness.text.contains("Answer it from your documents."))
    harness.press("enter")
    #expect(harness.effects == [.lookUp("how slowly?")])
    #expect(
        harness.text.contains("support-chat is asked") && harness.text.contains("runbooks/slow-first-token.md:8-14"))
    harness.send(.knowledge(KnowledgeWorlds.page("how slowly?", KnowledgeWorlds.answer("Slowly [2]. Or not [7]."))))
    #expect(
        harness.text.contains("Slowly [2]. Or not [7?].") && harness.text.contains("[7?]: no passage with that number"))
    #expect(harness.text.contains("[1] runbooks/slow-first-token.md:8-14  changed 41d ago  not cited"))
    #expect(harness.text.contains("index: 37 documents, read 12s ago; the newest file changed 3d ago"))
    #expect(!harness.text.unicodeScalars.contains("\u{1B}"))
    harness.effects = []
    harness.press("y")
    guard case .copy(let copied) = harness.effects.last else {
        Issue.record("nothing was copied")
        return
    }
    #expect(copied.contains("Slowly [2]. Or not [7?].") && copied.contains("- [2] `incidents/2026-03-02.txt:3-9`"))
    #expect(!copied.contains("slow-first-token"))
    harness.press("esc")
    #expect(harness.text.contains("TTFT p95"))
}

@Test("a asks again; what was asked already is not sent twice by itself; what went wrong is told with what to do")
func asksAgain() {
    var harness = Harness(Worlds.healthy, size: Size(80, 24))
    harness.press("ctrl-k esc")
    #expect(harness.text.contains("Nothing was asked yet."))
    harness.press("y")
    #expect(harness.text.contains("no passage was found"))
    harness.press("ctrl-k")
    harness.type("is it down?")
    harness.press("enter enter")
    #expect(harness.effects == [.lookUp("is it down?")])
    #expect(harness.text.contains("No answer: gate: connection refused by 10.0.0.5:8000"))
    #expect(harness.text.contains("Is the server running") && harness.text.contains("found by words alone"))
    harness.press("ctrl-k esc")
    harness.send(.tick(noon.advanced(by: 60)))
    #expect(harness.effects.count == 1)
    harness.press("a enter enter")
    #expect(harness.effects == [.lookUp("is it down?"), .lookUp("is it down?")])
    harness.press(":")
    harness.type("ask capital of France")
    harness.press("enter")
    #expect(harness.text.contains("Nothing was found in 37 documents: no model was asked."))
    harness.press("n")
    #expect(harness.text.contains("no passage was found"))
}

@Test("n and p go from passage to passage, and a session that is taken up again asks nothing by itself")
func walksPassages() throws {
    var harness = Harness(Worlds.healthy, screen: "ask", subject: KnowledgeWorlds.question, size: Size(80, 24))
    #expect(harness.text.contains("Lower --max-num-seqs or scale out [1]") && harness.text.contains("Pray [9?]."))
    let long = KnowledgeWorlds.answer("It is [1].\n\n" + String(repeating: "More of it.\n\n", count: 12))
    harness.send(.knowledge(KnowledgeWorlds.page(KnowledgeWorlds.question, long)))
    harness.press("n")
    #expect(!harness.text.contains("It is [1].") && harness.text.contains("[3] cards/support-chat.md:20-21"))
    harness.press("p p")
    #expect(harness.text.contains("It is [1]."))
    let saved = try SessionCoder.decode(SessionCoder.encode(Session(harness.console)))
    var again = Harness(Worlds.healthy)
    again.console.restore(saved)
    again.send(.tick(noon))
    #expect(again.effects.isEmpty && again.text.contains("Press a, then enter twice, to ask it again."))
}
