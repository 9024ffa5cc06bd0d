import PitModel
import PitParse
import Synchronization
import Testing

@testable import PitConnect

/// A build with two branches at once, one of them of two stages: as Pipeline Graph View 2025 and later serves it.
private func tree(_ tested: String, isComplete: Bool) -> String {
    """
    {"status":"ok","data":{"complete":\(isComplete),"stages":[
     {"id":"6","name":"Check","state":"success","type":"STAGE","title":"Check","startTimeMillis":1795600001000,
      "totalDurationMillis":4000,"pauseDurationMillis":0,"children":[],"synthetic":false},
     {"id":"9","name":"Train","state":"running","type":"STAGE","startTimeMillis":1795600005000,"children":[
       {"id":"12","name":"parallel","state":"running","type":"PARALLEL_BLOCK","children":[
         {"id":"14","name":"small","state":"failure","type":"PARALLEL","startTimeMillis":1795600005000,
          "totalDurationMillis":60000,"children":[]},
         {"id":"15","name":"large","state":"running","type":"PARALLEL","startTimeMillis":1795600005000,"children":[
           {"id":"20","name":"fit","state":"success","type":"STAGE","startTimeMillis":1795600006000,
            "totalDurationMillis":1000,"children":[]},
           {"id":"21","name":"test","state":"\(tested)","type":"STAGE","startTimeMillis":0,"children":[]}]}]}]},
     {"id":"30","name":"Ship","state":"not_built","type":"STAGE","placeholder":true,"children":[]}, {"name":"no id"}]}}
    """
}

@Test("stages that run at once stand under what they lie within, where Jenkins has a plugin that tells so")
func jenkinsTree() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    jenkins.state.withLock { state in
        (state.builds[0].result, state.tree) = (nil, ("/stages/tree", tree("running", isComplete: false)))
        state.stageStatus = "PAUSED_PENDING_INPUT"
    }
    let run = try await connector.pipelineRun("llm/train#1")
    #expect(
        run.outline.map { "\($0.depth) \($0.step.name)" } == [
            "0 Check", "0 Train", "1 small", "1 large", "2 fit", "2 test",
        ])
    #expect(run.steps.map(\.state) == [.succeeded, .waiting, .failed, .running, .succeeded, .running])
    #expect(
        run.steps.map(\.parents) == [[], [], ["9"], ["9"], ["15"], ["15", "20"]],
        "branches do not come after each other")
    #expect(run.steps[2].duration(at: Timestamp(milliseconds: 0)) == 60 && run.steps[5].startedAt == nil)
    #expect(
        run.state == .waiting && run.steps[1].note == "a person is to answer in Jenkins", "only wfapi tells of input")
    func asked() -> [String] {
        jenkins.state.withLock { state in
            defer { state.asked = [] }
            return state.asked.filter { $0.hasSuffix("/tree") }
        }
    }
    #expect(asked() == ["/job/llm/job/train/1/stages/tree"])
    _ = try await connector.pipelineRun("llm/train#1")
    #expect(asked().count == 1, "what goes on is asked for again")
    jenkins.end("FAILURE")
    jenkins.state.withLock { $0.tree?.body = tree("aborted", isComplete: true) }
    #expect(try await connector.pipelineRun("llm/train#1").steps.last?.state == .stopped)
    #expect(try await connector.pipelineRun("llm/train#1").steps.count == 6)
    #expect(asked().count == 1, "what is over is not asked for again")
}

@Test(
    "an older plugin has the tree elsewhere, with states in capitals and times as texts; without one the list is shown")
func jenkinsTreeElsewhere() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    let old = """
        {"status":"ok","data":{"stages":[{"id":"6","name":"Check","state":"SUCCESS","type":"STAGE","children":[],
         "startTimeMillis":"Started 7 ms ago","totalDurationMillis":"Took 4 sec"},
         {"id":"9","name":"Train","state":"NEW","type":"STAGE","children":[]}],"complete":true}}
        """
    jenkins.state.withLock { $0.tree = ("/pipeline-overview/tree", old) }
    let steps = try await connector.pipelineRun("llm/train#1").steps
    #expect(steps.map(\.state) == [.succeeded, .unknown] && steps[0].duration(at: Timestamp(milliseconds: 0)) == 4)
    #expect(jenkins.state.withLock { $0.asked.filter { $0.hasSuffix("/tree") }.count } == 2)
    // Nothing is asked twice of a server that has neither.
    let bare = JenkinsServer()
    let other = bare.connector
    for _ in 0..<3 {
        let run = try await other.pipelineRun("llm/train#1")
        #expect(run.steps.map(\.name) == ["Check", "Train"] && run.steps.allSatisfy(\.parents.isEmpty))
    }
    #expect(bare.state.withLock { $0.asked.filter { $0.hasSuffix("/tree") }.count } == 2)
    // A job without stages is not asked for a tree of them, and a reply of another kind is none.
    bare.state.withLock { ($0.hasStages, $0.tree, $0.asked) = (false, ("/stages/tree", old), []) }
    #expect(try await bare.connector.pipelineRun("llm/train#1").steps.isEmpty)
    #expect(bare.state.withLock { $0.asked.filter { $0.hasSuffix("/tree") }.isEmpty })
    bare.state.withLock {
        ($0.hasStages, $0.tree) = (true, ("/stages/tree", #"{"status":"ok","data":{"stages":"x"}}"#))
    }
    #expect(try await bare.connector.pipelineRun("llm/train#1").steps.count == 2)
}

@Test("a tree without end is read only so deep and so far")
func jenkinsTreeBounds() {
    var deep = JSONValue.list([])
    for level in 0..<60 {
        deep = .list([.object([("id", .text("\(level)")), ("type", .text("STAGE")), ("children", deep)])])
    }
    func tree(_ stages: JSONValue) -> JenkinsTree? { JenkinsTree(.object([("data", .object([("stages", stages)]))])) }
    #expect(tree(deep)?.steps.count == 20)
    let wide = JSONValue.list((0..<9000).map { .object([("id", .text("\($0)"))]) })
    #expect(tree(wide)?.steps.count == 500)
}
