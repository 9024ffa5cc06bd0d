import PitModel

/// People judged so many of its answers, and the lower end of the share of good ones is high enough.
struct LabelsRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "labels", summary: "people judged so many of its answers, and enough of them are good",
        options: [
            OptionInfo("count", .number, help: "judged answers at least", example: "100"),
            OptionInfo(
                "good", .number, help: "the lower end of the share's 95% interval (Wilson) at least, 0 to 1",
                example: "0.8"),
        ])

    private let (count, good): (Int, Double?)

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        let wanted = options["count"]?.number ?? 1
        guard wanted >= 1, wanted <= 1e9, wanted == wanted.rounded() else {
            throw RequirementFault("`count` wants a whole number from 1 on")
        }
        good = options["good"]?.number
        if let good, !(0...1).contains(good) { throw RequirementFault("`good` wants a share from 0 to 1") }
        count = Int(wanted)
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        guard let judged = evidence.judged else {
            let names = evidence.releases.joined(separator: ", ")
            return RequirementFinding(.missing, "0 of \(count) answers judged of \(names)")
        }
        let n = judged.good + judged.bad
        guard n >= count else {
            return RequirementFinding(.missing, "\(n) of \(count) answers judged: \(judged.words)")
        }
        guard let good, judged.low < good else { return RequirementFinding(.met, judged.words) }
        return RequirementFinding(
            .missing, "\(judged.words): the lower end is below \(Int((good * 100).rounded())) %")
    }
}
