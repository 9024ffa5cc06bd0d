import PitConfig
import PitModel
import Testing

private let rubricReader = ConfigReader(kinds: [], profiles: [])

private func complaints(_ text: String) -> [String] {
    rubricReader.readRubrics(text, file: "r.yaml").issues.map { "\($0.line): \($0.what)" }
}

@Test("a rubric is read with all that it may say")
func wholeRubric() throws {
    let text = """
        name: tone
        version: 3
        title: The tone
        guidelines: |
          Be *fair*.
        blind: true
        mask: true
        questions:
          - id: tone
            kind: choice
            choices:
              - {value: kind, title: Kind, key: k, good: true}
              - {value: rude, key: d, good: false, below: [cold, {value: insulting, key: i}]}
          - {id: words, kind: spans, choices: [rude], key: m, when: {question: tone, is: [rude]}}
          - {id: strength, kind: rating, from: 1, to: 3, required: false}
          - {id: better, kind: ranking, answers: 4, required: false}
          - {id: why, kind: text, key: c}
        """
    let (rubrics, found) = rubricReader.readRubrics(text, file: "r.yaml")
    #expect(found.isEmpty)
    let rubric = try #require(rubrics?.first)
    #expect(rubric.reference.description == "tone v3" && rubric.isBlind && rubric.isMasked && !rubric.showsPrelabels)
    #expect(rubric.questions.map(\.isRequired) == [true, true, false, false, false])
    #expect(rubric.questions[0].choices[1].below.map(\.key) == ["1", "i"], "a key is found for what has none")
    #expect(rubric.questions[1].condition == .init(question: "tone", values: ["rude"]))
    #expect(rubric.questions[2].kind == .rating(from: 1, to: 3) && rubric.answersCompared == 4)
    #expect(rubric.isGood(["tone": .choice("rude")]) == false)
    #expect(rubric.refusal(of: .choice("rude/cold"), to: "tone") == nil)
    #expect(rubric.refusal(of: .choice("cold"), to: "tone") != nil)
}

@Test(
    "what is wrong with a rubric is told with its place",
    arguments: [
        ("name: a\nquestions: [{id: q, kind: chioce, choices: [x]}]", "2: `kind` is `chioce`"),
        ("name: a\nquestions: [{id: q, kind: choice}]", "2: `q` has no `choices`"),
        ("questions: [{id: q, kind: text}]", "1: a rubric has no `name`"),
        ("name: a", "1: a rubric has no `questions`"),
        ("name: a\nquestions: [{id: q, kind: text, key: s}]", "1: `q`: `s` skips on the Label screen"),
        (
            "name: a\nquestions: [{id: q, kind: text, key: ab}]",
            "1: `q`: `ab` is no key: it must be one printable character"
        ),
        ("name: a\nquestions: [{id: q, kind: rating, key: '3'}]", "1: `3` means `q` and `q` 3"),
        (
            "name: a\nquestions:\n- {id: q, kind: text, key: k}\n- {id: p, kind: text, key: k}",
            "1: `k` means `q` and `p`"
        ),
        ("name: a\nquestions:\n- {id: q, kind: text}\n- {id: q, kind: text}", "4: two questions are called `q`"),
        (
            "name: a\nquestions:\n- {id: q, kind: text, when: {question: z, is: [x]}}",
            "3: `when` of `q` names `z`, which is no question before it"
        ),
        ("name: a\nquestions: [{id: q, kind: rating, from: 5, to: 1}]", "2: `from` is 5, `to` is 1"),
        ("name: a\nversion: 1.5\nquestions: [{id: q, kind: text}]", "2: `version` is 1.5"),
        ("name: a\nquestions: [{id: q, kind: choice, choices: [x, x]}]", "2: `x` stands twice in the choices"),
        ("name: a\ncolour: red\nquestions: [{id: q, kind: text}]", "2: `colour` is not known in a rubric"),
    ])
func wrongRubric(text: String, complaint: String) {
    #expect(complaints(text).contains(complaint), "\(complaints(text))")
}

@Test("the configuration says whose rubrics, what is masked and who judges")
func labelingSection() throws {
    let text = """
        labeling:
          mask: true
          annotator: eve
          rubrics:
            - {name: thumbs, version: 2, questions: [{id: ok, kind: choice, choices: [yes, no]}]}
        """
    let config = try #require(rubricReader.read(text, file: "c.yaml").config)
    #expect(config.labeling.annotator == "eve")
    let thumbs = try #require(config.labeling.rubric("thumbs"))
    #expect(thumbs.version == 2 && thumbs.isMasked, "one's own takes the place of the shipped one")
    #expect(config.labeling.rubric("quality") != nil)
    let named = try #require(rubricReader.read("labeling: {rubrics: mine}", file: "c.yaml").config)
    #expect(named.labeling.folder == "mine")
    #expect(rubricReader.read("labeling: {rubrics: [{name: a}]}", file: "c.yaml").config == nil)
}

@Test("the shipped rubrics can be told apart by key, and every choice has one")
func shippedRubrics() {
    for rubric in rubricCatalog {
        #expect(RubricKeys.clashes(in: rubric).isEmpty, "\(rubric.name): \(RubricKeys.clashes(in: rubric))")
        for choice in rubric.questions.flatMap(\.choices).flatMap(\.all) { #expect(choice.key != nil) }
    }
}

@Test("where judgements are kept: connections by name, or with those whose traces they know")
func labelingSync() throws {
    var reader = ConfigReader(
        kinds: [
            ConnectorInfo(id: "mlflow", title: "MLflow", summary: "traces"),
            ConnectorInfo(id: "file", title: "File", summary: "exchanges", isFile: true),
        ], profiles: [], sources: ["mlflow", "file"])
    reader.keepers = ["mlflow"]
    let connections = """
        connections:
          - {name: tracking, kind: mlflow, url: 'http://127.0.0.1:5000'}
          - {name: log, kind: file, path: /tmp/x.jsonl}

        """
    func read(_ sync: String) -> ConfigReader.Outcome {
        reader.read(connections + "labeling: {sync: \(sync)}\n", file: "c.yaml")
    }
    let routes = try #require(read("[tracking, {to: tracking, from: [log], read: false}]").config?.labeling.routes)
    let (tracking, log) = (ConnectionName("tracking"), ConnectionName("log"))
    #expect(routes == [AssessmentRoute(to: tracking), AssessmentRoute(to: tracking, from: [log], takesOthers: false)])
    #expect(
        read("[{to: tracking, names: {user_feedback: good}}]").config?.labeling.routes.first?.names == [
            "user_feedback": "good"
        ])
    #expect(routes[0].from == [tracking] && routes[0].takesOthers)
    for (sync, words) in [
        ("[log]", "is a connection of kind file"), ("[trackin]", "Did you mean `tracking`?"),
        ("[{from: [log]}]", "`to`"), ("[{to: tracking, from: [x]}]", "there is no connection `x`"),
    ] {
        let issues = read(sync).issues.map { "\($0)" }
        #expect(issues.contains { $0.contains(words) }, "\(sync): \(issues)")
    }
}
