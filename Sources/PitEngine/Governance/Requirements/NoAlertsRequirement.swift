import PitModel

/// No alert of the model fires that is as bad as this.
struct NoAlertsRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "no_alerts", summary: "no alert of the model fires that is at least so bad",
        options: [
            OptionInfo("severity", .text, help: "critical, error, warning or info", example: "critical")
        ])

    private let severity: Severity

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        let word = options["severity"]?.text ?? Severity.critical.word
        severity = Severity(label: word)
        guard severity != .unknown else {
            throw RequirementFault("`severity` is `\(word)`; it can be critical, error, warning or info")
        }
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        guard let all = evidence.alerts else {
            return RequirementFinding(.unknown, "no served model of the configuration is known to be this one")
        }
        let bad = all.filter { $0.alert.severity <= severity }
        guard bad.isEmpty else {
            let names = bad.prefix(5).map { "\($0.alert.name) (\($0.alert.severity.word))" }.joined(separator: ", ")
            return RequirementFinding(.missing, "\(bad.count) fire: \(names)")
        }
        guard evidence.isWatched else {
            return RequirementFinding(
                .unknown, "nothing tells of its alerts: no connection reads any, and it is not measured")
        }
        guard evidence.deaf.isEmpty else {
            let names = evidence.deaf.map(\.description).joined(separator: ", ")
            return RequirementFinding(.unknown, "alerts of \(names) cannot be read now")
        }
        return RequirementFinding(.met, "none of \(severity.word) or worse fires")
    }
}
