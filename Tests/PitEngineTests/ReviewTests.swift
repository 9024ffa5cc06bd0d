import Foundation
import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// Versions of models held against policies, with the replies of a recorded MLflow.
@Suite struct ReviewTests {
    private static let approvals = ReviewPolicy(
        name: "prod", models: ["support-*"], alias: "champion", requires: [RequirementSpec("description")],
        approvers: ["bo", "Cem", "ana"], approvals: 2)

    @Test("a promotion is refused with the list of what is missing, and goes through once it is there")
    func promotion() async throws {
        var policy = Self.approvals
        policy.requires.append(RequirementSpec("licence", options: ["allowed": .list(["apache-2.0"])]))
        let bench = try await ReviewBench([policy])
        let plan = try await bench.promote()
        let against = plan.concerns.filter { $0.kind == .review }
        #expect(
            against.map(\.words) == [
                "policy prod misses licence: no tag license on the version, its run or the model",
                "policy prod misses approvals: 0 of 2",
            ])
        #expect(plan.isBlocked && against.allSatisfy(\.blocks))
        let refused = await bench.engine.deploy(plan)
        #expect(refused.stage == .refused && refused.detail.contains("misses approvals: 0 of 2"))
        #expect(bench.registry.state.withLock { $0.sent }.isEmpty, "nothing reached the registry")

        try await bench.decide(.approve, by: "ana")
        try await bench.decide(.approve, by: "bo")
        try await bench.decide(.approve, by: " BO ")
        bench.registry.state.withLock { $0.tags["3", default: [:]]["license"] = "Apache-2.0" }
        let half = try await bench.promote()
        #expect(
            half.concerns.filter { $0.kind == .review }.map(\.words)
                == ["policy prod misses approvals: 1 of 2:  BO ; ana's does not count: who asks approves nothing"])
        try await bench.decide(.approve, by: "cem")
        let whole = try await bench.promote()
        #expect(!whole.isBlocked && whole.concerns.allSatisfy { $0.kind != .review })
        #expect(await bench.engine.deploy(whole).stage == .acknowledged)
        #expect(bench.registry.state.withLock { $0.champion } == "3")
    }

    @Test("what was approved when it was planned is asked again when it is sent")
    func askedAgain() async throws {
        let bench = try await ReviewBench([Self.approvals])
        try await bench.decide(.approve, by: "bo")
        try await bench.decide(.approve, by: "cem")
        let plan = try await bench.promote()
        #expect(!plan.isBlocked)
        try await bench.decide(.reject, by: "cem")
        let entry = await bench.engine.deploy(plan)
        #expect(entry.stage == .refused && entry.detail.contains("misses decision: rejected by cem: because of it"))
        bench.registry.state.withLock { $0.fault = .refused("recorded") }
        let blind = await bench.engine.deploy(plan)
        #expect(blind.stage == .refused && blind.detail.contains("cannot be held against policy prod"))
    }

    @Test("a decision is on the disk, in the audit chain, and a tag of the version; what a tag says elsewhere counts")
    func decisions() async throws {
        let bench = try await ReviewBench([Self.approvals])
        _ = try await bench.decide(.approve, by: "bo").get()
        let facts = try bench.store.reviewFacts(of: ModelVersionID(ReviewBench.name, "support-assistant", "3"))
        #expect(facts.map(\.words) == ["approved by bo: because of it"])
        let line = try #require(try bench.store.auditEntries().last)
        #expect(
            line.what == "review: approved" && line.subject == "tracking:support-assistant/3" && line.author == "bo")
        #expect(try bench.store.verifyAudit() == .whole(entries: 1))
        let tags = bench.registry.state.withLock { $0.tags["3"] ?? [:] }
        let told = try #require(tags["pitwall.review.vote.bo"])
        #expect(told.hasPrefix("word=approve by=bo at=") && told.hasSuffix("reason=because of it"))
        #expect(try await bench.review().evidence.facts.count == 1, "our own word is not taken for another's")

        // Another pitwall, elsewhere, knows none of it but the tags.
        let other = try await ReviewBench([Self.approvals])
        other.registry.state.withLock { $0.tags["3"] = tags }
        try await other.decide(.approve, by: "cem")
        #expect(try await other.result("approvals")?.words == "2 of 2: bo, cem")
        #expect(try await other.review().evidence.facts.map(\.isRemote) == [true, false])
        let late = other.clock.now().advanced(by: 3600).rfc3339
        other.registry.state.withLock {
            $0.tags["3"]?["pitwall.review.vote.cem"] = "word=reject by=cem at=\(late) reason=x"
            $0.tags["3"]?["pitwall.review.vote.dora"] = "word=reject at=\(late)"
        }
        #expect(try await other.review().holds, "what is dated later than now is nobody's word yet")
    }

    @Test("what the registry could not be told of is told with the next decision")
    func toldLater() async throws {
        let bench = try await ReviewBench([Self.approvals])
        let card = try await bench.review().evidence.card
        bench.registry.state.withLock { $0.fault = .timedOut(after: 1) }
        let decision = try await bench.engine.decide(.reject, on: card, reason: "worse", by: "bo").get()
        #expect(decision.untold != nil && decision.fact.sequence == 1)
        bench.registry.state.withLock { $0.fault = nil }
        #expect(try await bench.review().evidence.untold == 1)
        #expect(try await bench.result("decision")?.words == "rejected by bo: worse", "it holds here all the same")
        #expect(try await bench.decide(.approve, by: "cem").get().untold == nil)
        let sent = bench.registry.state.withLock { $0.sent }
        #expect(sent == ["vote.bo", "vote.cem"].map { "model-versions/set-tag pitwall.review.\($0)" })
        #expect(try await bench.review().evidence.untold == 0)
    }

    @Test("a waiver counts until its end, and not where the one who asks for the move gave it")
    func waivers() async throws {
        var policy = Self.approvals
        policy.requires.append(RequirementSpec("labels", options: ["count": .number(10)]))
        let bench = try await ReviewBench([policy])
        let soon = bench.clock.now().advanced(by: 3600)
        _ = try await bench.decide(.waive, by: "bo", on: "labels", until: soon).get()
        #expect(try await bench.result("labels")?.outcome == .waived)
        let own = try await bench.result("labels", requester: "bo")
        #expect(own?.outcome == .missing && own?.words.contains("bo's waiver does not count") == true)
        bench.clock.advance(3600)
        let late = try await bench.result("labels")
        #expect(late?.outcome == .missing && late?.words.contains("a waiver ended at") == true)
        _ = try await bench.decide(.waive, by: "dora", on: "labels", until: bench.clock.now().advanced(by: 60)).get()
        #expect(try await bench.result("labels")?.outcome == .missing, "she is no approver")
        for (subject, until) in [("label", soon.advanced(by: 9999)), ("labels", soon), ("decision", soon)] {
            let refused = try await bench.decide(.waive, by: "bo", on: subject, until: until)
            #expect(throws: OperationRefusal.self) { try refused.get() }
        }
    }

    @Test("only the person who rejected takes it back; a retirement stands until somebody reinstates")
    func standing() async throws {
        let bench = try await ReviewBench([])
        try await bench.decide(.requestChanges, by: "bo")
        try await bench.decide(.approve, by: "cem")
        #expect(
            try await bench.promote().concerns.contains { $0.blocks && $0.words.contains("changes requested by bo") })
        try await bench.decide(.approve, by: "bo")
        #expect(try await bench.promote().isBlocked == false)
        _ = try await bench.decide(.retire, by: "dora").get()
        let twice = try await bench.decide(.retire, by: "eve")
        #expect(throws: OperationRefusal.self) { try twice.get() }
        try await bench.decide(.approve, by: "dora")
        let plan = try await bench.promote()
        #expect(plan.concerns.contains { $0.blocks && $0.words == "version 3 was retired by dora: because of it" })
        _ = try await bench.decide(.reinstate, by: "eve").get()
        #expect(try await bench.promote().isBlocked == false)
    }

    @Test("going back stays possible, and what was decided against the older version is told")
    func goingBack() async throws {
        let bench = try await ReviewBench([Self.approvals])
        bench.registry.state.withLock { $0.champion = "3" }
        _ = await bench.engine.pollOnce()
        let old = try await bench.engine.review("support-assistant", version: "2").evidence.card
        _ = try await bench.engine.decide(.retire, on: old, reason: "too old", by: "bo").get()
        let plan = try await bench.engine.plan(
            DeploymentRequest(.rollback, ReviewBench.id, to: RevisionID("2"), author: "ana", reason: "worse"))
        #expect(!plan.isBlocked && plan.concerns.contains { $0.words == "version 2 was retired by bo: too old" })
        // What is called a rollback and brings the newer version is a promotion.
        bench.registry.state.withLock { $0.champion = "2" }
        let forward = try await bench.engine.plan(
            DeploymentRequest(.rollback, ReviewBench.id, to: RevisionID("3"), author: "ana", reason: "worse"))
        #expect(forward.isBlocked)
    }

    @Test("a read-only pitwall decides nothing, and nothing is decided without a reason or of what is not there")
    func refusals() async throws {
        let bench = try await ReviewBench([Self.approvals], isReadOnly: true)
        let closed = try await bench.decide(.approve, by: "bo")
        #expect(throws: OperationRefusal.self) { try closed.get() }
        let open = try await ReviewBench([Self.approvals])
        let card = try await open.review().evidence.card
        let mute = await open.engine.decide(.approve, on: card, reason: " \n", by: "bo")
        #expect(throws: OperationRefusal.self) { try mute.get() }
        let unknown = await #expect(throws: OperationRefusal.self) {
            try await open.engine.review("nobody", version: "1")
        }
        #expect(unknown?.words.contains("Registered Model with name=nobody not found") == true)
        #expect(try open.store.reviewFacts().isEmpty && bench.store.reviewFacts().isEmpty)
        let attached = try await open.decide(.attach, by: "bo", on: "support-9")
        #expect(throws: OperationRefusal.self) { try attached.get() }
    }

    @Test("the served model's name leads to the registered one, and a version made anew is another")
    func names() async throws {
        let bench = try await ReviewBench([Self.approvals])
        let review = try await bench.engine.review("support", version: "3")
        #expect(review.evidence.card.id.model == "support-assistant" && review.evidence.model == ModelName("support"))
        var card = review.evidence.card
        card.createdAt = Timestamp(seconds: 1)
        _ = try await bench.engine.decide(.reject, on: card, reason: "of another of that number", by: "bo").get()
        #expect(try await bench.result("decision")?.outcome == .met)
    }
}
