import PitConnect
import PitModel
import PitParse
import Testing

extension ClusterTests {
    @Suite struct RollbackTests {
        @Test func aRollbackIsPlannedSentOnceAndSeen() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            let first = try await cluster.get(Cluster.path("llm"))
            try await cluster.release(
                "llm", image: "registry.local/llm-server:2.0.0", cause: "release 2.0.0",
                extra: "\"nodeSelector\": {\"gpu\": \"h200\"},")
            let connector = cluster.connector()
            let revisions = try await connector.revisions(of: cluster.id("llm"))
            #expect(revisions.map(\.label) == ["r2", "r1"])
            #expect(revisions.map(\.isCurrent) == [true, false])
            #expect(revisions.map(\.cause) == ["release 2.0.0", "release 1.0.0"])
            #expect(revisions[1].artifacts.map(\.value) == ["registry.local/llm-server:1.0.0", "/models/llm"])

            try await cluster.control("clear")
            let request = DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "errors of 2.0.0")
            let plan = try await connector.plan(request)
            #expect(!plan.isBlocked, "\(plan.concerns)")
            #expect(plan.permission == .allowed)
            #expect(plan.target?.id == revisions[1].id)
            #expect(plan.changes.contains(SpecChange("spec.nodeSelector.gpu", before: "\"h200\"", after: nil)))
            #expect(plan.readiness?.warmth == .cold)
            #expect(plan.readiness?.secondsToServe != nil)
            let planned = try await cluster.asked()
            #expect(planned.filter { $0.method == "PATCH" }.allSatisfy { $0.isDryRun })
            let shown = plan.exchange.joined() + plan.token + plan.changes.map { "\($0)" }.joined()
            #expect(!shown.contains("hf_not_to_be_shown"))

            try await cluster.control("clear")
            let word = try await connector.apply(plan)
            #expect(word.contains("generation 3"))
            let sent = try await cluster.asked().filter { $0.method == "PATCH" }
            #expect(sent.count == 1)
            #expect(sent.first?.type == "application/json-patch+json")
            #expect(sent.first?.query["fieldManager"]?.text == "pitwall")
            let operations = JSONReader.value(of: sent.first?.body ?? "")?.list ?? []
            #expect(operations.prefix(2).map { $0["op"]?.text } == ["test", "test"])
            #expect(operations.first { $0["path"]?.text == "/spec/template" }?["value"] == first["spec"]?["template"])

            try await until("the earlier release serves") {
                let now = try await connector.watch(cluster.id("llm")).deployment
                return plan.expectation.verdict(on: now) == .met
            }
            let now = try await cluster.get(Cluster.path("llm"))
            #expect(now["spec"]?["template"] == first["spec"]?["template"])
            let annotations = now["metadata"]?["annotations"]
            #expect(annotations?["team/oncall"]?.text == "ml")
            #expect(annotations?["kubernetes.io/change-cause"]?.text == "release 1.0.0")
            #expect(annotations?["pitwall/operation"]?.text?.contains("errors of 2.0.0") == true)
            let after = try await connector.revisions(of: cluster.id("llm"))
            #expect(after.first?.id == revisions[1].id)
            #expect(after.first?.label == "r3")
            #expect(after.first?.formerNumbers == [1])
            #expect(after.first?.author == "ana")
            #expect(after.last?.cause == "release 2.0.0")
            guard case .done = try await connector.trace(of: plan) else {
                Issue.record("it was done")
                return
            }
            let listed = try await connector.deployments().first { $0.id == cluster.id("llm") }
            #expect(listed?.changedBy == "ana")
            #expect(listed?.current == revisions[1].id)
        }

        @Test func aChangeSinceThePlanIsFoundBeforeAnythingIsSent() async throws {
            let (cluster, connector, plan) = try await planned()
            try await cluster.merge(Cluster.path("llm"), "{\"spec\": {\"replicas\": 3}}", by: "somebody-else")
            try await cluster.control("clear")
            let words = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(plan) }
            #expect(words.contains("generation 2 is now 3"))
            #expect(words.contains("somebody-else"))
            #expect(try await cluster.asked().allSatisfy { $0.method == "GET" })
            guard case .superseded = try await connector.trace(of: plan) else {
                Issue.record("somebody changed it")
                return
            }
        }

        @Test func aChangeInTheVeryMomentIsRefusedByTheServerAndExplained() async throws {
            let (cluster, _, plan) = try await planned()
            let racing = RacingHTTP(inner: cluster.wire()) {
                try await cluster.merge(Cluster.path("llm"), "{\"spec\": {\"replicas\": 3}}", by: "somebody-else")
            }
            let connector = cluster.connector(http: racing)
            let words = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(plan) }
            #expect(words.contains("generation 2 is now 3"))
            #expect(words.contains("Nothing was changed"))
            let image = try await cluster.get(Cluster.path("llm")).at("spec.template.spec.containers.0.image")?.text
            #expect(image == "registry.local/llm-server:2.0.0")
        }

        @Test func aDeletedAndRemadeDeploymentIsAnotherOne() async throws {
            let (cluster, connector, plan) = try await planned()
            try await cluster.delete(Cluster.path("llm"))
            guard case .superseded = try await connector.trace(of: plan) else {
                Issue.record("it is gone")
                return
            }
            try await cluster.deploy("llm")
            let words = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(plan) }
            #expect(words.contains("deleted and made again"))
        }

        @Test(.enabled(if: Cluster.isOurs)) func aReplyThatWasLostIsTracedToWhatHappened() async throws {
            let (cluster, connector, plan) = try await planned()
            #expect(try await connector.trace(of: plan) == .notDone)
            try await cluster.set([("refuse", .text("PATCH"))])
            await #expect(throws: ConnectorFault.self) { try await connector.apply(plan) }
            #expect(try await connector.trace(of: plan) == .notDone)
            try await cluster.set([("refuse", .text("")), ("drop_reply", .text("yes"))])
            await #expect(throws: ConnectorFault.self) { try await connector.apply(plan) }
            guard case .done = try await connector.trace(of: plan) else {
                Issue.record("it was done, though nobody said so")
                return
            }
            // Sent again it is refused: what was asked for happened once.
            let again = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(plan) }
            #expect(again.contains("Nothing was sent"))
            try await cluster.set([("drop_reply", .text(""))])
            try await cluster.release("llm", image: "registry.local/llm-server:3.0.0", cause: "3", settles: false)
            guard case .superseded = try await connector.trace(of: plan) else {
                Issue.record("it was changed again")
                return
            }
        }

        @Test func aTargetThatTheHistoryNoLongerHoldsIsSaidBeforeAndAfterThePlan() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm", limit: 1)
            let only = try await cluster.connector().plan(
                DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: ""))
            #expect(only.isBlocked)
            #expect(only.concerns.contains { $0.kind == .gone && $0.words.contains("no earlier revision") })
            try await cluster.release("llm", image: "registry.local/llm-server:2.0.0", cause: "2")
            let connector = cluster.connector()
            let plan = try await connector.plan(
                DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: ""))
            #expect(!plan.isBlocked)
            let target = try #require(plan.target?.id)
            // Its generation is as planned, and the target is gone all the same.
            let path = "/apis/apps/v1/namespaces/demo/replicasets/\(target.name)"
            try await cluster.delete(path)
            let words = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(plan) }
            #expect(words.contains("no longer there"))
            let late = try await connector.plan(
                DeploymentRequest(.rollback, cluster.id("llm"), to: target, author: "ana", reason: ""))
            #expect(late.isBlocked)
            #expect(late.concerns.contains { $0.kind == .gone && $0.words.contains("1 older revisions") })
        }

        private func planned() async throws -> (Cluster, KubernetesConnector, DeploymentPlan) {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            try await cluster.release("llm", image: "registry.local/llm-server:2.0.0", cause: "release 2.0.0")
            let connector = cluster.connector()
            let plan = try await connector.plan(
                DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad"))
            #expect(!plan.isBlocked, "\(plan.concerns)")
            return (cluster, connector, plan)
        }
    }
}

/// The words of a refusal.
func refusal(_ act: () async throws(ConnectorFault) -> Void) async throws -> String {
    do throws(ConnectorFault) { try await act() } catch {
        guard case .rejected(let words) = error else { throw error }
        return words
    }
    throw Waited(description: "it was not refused")
}

/// They share a server, and set how it behaves.
@Suite(.serialized) struct ClusterTests {}
