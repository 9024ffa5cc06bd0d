import PitConnect
import PitModel
import PitParse
import Testing

@testable import PitFleet

/// The demo's tracking server without sockets, asked through the connector of production.
private struct Wire: HTTP {
    let server: TrackingServer
    func send(_ request: PitModel.HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let roots = ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"]
        guard let root = roots.first(where: request.path.hasPrefix) else {
            return HTTPReply(status: 404, path: request.path)
        }
        let body =
            request.method == .get
            ? JSONValue.object(request.query.map { ($0.name, .text($0.value)) })
            : JSONReader.value(of: request.body) ?? .null
        let question = TrackingServer.Question(
            call: "\(request.method.rawValue) \(request.path.dropFirst(root.count))", body: body,
            repeated: Dictionary(grouping: request.query, by: \.name).mapValues { $0.map(\.value) })
        do throws(TrackingServer.Refusal) {
            return HTTPReply(status: 200, body: Array(JSONValue.object(try server.members(question)).json.utf8))
        } catch {
            let words = JSONValue.object([("error_code", .text(error.code)), ("message", .text(error.words))])
            return HTTPReply(status: 404, body: Array(words.json.utf8))
        }
    }
    let address = "http://demo.invalid"
    func stream(
        _ request: PitModel.HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply { throw .cancelled }
}

private typealias JSONValue = PitParse.JSONValue

private func tracking() -> (MLflowConnector, HandClock) {
    let clock = HandClock()
    let world = FleetWorld(seed: 7, speed: 1, clock: clock, isScraped: false, isServed: false)
    let server = TrackingServer(seed: 7, now: { clock.now() }, releases: { RegistryStory.released(world) })
    let connection = Connection(name: ConnectionName("tracking"), kind: "mlflow", url: "http://demo.invalid")
    return (MLflowConnector(connection, http: Wire(server: server)), clock)
}

@Test("the demo's tracking server has a sweep, a run that diverged, and one that goes on and ends")
func trackedRuns() async throws {
    let (connector, clock) = tracking()
    let all = try await connector.runs(RunSearch(experiments: ["support-lora"])).runs
    #expect(all.count == 9 && all.first?.name == "nightly" && all.first?.status == .running)
    let diverged = try #require(all.first { $0.status == .failed })
    #expect(diverged.parameters["learning_rate"] == "0.001" && diverged.metrics["train/loss"]?.value.isNaN == true)
    let best = try await connector.runs(
        RunSearch(experiments: ["support-lora"], metric: "eval/loss", isAscending: true)
    ).runs
    #expect(["lora-6", "lora-2"].contains(best.first?.name))
    let nightly = try #require(all.first)
    func steps() async throws -> Int {
        try await connector.curves(of: [nightly.key.id, diverged.key.id], metric: "train/loss", points: 2500)[
            nightly.key.id]?.last?.step ?? 0
    }
    #expect(try await steps() == 120)
    clock.advance(20)
    #expect(try await steps() == 130)
    let few = try await connector.curves(of: [best[0].key.id], metric: "train/loss", points: 20)
    #expect((few[best[0].key.id]?.count).map { 18...22 ~= $0 } == true && few[best[0].key.id]?.last?.step == 120)
    clock.advance(60)
    // The bad release of the story is a version of its model from then on.
    #expect(try await connector.card(of: "code-assist", version: "4").author == "release #776")
    clock.advance(640)
    #expect(try await connector.run(nightly.key.id).status == .finished)
}

@Test("what pitwall writes there is there: runs, parameters, versions of models and prompts, aliases, tags")
func trackedWrites() async throws {
    let (connector, clock) = tracking()
    let run = try await connector.begin(
        run: "toy-1", experiment: "new", parameters: ["rate": "50"], tags: ["who": "ana"], at: clock.now())
    try await connector.end(run: run, .finished, at: clock.now())
    let kept = try await connector.run(run)
    #expect(kept.experiment == "new" && kept.status == .finished && kept.parameters == ["rate": "50"])
    let registration = ModelRegistration(
        model: "support-chat", source: "s3://x", run: run, tags: [ModelRegistration.trainingTag: "toy-1"])
    #expect(try await connector.register(registration) == "16")
    #expect(try await connector.register(registration) == "16")
    try await connector.setTag("pitwall.review.bo", to: "{}", of: "support-chat", version: "16")
    let card = try await connector.card(of: "support-chat", version: "16")
    #expect(card.tags["pitwall.review.bo"] == "{}" && card.run?.parameters["rate"] == "50")

    #expect(try await connector.prompts().map(\.name) == ["code-review", "judge-rubric", "support-system"])
    let draft = PromptDraft(
        source: DemoSettings.tracking, name: "support-system", body: .text("Be kind. {{question}}"), message: "kinder",
        author: "ana")
    #expect(try await connector.create(draft) == 5)
    #expect(
        try await connector.create(
            PromptDraft(
                source: DemoSettings.tracking, name: "brand-new", body: .text("Hello"), message: "", author: "bo")) == 1
    )
    let versions = try await connector.versions(of: "support-system")
    #expect(versions.map(\.number) == [5, 4, 3, 2, 1] && versions[2].aliases == ["production"])
    let alias = try #require(
        try await connector.deployments().first { $0.id.name == "support-system@production" })
    var request = DeploymentRequest(.promote, alias.id, author: "ana", reason: "kinder")
    request.target = RevisionID("5")
    _ = try await connector.apply(try await connector.plan(request))
    let moved = try await connector.deployments().first { $0.id == alias.id }
    #expect(moved?.current == RevisionID("5") && moved?.changedBy == "ana")
    await #expect(throws: ConnectorFault.self) { try await connector.run("nobody") }
}

@Test("a release that was made cheaper answers worse; passages are answered from, with their number")
func demoAnswers() {
    let ask = DemoSettings.golden.prompts[1]
    #expect(DemoAnswer.text(to: ask, isWorse: false) != DemoAnswer.text(to: ask, isWorse: true))
    #expect(DemoSettings.laps(at: Timestamp(seconds: 1_800_000_000)).count == 12)
    let asked = "[1] a.md#Causes (Slow)\nIt waits. It is full.\n\n[2] b.md\nElse.\n\nQuestion: why?"
    #expect(DemoAnswer.text(to: asked, isWorse: false) == "It waits [1]. It is full [1].")
}
