public import PitModel
import Yams

/// A file of unit tests for rules, in the spirit of `promtool test rules`.
public struct RuleTestFile: Sendable {
    /// What is to be firing (or pending) under a name at a moment.
    public struct Expected: Sendable {
        public var labels: [String: String]
        public var annotations: [String: String]
        public var isPending: Bool
    }

    public struct Check: Sendable {
        /// Seconds from the beginning.
        public var at: Double
        public var alert: String
        public var expected: [Expected]
        public var line: Int
    }

    public struct Test: Sendable {
        public var name: String
        /// Seconds between two values, and between two evaluations.
        public var interval: Double
        /// Series and their values, as written.
        public var series: [(text: String, values: String, line: Int)]
        public var checks: [Check]
    }

    /// Nil: those of the configuration.
    public var rules: [Rule]?
    public var tests: [Test]
}

extension ConfigReader {
    public func readRuleTests(_ text: String, file: String) -> (file: RuleTestFile?, issues: [ConfigIssue]) {
        let issues = IssueList(file: file)
        var result = RuleTestFile(rules: nil, tests: [])
        if let node = compose(text, issues), let root = Fields(node, what: "the file", issues: issues) {
            if let rules = root.fields("rules") { result.rules = readRules(rules, Config(), issues).rules }
            result.tests = root.list("tests").enumerated().compactMap { readTest($1, number: $0 + 1, issues) }
            if result.tests.isEmpty {
                issues.add("there are no `tests`", hint: "Write `tests:` and a list; see the README.", at: root.mark)
            }
            root.finish()
        } else if issues.issues.isEmpty {
            issues.add("the file is empty", hint: "Write `tests:` and a list; see the README.", at: nil)
        }
        let all = issues.issues.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return (all.contains { !$0.isWarning } ? nil : result, all)
    }

    private func readTest(_ node: Node, number: Int, _ issues: IssueList) -> RuleTestFile.Test? {
        guard let fields = Fields(node, what: "a test", issues: issues) else { return nil }
        var test = RuleTestFile.Test(
            name: fields.text("name") ?? "test \(number)", interval: fields.seconds("interval", atLeast: 0.001) ?? 60,
            series: [], checks: [])
        for entry in fields.list("input_series") {
            guard let inner = Fields(entry, what: "an entry of `input_series`", issues: issues) else { continue }
            let series = inner.required("series", example: "'up{job=\"x\"}'")
            let values = inner.required("values", example: "'0 1x10'")
            if let series, let values { test.series.append((series, values, entry.mark?.line ?? 0)) }
            inner.finish()
        }
        for entry in fields.list("alert_rule_test") {
            guard let inner = Fields(entry, what: "an entry of `alert_rule_test`", issues: issues) else { continue }
            let alert = inner.required("alertname", example: "ModelDown")
            let at = inner.seconds("eval_time")
            if at == nil, !inner.has("eval_time") { _ = inner.required("eval_time", example: "5m") }
            let expected = inner.list("exp_alerts").compactMap { readExpected($0, issues) }
            if let alert, let at {
                test.checks.append(.init(at: at, alert: alert, expected: expected, line: entry.mark?.line ?? 0))
            }
            inner.finish()
        }
        fields.finish()
        return test
    }

    private func readExpected(_ node: Node, _ issues: IssueList) -> RuleTestFile.Expected? {
        guard let fields = Fields(node, what: "an entry of `exp_alerts`", issues: issues) else { return nil }
        let state = fields.choice("exp_state", ExpectedState.self)
        let expected = RuleTestFile.Expected(
            labels: pairs(fields, "exp_labels"), annotations: pairs(fields, "exp_annotations"),
            isPending: state == .pending)
        fields.finish()
        return expected
    }

    private enum ExpectedState: String, CaseIterable { case firing, pending }
}
