import PitModel
import PitParse
import Synchronization
import Testing

@testable import PitConnect

private let asked = Timestamp(milliseconds: 1_795_600_002_000)

private func search(_ mark: String, _ pipeline: Pipeline, _ values: [String: String]) -> PipelineSearch {
    PipelineSearch(
        pipeline.key.id, mark: mark, at: asked, standing: pipeline.standing,
        parameters: pipeline.marked(values, with: mark))
}

extension PipelineFinding {
    fileprivate var words: String {
        switch self {
        case .found(let run): "found \(run.key.id)"
        case .absent(let why): "absent: \(why)"
        case .uncertain(let why): "uncertain: \(why)"
        }
    }
}

/// Starts a build whose answer is lost, after the server did it or without.
private func lose(_ jenkins: JenkinsServer, _ mark: String, _ values: [String: String]) async {
    jenkins.state.withLock { $0.losesReplies = true }
    let fault = await #expect(throws: ConnectorFault.self) {
        try await jenkins.connector.startPipeline("llm/train", parameters: values, mark: mark)
    }
    #expect(fault?.mayHaveBeenDone == true)
    jenkins.state.withLock { $0.losesReplies = false }
}

@Test(
    "a build whose answer was lost is found by the mark that its job has a parameter for: in the queue, then as a build"
)
func jenkinsFindsByMark() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    jenkins.state.withLock { $0.takesMark = true }
    let train = try await connector.pipeline("llm/train")
    #expect(train.standing == "2" && train.complaint(about: [:]) == nil)
    let sought = search("pitwall-ab12", train, ["LR": "0.2"])
    #expect(sought.parameters == ["LR": "0.2", "PITWALL_RUN": "pitwall-ab12"])
    #expect(try await connector.findStart(sought).words.hasPrefix("absent: no build has begun in llm/train since"))
    await lose(jenkins, "pitwall-ab12", ["LR": "0.2"])
    // The same again by somebody else is not taken for it.
    await lose(jenkins, "pitwall-zz99", ["LR": "0.2"])
    #expect(try await connector.findStart(sought).words == "found llm/train@40")
    jenkins.begin()
    #expect(try await connector.findStart(sought).words == "found llm/train#2")
    let other = search("pitwall-cd34", train, ["LR": "0.2"])
    #expect(try await connector.findStart(other).words.contains("all builds that have begun had other parameters"))
    #expect(train.marked(["PITWALL_RUN": "mine"], with: "pitwall-x")["PITWALL_RUN"] == "mine")
    #expect(train.marked(["PITWALL_RUN": "pitwall-old"], with: "pitwall-x")["PITWALL_RUN"] == "pitwall-x")
    _ = try await connector.retryPipelineRun("llm/train#1", mark: "pitwall-re77")
    #expect(jenkins.state.withLock { $0.posts.last?.contains("PITWALL_RUN=pitwall-re77") } == true)
}

@Test("without a mark it is told for certain that no build began, and never which one it is")
func jenkinsCannotTell() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    let train = try await connector.pipeline("llm/train")
    let sought = search("pitwall-ab12", train, ["MODE": "full"])
    #expect(sought.parameters == ["MODE": "full"])
    #expect(try await connector.findStart(sought).words.hasPrefix("absent"), "an earlier build with the same is none")
    // Somebody else's, with other values.
    _ = try await connector.startPipeline("llm/train", parameters: ["MODE": "quick"], mark: "")
    #expect(try await connector.findStart(sought).words.hasPrefix("absent"))
    jenkins.begin()
    #expect(try await connector.findStart(sought).words.contains("had other parameters in llm/train"))
    await lose(jenkins, "pitwall-ab12", ["MODE": "full"])
    let queued = try await connector.findStart(sought).words
    #expect(queued.hasPrefix("uncertain: c/llm/train@41 was asked for after it and may be it"), "\(queued)")
    jenkins.begin()
    #expect(try await connector.findStart(sought).words.contains("c/llm/train#3"))
    // A build that is kept no more may have been it.
    jenkins.state.withLock { _ = $0.builds.remove(at: 1) }
    let last = search("pitwall-ab12", train, ["MODE": "none"])
    #expect(try await connector.findStart(last).words.contains("uncertain: llm/train#2 began after it"))
    jenkins.state.withLock { $0.builds = [] }
    #expect(try await connector.findStart(sought).words.contains("numbered anew"))
    var blind = sought
    blind.standing = nil
    #expect(try await connector.findStart(blind).words.contains("did not say where its builds stood"))
    jenkins.state.withLock { $0.isForbidden = true }
    _ = await #expect(throws: ConnectorFault.self) { try await connector.findStart(sought) }
}

@Test("a run of Kubeflow is found by its name, asked for by a filter, or read back to where the server knows none")
func kubeflowFinds() async throws {
    let server = KubeflowServer()
    let connector = server.connector(["namespace": .text("ml")])
    let sought = PipelineSearch(
        "p1", mark: "pitwall-ab12", at: try #require(Timestamp(rfc3339: "2026-11-23T04:00:00Z")))
    #expect(try await connector.findStart(sought).words == "absent: no run is called pitwall-ab12")
    server.state.withLock { $0.losesReplies = true }
    let fault = await #expect(throws: ConnectorFault.self) {
        try await connector.startPipeline("nightly", parameters: ["steps": "5"], mark: "pitwall-ab12")
    }
    #expect(fault?.mayHaveBeenDone == true)
    server.state.withLock { $0.losesReplies = false }
    #expect(try await connector.findStart(sought).words == "found r3")
    let last = try #require(server.state.withLock { $0.requests.last })
    #expect(last.query.contains { $0.name == "namespace" && $0.value == "ml" })
    server.state.withLock { $0.knowsFilters = false }
    #expect(try await connector.findStart(sought).words == "found r3")
    // What is listed back to before it was asked for is all there is; what goes on without end is not.
    server.state.withLock { $0.loops = true }
    let other = PipelineSearch("p1", mark: "pitwall-zz99", at: sought.at)
    #expect(try await connector.findStart(other).words.hasPrefix("absent"))
    server.state.withLock { $0.created = "2026-11-23T04:10:00Z" }
    #expect(try await connector.findStart(other).words.hasPrefix("uncertain: there are more runs than are read"))
    server.state.withLock { ($0.requests, $0.admitted) = ([], 0) }
    _ = await #expect(throws: ConnectorFault.self) { try await connector.findStart(other) }
}

@Test("a Job is looked for by the name on the disk; one that was made and deleted since is not made again")
func jobFinds() async throws {
    let order = RemoteOrder(
        training: "lora-1", template: "lora", author: "ana", at: asked,
        place: TrainingPlace(connection: ConnectionName("c"), namespace: "ml", work: .object(.object([]))))
    let reference = RemoteReference(
        connection: ConnectionName("c"), kind: "Job", namespace: "ml", name: "pitwall-lora-1-x")
    func finding(_ answers: Result<HTTPReply, ConnectorFault>...) async throws -> (RemoteFinding, [HTTPRequest]) {
        let http =
            answers.count == 2
            ? FakeHTTP(answers[0], answers[1]) : FakeHTTP(answers[0], answers[0], answers[1], answers[2])
        let found = try await KubernetesConnector(connection("kubernetes"), http: http).find(order, as: reference)
        return (found, http.requests)
    }
    let none: Result<HTTPReply, ConnectorFault> = .text(#"{"kind":"Status","code":404,"reason":"NotFound"}"#, 404)
    func events(_ name: String) -> Result<HTTPReply, ConnectorFault> {
        .text(
            #"{"metadata":{},"items":[{"reason":"SuccessfulCreate","involvedObject":{"kind":"Job","name":"\#(name)"}}]}"#
        )
    }
    let (absent, requests) = try await finding(none, events("another"))
    #expect(absent == .absent("there is no Job pitwall-lora-1-x"))
    #expect(requests[0].path == "/apis/batch/v1/namespaces/ml/jobs/pitwall-lora-1-x")
    #expect(requests[1].query.contains { $0.value == "involvedObject.name=pitwall-lora-1-x" })
    let (gone, _) = try await finding(none, events("pitwall-lora-1-x"))
    #expect(gone == .gone("Job pitwall-lora-1-x was made, and somebody else has deleted it"))
    let (blind, _) = try await finding(none, .text(#"{"kind":"Status","code":403,"message":"no events"}"#, 403))
    guard case .uncertain(let why) = blind else {
        Issue.record("\(blind)")
        return
    }
    #expect(why.contains("may not see whether one was made"))
    func job(_ training: String) -> Result<HTTPReply, ConnectorFault> {
        .text(
            #"{"metadata":{"name":"pitwall-lora-1-x","namespace":"ml","uid":"u7","labels":{"pitwall/training":"\#(training)"}},"#
                + #""status":{"conditions":[{"type":"Complete","status":"True"}]}}"#)
    }
    let (found, _) = try await finding(job("lora-1"), .text(#"{"metadata":{},"items":[]}"#), .text("{}"))
    guard case .found(let sight) = found else {
        Issue.record("\(found)")
        return
    }
    #expect(sight.phase == .finished && sight.became == "u7")
    let (others, _) = try await finding(job("lora-9"), .text("{}"))
    #expect(others == .uncertain("there is a Job pitwall-lora-1-x, and it is none of pitwall's"))
}
