import PitModel

/// Of some kinds of findings none is open: each was called false by a person, or there is none.
struct NoFindingsRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "no_findings", summary: "no finding of these kinds is left that nobody called false",
        options: [
            OptionInfo("kinds", .list, help: "detectors, or kinds of theirs", example: "[secret, pii/email]"),
            OptionInfo("most", .number, help: "open findings that are still allowed", example: "0"),
        ], required: ["kinds"])

    private let (kinds, most): ([String], Int)

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        kinds = options["kinds"]?.list ?? []
        let most = options["most"]?.number ?? 0
        guard most >= 0, most <= 1e9 else { throw RequirementFault("`most` wants a number from 0 on") }
        self.most = Int(most)
        if kinds.isEmpty { throw RequirementFault("`kinds` names none") }
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        guard let all = evidence.findings else {
            return RequirementFinding(.unknown, "no served model of the configuration is known to be this one")
        }
        let days = Int(ReviewEvidence.findingSpan / 86400)
        guard evidence.exchanges > 0 else {
            return RequirementFinding(.unknown, "no exchange of the last \(days) days was looked at")
        }
        let mine = all.filter { found in kinds.contains { found.kind == $0 || found.kind.hasPrefix($0 + "/") } }
        let open = mine.reduce(0) { $0 + $1.open }
        let words = mine.filter { $0.open > 0 }.map { "\($0.kind) \($0.open)" }.joined(separator: ", ")
        guard open > most else {
            return RequirementFinding(
                .met, "\(open) open in \(evidence.exchanges) exchanges of the last \(days) days")
        }
        return RequirementFinding(
            .missing, "\(open) open in the last \(days) days: \(words); E reads them, t and f say what they are")
    }
}
