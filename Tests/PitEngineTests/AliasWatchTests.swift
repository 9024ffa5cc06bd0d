import Foundation
import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Suite struct AliasWatchTests {
    private static let policy = ReviewPolicy(
        name: "prod", alias: "champion", requires: [RequirementSpec("description")], approvers: ["bo"], approvals: 1)

    /// A poll, and what is asked of servers after it.
    private func look(_ bench: ReviewBench, after seconds: Double = 70) async -> Snapshot {
        bench.clock.advance(seconds)
        _ = await bench.engine.pollOnce()
        await bench.engine.deploymentTurn()
        bench.clock.advance(2)
        return await bench.engine.pollOnce()
    }

    @Test(
        "an alias that somebody moved in the registry itself against a policy is told, undone by nobody, and told no more once it is mended"
    )
    func movedOutside() async throws {
        let bench = try await ReviewBench([Self.policy])
        let calm = await look(bench)
        #expect(calm.alerts.isEmpty, "what was there when pitwall first looked has not moved")
        bench.registry.state.withLock { $0.champion = "3" }
        let snapshot = await look(bench)
        let alert = try #require(snapshot.alerts.first { $0.alert.name == "AliasAgainstPolicy" })
        #expect(
            alert.alert.summary
                == "support-assistant@champion was moved outside pitwall to version 3, against policy prod")
        #expect(alert.alert.annotations["description"]?.contains("prod misses approvals: 0 of 1") == true)
        #expect(alert.alert.severity == .error && alert.model == ModelName("support"))
        let events = try bench.store.events(
            from: bench.clock.now().advanced(by: -600), to: bench.clock.now().advanced(by: 10))
        let told = events.filter { $0.kind == .alias && $0.title.contains("outside pitwall") }
        #expect(told.count == 1 && told.first?.detail.contains("misses approvals") == true)
        #expect(bench.registry.state.withLock { $0.champion == "3" && $0.sent.isEmpty }, "nothing is undone")
        try await bench.decide(.approve, by: "bo")
        let mended = await look(bench)
        #expect(mended.alerts.allSatisfy { $0.alert.name != "AliasAgainstPolicy" || $0.alert.state == .resolved })
    }

    @Test("what pitwall itself has moved, as its policies allow, is none")
    func movedByPitwall() async throws {
        let bench = try await ReviewBench([Self.policy])
        _ = await look(bench)
        try await bench.decide(.approve, by: "bo")
        #expect(await bench.engine.deploy(try await bench.promote()).stage == .acknowledged)
        try await bench.decide(.reject, by: "bo")
        let snapshot = await look(bench)
        #expect(bench.registry.state.withLock { $0.champion } == "3")
        #expect(snapshot.alerts.isEmpty)
    }
}
