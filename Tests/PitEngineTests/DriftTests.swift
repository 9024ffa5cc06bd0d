import PitEngine
import PitModel
import PitStore
import Testing

/// An engine that watches one model whose traffic is written by the test.
struct DriftBench {
    let clock = HandClock()
    let store: Store
    let engine: Engine
    static let name = ModelName("m")
    static let server = ConnectionName("a")

    init(_ drift: DriftSettings, store: Store? = nil) throws {
        let clock = clock
        self.store = try store ?? Store.inMemory(limits: StoreLimits(maxAge: 40 * 86400))
        let profile = MetricProfile(
            id: "test", title: "Test", detect: ["t_"], modelLabel: "model",
            sources: [
                QuantitySource(.promptLength, .histogram, ["t_prompt"]),
                QuantitySource(.generationLength, .histogram, ["t_answer"]),
                QuantitySource(.requests, .counter, ["t_requests_total"]),
            ])
        let server = ConnectedServer(
            Connection(name: Self.server, kind: "metrics", url: "http://a", interval: 60), FakePage())
        let settings = EngineSettings(
            servers: [server],
            models: [ModelConfig(name: Self.name, metrics: [MetricsBinding(Self.server)])],
            profiles: [profile], author: "ana", drift: drift)
        engine = Engine(
            settings: settings, store: self.store, lock: nil, clock: clock, ring: LogRing(clock: clock),
            publish: { _ in })
    }

    /// Reads a page every `step` seconds until `span` has passed; gives what was said of each reading.
    func run(
        _ traffic: inout SeasonalTraffic, span: Double, step: Double = 300, _ each: (ModelDrift?) -> Void = { _ in }
    ) async {
        var left = span
        while left > 0 {
            clock.advance(step)
            left -= step
            let now = clock.now()
            await engine.backfill([(Self.server, traffic.page(at: now))], at: now)
            each(await engine.current().models[0].drift)
        }
    }
}

private func verdicts(_ drift: ModelDrift?) -> [String: FeatureDrift.Verdict] {
    Dictionary((drift?.features ?? []).map { ($0.feature.key, $0.verdict) }, uniquingKeysWith: { $1 })
}

@Suite struct DriftTests {
    private let hourly = DriftSettings(window: 3600, reference: .automatic, interval: 300)

    @Test func aDayOfTrafficThatFollowsTheHourIsNoDriftAndLongerPromptsAre() async throws {
        let bench = try DriftBench(hourly)
        _ = await bench.engine.prepare()
        let start = bench.clock.now()
        let shiftAt = start.advanced(by: 5 * 86400)
        var traffic = SeasonalTraffic(from: start, perSecond: 0.5, shift: .init(at: shiftAt, factor: 2))
        await bench.run(&traffic, span: 4 * 86400)
        var (judged, alarms) = (0, 0)
        await bench.run(&traffic, span: 86400) { drift in
            judged += drift?.judged ?? 0
            alarms += drift?.drifted ?? 0
        }
        #expect(judged > 500)
        #expect(alarms == 0)
        var found: Double?
        await bench.run(&traffic, span: 2 * 3600) { drift in
            if verdicts(drift)["prompt_tokens"] == .drifted, found == nil { found = drift?.at.since(shiftAt) }
        }
        #expect(try #require(found) <= 2 * 3600)
        let last = await bench.engine.current()
        #expect(verdicts(last.models[0].drift)["response_tokens"] == .same)
        #expect(verdicts(last.models[0].drift)["finish_reason"] == .same)
        #expect(last.events.contains { $0.kind == .drift && $0.title.contains("prompt tokens drifted") })
    }

    @Test func tooFewRequestsAreSaidToBeTooFew() async throws {
        let bench = try DriftBench(DriftSettings(window: 3600, reference: .before(86400), interval: 300))
        _ = await bench.engine.prepare()
        var traffic = SeasonalTraffic(from: bench.clock.now(), perSecond: 0.01)
        await bench.run(&traffic, span: 6 * 3600)
        let drift = try #require(await bench.engine.current().models[0].drift)
        #expect(!drift.features.isEmpty)
        #expect(drift.features.allSatisfy { $0.verdict == .notEnoughData && !$0.why.isEmpty })
        #expect(drift.drifted == 0)
    }

    @Test func aRestartOfTheServerOrOfPitwallIsNoTraffic() async throws {
        let settings = DriftSettings(window: 3600, reference: .before(86400), interval: 300)
        let bench = try DriftBench(settings)
        _ = await bench.engine.prepare()
        var traffic = SeasonalTraffic(from: bench.clock.now())
        await bench.run(&traffic, span: 6 * 3600)
        let before = try #require(await bench.engine.current().models[0].drift)
        // The server's counters begin anew.
        var again = SeasonalTraffic(from: bench.clock.now(), seed: 8)
        await bench.run(&again, span: 3600)
        let after = try #require(await bench.engine.current().models[0].drift)
        #expect(after.drifted == 0)
        let counts = [before, after].map { $0.features.first { $0.feature.key == "prompt_tokens" }?.currentCount ?? 0 }
        #expect(counts[1] > counts[0] * 0.5 && counts[1] < counts[0] * 2)
        // Another process goes on with the same files.
        let other = try DriftBench(settings, store: bench.store)
        other.clock.advance(bench.clock.now().since(other.clock.now()))
        _ = await other.engine.prepare()
        await other.run(&again, span: 1800)
        let last = try #require(await other.engine.current().models[0].drift)
        #expect(last.drifted == 0)
        #expect((last.features.first { $0.feature.key == "prompt_tokens" }?.referenceCount ?? 0) > 1000)
    }

    @Test func whatAServiceOfStatisticsPublishesStandsInTheSameTable() async throws {
        let clock = HandClock()
        let server = ConnectedServer(
            Connection(name: ConnectionName("trusty"), kind: "metrics", url: "http://t", interval: 30), FakePage())
        let names = ["kstest", "meanshift", "approxkstest", "fouriermmd", "spd", "dir", "mmd"]
        let profile = MetricProfile(
            id: "trustyai", title: "T", detect: ["trustyai_"],
            sources: [QuantitySource(.serviceStatistic, .gauge, names.map { "trustyai_\($0)" })])
        let binding = MetricsBinding(ConnectionName("trusty"))
        let models = ["credit", "ranker"].map { ModelConfig(name: ModelName($0), metrics: [binding]) }
        let engine = Engine(
            settings: EngineSettings(servers: [server], models: models, profiles: [profile], author: "ana"),
            store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
        _ = await engine.prepare()
        let page = """
            trustyai_kstest{model="credit",subcategory="age"} 0.011
            trustyai_kstest{model="credit",subcategory="income"} 0.6
            trustyai_meanshift{model="credit",subcategory="age"} 0.2
            trustyai_approxkstest{model="credit",subcategory="age"} 0.001
            trustyai_fouriermmd{model="credit",subcategory="age"} 0.7
            trustyai_spd{model="credit",protected="gender"} -0.18
            trustyai_dir{model="credit",protected="gender"} 0.7
            trustyai_mmd{modelId="ranker"} 0.4

            """
        await engine.backfill([(ConnectionName("trusty"), page)], at: clock.now())
        let world = await engine.current()
        let credit = try #require(world.models.first { $0.name == ModelName("credit") }?.drift)
        #expect(
            verdicts(credit) == [
                "kstest:age": .drifted, "kstest:income": .same, "meanshift:age": .same, "approxkstest:age": .drifted,
                "fouriermmd:age": .same, "spd:gender": .drifted, "dir:gender": .drifted,
            ])
        #expect(credit.features.allSatisfy { (($0.excess ?? 0) > 1) == ($0.verdict == .drifted) })
        #expect(credit.worst?.feature.key == "approxkstest:age")
        #expect(credit.features.first { $0.feature.key == "kstest:age" }?.pValue == 0.011)
        let ranker = try #require(world.models.first { $0.name == ModelName("ranker") }?.drift)
        #expect(verdicts(ranker) == ["mmd": .notEnoughData])
        #expect(ranker.drifted == 0 && ranker.features.allSatisfy { $0.score == 0.4 })
    }

    @Test func whatASavedBaselineHeldIsComparedWith() async throws {
        let bench = try DriftBench(DriftSettings(window: 3600, reference: .baseline("quiet"), interval: 300))
        _ = await bench.engine.prepare()
        let start = bench.clock.now()
        var traffic = SeasonalTraffic(
            from: start, shift: .init(at: start.advanced(by: 6 * 3600), factor: 3))
        await bench.run(&traffic, span: 5 * 3600)
        let missing = try #require(await bench.engine.current().models[0].drift)
        #expect(missing.features.allSatisfy { $0.verdict == .notEnoughData && $0.why.contains("no baseline `quiet`") })
        let range = TimeRange(from: start, to: bench.clock.now())
        let saved = try await bench.engine.saveBaseline("quiet", of: DriftBench.name, range, author: "ana")
        #expect(saved?.counts[.promptTokens] != nil)
        await bench.run(&traffic, span: 3 * 3600)
        let drift = try #require(await bench.engine.current().models[0].drift)
        #expect(verdicts(drift)["prompt_tokens"] == .drifted)
        #expect(drift.referenceWords == "the baseline `quiet`")
        #expect(try bench.store.removeBaseline("quiet", of: DriftBench.name, author: "ana", at: bench.clock.now()))
        #expect(try bench.store.baselines().isEmpty)
    }
}
