import PitModel

/// The newest finished run of a suite that is about the version held its thresholds.
struct EvaluationRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "evaluation", summary: "the newest run of a suite that is about the version held its thresholds",
        options: [
            OptionInfo("suite", .text, help: "the suite's name", example: "support"),
            OptionInfo("not_older_than", .duration, help: "how old the run may be", example: "7d"),
        ], required: ["suite"])

    private let suite: String
    private let most: Double?

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        suite = options["suite"]?.text ?? ""
        most = options["not_older_than"]?.number
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        let all = evidence.runs.filter { $0.run.suite.name == suite }
        guard let last = all.first(where: { $0.finishedAt != nil }), let at = last.finishedAt else {
            let begun = all.first.map { "\($0.run.id) is not finished" }
            return RequirementFinding(.missing, begun ?? "no run of \(suite) is about this version")
        }
        let words = "\(last.run.id) of \(at.rfc3339)"
        switch last.outcome {
        case .held:
            if let most, evidence.at.since(at) > most {
                return RequirementFinding(
                    .missing, "\(words) held, and is older than \(Int(most / 3600)) h: run \(suite) again")
            }
            return RequirementFinding(.met, "\(words) held its thresholds")
        case .breached: return RequirementFinding(.missing, "\(words) breached its thresholds")
        case .unclear: return RequirementFinding(.missing, "\(words) is worse by what chance could do: ask more cases")
        case .unknown: return RequirementFinding(.unknown, "\(words) could not be held against its thresholds")
        case .untrusted:
            return RequirementFinding(.unknown, "\(words) rests on a judge who agrees too little with people")
        case nil: return RequirementFinding(.unknown, "\(words) has no thresholds")
        }
    }
}
