import PitConfig
import PitModel
import Testing

private let suiteReader = SuiteReader(
    metrics: [
        MetricInfo(
            id: "rouge", title: "ROUGE", summary: "words shared",
            options: [
                OptionInfo("stemmer", .flag, help: "stems", example: "true")
            ]),
        MetricInfo(id: "length", title: "length", summary: "how long", isHigherBetter: nil),
        MetricInfo(
            id: "regex", title: "matches", summary: "what is found",
            options: [OptionInfo("pattern", .text, help: "what", example: "'x+'")], required: ["pattern"]),
    ], checkMetric: { $0.options["pattern"]?.text == "(" ? "the pattern cannot be read" : nil })

private func suiteComplaints(_ text: String) -> [String] {
    suiteReader.read(text, file: "s.yaml").issues.map { "\($0.line): \($0.what)" }
}

@Test("a suite is read with all that it may say")
func wholeSuite() throws {
    let text = """
        name: support
        title: What customers ask
        dataset: cases.jsonl
        slices: [language]
        cases:
          - {id: hours, input: When are you open?, reference: From 9 to 5, slices: {language: en}}
          - messages: [{role: system, content: Be kind}, {role: user, content: Hallo}]
            references: [Guten Tag, Hallo]
            contexts: [one, two]
        systems:
          - {name: new, connection: gate, model: chat-2, temperature: 0.2, max_tokens: 64, seed: 7, stop: [END]}
          - {name: old, answers: old.jsonl}
        metrics: [rouge, {metric: rouge, name: stems, stemmer: true}, {metric: regex, pattern: 'o+'}, length]
        thresholds:
          - {metric: stems, at_least: 0.4, system: new}
          - {metric: rouge, worse_by: 0.02, slice: language=de}
          - {metric: length, at_most: 200}
        concurrency: 8
        timeout: 30s
        retries: 2
        cache: 1h
        missing: 5%
        """
    let (read, found) = suiteReader.read(text, file: "s.yaml")
    #expect(found.isEmpty, "\(found)")
    let suite = try #require(read)
    #expect(suite.name == "support" && suite.dataset == "cases.jsonl" && suite.sliceFields == ["language"])
    #expect(suite.cases.map(\.id) == ["hours", "2"] && suite.cases[0].question == "When are you open?")
    #expect(suite.cases[0].references == ["From 9 to 5"] && suite.cases[0].slices == ["language": "en"])
    #expect(suite.cases[1].messages.map(\.role) == ["system", "user"] && suite.cases[1].contexts == ["one", "two"])
    let settings = GenerationSettings(temperature: 0.2, maxTokens: 64, seed: 7, stop: ["END"])
    #expect(suite.systems[0].source == .server(ConnectionName("gate"), model: "chat-2", settings))
    #expect(suite.systems[1].source == .answers("old.jsonl"))
    #expect(suite.metrics.map(\.name) == ["rouge", "stems", "regex", "length"])
    #expect(suite.metrics[1].options == ["stemmer": .flag(true)])
    #expect(
        suite.thresholds.map(\.description) == [
            "stems of new at least 0.4", "rouge where language=de at most 0.02 worse than the baseline",
            "length at most 200.0",
        ])
    #expect(
        suite.retries == 2 && suite.concurrency == 8 && suite.timeout == 30 && suite.cache == 3600
            && suite.mostMissing == 0.05)
}

@Test(
    "what is wrong with a suite is told with its line",
    arguments: [
        ("", "0: the file is empty"),
        ("name: a b", "1: `a b` is no name for a suite"),
        ("name: a", "1: the suite has no cases"),
        ("name: a\ncases: [{id: x}]", "2: case x asks nothing"),
        ("name: a\ncases: [{id: x, input: q},\n {id: x, input: r}]", "3: two cases are called `x`"),
        ("name: a\nmetrics: [rogue]", "2: `rogue` is no metric"),
        ("name: a\nmetrics: [rouge, rouge]", "2: two metrics are called `rouge`"),
        ("name: a\nmetrics: [regex]", "2: `regex` has no `pattern`"),
        ("name: a\nmetrics: [{metric: regex, pattern: (}]", "2: `regex`: the pattern cannot be read"),
        ("name: a\nsystems: [{name: b, model: c}]", "2: a system has no `connection`"),
        ("name: a\nmetrics: [rouge]\nthresholds: [{metric: bleu, at_least: 1}]", "3: the suite has no metric `bleu`"),
        ("name: a\nmetrics: [rouge]\nthresholds: [{metric: rouge}]", "3: a threshold has no bound"),
        (
            "name: a\nmetrics: [length]\nthresholds: [{metric: length, worse_by: 1}]",
            "3: of `length` neither more nor less is better"
        ),
        ("name: a\nmetrics: [rouge]\nthresholds: [{metric: rouge, at_most: 1, slice: de}]", "3: `slice` is `de`"),
        ("name: a\nconcurency: 4", "2: `concurency` is not known in the suite"),
        ("name: a\nconcurrency: 0", "2: `concurrency` is 0.0"),
    ])
func wrongSuite(_ text: String, _ complaint: String) {
    let found = suiteComplaints(text)
    #expect(found.contains(complaint), "\(found)")
    #expect(suiteReader.read(text, file: "s.yaml").suite == nil)
}

@Test("a search through documents is a system, by one of its ways, over the configured folder or its own")
func searchSystem() throws {
    let read = suiteReader.read(
        """
        name: docs
        cases: [{input: is the cache full?, expected: [slow.md#Cache, faq.md]}]
        systems: [{name: docs, knowledge: both}, {name: own, knowledge: words, path: ./docs}]
        metrics: [length]
        """, file: "s.yaml")
    let suite = try #require(read.suite, "\(read.issues)")
    #expect(
        suite.systems.map(\.source) == [.knowledge(by: "both", path: nil), .knowledge(by: "words", path: "./docs")])
    #expect(suite.cases[0].references == ["slow.md#Cache", "faq.md"])
    let wrong = suiteComplaints(
        "name: d\ncases: [{input: x}]\nsystems: [{name: a, knowledge: guess}]\nmetrics: [length]")
    #expect(wrong.contains("3: `knowledge` is `guess`"))
}
