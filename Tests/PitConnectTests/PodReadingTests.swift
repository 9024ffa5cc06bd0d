import PitConnect
import PitModel
import Testing

private func cluster(_ http: FakeHTTP) -> KubernetesConnector {
    KubernetesConnector(connection("kubernetes"), http: http)
}

private let pods = """
    {"metadata":{},"items":[
     {"metadata":{"name":"run-train-8","labels":{"workflows.argoproj.io/workflow":"run"}},"status":{"phase":"Pending",
      "containerStatuses":[{"name":"main","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling x"}}}]}},
     {"metadata":{"name":"run-mount-9","labels":{"workflows.argoproj.io/workflow":"run"}},"status":{"phase":"Pending"}},
     {"metadata":{"name":"run-done-1"},"status":{"phase":"Succeeded"}}]}
    """

@Test("why pods are stuck: their own conditions, then warnings of theirs; what hinders pods from being made beside it")
func podTroubles() async throws {
    let events = """
        {"metadata":{},"items":[
         {"reason":"FailedCreate","message":"exceeded quota: gpus","lastTimestamp":"2026-11-23T03:02:00Z",
          "involvedObject":{"kind":"Workflow","name":"run"}},
         {"reason":"FailedMount","message":"no such secret","lastTimestamp":"2026-11-23T03:01:00Z",
          "involvedObject":{"kind":"Pod","name":"run-mount-9"}},
         {"reason":"BackOff","message":"older than its condition","involvedObject":{"name":"run-train-8"}},
         {"reason":"Unhealthy","message":"another's","involvedObject":{"name":"chat-1"}}, {}]}
        """
    let http = FakeHTTP(.text(pods), .text(events))
    let found = try await cluster(http).troubles(ofPods: "pipeline/runid=r1", in: "ml")
    #expect(found.byPod["run-train-8"] == "ImagePullBackOff: Back-off pulling x")
    #expect(found.byPod["run-mount-9"] == "FailedMount: no such secret" && found.byPod.count == 2)
    #expect(found.others == ["FailedCreate: exceeded quota: gpus"])
    #expect(http.requests[0].query.contains { $0.name == "labelSelector" && $0.value == "pipeline/runid=r1" })
    // Where no pod could be made, there is none that would name the workflow.
    let none = FakeHTTP(.text(#"{"metadata":{},"items":[]}"#), .text(events))
    #expect(try await cluster(none).troubles(ofPods: "a=b", in: "ml").others == ["FailedCreate: exceeded quota: gpus"])
    let blind = FakeHTTP(.text(pods), .text(#"{"kind":"Status","code":403,"message":"events is forbidden"}"#, 403))
    #expect(try await cluster(blind).troubles(ofPods: "a=b", in: "ml").byPod.count == 1, "events may not be read")
}

@Test("the log of a pod is that of its main container, found by its node where the name is another")
func podLogs() async throws {
    let pod = """
        {"metadata":{"name":"run-train-8"},"spec":{"containers":[{"name":"wait"},{"name":"main"}]},
         "status":{"phase":"Running"}}
        """
    let http = FakeHTTP(
        .text(#"{"kind":"Status","code":404,"message":"pods run-8 not found"}"#, 404), .text(pods), .text(pod),
        .text("step 1\n", type: "text/plain"))
    let log = try await cluster(http).log(ofPod: "run-8", in: "ml", container: nil, lines: 50)
    #expect(log == PipelineLog("step 1\n", isOpen: true))
    let last = try #require(http.requests.last)
    #expect(last.path == "/api/v1/namespaces/ml/pods/run-train-8/log")
    #expect(last.query.contains { $0.name == "container" && $0.value == "main" })
}
