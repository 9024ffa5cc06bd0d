import Foundation
import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// A source of exchanges, told a page at a time; its cursor is how many it has given.
final class FakeSource: InteractionReading {
    static let about = ConnectorInfo(id: "fake-source", title: "Fake", summary: "exchanges")
    struct State {
        var all: [Interaction] = []
        var asked: [String?] = []
        var badLines = 0
        var fault: ConnectorFault?
    }
    let state = Mutex(State())

    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake") }
    func readInteractions(after cursor: String?, limit: Int) async throws(ConnectorFault) -> InteractionPage {
        let page: Result<InteractionPage, ConnectorFault> = state.withLock { state in
            state.asked.append(cursor)
            if let fault = state.fault { return .failure(fault) }
            let start = cursor.flatMap { Int($0) } ?? 0
            let end = min(state.all.count, start + min(limit, 40))
            var page = InteractionPage(
                interactions: Array(state.all[start..<end]), cursor: "\(end)", hasMore: end < state.all.count)
            while state.badLines > 0 {
                state.badLines -= 1
                page.skip(9, "not JSON")
            }
            return .success(page)
        }
        return try page.get()
    }
}

private struct Talk {
    let clock = HandClock()
    let source = FakeSource()
    let store: Store
    let engine: Engine

    init(_ intake: InteractionIntake = InteractionIntake(), store: Store? = nil) throws {
        let clock = clock
        self.store = try store ?? Store.inMemory()
        var settings = EngineSettings(
            servers: [
                ConnectedServer(Connection(name: ConnectionName("log"), kind: "fake-source", url: "log"), source)
            ], models: [ModelConfig(name: ModelName("m"))], profiles: [], author: "ana")
        settings.interactions = intake
        engine = Engine(
            settings: settings, store: self.store, lock: nil, clock: clock, ring: LogRing(clock: clock),
            publish: { _ in })
    }

    func exchange(_ number: Int, _ prompt: String = "hi", response: String? = "ok", served: String = "m") -> Interaction
    {
        Interaction(
            id: "i\(number)", connection: ConnectionName("log"), servedModel: served, at: clock.now(),
            messages: [.init("user", prompt)], response: response)
    }

    static let mine = InteractionSettings(models: [.init(model: ModelName("m"))])
}

@Test("exchanges are read on from where they were kept, all pages in one turn, and nothing twice after a restart")
func readsOn() async throws {
    let talk = try Talk(InteractionIntake(settings: Talk.mine))
    _ = await talk.engine.prepare()
    talk.source.state.withLock { $0.all = (1...100).map { talk.exchange($0) } }
    let seen = await talk.engine.pollOnce()
    #expect(seen.interactions.map(\.kept) == [100])
    #expect(seen.interactions.first?.model == ModelName("m"))
    #expect(seen.connections.first?.capabilities == ["interactions"])
    let later = try Talk(InteractionIntake(settings: Talk.mine), store: talk.store)
    _ = await later.engine.prepare()
    later.source.state.withLock { $0.all = (1...101).map { later.exchange($0) } }
    #expect(await later.engine.pollOnce().interactions.map(\.kept) == [101])
    #expect(later.source.state.withLock { $0.asked } == ["100"])
    let found = try await later.engine.interactions(InteractionQuery(text: "hi", limit: 500))
    #expect(Set(found.map(\.interaction.id)).count == 101)
}

@Test("bad lines are counted over all readings, and a source that fails keeps what was read")
func countsBadLines() async throws {
    let talk = try Talk()
    _ = await talk.engine.prepare()
    talk.source.state.withLock { $0.badLines = 3 }
    _ = await talk.engine.pollOnce()
    talk.source.state.withLock {
        $0.badLines = 2
        $0.all = [talk.exchange(1)]
    }
    #expect(await talk.engine.pollOnce().connections.first?.badLineCount == 5)
    talk.source.state.withLock { $0.fault = .file("no file") }
    let failed = await talk.engine.pollOnce()
    #expect(failed.connections.first?.fault == .file("no file"))
    #expect(failed.interactions.map(\.kept) == [1])
}

@Test("the sample is the same every time, a larger one holds the smaller, and its size is as asked")
func sampling() {
    let ids = (0..<20_000).map { "trace-\($0)" }
    let tenth = ids.filter { InteractionIntake.isChosen($0, share: 0.1) }
    #expect(tenth == ids.filter { InteractionIntake.isChosen($0, share: 0.1) })
    #expect((1800...2200).contains(tenth.count), "\(tenth.count)")
    #expect(tenth.allSatisfy { InteractionIntake.isChosen($0, share: 0.3) })
    #expect(!ids.contains { InteractionIntake.isChosen($0, share: 0) })
    #expect(ids.allSatisfy { InteractionIntake.isChosen($0, share: 1) })
}

@Test("each model has its own sample; what it leaves out is read, not kept")
func samplingByModel() async throws {
    var settings = Talk.mine
    settings.models = [.init(model: ModelName("m"), sample: 0), .init(model: ModelName("n"))]
    let talk = try Talk(InteractionIntake(settings: settings))
    _ = await talk.engine.prepare()
    talk.source.state.withLock {
        $0.all = (1...50).map { talk.exchange($0, served: $0 % 2 == 0 ? "m" : "n") }
    }
    let seen = await talk.engine.pollOnce()
    #expect(seen.interactions.map(\.model) == [ModelName("n")])
    #expect(seen.interactions.map(\.kept) == [25])
}

@Test("what is redacted is nowhere on the disk: not in any byte of any file")
func redactedIsNowhere() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pittalk-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let secret = "KESTREL7291"
    let intake = InteractionIntake(
        settings: InteractionSettings(redact: ["bird"], models: Talk.mine.models),
        redaction: { kinds in { kinds == ["bird"] ? $0.replacing(secret, with: "[bird]") : $0 } },
        scan: { exchange in
            [
                Finding(
                    detector: "pii", kind: "bird", owasp: "LLM02", side: .prompt, message: 1, range: 3..<14,
                    evidence: "saw \(exchange.prompt)")
            ]
        },
        describe: { ["prompt_length": .number(Double($0.prompt.utf8.count))] })
    do {
        let talk = try Talk(intake, store: try Store.open(folder: folder))
        _ = await talk.engine.prepare()
        var exchange = talk.exchange(1, "my \(secret) flew", response: "your \(secret)? \(secret)!")
        exchange.messages.insert(.init("system", "never say \(secret)"), at: 0)
        (exchange.client, exchange.fault) = (secret, "about \(secret)")
        exchange.attributes = ["note": .text(secret)]
        var other = talk.exchange(2)
        other.id = "id-\(secret)"
        talk.source.state.withLock { $0.all = [exchange, other] }
        let seen = await talk.engine.pollOnce()
        #expect(seen.findings.map(\.lastHour) == [2])
        let kept = try await talk.engine.interactions(InteractionQuery(text: "flew"))
        #expect(kept.first?.interaction.prompt == "my [bird] flew")
        #expect(kept.first?.interaction.response == "your [bird]? [bird]!")
        #expect(kept.first?.interaction.client?.hasPrefix("client-") == true, "clients can still be told apart")
        #expect(kept.first?.findings.map(\.finding.range) == [3..<9], "the place moves with the text")
        #expect(kept.first?.features["prompt_length"] == .number(19))
        try talk.store.flush()
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.contains("cache.db"))
    for file in files {
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)")
    }
}

@Test("a response of five megabytes is kept cut, and how long it was is said")
func longResponse() async throws {
    let talk = try Talk(InteractionIntake(settings: InteractionSettings(maxText: 1000)))
    _ = await talk.engine.prepare()
    let long = String(repeating: "ü", count: 5 << 19)
    talk.source.state.withLock { $0.all = [talk.exchange(1, response: long), talk.exchange(2, response: nil)] }
    _ = await talk.engine.pollOnce()
    let kept = try await talk.engine.interactions(InteractionQuery())
    #expect(kept.first { $0.interaction.id == "i1" }?.interaction.response?.utf8.count == 1000)
    #expect(kept.first { $0.interaction.id == "i1" }?.interaction.cutFrom == 5 << 20 + 2)
    #expect(kept.first { $0.interaction.id == "i2" }?.interaction.response == nil)
    #expect(kept.first { $0.interaction.id == "i2" }?.interaction.cutFrom == nil)
}

@Test("the store stays within its bounds, and the oldest go")
func staysBounded() async throws {
    let talk = try Talk(InteractionIntake(settings: InteractionSettings(maxRows: 30)))
    _ = await talk.engine.prepare()
    talk.source.state.withLock { $0.all = (1...100).map { talk.exchange($0) } }
    #expect(await talk.engine.pollOnce().interactions.map(\.kept) == [30])
    #expect(try await talk.engine.interactions(InteractionQuery(limit: 1)).first?.interaction.id == "i100")
}

@Test("a person's word on a finding counts at once")
func wordsCount() async throws {
    let talk = try Talk(
        InteractionIntake(
            settings: Talk.mine,
            scan: { _ in [Finding(detector: "injection", kind: "k", owasp: "LLM01", side: .prompt, evidence: "e")] }))
    _ = await talk.engine.prepare()
    talk.source.state.withLock { $0.all = (1...4).map { talk.exchange($0) } }
    _ = await talk.engine.pollOnce()
    let kept = try await talk.engine.interactions(InteractionQuery())
    for (index, exchange) in kept.prefix(3).enumerated() {
        let key = FindingKey(exchange.findings[0].finding, in: exchange.interaction)
        let label = FindingLabel(at: talk.clock.now(), author: "ana", isTrue: index == 0)
        #expect(await talk.engine.record(label, of: key) == nil)
    }
    var tally = try #require(await talk.engine.current().findings.first)
    #expect(tally.words == "injection: 4 hits, precision 0.33 [0.06, 0.79]")
    tally.precision = nil
    #expect(
        tally
            == FindingTally(
                model: ModelName("m"), detector: "injection", lastHour: 4, lastDay: 4, exchangesLastHour: 4,
                exchangesLastDay: 4, right: 1, wrong: 2))
}
