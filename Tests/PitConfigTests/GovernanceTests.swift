import PitConfig
import PitModel
import Testing

private let governed: ConfigReader = {
    var reader = ConfigReader(kinds: [], profiles: [])
    reader.requirements = [
        RequirementInfo(
            id: "evaluation", summary: "a run held",
            options: [
                OptionInfo("suite", .text, help: "its name", example: "support"),
                OptionInfo("not_older_than", .duration, help: "its age", example: "7d"),
            ], required: ["suite"]),
        RequirementInfo(id: "description", summary: "has one"),
        RequirementInfo(
            id: "labels", summary: "judged", options: [OptionInfo("count", .number, help: "how many", example: "100")]),
    ]
    reader.checkRequirement = { ($0.options["count"]?.number ?? 1) < 1 ? "`count` wants 1 or more" : nil }
    return reader
}()

private func complaints(_ text: String) -> [String] {
    governed.read("connections: []\ngovernance:\n" + text, file: "c.yaml").issues.map { "\($0.line): \($0.what)" }
}

@Test("a policy is read with all that it may say")
func wholePolicy() throws {
    let text = """
        connections: []
        governance:
          policies:
            - name: production
              models: ['support-*', chat]
              alias: champion
              requires:
                - description
                - {requirement: evaluation, suite: support, not_older_than: 7d}
                - {requirement: evaluation, name: safety, suite: red-team}
              approvers: [ana, bo, cem]
              approvals: 2
            - {name: staging, alias: '*', requires: [description], approvers: ana}
        """
    let outcome = governed.read(text, file: "c.yaml")
    #expect(outcome.issues == [])
    let policies = try #require(outcome.config?.governance.policies)
    #expect(policies.map(\.approvals) == [2, 1], "who names approvers wants one of them at least")
    #expect(policies[0].requires.map(\.name) == ["description", "evaluation", "safety"])
    #expect(policies[0].requires[1].options == ["suite": .text("support"), "not_older_than": .number(7 * 86400)])
    #expect(policies[0].guards("champion", of: "support-chat") && !policies[0].guards("champion", of: "other"))
    #expect(!policies[0].guards("challenger", of: "chat") && policies[1].guards("challenger", of: "chat"))
}

@Test("what is wrong with a policy is said with its line")
func wrongPolicies() {
    #expect(
        complaints("  policies:\n    - {name: p, alias: a, requires: [evalution]}")
            == ["4: `evalution` is no requirement"])
    #expect(complaints("  policies: [{name: p, alias: a}]") == ["3: policy `p` requires nothing"])
    let twice = "  policies:\n    - name: p\n      alias: a\n      requires: [description, description]"
    #expect(complaints(twice) == ["6: two requirements are called `description`"])
    #expect(
        complaints("  policies:\n    - {name: p, alias: a, requires: [{requirement: evaluation}]}")
            .contains("4: `evaluation` has no `suite`"))
    #expect(
        complaints("  policies:\n    - {name: p, alias: a, requires: [{requirement: labels, count: 0}]}")
            .contains("4: `labels`: `count` wants 1 or more"))
    #expect(
        complaints("  policies:\n    - {name: p, alias: a, approvers: [ana, 'Ana '], approvals: 2}")
            == ["4: 2 must approve, and 1 may"])
    #expect(complaints("  policies:\n    - {name: p, requires: [description]}") == ["4: a policy has no `alias`"])
    let twins = "  policies:\n    - {name: p, alias: a, approvals: 1}\n    - {name: p, alias: b, approvals: 1}"
    #expect(complaints(twins) == ["5: two policies are called `p`"])
    #expect(complaints("  polices: []") == ["3: `polices` is not known in `governance`"])
}
