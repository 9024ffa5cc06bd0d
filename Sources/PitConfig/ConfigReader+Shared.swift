public import PitModel

/// What a team shares, each sort in files of its own.
extension ConfigReader {
    /// Rules of a file, `rules: [...]`, as `own` has them in a configuration; one of a known name takes its place.
    public func addRules(_ text: String, file: String, to config: inout Config) -> [ConfigIssue] {
        let issues = IssueList(file: file)
        if let node = compose(text, issues), let root = Fields(node, what: "the file", issues: issues) {
            let rules = root.list("rules").compactMap { readRule($0, config, issues) }
            if rules.isEmpty, issues.issues.isEmpty {
                issues.add("the file has no `rules`", hint: "Write `rules: [{alert: ..., expr: ...}]`.", at: root.mark)
            }
            let names = Set(rules.map(\.name))
            config.rules.rules = config.rules.rules.filter { !names.contains($0.name) } + rules
            root.finish()
        }
        return issues.issues
    }

    /// Policies of a file, `policies: [...]`; the configuration's own of the same name stands above it.
    public func addPolicies(_ text: String, file: String, to config: inout Config) -> [ConfigIssue] {
        let issues = IssueList(file: file)
        if let node = compose(text, issues), let root = Fields(node, what: "the file", issues: issues) {
            let shared = readGovernance(root, issues).policies
            let own = Set(config.governance.policies.map(\.name))
            config.governance.policies += shared.filter { !own.contains($0.name) }
        }
        return issues.issues
    }

    private enum OrderWord: String, CaseIterable { case newest, random, uncertainty, coverage }

    /// One queue as a team describes it: who makes it is whoever asks for it.
    ///
    /// - Parameter now: from which `from: 7d` is counted.
    public func readQueue(
        _ text: String, file: String, now: Timestamp
    ) -> (queue: LabelQueue?, issues: [ConfigIssue]) {
        let issues = IssueList(file: file)
        guard let node = compose(text, issues), let root = Fields(node, what: "the queue", issues: issues) else {
            return (nil, issues.issues)
        }
        let name = root.required("name", example: "refusals")
        var query = InteractionQuery(
            model: root.text("model").map { ModelName($0) },
            connection: root.text("connection").map(ConnectionName.init),
            feature: root.text("feature"), least: root.number("least"), most: root.number("most"),
            word: root.text("word"), finding: root.text("finding"), text: root.text("text"))
        query.from = root.seconds("from").map { now.advanced(by: -$0) }
        query.to = root.seconds("to").map { now.advanced(by: -$0) }
        let seed = root.whole("seed", 0...Int(Int32.max)) ?? 1
        let order: LabelQueue.Order =
            switch root.choice("order", OrderWord.self) {
            case .random?: .random(seed: UInt64(seed))
            case .uncertainty?: .uncertainty
            case .coverage?: .coverage
            case .newest?, nil: .newest
            }
        var queue = LabelQueue(
            name: name ?? "", title: root.text("title") ?? "", query: query, releases: root.words("releases") ?? [],
            rubric: root.text("rubric") ?? "thumbs", order: order, sample: root.whole("sample", 1...1_000_000),
            stratifyBy: root.text("stratify"), assigned: root.words("assign") ?? [],
            overlap: root.whole("overlap", 1...100) ?? 1, repeatShare: root.ratio("repeat") ?? 0, author: "", at: now)
        queue.gold = root.text("gold")
        queue.feedback = root.choice("feedback", LabelQueue.Feedback.self)
        root.finish()
        return (issues.issues.contains { !$0.isWarning } ? nil : queue, issues.issues)
    }
}
