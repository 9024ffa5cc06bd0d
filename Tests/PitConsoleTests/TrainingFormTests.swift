import PitConsole
import PitGrid
import PitModel
import Testing

private let job = TrainingTemplate(
    name: "lora", parameters: [.init("lr", .number, standard: "0.001")],
    place: TrainingPlace(
        connection: ConnectionName("prod"), namespace: "ml",
        work: .object(
            .object([
                .init("kind", .text("Job")),
                .init(
                    "containers",
                    .list([
                        .object([
                            .init("image", .text("train:1")), .init("command", .list([.text("train"), .text("{lr}")])),
                        ])
                    ])),
            ]))))

@Test("a form says where a training runs and what of its manifest matters; its end there is asked for by name")
func asksForJob() {
    var own = TrainingRun(RunKey(nil, "lora-1"), name: "lora-1", experiment: "lora", status: .running, startedAt: noon)
    own.tags["runs as"] = "prod Job ml/pitwall-lora-1-x7k2q9"
    var harness = Harness(Worlds.healthy, screen: "runs")
    harness.send(.runs(RunQuery(), RunPage(runs: [own], templates: [job])))
    harness.press("n")
    #expect(harness.text.contains("It runs as Job on prod, in ml, whether or not this console is left"))
    harness.press("ctrl-o")
    #expect(harness.text.contains("image: train:1") && harness.text.contains("command: train {lr}"), "\(harness.text)")
    harness.press("ctrl-o")
    harness.press("esc g g x")
    #expect(harness.text.contains("prod Job ml/pitwall-lora-1-x7k2q9 is stopped there; a Job is deleted"))
}

@Test("a run's page says what it took, and of what nobody tells that it is not known")
func showsUsage() {
    var own = TrainingRun(RunKey(nil, "lora-1"), name: "lora-1", experiment: "lora", status: .running, startedAt: noon)
    own.note = "ImagePullBackOff: no such image"
    own.usage = RunUsage(gpus: 4, gpuHours: 12.34, utilisation: 0.87, cost: 34.5, currency: "EUR")
    let query = RunQuery([own.key])
    var harness = Harness(Worlds.healthy, screen: "run", subject: "lora-1")
    harness.send(.runs(query, RunPage(runs: [own])))
    #expect(harness.text.contains("4 GPUs, 12.3 GPU hours, used 87%, cost 34.50 EUR"), "\(harness.text)")
    #expect(harness.text.contains("ImagePullBackOff: no such image"))
    own.usage?.memory = .init(used: 39 * 1_073_741_824, total: 80 * 1_073_741_824)
    own.usage?.energy = 3.21
    #expect(RunUsage.words(own.usage).hasSuffix(", cost 34.50 EUR, memory 39GiB of 80GiB, 3.21 kWh"))
    own.usage = nil
    harness.send(.runs(query, RunPage(runs: [own])))
    #expect(harness.text.contains("-- GPUs, -- GPU hours, used --, cost --"))
}
