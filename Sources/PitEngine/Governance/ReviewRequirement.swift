public import PitModel

/// Something that must hold before an alias may move to a version. A newcomer is one file and one line in
/// `requirementCatalog`.
public protocol ReviewRequirement: Sendable {
    static var about: RequirementInfo { get }
    init(_ options: [String: OptionValue]) throws(RequirementFault)
    /// Whether it holds, and by which figures. What was not looked at is `unknown`, never met.
    func check(_ evidence: ReviewEvidence) -> RequirementFinding
}

public struct RequirementFinding: Equatable, Sendable {
    public var outcome: RequirementResult.Outcome
    public var words: String
    public init(_ outcome: RequirementResult.Outcome, _ words: String) { (self.outcome, self.words) = (outcome, words) }
}

/// Why a requirement cannot be made of its options.
public struct RequirementFault: Error, Equatable, Sendable {
    public var words: String
    public init(_ words: String) { self.words = words }
}

/// What policies can require.
public let requirementCatalog: [any ReviewRequirement.Type] = [
    EvaluationRequirement.self,
    LabelsRequirement.self,
    NoAlertsRequirement.self,
    NoFindingsRequirement.self,
    LicenceRequirement.self,
    ImageDigestRequirement.self,
    BiasRequirement.self,
    DescriptionRequirement.self,
    ApprovalsRequirement.self,
]

/// Versions held against policies.
public enum RequirementCheck {
    /// The result that tells of rejections and retirement; no waiver is for it.
    public static let decision = "decision"

    static func make(_ spec: RequirementSpec) throws(RequirementFault) -> any ReviewRequirement {
        guard let type = requirementCatalog.first(where: { $0.about.id == spec.requirement }) else {
            throw RequirementFault("there is no requirement `\(spec.requirement)`")
        }
        return try type.init(spec.options)
    }

    /// What is wrong with a requirement's options; nil when nothing is.
    public static func complaint(of spec: RequirementSpec) -> String? {
        do throws(RequirementFault) {
            _ = try make(spec)
            return nil
        } catch { return error.words }
    }

    /// What a policy requires, the number of approvals as a requirement among the others.
    public static func requirements(of policy: ReviewPolicy) -> [RequirementSpec] {
        let isAsked =
            policy.approvals > 0 && !policy.requires.contains { $0.requirement == ApprovalsRequirement.about.id }
        let approvals = RequirementSpec(
            ApprovalsRequirement.about.id,
            options: ["count": .number(Double(policy.approvals)), "approvers": .list(policy.approvers)])
        return policy.requires + (isAsked ? [approvals] : [])
    }

    public static func results(_ policy: ReviewPolicy, _ evidence: ReviewEvidence) -> PolicyResult {
        let all = requirements(of: policy).map { spec -> RequirementResult in
            let found: RequirementFinding
            do throws(RequirementFault) { found = try make(spec).check(evidence) } catch {
                found = RequirementFinding(.unknown, error.words)
            }
            if found.outcome != .met, let waiver = waiver(of: spec.name, policy, evidence) {
                return RequirementResult(spec.name, .waived, "\(waiver.words); without it: \(found.words)")
            }
            let late = found.outcome == .met ? "" : refusedWaiver(of: spec.name, policy, evidence)
            return RequirementResult(spec.name, found.outcome, found.words + late)
        }
        return PolicyResult(policy, all + [decided(policy, evidence)])
    }

    public static func review(_ evidence: ReviewEvidence, _ policies: [ReviewPolicy]) -> Review {
        Review(evidence, policies: policies.filter { $0.isFor(evidence.card.id.model) }.map { results($0, evidence) })
    }

    // MARK: -

    /// Where people have to agree, the one who asks waives nothing.
    private static func mayWaive(_ fact: ReviewFact, _ policy: ReviewPolicy, _ evidence: ReviewEvidence) -> Bool {
        let person = ReviewFact.person(fact.author)
        if !policy.approvers.isEmpty, !policy.approvers.map(ReviewFact.person).contains(person) { return false }
        let asks = policy.approvals > 0 || !policy.approvers.isEmpty
        return !asks || evidence.requester.map(ReviewFact.person) != person
    }

    private static func waiver(
        of name: String, _ policy: ReviewPolicy, _ evidence: ReviewEvidence
    ) -> ReviewFact? {
        evidence.waivers(of: name).last { mayWaive($0, policy, evidence) }
    }

    private static func refusedWaiver(of name: String, _ policy: ReviewPolicy, _ evidence: ReviewEvidence) -> String {
        if let other = evidence.waivers(of: name).last {
            return "; \(other.author)'s waiver does not count: it wants an approver who does not ask for the move"
        }
        let over = evidence.valid.last { $0.kind == .waive && $0.subject == name }
        return over?.until.map { "; a waiver ended at \($0.rfc3339)" } ?? ""
    }

    /// That nobody who may decide has decided against it.
    private static func decided(_ policy: ReviewPolicy, _ evidence: ReviewEvidence) -> RequirementResult {
        if let retired = evidence.retirement { return RequirementResult(decision, .missing, retired.words) }
        let people = Set(policy.approvers.map(ReviewFact.person))
        let against = evidence.votes.filter { vote in
            vote.kind != .approve && (people.isEmpty || people.contains(ReviewFact.person(vote.author)))
        }
        guard against.isEmpty else {
            return RequirementResult(decision, .missing, against.map(\.words).joined(separator: "; "))
        }
        return RequirementResult(decision, .met, "nobody has decided against it")
    }
}
