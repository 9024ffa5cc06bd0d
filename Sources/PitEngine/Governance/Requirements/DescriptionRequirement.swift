import PitModel

/// The version says in words what it is.
struct DescriptionRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "description", summary: "the version has a description",
        options: [OptionInfo("at_least", .number, help: "characters", example: "40")])

    private let least: Int

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        let wanted = options["at_least"]?.number ?? 1
        guard wanted >= 1, wanted <= 100_000 else { throw RequirementFault("`at_least` wants 1 to 100000") }
        least = Int(wanted)
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        let count = evidence.card.description.drop { $0.isWhitespace }.count
        if count >= least { return RequirementFinding(.met, "\(count) characters") }
        return RequirementFinding(
            .missing, count == 0 ? "the version has no description" : "\(count) characters, wanted \(least)")
    }
}
