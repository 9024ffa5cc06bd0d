import PitConnect
import PitModel
import PitParse
import Synchronization
import Testing

extension ClusterTests {
    @Suite(.enabled(if: Cluster.isOurs)) struct CanaryTests {
        // MARK: KServe, Knative mode

        @Test func aCanaryOfKServeIsPromotedAndTakenBack() async throws {
            let cluster = try await Cluster.fresh()
            try await serve(cluster, "hf://example/llama-v1")
            let (connector, id) = (cluster.connector(), cluster.id("llama", .inferenceService))
            try await until("the first serves") {
                let now = try await connector.watch(id).deployment
                return now.status == .complete && now.release == "r1"
            }
            try await cluster.merge(isvc + "/llama", predictor("hf://example/llama-v2", percent: 10))
            try await until("a canary of 10 %") {
                let now = try await connector.watch(id).deployment
                return now.status == .canary && now.traffic.map(\.percent) == [90, 10] && now.release == "r2"
            }
            try await act(connector, DeploymentRequest(.setWeight, id, amount: 50, author: "ana", reason: "more"))
            try await act(connector, DeploymentRequest(.rollback, id, author: "ana", reason: "worse"))
            let back = try await connector.watch(id).deployment
            #expect(back.traffic.map(\.percent) == [100, 0])
            #expect(back.traffic.first?.release == "r1")
            try await act(connector, DeploymentRequest(.setWeight, id, amount: 20, author: "ana", reason: "again"))
            try await act(connector, DeploymentRequest(.promote, id, author: "ana", reason: "better"))
            try await until("it is whole") { try await connector.watch(id).deployment.status == .complete }
            // After a full promotion, too, traffic can go back to the one before.
            let plan = try await act(
                connector, DeploymentRequest(.rollback, id, author: "ana", reason: "worse after all"))
            #expect(plan.concerns.contains { $0.words.contains("the spec still holds the new release") })
        }

        @Test func withoutARevisionToGoBackToTheRecordedSpecIsRestored() async throws {
            let cluster = try await Cluster.fresh()
            try await serve(cluster, "hf://example/llama-v1", mode: "Standard")
            let (connector, id) = (cluster.connector(), cluster.id("llama", .inferenceService))
            let none = try await connector.plan(DeploymentRequest(.rollback, id, author: "ana", reason: "bad"))
            #expect(
                none.concerns.contains { $0.kind == .gone && $0.blocks && $0.words.contains("no earlier revision") })
            let shelf = Shelf()
            connector.record(on: shelf)
            try await until("it is recorded") {
                _ = try await connector.deployments()
                return await shelf.specs(of: id).count == 1
            }
            try await cluster.merge(isvc + "/llama", predictor("hf://example/llama-v2"))
            try await until("so is the next") {
                _ = try await connector.deployments()
                return await shelf.specs(of: id).count == 2
            }
            let plan = try await act(connector, DeploymentRequest(.rollback, id, author: "ana", reason: "bad"))
            #expect(plan.changes.contains { $0.after == "\"hf://example/llama-v1\"" })
            let uri = try await cluster.get(isvc + "/llama").at("spec.predictor.model.storageUri")?.text
            #expect(uri == "hf://example/llama-v1")
        }

        @Test func aCanaryOfStandardModeIsPromotedByOneChange() async throws {
            let cluster = try await Cluster.fresh()
            try await serve(
                cluster, "hf://example/llama-v1", mode: "Standard",
                canary: """
                    , "canary": [{"predictor": {"name": "next", "model": {"storageUri": "hf://example/llama-v2"}},
                     "trafficPercent": 25}]
                    """)
            let (connector, id) = (cluster.connector(), cluster.id("llama", .inferenceService))
            try await until("a quarter goes to it") {
                try await connector.watch(id).deployment.traffic.map(\.percent) == [75, 25]
            }
            try await act(connector, DeploymentRequest(.setWeight, id, amount: 40, author: "ana", reason: "more"))
            try await act(connector, DeploymentRequest(.promote, id, author: "ana", reason: "better"))
            let now = try await cluster.get(isvc + "/llama")["spec"]
            #expect(now?["canary"] == nil)
            #expect(now?.at("predictor.name")?.text == "next")
            #expect(now?.at("predictor.model.storageUri")?.text == "hf://example/llama-v2")
            #expect(now?.at("predictor.model.modelFormat.name")?.text == "huggingface")
        }

        @Test func aModelThatCannotBeLoadedSaysSo() async throws {
            let cluster = try await Cluster.fresh()
            try await serve(cluster, "hf://example/broken")
            try await until("it failed") {
                let now = try await cluster.connector().watch(cluster.id("llama", .inferenceService)).deployment
                return now.status == .failed && now.message == "ModelLoadFailed: no such file"
            }
        }

        @Test func membersOfAGroupShareByWeightAndCanBeStopped() async throws {
            let cluster = try await Cluster.fresh()
            let path = "/apis/serving.kserve.io/v1alpha1/namespaces/demo/llminferenceservices"
            for (name, weight) in [("chat-v1", 90), ("chat-v2", 10)] {
                try await cluster.post(
                    path,
                    """
                    {"metadata": {"name": "\(name)"}, "spec": {"model": {"uri": "hf://example/\(name)", "name": "chat"},
                     "replicas": 1, "router": {"route": {"group": "chat", "weight": \(weight)}}}}
                    """)
            }
            let (connector, id) = (cluster.connector(), cluster.id("chat-v2", .llmInferenceService))
            try await until("they share") {
                try await connector.watch(id).deployment.traffic.map(\.percent) == [90, 10]
            }
            try await act(connector, DeploymentRequest(.setWeight, id, amount: 50, author: "ana", reason: "more"))
            try await act(connector, DeploymentRequest(.rollback, id, author: "ana", reason: "worse"))
            try await act(connector, DeploymentRequest(.stop, id, author: "ana", reason: "end it"))
            try await act(connector, DeploymentRequest(.start, id, author: "ana", reason: "again"), isSeen: false)
        }

        // MARK: Argo Rollouts

        @Test func aRolloutOfArgoIsPromotedAbortedRetriedAndUndone() async throws {
            let cluster = try await Cluster.fresh()
            let path = "/apis/argoproj.io/v1alpha1/namespaces/demo/rollouts"
            try await cluster.post(
                path,
                """
                {"metadata": {"name": "chat"}, "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "chat"}},
                 "strategy": {"canary": {"steps": [{"setWeight": 10}, {"pause": {}}, {"setWeight": 50},
                  {"pause": {"duration": "10m"}}]}},
                 "template": {"metadata": {"labels": {"app": "chat"}},
                  "spec": {"containers": [{"name": "server", "image": "registry.local/llm-server:1.0.0"}]}}}}
                """)
            let (connector, id) = (cluster.connector(), cluster.id("chat", .rollout))
            try await until("it serves") { try await connector.watch(id).deployment.status == .complete }
            let change = """
                {"spec": {"template": {"spec": {"containers": [{"name": "server",
                 "image": "registry.local/llm-server:2.0.0"}]}}}}
                """
            try await cluster.merge(path + "/chat", change)
            try await until("it waits at 10 %") {
                let now = try await connector.watch(id).deployment
                return now.status == .canary && now.traffic.map(\.percent) == [90, 10] && now.steps?.current == 1
            }
            #expect(
                try await connector.watch(id).deployment.steps?.all
                    == ["weight 10%", "pause until promoted", "weight 50%", "pause 10m"])
            let promotion = try await act(connector, DeploymentRequest(.promote, id, author: "ana", reason: "fine"))
            // What was planned at the first pause is not sent at the second.
            _ = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(promotion) }
            try await act(connector, DeploymentRequest(.abort, id, author: "ana", reason: "worse"))
            let aborted = try await connector.watch(id).deployment
            #expect(aborted.status == .degraded)
            #expect(aborted.message.contains("roll back or retry"))
            #expect(aborted.verbs.contains(.retry))
            try await act(
                connector, DeploymentRequest(.retry, id, author: "ana", reason: "a blip"), isSeen: false)
            try await until("it is at the first pause again") {
                try await connector.watch(id).deployment.steps?.current == 1
            }
            let undo = try await act(connector, DeploymentRequest(.rollback, id, author: "ana", reason: "no"))
            #expect(undo.target?.note.hasPrefix("stable") == true)
            try await cluster.merge(path + "/chat", change)
            try await until("it waits") { try await connector.watch(id).deployment.steps?.current == 1 }
            try await act(
                connector, DeploymentRequest(.promote, id, amount: 100, author: "ana", reason: "all of it"))
            // Parts are written by themselves: nothing of it went to the whole.
            let sent = try await cluster.asked().filter { $0.method == "PATCH" && $0.body.contains("/status/") }
            #expect(!sent.isEmpty)
            #expect(sent.allSatisfy { $0.path.hasSuffix("/status") })
        }

        // MARK: -

        private var isvc: String { "/apis/serving.kserve.io/v1beta1/namespaces/demo/inferenceservices" }

        private func predictor(_ uri: String, percent: Int? = nil) -> String {
            let canary = percent.map { ", \"canaryTrafficPercent\": \($0)" } ?? ""
            return "{\"spec\": {\"predictor\": {\"model\": {\"storageUri\": \"\(uri)\"}\(canary)}}}"
        }

        private func serve(_ cluster: Cluster, _ uri: String, mode: String = "Knative", canary: String = "")
            async throws
        {
            try await cluster.post(
                isvc,
                """
                {"metadata": {"name": "llama", "annotations": {"serving.kserve.io/deploymentMode": "\(mode)"}},
                 "spec": {"predictor": {"minReplicas": 1, "model": {"modelFormat": {"name": "huggingface"},
                 "storageUri": "\(uri)"}}\(canary)}}
                """)
        }

        /// Plans it, sends it, and waits until what the plan expects is seen, and traced.
        @discardableResult private func act(
            _ connector: KubernetesConnector, _ request: DeploymentRequest, isSeen: Bool = true
        ) async throws -> DeploymentPlan {
            let plan = try await connector.plan(request)
            #expect(!plan.isBlocked, "\(request.verb): \(plan.concerns)")
            #expect(plan.permission == .allowed)
            _ = try await connector.apply(plan)
            guard isSeen else { return plan }
            try await until("\(request.verb) is seen") {
                plan.expectation.verdict(on: try await connector.watch(request.deployment).deployment) == .met
            }
            guard case .done = try await connector.trace(of: plan) else {
                let trace = try await connector.trace(of: plan)
                Issue.record("\(request.verb) was done, and this is what is said: \(trace)")
                return plan
            }
            return plan
        }
    }
}

/// A shelf in memory.
private final class Shelf: SpecShelf {
    private let all = Mutex<[RecordedSpec]>([])

    func keep(_ spec: RecordedSpec) async {
        all.withLock { all in
            all.removeAll { $0.deployment == spec.deployment && $0.digest == spec.digest }
            all.insert(spec, at: 0)
        }
    }

    func specs(of deployment: DeploymentID) async -> [RecordedSpec] {
        all.withLock { $0.filter { $0.deployment == deployment } }
    }
}
