import PitModel
import Yams

extension ConfigReader {
    /// What must hold before an alias may move to a version.
    func readGovernance(_ fields: Fields, _ issues: IssueList) -> GovernanceSettings {
        var settings = GovernanceSettings()
        let nodes = fields.list("policies")
        settings.policies = nodes.compactMap { readPolicy($0, issues) }
        var seen: Set<String> = []
        for node in nodes {
            guard let name = node.mapping?["name"]?.string, !seen.insert(name).inserted else { continue }
            issues.add(
                "two policies are called `\(name)`", hint: "Give each a name of its own.",
                at: node.mapping?["name"]?.mark ?? node.mark)
        }
        fields.finish()
        return settings
    }

    private func readPolicy(_ node: Node, _ issues: IssueList) -> ReviewPolicy? {
        guard let fields = Fields(node, what: "a policy", issues: issues) else { return nil }
        let name = fields.required("name", example: "production")
        var policy = ReviewPolicy(name: name ?? "", models: fields.words("models") ?? [])
        policy.alias = fields.required("alias", example: "production") ?? "*"
        policy.approvers = fields.words("approvers") ?? []
        policy.approvals = fields.whole("approvals", 0...9) ?? (policy.approvers.isEmpty ? 0 : 1)
        let people = Set(policy.approvers.map(ReviewFact.person))
        if !people.isEmpty, people.count < policy.approvals {
            issues.add(
                "\(policy.approvals) must approve, and \(people.count) may",
                hint: "Name more under `approvers`, or ask for fewer `approvals`.", at: fields.mark(of: "approvals"))
        }
        policy.requires = fields.list("requires").compactMap { readRequirement($0, issues) }
        var seen: Set<String> = []
        for requirement in policy.requires where !seen.insert(requirement.name).inserted {
            issues.add(
                "two requirements are called `\(requirement.name)`",
                hint: "Add `name: another` to one: waivers go by it.", at: fields.mark(of: "requires"))
        }
        if fields.list("requires").isEmpty, policy.approvals == 0 {
            issues.add(
                "policy `\(policy.name)` requires nothing",
                hint: "Add `requires: [description]` or `approvals: 1`.", at: fields.mark)
        }
        fields.finish()
        return name == nil ? nil : policy
    }

    /// A requirement's id, or a mapping with its options.
    private func readRequirement(_ node: Node, _ issues: IssueList) -> RequirementSpec? {
        if case .scalar(let scalar) = node {
            guard let info = requirements.named(scalar.string, "requirement", at: node.mark, issues) else { return nil }
            return checked(RequirementSpec(info.id), info, at: node.mark, issues)
        }
        guard let fields = Fields(node, what: "a requirement", issues: issues),
            let id = fields.required("requirement", example: "evaluation"),
            let info = requirements.named(id, "requirement", at: fields.mark(of: "requirement"), issues)
        else { return nil }
        var spec = RequirementSpec(id, name: fields.text("name"))
        spec.options = fields.options(info.options)
        fields.finish()
        return checked(spec, info, at: fields.mark, issues)
    }

    private func checked(
        _ spec: RequirementSpec, _ info: RequirementInfo, at mark: Mark?, _ issues: IssueList
    ) -> RequirementSpec? {
        info.accepts(spec.options, at: mark, issues) { checkRequirement(spec) } ? spec : nil
    }
}
