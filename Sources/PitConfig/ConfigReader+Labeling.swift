public import PitModel
import Yams

extension ConfigReader {
    /// How people judge: whose rubrics, what is masked, who they are.
    func readLabeling(_ fields: Fields, _ config: Config, _ issues: IssueList) -> LabelingSettings {
        var settings = LabelingSettings()
        settings.isMasked = fields.flag("mask") ?? settings.isMasked
        settings.annotator = fields.text("annotator")
        settings.target = fields.whole("target", 1...100_000)
        if let node = fields.node("rubrics"), case .scalar(let scalar) = node {
            settings.folder = scalar.string
        } else {
            let nodes = fields.list("rubrics")
            settings.add(nodes.compactMap { readRubric($0, issues) })
            refuseTwins(nodes, issues)
        }
        settings.judges = fields.list("judges").compactMap { readJudge($0, config, issues) }
        settings.routes = fields.list("sync").compactMap { readRoute($0, config, issues) }
        fields.finish()
        return settings
    }

    private func readJudge(_ node: Node, _ config: Config, _ issues: IssueList) -> LabelJudge? {
        guard let fields = Fields(node, what: "a judge", issues: issues),
            let name = fields.required("name", example: "critic"),
            let connection = fields.required("connection", example: "my-openai"),
            let model = fields.required("model", example: "prometheus-7b")
        else { return nil }
        checkConnection(connection, kinds: ["openai"], config, at: fields.mark(of: "connection"), issues)
        let judge = LabelJudge(
            name: name, connection: ConnectionName(connection), model: model, queues: fields.words("queues") ?? [],
            perMinute: min(600, max(1, fields.number("per_minute") ?? 30)))
        fields.finish()
        return judge
    }

    /// `names: {user_feedback: good}`
    private func readNames(_ fields: Fields) -> [String: String] {
        guard let inner = fields.fields("names") else { return [:] }
        var names: [String: String] = [:]
        for name in inner.names { names[name] = inner.text(name) }
        inner.finish()
        return names
    }

    /// A connection's name, or one with the connections whose exchanges it knows.
    private func readRoute(_ node: Node, _ config: Config, _ issues: IssueList) -> AssessmentRoute? {
        if case .scalar(let scalar) = node {
            checkConnection(scalar.string, kinds: keepers, config, at: node.mark, issues)
            return AssessmentRoute(to: ConnectionName(scalar.string))
        }
        guard let fields = Fields(node, what: "a place to sync with", issues: issues),
            let to = fields.required("to", example: "tracking")
        else { return nil }
        checkConnection(to, kinds: keepers, config, at: fields.mark(of: "to"), issues)
        let from = fields.words("from") ?? []
        for name in from { checkConnection(name, kinds: sources, config, at: fields.mark(of: "from"), issues) }
        let route = AssessmentRoute(
            to: ConnectionName(to), from: from.map(ConnectionName.init), takesOthers: fields.flag("read") ?? true,
            names: readNames(fields))
        fields.finish()
        return route
    }

    /// Rubrics of a file: one, or several under `rubrics`.
    public func readRubrics(_ text: String, file: String) -> (rubrics: [Rubric]?, issues: [ConfigIssue]) {
        let issues = IssueList(file: file)
        var rubrics: [Rubric] = []
        if let node = compose(text, issues) {
            if node.mapping?["rubrics"] != nil {
                if let root = Fields(node, what: "the file", issues: issues) {
                    let nodes = root.list("rubrics")
                    rubrics = nodes.compactMap { readRubric($0, issues) }
                    refuseTwins(nodes, issues)
                    root.finish()
                }
            } else if let rubric = readRubric(node, issues) {
                rubrics = [rubric]
            }
        } else if issues.issues.isEmpty {
            issues.add(
                "the file is empty", hint: "Write `name`, `title` and `questions`; see: pitwall get rubrics -o yaml",
                at: nil)
        }
        let all = issues.issues.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return (all.contains { !$0.isWarning } ? nil : rubrics, all)
    }

    private func refuseTwins(_ nodes: [Node], _ issues: IssueList) {
        var seen: Set<String> = []
        for node in nodes {
            guard let name = node.mapping?["name"]?.string, !seen.insert(name).inserted else { continue }
            issues.add(
                "two rubrics are called `\(name)`", hint: "Give each a name of its own.",
                at: node.mapping?["name"]?.mark ?? node.mark)
        }
    }

    private func readRubric(_ node: Node, _ issues: IssueList) -> Rubric? {
        guard let fields = Fields(node, what: "a rubric", issues: issues) else { return nil }
        let name = fields.required("name", example: "tone")
        var rubric = Rubric(
            name: name ?? "", version: fields.whole("version", 1...1_000_000) ?? 1,
            title: fields.text("title") ?? name ?? "", guidelines: fields.text("guidelines") ?? "", questions: [],
            isBlind: fields.flag("blind") ?? false, showsPrelabels: fields.flag("prelabels") ?? false,
            isMasked: fields.flag("mask") ?? false)
        let nodes = fields.list("questions")
        rubric.questions = nodes.compactMap { readQuestion($0, issues) }
        if nodes.isEmpty {
            issues.add(
                "\(fields.what) has no `questions`",
                hint: "Add `questions: [{id: good, kind: choice, choices: [good, bad]}]`.", at: fields.mark)
        }
        var seen: Set<String> = []
        for (question, node) in zip(rubric.questions, nodes) {
            if !seen.insert(question.id).inserted {
                issues.add("two questions are called `\(question.id)`", hint: "Rename one.", at: node.mark)
            }
            guard let condition = question.condition else { continue }
            let asked = rubric.questions.first { $0.id == condition.question }
            if asked == nil || condition.question == question.id || !seen.contains(condition.question) {
                issues.add(
                    "`when` of `\(question.id)` names `\(condition.question)`, which is no question before it",
                    hint: "Name one that is asked earlier.", at: node.mapping?["when"]?.mark ?? node.mark)
            }
        }
        RubricKeys.assign(&rubric)
        for clash in RubricKeys.clashes(in: rubric) {
            issues.add(clash, hint: "Choose another `key`; `pitwall rubric check` tells.", at: fields.mark)
        }
        fields.finish()
        return name == nil || rubric.questions.isEmpty ? nil : rubric
    }

    private enum Kind: String, CaseIterable {
        case choice, choices, rating, text, spans, correction, preference, ranking
    }

    private func readQuestion(_ node: Node, _ issues: IssueList) -> RubricQuestion? {
        guard let fields = Fields(node, what: "a question", issues: issues) else { return nil }
        let id = fields.required("id", example: "good")
        let kind = fields.choice("kind", Kind.self)
        if kind == nil, !fields.has("kind") { _ = fields.required("kind", example: "choice") }
        let choices = fields.list("choices").compactMap { readChoice($0, issues) }
        var read: RubricQuestion.Kind?
        switch kind {
        case .choice?: read = .choice(choices)
        case .choices?: read = .choices(choices)
        case .spans?: read = .spans(choices)
        case .rating?:
            let (low, high) = (fields.whole("from", 0...100) ?? 1, fields.whole("to", 0...100) ?? 5)
            if low >= high {
                issues.add(
                    "`from` is \(low), `to` is \(high)", hint: "A rating goes up: from 1 to 5.",
                    at: fields.mark(of: "to"))
            } else {
                read = .rating(from: low, to: high)
            }
        case .text?: read = .text
        case .correction?: read = .correction
        case .preference?: read = .preference
        case .ranking?: read = .ranking(fields.whole("answers", 2...9) ?? 3)
        case nil: break
        }
        if [.choice, .choices, .spans].contains(kind), choices.isEmpty {
            issues.add("`\(id ?? "")` has no `choices`", hint: "Add `choices: [good, bad]`.", at: fields.mark)
        }
        var seen: Set<String> = []
        for choice in choices where !seen.insert(choice.value).inserted {
            issues.add("`\(choice.value)` stands twice in the choices", hint: "Keep one.", at: fields.mark)
        }
        let isText = kind == .text
        var question = RubricQuestion(
            id ?? "", title: fields.text("title") ?? id ?? "", kind: read ?? .text,
            isRequired: fields.flag("required") ?? !isText, key: fields.text("key"))
        if let inner = fields.fields("when") {
            let asked = inner.required("question", example: "good")
            let values = inner.words("is") ?? []
            if values.isEmpty { issues.add("`when` has no `is`", hint: "Add `is: [bad]`.", at: inner.mark) }
            question.condition = asked.map { .init(question: $0, values: values) }
            inner.finish()
        }
        fields.finish()
        return id == nil || read == nil ? nil : question
    }

    private func readChoice(_ node: Node, _ issues: IssueList) -> RubricChoice? {
        if case .scalar(let scalar) = node { return RubricChoice(scalar.string) }
        guard let fields = Fields(node, what: "a choice", issues: issues) else { return nil }
        let value = fields.required("value", example: "bad")
        if let value, value.contains("/") {
            issues.add(
                "`\(value)` has a slash in it", hint: "Write what is finer under `below`.",
                at: fields.mark(of: "value"))
        }
        let choice = RubricChoice(
            value ?? "", title: fields.text("title"), key: fields.text("key"), isGood: fields.flag("good"),
            below: fields.list("below").compactMap { readChoice($0, issues) })
        fields.finish()
        return value == nil ? nil : choice
    }
}
