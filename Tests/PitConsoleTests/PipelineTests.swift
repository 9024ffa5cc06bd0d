import PitConsole
import PitGrid
import PitModel
import Testing

/// Pipelines as a desk would give them.
enum PipelineWorlds {
    static let (kubeflow, jenkins) = (ConnectionName("kfp"), ConnectionName("ci"))

    static let pipelines: [Pipeline] = [
        Pipeline(
            RunKey(jenkins, "llm/train"), name: "llm/train", words: "fine-tunes the support model",
            parameters: [
                PipelineParameter("LR", standard: "0.001"),
                PipelineParameter("MODE", .choice, standard: "quick", choices: ["quick", "full"]),
                PipelineParameter("TOKEN", .secret),
            ]),
        Pipeline(
            RunKey(kubeflow, "p1"), name: "nightly",
            parameters: [PipelineParameter("steps", .whole, isRequired: true)]),
        Pipeline(RunKey(jenkins, "off"), name: "off", parameters: [], refusal: "off is disabled in Jenkins"),
    ]

    static let runs: [PipelineRun] = {
        var stuck = PipelineRun(
            RunKey(kubeflow, "r2"), name: "nightly 2026-11-23", pipeline: "p1", state: .running,
            createdAt: noon.advanced(by: -1500), startedAt: noon.advanced(by: -1490), author: "trainer",
            cause: "recurring run 7", parameters: ["steps": "200"],
            note: "train: Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu")
        stuck.steps = [
            PipelineStep(
                "t1", name: "prepare", state: .succeeded, startedAt: noon.advanced(by: -1480),
                endedAt: noon.advanced(by: -1300), pod: "nightly-1"),
            PipelineStep(
                "t2", name: "train", state: .queued, startedAt: noon.advanced(by: -1290), parents: ["t1"],
                pod: "nightly-2", note: "Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu"),
            PipelineStep("t3", name: "baseline", state: .skipped, parents: ["t1"]),
        ]
        let waiting = PipelineRun(
            RunKey(jenkins, "llm/train@40"), name: "train (queued)", pipeline: "llm/train", state: .queued,
            createdAt: noon.advanced(by: -90), author: "ana", parameters: ["LR": "0.01", "MODE": "full"],
            note: "Waiting for next available executor on ‘gpu’")
        let failed = PipelineRun(
            RunKey(jenkins, "llm/train#12"), name: "train #12", pipeline: "llm/train", state: .failed,
            createdAt: noon.advanced(by: -9000), startedAt: noon.advanced(by: -9000),
            endedAt: noon.advanced(by: -8000), author: "ben", cause: "Started by user ben",
            parameters: ["LR": "0.1", "MODE": "quick"])
        let done = PipelineRun(
            RunKey(kubeflow, "r1"), name: "nightly 2026-11-22", pipeline: "p1", state: .succeeded,
            createdAt: noon.advanced(by: -88_000), startedAt: noon.advanced(by: -88_000),
            endedAt: noon.advanced(by: -84_000), parameters: ["steps": "100"])
        return [stuck, waiting, failed, done]
    }()

    static func page(_ query: PipelineQuery) -> PipelinePage {
        guard let key = query.run else { return PipelinePage(pipelines: pipelines, runs: runs) }
        let found = runs.filter { $0.key == key }
        let log = query.step == "t1" ? ["rows read: 12000", "rows written: 11820"] : []
        return PipelinePage(
            runs: found, log: key.id == "llm/train#12" ? (0..<60).map { "line \($0)" } : log,
            logNote: log.isEmpty ? "its pod has not started" : "",
            faults: found.isEmpty ? ["ci: 404: nothing at /job/x"] : [])
    }
}

@Test("runs of pipelines stand behind the table of runs; enter opens one with its steps and why one is stuck")
func opensPipelineRun() {
    var harness = Harness(Worlds.healthy, screen: "runs")
    harness.press("P")
    #expect(harness.text.contains("nightly 2026-11") && harness.text.contains("train: Unschedulable"))
    #expect(harness.text.contains("4 runs   of 3 pipelines   1 running   1 waiting"))
    harness.press("/")
    harness.type("executor")
    harness.press("enter")
    #expect(harness.text.contains("1 runs") && harness.text.contains("train (queued)"))
    harness.press("esc g g enter")
    #expect(harness.text.contains("Pipeline run nightly 2026-11-23"))
    #expect(harness.text.contains("its pod has not started"))
    #expect(harness.text.contains("  train") && harness.text.contains("Unschedulable"))
    harness.press("k")
    #expect(harness.text.contains("log of prepare") && harness.text.contains("rows written: 11820"))
}

@Test("a log is followed at its end, and left where somebody reads it")
func followsPipelineLog() {
    var harness = Harness(Worlds.healthy, screen: "pipeline-run", subject: "ci/llm/train#12")
    #expect(harness.text.contains("line 59"))
    harness.press("pgup pgup pgup")
    #expect(!harness.text.contains("line 59") && harness.text.contains("30 lines before its end"))
    var longer = PipelineWorlds.page(PipelineQuery(RunKey("ci/llm/train#12")))
    longer.log += ["line 60", "line 61"]
    harness.send(.pipelines(PipelineQuery(RunKey("ci/llm/train#12")), longer))
    #expect(harness.text.contains("32 lines before its end"))
    harness.press("G")
    #expect(harness.text.contains("line 61"))
}

@Test("a run is started by a form with the pipeline's parameters; secrets are not asked for there")
func startsPipeline() {
    var harness = Harness(Worlds.healthy, screen: "pipelines")
    harness.press("j n")
    #expect(harness.text.contains("Start a run") && harness.text.contains("pipeline  llm/train"))
    harness.press("enter enter")
    #expect(harness.text.contains("Start llm/train") && harness.text.contains("TOKEN: not shown here"))
    #expect(harness.text.contains("0.01"), "the selected run's own value stands there")
    harness.press("ctrl-u")
    harness.type("0.02")
    harness.press("enter enter enter")
    let key = RunKey("ci/llm/train")
    #expect(harness.effects.contains(.startPipeline(key, ["LR": "0.02", "MODE": "full"])), "\(harness.effects)")
    harness.press("n ctrl-u")
    harness.type("nightly")
    harness.press("enter enter")
    harness.type("many")
    harness.press("enter enter")
    #expect(harness.text.contains("steps wants a whole number, not `many`"))
    var twice = PipelineWorlds.page(PipelineQuery())
    twice.pipelines.append(Pipeline(RunKey("ci/other"), name: "nightly"))
    harness.press("esc g g")
    harness.send(.pipelines(PipelineQuery(), twice))
    harness.press("n")
    #expect(harness.text.contains("pipeline  kfp/p1"), "a name that two have tells nothing")
}

@Test("a run is stopped and run again by questions; what is over cannot be stopped, what runs not be run again")
func stopsPipeline() {
    var harness = Harness(Worlds.healthy, screen: "pipeline-run", subject: "kfp/r2")
    harness.press("R")
    #expect(harness.text.contains("it is not over: stop it first"))
    harness.press("s")
    harness.type("no room")
    harness.press("enter enter")
    #expect(harness.effects.contains(.stopPipeline(RunKey("kfp/r2"), reason: "no room")), "\(harness.effects)")
    var list = Harness(Worlds.healthy, screen: "pipelines")
    list.press("j j x")
    #expect(list.text.contains("it is over"))
    list.press("R")
    #expect(list.text.contains("Run train #12 again"))
    list.press("enter enter")
    #expect(list.effects.contains(.retryPipeline(RunKey("ci/llm/train#12"), reason: "")), "\(list.effects)")
    var only = Harness(
        Worlds.healthy, screen: "pipelines", settings: ConsoleSettings(isReadOnly: true, author: "ana"))
    only.press("n")
    #expect(only.text.contains("read-only session"))
}

@Test("a start that was not answered is told of below the runs; the mark that it is found by is nobody's to fill in")
func notesLostStart() {
    var harness = Harness(Worlds.healthy, screen: "pipelines")
    var page = PipelineWorlds.page(PipelineQuery())
    page.notes = [
        "start of ci/llm/train, asked 2 min ago: its answer was not heard, and it is searched for", "another",
    ]
    page.pipelines[0].parameters?.append(PipelineParameter("PITWALL_RUN"))
    harness.send(.pipelines(PipelineQuery(), page))
    #expect(harness.text.contains("its answer was not heard, and it is searched for (and 1 more)"))
    harness.press("j n enter enter")
    #expect(harness.text.contains("Start llm/train") && !harness.text.contains("PITWALL_RUN"))
}

@Test("what is not there is said: no engine, no run opened, one that cannot be read")
func emptyPipelines() {
    #expect(Harness(Snapshot(), screen: "pipelines").text.contains("No pipeline engine is connected"))
    #expect(Harness(Snapshot(), screen: "pipeline-run").text.contains("Press 9, then P"))
    let lost = Harness(Worlds.healthy, screen: "pipeline-run", subject: "ci/x#1")
    #expect(lost.text.contains("404: nothing at /job/x"))
    var gone = Harness(Worlds.healthy, screen: "pipeline-run", subject: "ci/x#1")
    gone.press("j")
    #expect(gone.text.contains("it has no steps"))
}
