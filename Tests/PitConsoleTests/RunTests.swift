import PitConsole
import PitGrid
import PitModel
import Testing

/// Runs as a desk would give them.
enum RunWorlds {
    static let tracking = ConnectionName("tracking")

    static let runs: [TrainingRun] = (0..<6).map { number in
        let status: TrainingRun.Status = [.running, .finished, .finished, .failed, .stopped, .finished][number]
        var run = TrainingRun(
            RunKey(tracking, "run\(number)"), name: "support-lora-0\(number)",
            experiment: number % 2 == 0 ? "fine-tuning" : "distillation", status: status,
            startedAt: noon.advanced(by: -600 - Double(number) * 7000),
            endedAt: status.isOpen ? nil : noon.advanced(by: 1800 - Double(number) * 7000), author: "ana",
            parameters: [
                "learning_rate": ["0.0001", "0.001"][number % 2], "lora_rank": "\(8 << (number % 3))",
                "base_model": "qwen2.5-7b",
            ])
        for (place, name) in ["train/loss", "eval/judge_score"].enumerated() {
            let last = points(number, place).last
            run.metrics[name] = number == 3 && place == 0 ? MetricPoint(step: 20, value: .nan) : last
        }
        return run
    }

    static func points(_ run: Int, _ metric: Int) -> [MetricPoint] {
        (0..<40).map { step in
            let fall = 2.0 / (1 + Double(step) * (0.1 + Double(run) * 0.03)) + (step % 2 == 0 ? 0.08 : 0)
            return MetricPoint(step: step * 3, value: metric == 0 ? fall : 1 - fall / 3)
        }
    }

    static func page(_ query: RunQuery) -> RunPage {
        guard !query.runs.isEmpty else { return RunPage(runs: runs) }
        let chosen = runs.filter { query.runs.contains($0.key) }
        var page = RunPage(runs: chosen)
        for (place, run) in runs.enumerated() where query.runs.contains(run.key) {
            let names = query.runs.count > 1 ? [query.metric ?? "train/loss"] : ["train/loss", "eval/judge_score"]
            for name in names { page.curves[run.key, default: [:]][name] = points(place, name == "train/loss" ? 0 : 1) }
        }
        if query.runs.count > 1 {
            page.influences = [
                ParameterInfluence("lora_rank", correlation: -0.83, pValue: 0.04, runs: chosen.count),
                ParameterInfluence("learning_rate", correlation: nil, pValue: nil, runs: chosen.count),
            ]
        }
        return page
    }
}

@Test("runs are listed, filtered, grouped and pinned; enter opens one with its parameters and curves")
func opensRun() {
    var harness = Harness(Worlds.healthy, screen: "runs")
    #expect(harness.text.contains("support-lora-00") && harness.text.contains("TRAIN/LOSS"))
    #expect(harness.text.contains("6 runs") && harness.text.contains("1 running"))
    harness.press("m")
    #expect(harness.text.contains("EVAL/JUDGE_SCO"))
    harness.press("j j p")
    #expect(harness.text.contains("^ support-lora-02"))
    harness.press("/")
    harness.type("failed")
    harness.press("enter")
    #expect(harness.text.contains("1 runs") && !harness.text.contains("support-lora-00"))
    harness.press("esc v g g enter")
    #expect(
        harness.text.contains("› Run support-lora-02") && !harness.text.contains("tracking/run2")
            && harness.text.contains("learning_rate = 0.0001"))
    #expect(harness.text.contains("train/loss") && harness.text.contains("step 0"))
    harness.press("m e l")
    #expect(harness.text.contains("eval/judge_score (log, smoothed 0.6)"))
}

@Test("marked runs are compared, with what goes with the metric")
func comparesRuns() {
    var harness = Harness(Worlds.healthy, screen: "runs")
    harness.press("c")
    #expect(harness.text.contains("mark two runs or more with space"))
    harness.press("space space space c")
    #expect(harness.text.contains("Comparison 3 runs") && harness.text.contains("-0.83"))
    #expect(harness.text.contains("lora_rank"))
    harness.press("m")
    #expect(harness.text.contains("eval/judge_score") || harness.text.contains("train/loss"))
    harness.press("esc * c")
    #expect(harness.text.contains("Comparison 6 runs"))
    harness.press("esc * c")
    #expect(harness.text.contains("mark two runs or more with space"))
}

@Test("what is not there is said: no server, no run, one that is gone")
func emptyRuns() {
    var harness = Harness(Snapshot(), screen: "runs")
    #expect(harness.text.contains("no tracking server is connected"))
    harness.press("enter")
    #expect(harness.text.contains("no run is selected"))
    #expect(Harness(Snapshot(), screen: "run").text.contains("No run was opened"))
    #expect(Harness(Snapshot(), screen: "run-comparison").text.contains("mark runs with space"))
    #expect(Harness(Snapshot(), screen: "run", subject: "t/x").text.contains("There is no run t/x any more"))
}

@Test("a training is started by a form and stopped by a question, both with what a person wrote")
func startsTraining() {
    var own = TrainingRun(RunKey(nil, "lora-1"), name: "lora-1", experiment: "lora", status: .running, startedAt: noon)
    own.parameters = ["lr": "0.001"]
    let template = TrainingTemplate(
        name: "lora", command: ["python3", "train.py", "{lr}"],
        parameters: [.init("lr", .number, standard: "0.001", least: 0)])
    var harness = Harness(Worlds.healthy, screen: "runs")
    harness.press("n")
    #expect(harness.text.contains("there is no template"))
    harness.press("x")
    #expect(harness.text.contains("it was not started from here"))
    harness.send(.runs(RunQuery(), RunPage(runs: [own] + RunWorlds.runs, templates: [template])))
    harness.effects = []
    harness.press("n")
    #expect(harness.text.contains("Start lora") && harness.text.contains("It runs on when this console is left"))
    harness.press("ctrl-u")
    harness.type("0.01")
    harness.press("enter enter")
    #expect(harness.effects.contains(.startTraining("lora", ["lr": "0.01"])), "\(harness.effects)")
    harness.press("g g x")
    #expect(harness.text.contains("Stop lora-1"))
    harness.type("the loss rises")
    harness.press("enter enter")
    #expect(harness.effects.contains(.stopTraining("lora-1", reason: "the loss rises")), "\(harness.effects)")
}
