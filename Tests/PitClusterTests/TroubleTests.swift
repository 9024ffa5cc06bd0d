import PitConnect
import PitModel
import PitParse
import Testing

extension ClusterTests {
    @Suite struct TroubleTests {
        @Test(.enabled(if: Cluster.isOurs)) func whatTheServerWouldRefuseIsKnownBeforeAnythingIsSent() async throws {
            let cluster = try await two()
            let request = DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad")
            let viewer = try await cluster.connector("viewer").plan(request)
            #expect(viewer.isBlocked)
            guard case .denied(let words) = viewer.permission else {
                Issue.record("a viewer may not patch")
                return
            }
            #expect(words.contains("may not patch deployments in demo"))
            #expect(
                viewer.concerns.contains { $0.kind == .dryRun && $0.words.contains("User \"viewer\" cannot patch") })

            try await cluster.set([("deny", .text("change freeze until Monday"))])
            let denied = try await cluster.connector().plan(request)
            #expect(denied.concerns.contains { $0.blocks && $0.words.contains("change freeze until Monday") })
            try await cluster.set([("deny", .text("")), ("mutate", .text("sidecar"))])
            let mutated = try await cluster.connector().plan(request)
            #expect(mutated.concerns.contains { $0.blocks && $0.words.contains("something else of spec.template") })
            #expect(
                try await cluster.asked().filter { $0.method == "PATCH" && !$0.isDryRun && $0.body.contains("test") }
                    .isEmpty)
        }

        @Test(.enabled(if: Cluster.isOurs)) func aRefusalAtTheLastMomentChangesNothingAndIsTold() async throws {
            let cluster = try await two()
            let connector = cluster.connector()
            let plan = try await connector.plan(
                DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad"))
            try await cluster.set([("deny", .text("change freeze until Monday")), ("deny_code", .number(400))])
            let words = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(plan) }
            #expect(words.contains("change freeze until Monday"))
            #expect(try await connector.trace(of: plan) == .notDone)
        }

        @Test func whatSomebodyElsePausedIsNotRolledBack() async throws {
            let cluster = try await two()
            let connector = cluster.connector()
            let request = DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad")
            let early = try await connector.plan(request)
            try await cluster.merge(Cluster.path("llm"), "{\"spec\": {\"paused\": true}}", by: "bob")
            try await until("it is paused") {
                try await connector.watch(cluster.id("llm")).deployment.status == .paused
            }
            let late = try await connector.plan(request)
            #expect(late.concerns.contains { $0.kind == .paused && $0.blocks })
            let words = try await refusal { () throws(ConnectorFault) in _ = try await connector.apply(early) }
            #expect(words.contains("bob"))
            let now = try await connector.watch(cluster.id("llm")).deployment
            #expect(now.verbs.contains(.resume))
            #expect(!now.verbs.contains(.rollback))
        }

        @Test(
            .enabled(if: Cluster.isOurs),
            arguments: [
                ("registry.local/missing:1", "ImagePullBackOff", "Failed"),
                ("registry.local/unschedulable:1", "Unschedulable", ""),
                ("registry.local/unready:1", "readiness probe", "Unhealthy"),
                ("registry.local/crash:1", "CrashLoopBackOff", "Failed"),
            ]) func aRolloutThatCannotFinishSaysWhy(_ image: String, _ reason: String, _ event: String) async throws
        {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            try await cluster.release("llm", image: image, cause: "bad", settles: false)
            let connector = cluster.connector()
            try await until("its reason is seen") {
                let view = try await connector.watch(cluster.id("llm"))
                let isTold = event.isEmpty || view.events.contains { $0.reason == event && $0.isWarning }
                return view.deployment.status == .progressing && view.deployment.message.contains(reason) && isTold
            }
            try await cluster.set([("deadline_scale", .number(0))])
            try await until("it has failed") {
                try await connector.watch(cluster.id("llm")).deployment.status == .failed
            }
            // Back to the one that serves: done by the counts, though the failure's condition lingers.
            try await cluster.set([("deadline_scale", .number(1))])
            let plan = try await connector.plan(
                DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad image"))
            #expect(plan.readiness?.warmth == .warm)
            _ = try await connector.apply(plan)
            try await until("it is back") {
                let now = try await connector.watch(cluster.id("llm")).deployment
                return plan.expectation.verdict(on: now) == .met
            }
        }

        @Test(.enabled(if: Cluster.isOurs)) func aQuotaIsTheReason() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            try await cluster.set([("quota", .number(2))])
            try await cluster.release("llm", image: "registry.local/llm-server:2.0.0", cause: "2", settles: false)
            try await until("the quota is named") {
                let now = try await cluster.connector().watch(cluster.id("llm")).deployment
                return now.status == .progressing && now.message.contains("exceeded quota")
            }
        }

        @Test(.enabled(if: Cluster.isOurs)) func anAcceptedRequestIsNotSuccess() async throws {
            let cluster = try await two()
            let connector = cluster.connector()
            let plan = try await connector.plan(
                DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad"))
            try await cluster.set([("controller", .flag(false))])
            _ = try await connector.apply(plan)
            // Its status is as full as before, and of the generation before.
            let now = try await connector.watch(cluster.id("llm")).deployment
            #expect(now.status == .progressing)
            #expect(now.message.contains("has not seen generation 3"))
            #expect(plan.expectation.verdict(on: now) != .met)
        }

        @Test func pauseResumeRestartAndScaleAreSeenToBeDone() async throws {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            let connector = cluster.connector()
            for (verb, amount) in [(.pause, nil), (.resume, nil), (.restart, nil), (.scale, 3)]
                as [(DeploymentVerb, Int?)]
            {
                let request = DeploymentRequest(verb, cluster.id("llm"), amount: amount, author: "ana", reason: "why")
                let plan = try await connector.plan(request)
                #expect(!plan.isBlocked, "\(verb): \(plan.concerns)")
                _ = try await connector.apply(plan)
                try await until("\(verb) is seen") {
                    let now = try await connector.watch(cluster.id("llm")).deployment
                    return plan.expectation.verdict(on: now) == .met
                }
                guard case .done = try await connector.trace(of: plan) else {
                    Issue.record("\(verb) was done")
                    return
                }
            }
            let again = try await connector.plan(
                DeploymentRequest(.scale, cluster.id("llm"), amount: 3, author: "ana", reason: ""))
            #expect(again.concerns.contains { $0.kind == .sameAsNow && $0.blocks })
        }

        @Test func whoWillBringItBackIsSaid() async throws {
            let cluster = try await two()
            let marks = [
                ("{\"metadata\": {\"annotations\": {\"argocd.argoproj.io/tracking-id\": \"x\"}}}", "Argo CD"),
                (
                    "{\"metadata\": {\"annotations\": {\"argocd.argoproj.io/tracking-id\": null}, \"labels\": {\"kustomize.toolkit.fluxcd.io/name\": \"x\"}}}",
                    "Flux"
                ),
                (
                    "{\"metadata\": {\"labels\": {\"kustomize.toolkit.fluxcd.io/name\": null, \"app.kubernetes.io/managed-by\": \"Helm\"}}}",
                    "Helm"
                ),
            ]
            for (mark, name) in marks {
                try await cluster.merge(Cluster.path("llm"), mark)
                let plan = try await cluster.connector().plan(
                    DeploymentRequest(.rollback, cluster.id("llm"), author: "ana", reason: "bad"))
                #expect(plan.before.managedBy == name)
                #expect(!plan.isBlocked)
                #expect(plan.concerns.contains { $0.kind == .managed && $0.words.contains(name) })
            }
        }

        @Test func aStatefulSetGoesBackByItsControllerRevisions() async throws {
            let cluster = try await Cluster.fresh()
            let path = "/apis/apps/v1/namespaces/demo/statefulsets"
            try await cluster.post(
                path,
                """
                {"metadata": {"name": "cache"}, "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "cache"}},
                 "template": {"metadata": {"labels": {"app": "cache"}},
                 "spec": {"containers": [{"name": "c", "image": "registry.local/cache:1"}]}}}}
                """)
            let connector = cluster.connector()
            let id = cluster.id("cache", .statefulSet)
            try await until("it runs") { try await connector.watch(id).deployment.status == .complete }
            try await cluster.merge(
                path + "/cache",
                """
                {"spec": {"template": {"spec": {"hostNetwork": false,
                 "containers": [{"name": "c", "image": "registry.local/cache:2"}]}}}}
                """)
            try await until("two revisions") {
                let now = try await connector.revisions(of: id)
                return now.map(\.number) == [2, 1] && now.first?.isCurrent == true
            }
            let plan = try await connector.plan(DeploymentRequest(.rollback, id, author: "ana", reason: "bad"))
            #expect(!plan.isBlocked, "\(plan.concerns)")
            #expect(plan.changes.contains { $0.path == "spec.hostNetwork" && $0.after == nil })
            _ = try await connector.apply(plan)
            try await until("the first serves") {
                plan.expectation.verdict(on: try await connector.watch(id).deployment) == .met
            }
            #expect(try await connector.revisions(of: id).first?.number == 3)
        }

        private func two() async throws -> Cluster {
            let cluster = try await Cluster.fresh()
            try await cluster.deploy("llm")
            try await cluster.release("llm", image: "registry.local/llm-server:2.0.0", cause: "release 2.0.0")
            return cluster
        }
    }
}
