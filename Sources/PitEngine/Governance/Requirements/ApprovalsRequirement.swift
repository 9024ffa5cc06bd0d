import PitModel

/// So many different people approve of it, of whom none asks for the promotion.
struct ApprovalsRequirement: ReviewRequirement {
    static let about = RequirementInfo(
        id: "approvals", summary: "so many people approve of it who do not ask for the promotion themselves",
        options: [
            OptionInfo("count", .number, help: "how many", example: "2"),
            OptionInfo("approvers", .list, help: "who may; anybody without it", example: "[ana, bo]"),
        ], required: ["count"])

    private let (count, approvers): (Int, Set<String>)

    init(_ options: [String: OptionValue]) throws(RequirementFault) {
        let count = options["count"]?.number ?? 1
        guard count >= 1, count <= 9, count == count.rounded() else { throw RequirementFault("`count` wants 1 to 9") }
        self.count = Int(count)
        approvers = Set((options["approvers"]?.list ?? []).map(ReviewFact.person))
    }

    func check(_ evidence: ReviewEvidence) -> RequirementFinding {
        let asks = evidence.requester.map(ReviewFact.person)
        let votes = evidence.votes.filter { $0.kind == .approve }
        let valid = votes.filter { vote in
            let person = ReviewFact.person(vote.author)
            return person != asks && (approvers.isEmpty || approvers.contains(person))
        }
        let names = valid.map(\.author).joined(separator: ", ")
        var words = "\(valid.count) of \(count)" + (names.isEmpty ? "" : ": \(names)")
        for vote in votes where !valid.contains(vote) {
            let isOwn = ReviewFact.person(vote.author) == asks
            words += "; \(vote.author)'s does not count: \(isOwn ? "who asks approves nothing" : "not an approver")"
        }
        return RequirementFinding(valid.count >= count ? .met : .missing, words)
    }
}
