import PitModel
import Yams

extension ConfigReader {
    /// The rules that pitwall comes with, less those that are switched off, and the user's own.
    func readRules(_ fields: Fields, _ config: Config, _ issues: IssueList) -> RuleSettings {
        var settings = RuleSettings()
        settings.interval = fields.seconds("interval", atLeast: 1) ?? settings.interval
        var shipped = builtInRules
        let names = shipped.map(\.name)
        for name in fields.words("off") ?? [] {
            if name == "all" {
                shipped = []
            } else if names.contains(name) {
                shipped.removeAll { $0.name == name }
            } else {
                let near = Nearest.word(to: name, among: names).map { "Did you mean `\($0)`? " } ?? ""
                issues.add(
                    "there is no built-in rule `\(name)`",
                    hint: "\(near)There are: \(names.joined(separator: ", ")), and `all`.", at: fields.mark(of: "off"))
            }
        }
        let own = fields.list("own").compactMap { readRule($0, config, issues) }
        var seen: Set<String> = []
        for (rule, node) in zip(own, fields.list("own")) where !seen.insert(rule.name).inserted {
            issues.add(
                "two rules are called `\(rule.name)`", hint: "Give each a name of its own.",
                at: node.mapping?["alert"]?.mark ?? node.mark)
        }
        settings.rules = shipped.filter { !seen.contains($0.name) } + own
        fields.finish()
        return settings
    }

    /// One rule, with Prometheus' words for what Prometheus has, too.
    func readRule(_ node: Node, _ config: Config, _ issues: IssueList) -> Rule? {
        guard let fields = Fields(node, what: "a rule", issues: issues) else { return nil }
        let name = fields.required("alert", example: "SlowFirstToken")
        let expression = fields.required("expr", example: "pitwall_model_ttft_p95_seconds > 2")
        var rule = Rule(name ?? "", expression ?? "")
        if let expression, let fault = checkExpression(expression) {
            issues.add("`expr`: \(fault.what)", hint: fault.hint, at: fields.mark(of: "expr"))
        }
        rule.pending = fields.seconds("for") ?? 0
        rule.keepFiring = fields.seconds("keep_firing_for") ?? 0
        rule.clearsAt = fields.number("clears_at")
        rule.labels = pairs(fields, "labels")
        if let severity = fields.text("severity") { rule.labels["severity"] = severity }
        rule.annotations = pairs(fields, "annotations")
        for word in ["summary", "description", "runbook_url"] {
            if let text = fields.text(word) { rule.annotations[word] = text }
        }
        rule.inhibits = fields.words("inhibits") ?? []
        if let connection = fields.text("connection") {
            checkConnection(
                connection, kinds: ["metrics", "prometheus"], config, at: fields.mark(of: "connection"), issues)
            rule.connection = ConnectionName(connection)
        }
        fields.finish()
        return name == nil || expression == nil ? nil : rule
    }

    func pairs(_ fields: Fields, _ name: String) -> [String: String] {
        guard let inner = fields.fields(name) else { return [:] }
        var result: [String: String] = [:]
        for key in inner.names { result[key] = inner.text(key) }
        return result
    }

    /// What is wrong with an expression, in words, and what is understood.
    public struct ExpressionFault: Sendable {
        public var what: String
        public var hint: String
        public init(what: String, hint: String) { (self.what, self.hint) = (what, hint) }
    }
}
