import PitModel
import Yams

extension ConfigReader {
    /// How deployments are acted on.
    func readDeployments(_ fields: Fields, _ issues: IssueList) -> DeploymentSettings {
        var settings = DeploymentSettings()
        if let approvals = fields.number("approvals") {
            if approvals >= 1, approvals <= 9, approvals == approvals.rounded() {
                settings.approvals = Int(approvals)
            } else if let node = fields.node("approvals") {
                fields.wrong("approvals", node, wanted: "how many must agree: 1 to 9")
            }
        }
        settings.patience = fields.seconds("patience", atLeast: 10) ?? settings.patience
        if let verify = fields.fields("verify") {
            settings.proof.window = verify.seconds("for", atLeast: 10) ?? settings.proof.window
            settings.proof.before = verify.seconds("before", atLeast: 60) ?? settings.proof.before
            if let error = verify.ratio("error") {
                if error > 0, error <= 0.2 {
                    settings.proof.alpha = error
                } else if let node = verify.node("error") {
                    verify.wrong("error", node, wanted: "a share above 0 and up to 20%")
                }
            }
            verify.finish()
        }
        settings.freezes = fields.list("freeze").compactMap { readFreeze($0, issues) }
        settings.guards = fields.list("guard").compactMap { readGuard($0, issues) }
        fields.finish()
        return settings
    }

    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private func readFreeze(_ node: Node, _ issues: IssueList) -> FreezeWindow? {
        guard let fields = Fields(node, what: "a freeze", issues: issues) else { return nil }
        let reason = fields.required("reason", example: "year's end")
        var freeze = FreezeWindow(reason: reason ?? "", names: fields.words("names") ?? [])
        func moment(_ name: String) -> Timestamp? {
            guard let text = fields.text(name) else { return nil }
            if let moment = Timestamp(rfc3339: text) { return moment }
            issues.add(
                "`\(name)` is `\(text)`", hint: "It wants a moment such as 2026-12-23T18:00:00Z.",
                at: fields.mark(of: name))
            return nil
        }
        func clock(_ name: String) -> Double? {
            guard let text = fields.text(name) else { return nil }
            let parts = text.split(separator: ":").map { Int($0) }
            if parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour),
                (0...59).contains(minute), hour * 60 + minute <= 1440
            {
                return Double(hour * 3600 + minute * 60)
            }
            issues.add(
                "`\(name)` is `\(text)`", hint: "It wants a time of day in UTC, in quotes: '18:00'.",
                at: fields.mark(of: name))
            return nil
        }
        let (since, until) = (moment("since"), moment("until"))
        if fields.has("since") || fields.has("until") {
            if let since, let until, since < until {
                freeze.span = TimeRange(from: since, to: until)
            } else if since != nil, until != nil || !fields.has("until") {
                issues.add(
                    "a freeze wants both `since` and a later `until`",
                    hint: "Or `days`, `from` and `to` for each week.",
                    at: fields.mark)
            }
        }
        for word in fields.words("days") ?? [] {
            if let day = Self.days.firstIndex(of: word.lowercased()) {
                freeze.days.insert(day)
            } else {
                issues.add(
                    "`\(word)` is no day", hint: "Days are: \(Self.days.joined(separator: ", ")).",
                    at: fields.mark(of: "days"))
            }
        }
        freeze.from = clock("from") ?? freeze.from
        freeze.to = clock("to") ?? freeze.to
        fields.finish()
        return reason == nil ? nil : freeze
    }

    private func readGuard(_ node: Node, _ issues: IssueList) -> GuardRule? {
        guard let fields = Fields(node, what: "a guard", issues: issues) else { return nil }
        let rate = fields.number("burn_rate")
        if !fields.has("burn_rate") {
            issues.add("a guard has no `burn_rate`", hint: "Add `burn_rate: 14`.", at: fields.mark)
        }
        var rule = GuardRule(names: fields.words("names") ?? [], burnRate: rate ?? 0)
        if rule.names.isEmpty {
            issues.add(
                "a guard has no `names`", hint: "Say for which deployments: `names: ['prod/*']`.", at: fields.mark)
        }
        rule.duration = fields.seconds("for", atLeast: 10) ?? rule.duration
        rule.watch = fields.seconds("watch", atLeast: 60) ?? rule.watch
        rule.countdown = fields.seconds("countdown", atLeast: 5) ?? rule.countdown
        rule.limit = fields.number("at_most").map { Int(max(0, min(1000, $0))) } ?? rule.limit
        rule.limitSpan = fields.seconds("per", atLeast: 60) ?? rule.limitSpan
        fields.finish()
        return rate == nil || rule.names.isEmpty ? nil : rule
    }

    /// What may be asked of a connection's deployments; nil where the configuration does not say.
    func readAllowed(_ fields: Fields, _ issues: IssueList) -> Set<DeploymentVerb>? {
        guard fields.has("allow") else { return nil }
        var allowed: Set<DeploymentVerb> = []
        // Trainings are no deployments; whether they may run there is said in the same list.
        for word in fields.words("allow") ?? [] where word != "train" {
            if let verb = DeploymentVerb(rawValue: word) {
                allowed.insert(verb)
            } else {
                let all = DeploymentVerb.allCases.map(\.rawValue)
                let near = Nearest.word(to: word, among: all).map { "Did you mean `\($0)`? " } ?? ""
                issues.add(
                    "`\(word)` is nothing that deployments can be asked for",
                    hint: "\(near)There are: \(all.joined(separator: ", ")), train. An empty list allows nothing.",
                    at: fields.mark(of: "allow"))
            }
        }
        return allowed
    }
}
