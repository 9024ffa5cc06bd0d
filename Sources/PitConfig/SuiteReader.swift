public import PitModel
import Yams

/// Reads suites of evaluations. Connections are known only where a configuration is at hand: whoever runs a suite
/// looks for them.
public struct SuiteReader: Sendable {
    /// The metrics there are.
    public var metrics: [MetricInfo]
    /// Says what is wrong with a metric's options beyond their kinds; nil when nothing is.
    public var checkMetric: @Sendable (MetricSpec) -> String?

    public init(metrics: [MetricInfo], checkMetric: @escaping @Sendable (MetricSpec) -> String? = { _ in nil }) {
        (self.metrics, self.checkMetric) = (metrics, checkMetric)
    }

    /// A suite, or all that is wrong with it. A `dataset` is named in it and not read.
    public func read(_ text: String, file: String) -> (suite: EvaluationSuite?, issues: [ConfigIssue]) {
        let issues = IssueList(file: file)
        var suite: EvaluationSuite?
        if let node = ConfigReader(kinds: [], profiles: []).compose(text, issues) {
            if let root = Fields(node, what: "the suite", issues: issues) { suite = read(root, issues) }
        } else if issues.issues.isEmpty {
            issues.add("the file is empty", hint: "Write `name`, `cases`, `systems` and `metrics`.", at: nil)
        }
        let all = issues.issues.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return (all.contains { !$0.isWarning } ? nil : suite, all)
    }

    private func read(_ root: Fields, _ issues: IssueList) -> EvaluationSuite? {
        let name = root.required("name", example: "support")
        if let name, !isName(name) {
            issues.add(
                "`\(name)` is no name for a suite", hint: "Letters, digits, dots, `-` and `_`, 60 at most.",
                at: root.mark(of: "name"))
        }
        var suite = EvaluationSuite(name: name ?? "", title: root.text("title") ?? "", dataset: root.text("dataset"))
        let nodes = root.list("cases")
        suite.cases = nodes.enumerated().compactMap { readCase($1, number: $0 + 1, issues) }
        refuseTwins(nodes, "id", "cases", issues)
        suite.sliceFields = root.words("slices") ?? []
        if nodes.isEmpty, suite.dataset == nil {
            issues.add(
                "the suite has no cases", hint: "Add `dataset: cases.jsonl`, or `cases: [{input: hello}]`.",
                at: root.mark)
        }
        suite.systems = required(root, "systems", "[{name: chat, connection: my-server, model: chat-model}]", issues)
            .compactMap { readSystem($0, issues) }
        refuseTwins(root.list("systems"), "name", "systems", issues)
        suite.metrics = required(root, "metrics", "[rouge, exact_match]", issues).compactMap { readMetric($0, issues) }
        refuseTwins(suite.metrics, root, issues)
        suite.thresholds = root.list("thresholds").compactMap { readThreshold($0, suite, issues) }
        suite.concurrency = root.whole("concurrency", 1...256) ?? suite.concurrency
        suite.timeout = root.seconds("timeout", atLeast: 0.1) ?? suite.timeout
        suite.retries = root.whole("retries", 0...20) ?? suite.retries
        suite.cache = root.seconds("cache") ?? suite.cache
        suite.seed = root.whole("seed", 0...Int(Int32.max)).map(UInt64.init) ?? suite.seed
        suite.mostMissing = root.ratio("missing") ?? suite.mostMissing
        root.finish()
        return name == nil ? nil : suite
    }

    private func isName(_ name: String) -> Bool {
        name.utf8.count <= 60 && name.unicodeScalars.allSatisfy { "-_.".unicodeScalars.contains($0) || isPlain($0) }
    }

    private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }

    private func required(_ root: Fields, _ name: String, _ example: String, _ issues: IssueList) -> [Node] {
        let nodes = root.list(name)
        if nodes.isEmpty { issues.add("the suite has no `\(name)`", hint: "Add `\(name): \(example)`.", at: root.mark) }
        return nodes
    }

    private func refuseTwins(_ nodes: [Node], _ key: String, _ noun: String, _ issues: IssueList) {
        var seen: Set<String> = []
        for node in nodes {
            guard let name = node.mapping?[Node(key)]?.string, !seen.insert(name).inserted else { continue }
            issues.add("two \(noun) are called `\(name)`", hint: "Give each a name of its own.", at: node.mark)
        }
    }

    private func refuseTwins(_ metrics: [MetricSpec], _ root: Fields, _ issues: IssueList) {
        var seen: Set<String> = []
        for metric in metrics where !seen.insert(metric.name).inserted {
            issues.add(
                "two metrics are called `\(metric.name)`", hint: "Add `name: another` to one.",
                at: root.mark(of: "metrics"))
        }
    }

    private func readCase(_ node: Node, number: Int, _ issues: IssueList) -> EvaluationCase? {
        guard let fields = Fields(node, what: "a case", issues: issues) else { return nil }
        var result = EvaluationCase(id: fields.text("id") ?? "\(number)", messages: [])
        if fields.has("messages") {
            result.messages = fields.list("messages").compactMap { node in
                guard let inner = Fields(node, what: "a message", issues: issues) else { return nil }
                let message = ChatMessage(
                    inner.required("role", example: "user") ?? "", inner.required("content", example: "hello") ?? "")
                inner.finish()
                return message
            }
        } else if let input = fields.text("input") {
            result.messages = [ChatMessage("user", input)]
        }
        if result.messages.isEmpty {
            issues.add("case \(result.id) asks nothing", hint: "Add `input: hello`, or `messages`.", at: fields.mark)
        }
        result.references = ["reference", "references", "expected"].flatMap { fields.words($0) ?? [] }
        result.contexts = fields.words("contexts") ?? []
        if let slices = fields.fields("slices") {
            for name in slices.names { result.slices[name] = slices.text(name) }
        }
        fields.finish()
        return result
    }

    private func readSystem(_ node: Node, _ issues: IssueList) -> EvaluatedSystem? {
        guard let fields = Fields(node, what: "a system", issues: issues) else { return nil }
        let name = fields.required("name", example: "chat")
        defer { fields.finish() }
        if let file = fields.text("answers") {
            return name.map { EvaluatedSystem(name: $0, source: .answers(file)) }
        }
        if fields.has("knowledge") { return name.flatMap { readSearch($0, fields, issues) } }
        let connection = fields.required("connection", example: "my-server")
        let model = fields.required("model", example: "chat-model")
        var settings = GenerationSettings()
        settings.temperature = fields.number("temperature") ?? settings.temperature
        settings.topP = fields.number("top_p")
        settings.maxTokens = fields.whole("max_tokens", 1...1_000_000)
        settings.seed = fields.whole("seed", 0...Int(Int32.max))
        settings.stop = fields.words("stop") ?? []
        settings.system = fields.text("system")
        guard let name, let connection, let model else { return nil }
        return EvaluatedSystem(
            name: name, source: .server(ConnectionName(connection), model: model, settings))
    }

    /// A search through documents, whose answer is what it finds.
    private func readSearch(_ name: String, _ fields: Fields, _ issues: IssueList) -> EvaluatedSystem? {
        let (way, ways) = (fields.text("knowledge") ?? "", ["words", "meaning", "both"])
        guard ways.contains(way) else {
            issues.add(
                "`knowledge` is `\(way)`", hint: "Write how it looks: \(ways.joined(separator: ", ")).",
                at: fields.mark(of: "knowledge"))
            return nil
        }
        return EvaluatedSystem(name: name, source: .knowledge(by: way, path: fields.text("path")))
    }

    private func readMetric(_ node: Node, _ issues: IssueList) -> MetricSpec? {
        if case .scalar(let scalar) = node {
            guard let info = metrics.named(scalar.string, "metric", at: node.mark, issues) else { return nil }
            return checked(MetricSpec(info.id), info, at: node.mark, issues)
        }
        guard let fields = Fields(node, what: "a metric", issues: issues) else { return nil }
        guard let id = fields.required("metric", example: "rouge"),
            let info = metrics.named(id, "metric", at: fields.mark(of: "metric"), issues)
        else { return nil }
        var spec = MetricSpec(id, name: fields.text("name"))
        spec.options = fields.options(info.options)
        fields.finish()
        return checked(spec, info, at: fields.mark, issues)
    }

    private func checked(_ spec: MetricSpec, _ info: MetricInfo, at mark: Mark?, _ issues: IssueList) -> MetricSpec? {
        info.accepts(spec.options, at: mark, issues) { checkMetric(spec) } ? spec : nil
    }

    private func readThreshold(_ node: Node, _ suite: EvaluationSuite, _ issues: IssueList) -> EvaluationThreshold? {
        guard let fields = Fields(node, what: "a threshold", issues: issues) else { return nil }
        defer { fields.finish() }
        let metric = fields.required("metric", example: suite.metrics.first?.name ?? "rouge")
        let bounds: [EvaluationThreshold.Bound] = [
            fields.number("at_least").map { .atLeast($0) }, fields.number("at_most").map { .atMost($0) },
            fields.number("worse_by").map { .worseBy($0) },
        ].compactMap { $0 }
        let system = fields.text("system")
        var slice: EvaluationSlice?
        if let words = fields.text("slice") {
            slice = EvaluationSlice(words)
            if slice == nil {
                issues.add("`slice` is `\(words)`", hint: "Write it as `language=de`.", at: fields.mark(of: "slice"))
            }
        }
        guard let metric else { return nil }
        refuse(metric, of: suite.metrics.map(\.name), "metric", fields, issues)
        if let system { refuse(system, of: suite.systems.map(\.name), "system", fields, issues) }
        guard let bound = bounds.first, bounds.count == 1 else {
            issues.add(
                "a threshold has \(bounds.isEmpty ? "no bound" : "\(bounds.count) bounds")",
                hint: "Write one of: at_least, at_most, worse_by (than the baseline run).", at: fields.mark)
            return nil
        }
        let info = suite.metrics.first { $0.name == metric }.flatMap { spec in
            metrics.first { $0.id == spec.metric }
        }
        if case .worseBy = bound, let info, info.isHigherBetter == nil {
            issues.add(
                "of `\(metric)` neither more nor less is better", hint: "Write at_least or at_most.", at: fields.mark)
        }
        return EvaluationThreshold(metric, bound, system: system, slice: slice)
    }

    private func refuse(_ name: String, of all: [String], _ noun: String, _ fields: Fields, _ issues: IssueList) {
        guard !all.contains(name), !all.isEmpty else { return }
        issues.add(
            "the suite has no \(noun) `\(name)`", hint: "It has: \(all.joined(separator: ", ")).",
            at: fields.mark(of: noun))
    }
}
