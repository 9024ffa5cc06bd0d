import PitModel
import Yams

extension ConfigReader {
    func readModel(_ node: Node, _ config: inout Config, _ issues: IssueList) -> ModelConfig? {
        guard let fields = Fields(node, what: "a model", issues: issues) else { return nil }
        let name = fields.required("name", example: "support-chat")
        var model = ModelConfig(name: ModelName(name ?? ""))
        if let metrics = fields.node("metrics") {
            let nodes = metrics.sequence.map { Array($0) } ?? [metrics]
            model.metrics = nodes.compactMap { readBinding($0, config, issues) }
        }
        if let alerts = fields.node("alerts") { model.alerts = readMatchers(alerts, what: "`alerts`", issues) }
        for endpoint in fields.words("endpoints") ?? [] {
            checkConnection(endpoint, kinds: ["openai"], config, at: fields.mark(of: "endpoints"), issues)
            model.endpoints.append(ConnectionName(endpoint))
        }
        if let slo = fields.fields("slo") {
            model.slo.ttftP95 = slo.seconds("ttft_p95")
            model.slo.itlP95 = slo.seconds("itl_p95")
            model.slo.e2eP95 = slo.seconds("e2e_p95")
            model.slo.errorRatio = slo.ratio("errors")
            model.slo.availability = slo.ratio("availability")
            slo.finish()
        }
        if let node = fields.node("interactions") {
            readInteractions(node, of: model.name, &config, issues)
        }
        for reference in ["deployment", "registry", "traces", "release"] {
            model.references[reference] = fields.text(reference)
        }
        if model.metrics.isEmpty, model.endpoints.isEmpty, !fields.has("interactions"), name != nil {
            issues.add(
                "`\(name ?? "")` has neither metrics nor endpoints",
                hint: "Add `metrics: NAME_OF_A_CONNECTION`, or it will always show as unknown.", at: fields.mark,
                isWarning: true)
        }
        fields.finish()
        return name == nil ? nil : model
    }

    private func readBinding(_ node: Node, _ config: Config, _ issues: IssueList) -> MetricsBinding? {
        if case .scalar(let scalar) = node {
            checkConnection(scalar.string, kinds: ["metrics", "prometheus"], config, at: node.mark, issues)
            return MetricsBinding(ConnectionName(scalar.string))
        }
        guard let fields = Fields(node, what: "an entry of `metrics`", issues: issues) else { return nil }
        guard let connection = fields.required("connection", example: "prometheus") else { return nil }
        checkConnection(
            connection, kinds: ["metrics", "prometheus"], config, at: fields.mark(of: "connection"), issues)
        var binding = MetricsBinding(ConnectionName(connection))
        binding.profile = fields.text("profile")
        if let profile = binding.profile {
            checkProfile(profile, config.profiles, at: fields.mark(of: "profile"), issues)
        }
        if let match = fields.node("match") { binding.matching = readMatchers(match, what: "`match`", issues) }
        fields.finish()
        return binding
    }

    func checkConnection(
        _ name: String, kinds wanted: [String], _ config: Config, at mark: Mark?, _ issues: IssueList
    ) {
        if let found = config.connections.first(where: { $0.connection.name.description == name }) {
            if !wanted.contains(found.connection.kind) {
                issues.add(
                    "`\(name)` is a connection of kind \(found.connection.kind)",
                    hint: "Here it must be of kind \(wanted.joined(separator: " or ")).", at: mark)
            }
            return
        }
        let names = config.connections.map(\.connection.name.description)
        let near = Nearest.word(to: name, among: names).map { "Did you mean `\($0)`? " } ?? ""
        let list = names.isEmpty ? "There are none." : "Connections: \(names.joined(separator: ", "))."
        issues.add("there is no connection `\(name)`", hint: near + list, at: mark)
    }

    /// Labels as a mapping: `{model: support-chat}` is equality, `{model: "~chat-.*"}` a regular expression,
    /// a leading `!` turns either round.
    func readMatchers(_ node: Node, what: String, _ issues: IssueList) -> [Matcher] {
        guard let fields = Fields(node, what: what, issues: issues) else { return [] }
        return fields.names.sorted().compactMap { name in
            guard var value = fields.text(name) else { return nil }
            let isEqual = !value.hasPrefix("!")
            if !isEqual { value.removeFirst() }
            let isRegex = value.hasPrefix("~")
            if isRegex { value.removeFirst() }
            return Matcher(name, value, isRegex: isRegex, isEqual: isEqual)
        }
    }

    func readProfile(_ node: Node, _ issues: IssueList) -> MetricProfile? {
        guard let fields = Fields(node, what: "a profile", issues: issues) else { return nil }
        guard let id = fields.required("id", example: "my-server") else { return nil }
        var profile = MetricProfile(
            id: id, title: fields.text("title") ?? id, detect: fields.words("detect") ?? [], sources: [])
        profile.modelLabel = fields.text("model_label")
        profile.replicaLabels = fields.words("replica_labels") ?? []
        profile.startTime = fields.words("start_time") ?? profile.startTime
        profile.sources = fields.list("sources").compactMap { readSource($0, issues) }
        fields.finish()
        return profile
    }

    private func readSource(_ node: Node, _ issues: IssueList) -> QuantitySource? {
        guard let fields = Fields(node, what: "a source", issues: issues) else { return nil }
        let quantity = fields.choice("quantity", Quantity.self)
        let kind = fields.choice("kind", QuantitySource.Kind.self)
        let names = fields.words("names") ?? []
        if !fields.has("quantity") { _ = fields.required("quantity", example: "ttft") }
        if !fields.has("kind") { _ = fields.required("kind", example: "histogram") }
        if names.isEmpty {
            issues.add("a source has no `names`", hint: "Add `names: [my_metric_seconds]`.", at: fields.mark)
        }
        var source = QuantitySource(quantity ?? .running, kind ?? .gauge, names)
        source.scale = fields.number("scale") ?? 1
        source.merge = fields.choice("merge", QuantitySource.Merge.self) ?? .sum
        if let match = fields.node("match") { source.matching = readMatchers(match, what: "`match`", issues) }
        fields.finish()
        return quantity == nil || kind == nil || names.isEmpty ? nil : source
    }
}
