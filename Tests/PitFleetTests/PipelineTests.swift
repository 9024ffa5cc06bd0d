import PitConnect
import PitModel
import PitParse
import Testing

@testable import PitFleet

/// The demo's pipeline engine and its cluster without sockets, asked through the connectors of production.
private struct Wire: HTTP {
    let server: PipelineServer
    let address = "http://demo.invalid"

    func send(_ request: PitModel.HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let answer = server.answer(
            PipelineServer.Question(
                method: request.method.rawValue, path: request.path, query: request.query, body: request.body))
        return HTTPReply(status: answer.status, body: Array(answer.text.utf8), path: request.path)
    }
    func stream(
        _ request: PitModel.HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        var reply = try await send(request)
        _ = onBytes(reply.body)
        reply.body = []
        return reply
    }
}

private struct Bench {
    let clock = HandClock()
    let world: FleetWorld
    let engine: KubeflowConnector
    let cluster: KubernetesConnector

    init(seed: UInt64 = 7) {
        world = FleetWorld(seed: seed, speed: 1, clock: clock, isScraped: false, isServed: false)
        let wire = Wire(server: PipelineServer(world: world))
        func connection(_ name: String, _ kind: String, _ options: [String: OptionValue]) -> Connection {
            Connection(name: ConnectionName(name), kind: kind, url: wire.address, options: options)
        }
        engine = KubeflowConnector(connection("pipelines", "kubeflow", ["namespace": .text("ml")]), http: wire)
        cluster = KubernetesConnector(
            connection("gpu-cluster", "kubernetes", ["namespaces": .list(["ml"])]), http: wire)
    }

    func runs() async throws -> [PipelineRun] { try await engine.pipelineRuns(of: nil, limit: 200).runs }
    func run(_ name: String) async throws -> PipelineRun {
        let found = try #require(try await runs().first { $0.name == name })
        return try await engine.pipelineRun(found.key.id)
    }
    func served() -> String { world.look { $0.deployments["code-assist"]?.current ?? "" } }
}

@Test("the demo's bad release comes from a pipeline whose gate was lowered, after it had failed at the usual one")
func storyOfPipelines() async throws {
    let bench = Bench()
    #expect(try await bench.engine.probe().product == "Kubeflow Pipelines")
    #expect(try await bench.engine.pipelines().map(\.name) == ["release", "finetune", "evaluation"])
    let failed = try await bench.run("release #774")
    #expect(
        failed.state == .failed && failed.note == "evaluate: the score 0.71 is below the gate 0.75: nothing is deployed"
    )
    #expect(failed.steps.first { $0.name == "deploy" }?.state == .skipped && failed.telling?.name == "evaluate")
    var going = try await bench.run("release #776")
    #expect(going.state == .running && going.parameters == ["gate": "0.7", "model": "code-assist", "weights": "int4"])
    #expect(going.steps.map(\.state) == [.succeeded, .succeeded, .succeeded, .running, .queued, .queued, .queued])
    #expect(going.steps.first { $0.name == "deploy" }?.parents.count == 2)
    let early = try await bench.engine.pipelineLog(of: going.key.id, step: nil, from: nil)
    bench.clock.advance(30)
    let log = try await bench.engine.pipelineLog(of: going.key.id, step: nil, from: nil)
    #expect(log.text.hasPrefix(early.text) && log.text.count > early.text.count && log.isOpen)
    #expect(bench.served() == "r3")
    bench.clock.advance(15)
    #expect(bench.served() == "r4")
    bench.clock.advance(40)
    going = try await bench.run("release #776")
    #expect(going.state == .succeeded && going.endedAt != nil && going.duration(at: bench.clock.now()) == 136)
    bench.clock.advance(160)
    #expect(bench.served() == "r5")
    #expect(try await bench.run("release #777").steps.first { $0.name == "deploy" }?.state == .running)
}

@Test("a step waits for GPUs that another run holds, its cluster says so, and it goes on when they are free")
func stuckPipeline() async throws {
    let bench = Bench()
    let stuck = try await bench.run("finetune #32")
    let train = try #require(stuck.steps.first { $0.name == "train" })
    #expect(stuck.state == .running && train.state == .queued && train.pod != nil)
    let place = try #require(stuck.place)
    let troubles = try await bench.cluster.troubles(ofPods: place.selector, in: place.namespace)
    #expect(troubles.byPod.keys.map(\.self) == [train.pod])
    #expect(troubles.byPod.values.first?.hasPrefix("Unschedulable: 0/3 nodes are available") == true)
    #expect(try await bench.cluster.deployments().isEmpty)
    let holder = try await bench.run("finetune #31")
    try await bench.engine.stopPipelineRun(holder.key.id)
    #expect(try await bench.engine.pipelineRun(holder.key.id).state == .stopping, "that it was taken is no end")
    bench.clock.advance(5)
    #expect(try await bench.engine.pipelineRun(holder.key.id).state == .stopped)
    let freed = try await bench.engine.pipelineRun(stuck.key.id)
    #expect(freed.steps.first { $0.name == "train" }?.state == .running)
    // What is done stays done, and what was stopped waits now in its turn.
    #expect(try await bench.engine.retryPipelineRun(holder.key.id, mark: "") == holder.key.id)
    let again = try await bench.engine.pipelineRun(holder.key.id)
    #expect(again.state == .running && again.steps.map(\.state) == [.succeeded, .queued, .queued, .queued])
    bench.clock.advance(1300)
    #expect(try await bench.engine.pipelineRun(stuck.key.id).state == .succeeded)
    #expect(try await bench.engine.pipelineRun(holder.key.id).state == .succeeded)
}

@Test("a person starts, stops and retries; what is deployed so stays, and what was called off never comes")
func pipelinesInHand() async throws {
    let bench = Bench()
    let bad = try await bench.run("release #776")
    try await bench.engine.stopPipelineRun(bad.key.id)
    bench.clock.advance(60)
    #expect(bench.served() == "r3", "a release that was stopped before it was deployed")
    let stumbled = try await bench.run("evaluation #412")
    #expect(stumbled.state == .failed && stumbled.note.contains("connection reset"))
    _ = try await bench.engine.retryPipelineRun(stumbled.key.id, mark: "")
    bench.clock.advance(90)
    #expect(try await bench.engine.pipelineRun(stumbled.key.id).state == .succeeded)
    let given = ["model": "code-assist", "weights": "bf16", "gate": "0.8"]
    let mine = try await bench.engine.startPipeline("release", parameters: given, mark: "pipeline-1")
    bench.clock.advance(115)
    #expect(bench.served() == "r4")
    bench.clock.advance(25)
    #expect(try await bench.engine.pipelineRun(mine).state == .succeeded)
    let revision = bench.world.look { $0.deployments["code-assist"]?.releases.last }
    #expect(revision?.author == "release pipeline-1" && revision?.effect == DemoRelease.Effect.none)
    for (model, weights, words) in [
        ("summarise", "fp8", "Argo CD manages summarise"), ("translate-ja", "fp8", "is paused by kenji"),
        ("rag-answers", "fp8", "has a canary"), ("gpt-9", "fp8", "has no model `gpt-9`"),
        ("code-assist", "fp2", "none of bf16"),
    ] {
        let run = try await bench.engine.startPipeline(
            "release", parameters: ["model": model, "weights": weights], mark: "x")
        bench.clock.advance(140)
        let end = try await bench.engine.pipelineRun(run)
        #expect(end.state == .failed && end.note.contains(words), "\(model): \(end.note)")
    }
    await #expect(throws: ConnectorFault.self) {
        for _ in 0...DemoPipelines.mostOpen {
            _ = try await bench.engine.startPipeline("finetune", parameters: [:], mark: "")
        }
    }
    #expect(bench.world.look { $0.pipelines.runs.count <= DemoPipelines.mostRuns })
}

@Test("the same seed tells the same pipelines, however late it is looked")
func pipelineSeed() async throws {
    func told(_ steps: [Double]) async throws -> [PipelineRun] {
        let bench = Bench(seed: 3)
        for step in steps {
            bench.clock.advance(step)
            _ = try await bench.runs()
        }
        return try await bench.runs()
    }
    let (one, two) = (try await told([700]), try await told([1, 99, 150, 450]))
    #expect(one.count > 15 && one == two)
}
