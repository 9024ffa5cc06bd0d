import PitEngine
import PitModel
import PitStore
import Testing

/// An engine that watches one model of which only exchanges are known.
private struct TalkBench {
    let clock = HandClock()
    let store: Store
    let engine: Engine
    static let model = ModelName("m")

    init(_ drift: DriftSettings, store: Store? = nil, servers: [ConnectedServer] = []) throws {
        self.store = try store ?? Store.inMemory()
        engine = Engine(
            settings: EngineSettings(
                servers: servers, models: [ModelConfig(name: Self.model)], profiles: [], author: "ana", drift: drift),
            store: self.store, lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
    }

    func add(_ talk: inout SeasonalTalk, hours: Double) throws {
        for _ in 0..<Int((hours * 2).rounded(.up)) {
            let from = clock.now()
            clock.advance(hours >= 0.5 ? 1800 : hours * 3600)
            let all = talk.exchanges(from: from, to: clock.now())
            try store.append(all, from: ConnectionName("log"), cursor: "\(clock.now())")
        }
    }

    func drift() async throws -> ModelDrift {
        try #require(await engine.pollOnce(responses: true).models[0].drift)
    }
}

private func verdict(_ drift: ModelDrift, _ key: String) -> FeatureDrift.Verdict? {
    drift.features.first { $0.feature.key == key }?.verdict
}

@Suite struct ResponseDriftTests {
    private let hourly = DriftSettings(window: 3600, reference: .automatic, interval: 300)

    @Test func aDayOfTalkThatFollowsTheHourIsNoDriftAndOtherWordsAreWithinTwoWindows() async throws {
        let bench = try TalkBench(hourly)
        _ = await bench.engine.prepare()
        var talk = SeasonalTalk(from: bench.clock.now())
        try bench.add(&talk, hours: 72)
        var (judged, alarms) = (0, 0)
        for _ in 0..<12 {
            try bench.add(&talk, hours: 2)
            let drift = try await bench.drift()
            judged += drift.judged
            alarms += drift.drifted
        }
        #expect(judged > 150)
        #expect(alarms == 0)
        talk.shiftAt = bench.clock.now()
        try bench.add(&talk, hours: 2)
        let seen = try await bench.drift()
        #expect(verdict(seen, "response_text") == .drifted)
        #expect(verdict(seen, "oov_share") == .drifted)
        #expect(verdict(seen, "prompt_text") == .same)
        #expect(verdict(seen, "latency") == .same)
        let text = try #require(seen.features.first { $0.feature.key == "response_text" })
        #expect(text.interval.map { $0.lowerBound > 0.6 && $0.upperBound <= 1 } == true)
        #expect(text.buckets.prefix(3).allSatisfy { SeasonalTalk.newWords.contains($0.name) })
        #expect(text.referenceCount >= 60 && text.currentCount >= 60)
        #expect(seen.referenceWords == "the same hour of 7 days before")
    }

    @Test func attributesAreFeaturesButNoNamesAndNoClocks() async throws {
        let bench = try TalkBench(DriftSettings(window: 3600, reference: .before(86400), interval: 300))
        _ = await bench.engine.prepare()
        var talk = SeasonalTalk(from: bench.clock.now())
        try bench.add(&talk, hours: 6)
        let drift = try await bench.drift()
        #expect(verdict(drift, "attribute.tier") == .same)
        #expect(verdict(drift, "attribute.request") == nil)
        #expect(verdict(drift, "attribute.sequence") == nil)
        let latency = try #require(drift.features.first { $0.feature.key == "latency" })
        #expect(latency.method == "KS" && latency.pValue != nil && !latency.buckets.isEmpty)
        #expect(latency.feature.source == .responses && latency.feature.unit == .seconds)
        #expect(drift.referenceWords == "the 5 h before")
    }

    @Test func fewAreSaidToBeFewAndWithoutAReferenceThatIsSaid() async throws {
        let bench = try TalkBench(DriftSettings(window: 3600, reference: .before(86400), interval: 300))
        _ = await bench.engine.prepare()
        #expect(await bench.engine.pollOnce(responses: true).models[0].drift == nil)
        var talk = SeasonalTalk(from: bench.clock.now(), perHour: 10)
        try bench.add(&talk, hours: 0.5)
        let alone = try await bench.drift()
        #expect(
            alone.features.allSatisfy { $0.verdict == .notEnoughData && $0.why.contains("before the current window") })
        try bench.add(&talk, hours: 6)
        let few = try await bench.drift()
        #expect(!few.features.isEmpty)
        #expect(
            few.features.allSatisfy { $0.verdict == .notEnoughData && $0.why.contains("wanted") },
            "\(few.features.map { "\($0.feature.key) \($0.verdict) \($0.why)" })")
    }

    @Test func aBaselineHoldsWhatExchangesWereLikeAndOutlivesThem() async throws {
        let bench = try TalkBench(DriftSettings(window: 3600, reference: .baseline("calm"), interval: 300))
        _ = await bench.engine.prepare()
        var talk = SeasonalTalk(from: bench.clock.now())
        let start = bench.clock.now()
        try bench.add(&talk, hours: 4)
        let range = TimeRange(from: start, to: bench.clock.now())
        let saved = try #require(try await bench.engine.saveBaseline("calm", of: TalkBench.model, range, author: "ana"))
        #expect(saved.responses?["response_length"]?.numbers.isEmpty == false)
        try bench.store.pruneInteractions(maxRows: 0, maxBytes: 1 << 30)
        var longer = talk
        longer.perHour = 300
        try bench.add(&longer, hours: 1)
        let drift = try await bench.drift()
        #expect(drift.referenceWords == "the baseline `calm`")
        #expect(verdict(drift, "response_length") == .same)
        #expect(drift.features.allSatisfy { $0.feature.key != "response_text" })
    }

    @Test func whatIsKeptSaysTheSameToAnotherProcess() async throws {
        let settings = DriftSettings(window: 3600, reference: .before(86400), interval: 300)
        let bench = try TalkBench(settings)
        _ = await bench.engine.prepare()
        var talk = SeasonalTalk(from: bench.clock.now())
        talk.shiftAt = bench.clock.now().advanced(by: 5 * 3600)
        try bench.add(&talk, hours: 6)
        let live = try await bench.drift()
        let other = try TalkBench(settings, store: bench.store)
        other.clock.advance(bench.clock.now().since(other.clock.now()))
        _ = await other.engine.prepare()
        let kept = try #require(await other.engine.drift(of: TalkBench.model, at: other.clock.now()))
        func told(_ drift: ModelDrift) -> [String: FeatureDrift.Verdict] {
            Dictionary(drift.features.map { ($0.feature.key, $0.verdict) }, uniquingKeysWith: { $1 })
        }
        #expect(told(kept) == told(live))
        #expect(live.drifted > 0)
    }
}

/// A server that makes vectors of texts: by the share of one word in them.
private struct FakeEmbedder: Embedding {
    static let about = ConnectorInfo(id: "fake-embedder", title: "Fake", summary: "vectors")
    var isDown = false
    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake") }
    func embed(_ texts: [String], model: String) async throws(ConnectorFault) -> [[Double]] {
        if isDown { throw .rejected("no such model") }
        return texts.map { text in
            let words = text.split(separator: " ")
            let new = words.count { SeasonalTalk.newWords.contains(String($0)) }
            let share = Double(new) / Double(max(1, words.count))
            return [1 - share, share, Double(words.count) / 1000]
        }
    }
}

@Test("where a server makes vectors of texts they are compared, too, and where it fails the rest goes on")
func embeddingsAreFeatures() async throws {
    for isDown in [false, true] {
        var drift = DriftSettings(window: 3600, reference: .before(86400), interval: 300)
        drift.embeddings = EmbeddingSource(ConnectionName("vectors"), model: "any")
        var embedder = FakeEmbedder()
        embedder.isDown = isDown
        let bench = try TalkBench(
            drift,
            servers: [
                ConnectedServer(
                    Connection(name: ConnectionName("vectors"), kind: "fake-embedder", url: "http://v"), embedder)
            ])
        _ = await bench.engine.prepare()
        var talk = SeasonalTalk(from: bench.clock.now())
        (talk.shiftAt, talk.share) = (bench.clock.now().advanced(by: 5 * 3600), 0.6)
        try bench.add(&talk, hours: 6)
        let found = try await bench.drift()
        #expect(verdict(found, "embedding_centroid") == (isDown ? nil : .drifted))
        #expect(verdict(found, "embedding_mmd") == (isDown ? nil : .drifted))
        #expect(verdict(found, "response_text") == .drifted)
    }
}
