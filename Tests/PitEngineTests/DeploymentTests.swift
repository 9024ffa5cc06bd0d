import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Suite struct DeploymentTests {
    @Test func theSnapshotHasWhatRunsWhereAndWhichModelItServes() async throws {
        let bench = try DeployBench()
        let state = try #require(await bench.turns(1).deployments.first)
        #expect(state.deployment.id == FakeCluster.id && state.deployment.model == ModelName("m"))
        #expect(!state.isStale && state.revisions == nil)
        #expect(await bench.engine.lookInto(FakeCluster.id) == nil)
        let seen = try #require(await bench.engine.current().deployments.first)
        #expect(seen.revisions?.map(\.label) == ["r2", "r1"] && seen.changes.count == 1)
    }

    @Test func aNewRevisionIsAReleaseOnTheChangeLine() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        bench.cluster.release(1, by: "argocd", at: bench.clock.now())
        let snapshot = await bench.turns(1)
        let event = try #require(snapshot.events.last { $0.kind == .release })
        #expect(event.title == "prod/chat r1 released by argocd" && event.model == ModelName("m"))
        #expect(snapshot.models.first?.release == "r1")
    }

    @Test func aRollbackIsJournalledWatchedAndSeen() async throws {
        let bench = try DeployBench()
        await bench.turns(3)
        bench.cluster.state.withLock { $0.obeys = false }
        let entry = try await bench.rollBack()
        #expect(entry.stage == .acknowledged)
        var snapshot = await bench.turns(1)
        #expect(snapshot.deployments.first?.operation == entry.operation.id)
        #expect(snapshot.operations.last?.stage == .acknowledged, "an accepted request is no success")
        bench.cluster.state.withLock { $0.obeys = true }
        snapshot = await bench.turns(1)
        #expect(snapshot.operations.last?.stage == .verified)
        #expect(bench.cluster.state.withLock { $0.applied } == ["chat-1"])
        let stages = try bench.store.stages().filter { $0.operation.id == entry.operation.id }.map(\.stage)
        #expect(stages == [.recorded, .sent, .acknowledged, .verified])
        #expect(try bench.store.deploymentLocks().isEmpty)
    }

    @Test func twoConsolesCannotActOnOneDeployment() async throws {
        let first = try DeployBench()
        first.cluster.state.withLock { $0.obeys = false }
        await first.turns(1)
        let second = try DeployBench(store: first.store, cluster: first.cluster, clock: first.clock, author: "ben")
        await second.turns(1)
        let plan = try await second.engine.plan(second.request(author: "ben"))
        _ = try await first.rollBack()
        let late = await second.engine.deploy(plan)
        #expect(late.stage == .refused && late.detail.contains("rollback by ana is acknowledged"))
        #expect(try await second.engine.plan(second.request()).concerns.contains { $0.kind == .operationInFlight })
        #expect(first.cluster.state.withLock { $0.applied.count } == 1)
    }

    @Test func whatIsNotAllowedIsNotSent() async throws {
        let frozen: (inout DeploymentSettings) -> Void = {
            $0.freezes = [FreezeWindow(reason: "Christmas", names: ["prod/*"])]
        }
        let cases: [(DeployBench, DeploymentVerb, Concern.Kind)] = [
            (try DeployBench(isReadOnly: true), .rollback, .readOnly),
            (try DeployBench(allow: [.scale]), .rollback, .notAllowed),
            (try DeployBench(configure: frozen), .promote, .freeze),
        ]
        for (bench, verb, kind) in cases {
            await bench.turns(1)
            let plan = try await bench.engine.plan(bench.request(verb))
            #expect(plan.concerns.contains { $0.kind == kind && $0.blocks })
            #expect(await bench.engine.deploy(plan).stage == .refused)
            #expect(bench.cluster.state.withLock { $0.applied.isEmpty })
        }
        let bench = try DeployBench(configure: frozen)
        await bench.turns(1)
        let back = try await bench.engine.plan(bench.request())
        #expect(back.concerns.contains { $0.kind == .freeze && !$0.blocks }, "going back stays possible")
    }

    @Test func aSecondPersonApproves() async throws {
        let bench = try DeployBench { $0.approvals = 2 }
        await bench.turns(1)
        let entry = try await bench.rollBack()
        #expect(entry.stage == .awaiting && bench.cluster.state.withLock { $0.applied.isEmpty })
        let id = entry.operation.id
        guard case .failure = await bench.engine.approve(id, by: "ana") else {
            Issue.record("whoever asked may not approve")
            return
        }
        let other = try DeployBench(store: bench.store, cluster: bench.cluster, clock: bench.clock) { $0.approvals = 2 }
        await other.turns(1)
        let approved = try await other.engine.approve(String(id.prefix(8)), by: "ben").get()
        #expect(approved.stage == .acknowledged && bench.cluster.state.withLock { $0.applied.count } == 1)
        guard case .failure = await bench.engine.approve(id, by: "cleo") else {
            Issue.record("it was approved already")
            return
        }
        #expect(bench.cluster.state.withLock { $0.applied.count } == 1)
    }

    @Test func anApprovalAtTheServerCountsAndOnesOwnDoesNot() async throws {
        let bench = try DeployBench { $0.approvals = 2 }
        await bench.turns(1)
        let entry = try await bench.rollBack()
        #expect(entry.detail.contains("or say so at the server"))
        bench.cluster.state.withLock { $0.approvals = ["ana"] }
        await bench.turns(12)
        #expect(await bench.engine.current().operations.last?.stage == .awaiting)
        #expect(bench.cluster.state.withLock { $0.applied.isEmpty })
        bench.cluster.state.withLock { $0.approvals = ["ana", "ben"] }
        await bench.turns(12)
        #expect(await bench.engine.current().operations.last?.stage == .verified)
        #expect(bench.cluster.state.withLock { $0.applied.count } == 1)
    }

    @Test func aLostAnswerIsAskedAfterAndNeverSentTwice() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        bench.cluster.state.withLock { $0.loss = .after(.timedOut(after: 10)) }
        #expect(try await bench.rollBack().stage == .sent)
        await bench.turns(2)
        #expect(await bench.engine.current().operations.last?.stage == .verified)
        #expect(bench.cluster.state.withLock { $0.applied.count } == 1)
    }

    @Test func whatWasLostOnTheWayWaitsForAPerson() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        bench.cluster.state.withLock { $0.loss = .before(.unreachable("cut")) }
        let entry = try await bench.rollBack()
        #expect(entry.stage == .sent)
        let id = entry.operation.id
        guard case .failure(let why) = await bench.engine.resume(id, by: "ana") else {
            Issue.record("what was sent may still arrive")
            return
        }
        #expect(why.words.contains("may still arrive"))
        await bench.turns(4)
        #expect(await bench.engine.current().operations.last?.stage == .halted)
        #expect(bench.cluster.state.withLock { $0.applied.isEmpty })
        #expect(try await bench.engine.resume(id, by: "ana").get().stage == .acknowledged)
        #expect(bench.cluster.state.withLock { $0.applied.count } == 1)
    }

    @Test func anAbandonedOperationLetsTheDeploymentGo() async throws {
        let bench = try DeployBench { $0.approvals = 2 }
        await bench.turns(1)
        let entry = try await bench.rollBack()
        #expect(try await bench.engine.abandon(entry.operation.id, by: "ana").get().stage == .abandoned)
        #expect(try bench.store.deploymentLocks().isEmpty)
        guard case .failure = await bench.engine.approve(entry.operation.id, by: "ben") else {
            Issue.record("nothing is left to approve")
            return
        }
    }

    @Test func aConcurrentChangeIsNotOverwritten() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        let plan = try await bench.engine.plan(bench.request())
        bench.cluster.release(2, by: "ben", at: bench.clock.now())
        let entry = await bench.engine.deploy(plan)
        #expect(entry.stage == .refused && entry.detail.contains("generation is 3"))
        #expect(try bench.store.deploymentLocks().isEmpty)
    }

    @Test func aRolloutThatFailsIsSaid() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        bench.cluster.state.withLock { $0.obeys = false }
        _ = try await bench.rollBack()
        bench.cluster.state.withLock { ($0.deployment.status, $0.deployment.message) = (.failed, "ImagePullBackOff") }
        let snapshot = await bench.turns(1)
        #expect(snapshot.operations.last?.stage == .contradicted)
        #expect(snapshot.deployments.first?.proof?.verdict == .notRecovered)
        #expect(snapshot.operations.last?.detail.contains("ImagePullBackOff") == true)
    }
}

@Suite struct ProofTests {
    @Test func aRollbackThatHelpsIsProved() async throws {
        let bench = try DeployBench()
        bench.cluster.release(1, by: "jenkins", at: bench.clock.now().advanced(by: -100_000))
        await bench.turns(60, failed: 1)
        bench.cluster.release(2, by: "jenkins", at: bench.clock.now())
        await bench.turns(12, failed: 12)
        let entry = try await bench.rollBack()
        let snapshot = await bench.turns(40, failed: 1)
        let proof = try #require(snapshot.deployments.first?.proof)
        #expect(proof.verdict == .recovered, "\(proof.words)")
        let error = try #require(proof.evidence.first { $0.name == "error ratio" })
        #expect(abs((error.before ?? 0) - 0.12) < 0.01 && abs((error.after ?? 0) - 0.01) < 0.003)
        #expect(abs((error.expected ?? 0) - 0.01) < 0.003 && (error.pValue ?? 1) < 0.02)
        let receipt = try #require(try await bench.engine.receipt(of: entry.operation.id))
        #expect(receipt.markdown.contains("# RECOVERED: rollback prod/chat"))
        #expect(snapshot.events.contains { $0.kind == .proof && $0.title == "prod/chat: RECOVERED" })
        #expect(snapshot.audit.contains { $0.what == "proof recovered" })
    }

    /// Exchanges of a release, so many of which somebody finds good.
    private func judge(_ bench: DeployBench, _ release: String, good: Int, bad: Int) async throws {
        let log = ConnectionName("log")
        let desk = LabelDesk(store: bench.store, settings: LabelingSettings(), author: "ana", clock: bench.clock)
        let exchanges = (0..<(good + bad)).map { number in
            var exchange = Interaction(
                id: "\(release)-\(number)", connection: log, model: ModelName("m"), at: bench.clock.now(),
                messages: [.init("user", "prompt \(number)")], response: "answer \(number)")
            exchange.attributes["release"] = .text(release)
            return exchange
        }
        try bench.store.append(exchanges.map { KeptInteraction($0) }, from: log, cursor: release)
        _ = try await desk.create(LabelQueue(name: "q-\(release)", author: "ana", at: bench.clock.now()))
        for (place, exchange) in exchanges.enumerated() {
            let value = JudgedValue.choice(place < good ? "good" : "bad")
            _ = try await desk.perform(
                LabelAct(.judge(["good": value], comment: ""), queue: "q-\(release)", item: "log/\(exchange.id)"))
        }
    }

    @Test func whatPeopleJudgedStandsInThePlanAndInTheReceipt() async throws {
        let bench = try DeployBench { $0.proof.window = 200 }
        await bench.turns(2)
        #expect(try await bench.engine.plan(bench.request()).judged == nil)
        try await judge(bench, "r2", good: 1, bad: 3)
        try await judge(bench, "r1", good: 4, bad: 0)
        let plan = try await bench.engine.plan(bench.request())
        #expect(plan.judged == ["r2: 1 of 4 good (5 to 70 %)", "r1: 4 of 4 good (51 to 100 %)"])
        let entry = await bench.engine.deploy(plan)
        let snapshot = await bench.turns(40)
        let proof = try #require(snapshot.deployments.first?.proof)
        let judged = try #require(proof.evidence.first { $0.name == "share good" })
        #expect(judged.before == 0.25 && judged.after == 1 && judged.countBefore == 4 && judged.countAfter == 4)
        let receipt = try #require(try await bench.engine.receipt(of: entry.operation.id))
        #expect(receipt.markdown.contains("r2: 1 of 4 good (5 to 70 %); r1: 4 of 4 good (51 to 100 %)"))
    }

    @Test func aRollbackThatDoesNotHelpIsSaid() async throws {
        let bench = try DeployBench()
        bench.cluster.release(1, by: "jenkins", at: bench.clock.now().advanced(by: -100_000))
        await bench.turns(60, failed: 1)
        bench.cluster.release(2, by: "jenkins", at: bench.clock.now())
        await bench.turns(12, failed: 12)
        _ = try await bench.rollBack()
        let snapshot = await bench.turns(40, failed: 12)
        #expect(snapshot.deployments.first?.proof?.verdict == .notRecovered)
    }

    @Test func whatShowsNoDifferenceIsNotCalledOne() async throws {
        for requests in [100, 1] {
            let bench = try DeployBench { $0.proof.window = 200 }
            bench.cluster.release(1, by: "jenkins", at: bench.clock.now().advanced(by: -100_000))
            await bench.turns(40, requests: requests, failed: requests / 100)
            bench.cluster.release(2, by: "jenkins", at: bench.clock.now())
            await bench.turns(12, requests: requests, failed: requests / 100)
            _ = try await bench.rollBack()
            let snapshot = await bench.turns(25, requests: requests, failed: requests / 100)
            #expect(snapshot.deployments.first?.proof?.verdict == .notEnoughData)
        }
    }
}

@Suite struct QuarantineTests {
    @Test func aBadVersionThatComesBackIsACriticalAlertWithAName() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        _ = try await bench.rollBack()
        var snapshot = await bench.turns(2)
        #expect(snapshot.quarantine.map(\.words) == ["model chat-2"])
        #expect(snapshot.alerts.isEmpty)
        bench.cluster.release(2, by: "argocd", at: bench.clock.now())
        snapshot = await bench.turns(1)
        let alert = try #require(snapshot.alerts.first)
        #expect(alert.alert.name == "QuarantinedVersionServed" && alert.alert.severity == .critical)
        #expect(alert.alert.summary.contains("brought back by argocd"))
        #expect(snapshot.deployments.first?.quarantine == ["model chat-2"])
        #expect(try await bench.engine.liftQuarantine(1, by: "ana"))
        snapshot = await bench.turns(1)
        #expect(snapshot.alerts.allSatisfy { $0.alert.state == .resolved })
    }

    @Test func goingBackToABadVersionIsRefused() async throws {
        let bench = try DeployBench()
        await bench.turns(1)
        _ = try await bench.rollBack()
        await bench.turns(2)
        let plan = try await bench.engine.plan(bench.request())
        #expect(plan.concerns.contains { $0.kind == .quarantined && $0.blocks })
        #expect(await bench.engine.deploy(plan).stage == .refused)
    }
}

@Suite struct GuardTests {
    private func bench() throws -> DeployBench {
        try DeployBench {
            $0.guards = [GuardRule(names: ["prod/*"], burnRate: 5, duration: 30, countdown: 20, limit: 1)]
        }
    }

    /// Good times, then a release that fails one request in five.
    private func burn(_ bench: DeployBench) async -> Snapshot {
        bench.cluster.release(1, by: "jenkins", at: bench.clock.now().advanced(by: -100_000))
        await bench.turns(6)
        bench.cluster.release(2, by: "jenkins", at: bench.clock.now())
        for _ in 0..<12 {
            let snapshot = await bench.turns(1, failed: 20)
            if snapshot.deployments.first?.guardDue != nil { return snapshot }
        }
        return Snapshot()
    }

    @Test func aReleaseThatBurnsTheBudgetIsRolledBackAfterACountdown() async throws {
        let bench = try bench()
        let armed = await burn(bench)
        #expect(armed.deployments.first?.guardDue != nil)
        #expect(bench.cluster.state.withLock { $0.applied.isEmpty })
        let snapshot = await bench.turns(4, failed: 20)
        #expect(bench.cluster.state.withLock { $0.applied } == ["chat-1"])
        let operation = try #require(snapshot.operations.last?.operation)
        #expect(operation.author == "pitwall guard" && operation.reason.contains("r2"))
    }

    @Test func aPersonsNoHoldsForGood() async throws {
        let bench = try bench()
        _ = await burn(bench)
        #expect(await bench.engine.stopGuard(FakeCluster.id, by: "ana") == nil)
        let snapshot = await bench.turns(20, failed: 20)
        #expect(snapshot.deployments.first?.guardDue == nil)
        #expect(bench.cluster.state.withLock { $0.applied.isEmpty })
    }

    @Test func theGuardNeverUndoesWhatAPersonPutThere() async throws {
        let bench = try bench()
        await bench.turns(6)
        _ = try await bench.rollBack()
        bench.cluster.state.withLock { $0.deployment.since = bench.clock.now() }
        let snapshot = await bench.turns(20, failed: 30)
        #expect(snapshot.deployments.first?.guardDue == nil)
        #expect(bench.cluster.state.withLock { $0.applied } == ["chat-1"])
    }

    @Test func withoutARuleNothingIsDoneByItself() async throws {
        let bench = try DeployBench()
        _ = await burn(bench)
        await bench.turns(10, failed: 50)
        #expect(bench.cluster.state.withLock { $0.applied.isEmpty })
    }
}
