import PitModel

/// A tag says under which licence the model is, and it is one of those allowed.
struct LicenceRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "licence", summary: "a tag says under which licence the model is",
        options: [
            OptionInfo("allowed", .list, help: "which it may be; any without it", example: "[apache-2.0, mit]"),
            OptionInfo("tag", .text, help: "the tag's name", example: "license"),
        ])
    static let names = ["license", "licence", "model.license", "spdx"]

    private let (allowed, tags): ([String], [String])

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        allowed = options["allowed"]?.list ?? []
        tags = options["tag"]?.text.map { [$0] } ?? Self.names
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        guard let found = evidence.card.tag(tags) else {
            return RequirementFinding(.missing, "no tag \(tags[0]) on the version, its run or the model")
        }
        let value = found.value.filter { !$0.isWhitespace }.lowercased()
        guard allowed.isEmpty || allowed.contains(where: { $0.lowercased() == value }) else {
            return RequirementFinding(
                .missing, "\(found.name) is \(found.value), allowed: \(allowed.joined(separator: ", "))")
        }
        return RequirementFinding(.met, "\(found.name) is \(found.value)")
    }
}
