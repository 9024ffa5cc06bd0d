import ArgumentParser
import Foundation
import PitConfig
import PitData
import PitEngine
import PitFleet
import PitModel
import PitStore

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch a simulated fleet: a model gets slow, one drifts, one goes down, alerts fire and clear.",
        discussion: "The servers are real HTTP on loopback. Nothing is kept after the demo ends.")

    @Flag(help: "Only serve: print the addresses and a configuration, and wait.") var serveOnly = false
    @Option(help: "The first port; free ones without it.") var port: Int?
    @Option(help: "Simulated seconds in a real one.") var speed = 1.0
    @Option(help: "The same seed tells the same story.") var seed: UInt64 = 7
    @OptionGroup var look: LookOptions

    func validate() throws {
        if let port, !(1...65000).contains(port) { throw ValidationError("--port must be between 1 and 65000") }
        if !(0.1...1000).contains(speed) { throw ValidationError("--speed must be between 0.1 and 1000") }
    }

    func run() throws {
        ProcessHeap.keepSmall()
        let places = Places()
        if !serveOnly { try ConsoleRunner.requireTerminal(places) }
        let (seed, speed, port) = (seed, speed, port)
        let fleet: Fleet
        do {
            fleet = try Blocking.run { try await Fleet.start(seed: seed, speed: speed, port: port, clock: Stack.clock) }
        } catch let fault as Fleet.Fault {
            guard case .port(let number, let words) = fault else { throw fault }
            throw Stop(
                .couldNotRun, "the demo's servers cannot listen at port \(number): \(words)",
                hint: "Choose another with --port, or leave it out.")
        }
        defer { try? Blocking.run { await fleet.stop() } }
        if serveOnly { return try serve(fleet) }
        try console(fleet, places)
    }

    private func serve(_ fleet: Fleet) throws {
        for (name, url) in fleet.urls { Terminal.complain("\(name)  \(url)") }
        Terminal.put(fleet.yaml)
        Terminal.complain("serving until ctrl-c; watch it with: pitwall --config FILE (the lines above, without these)")
        try Blocking.run { await Signals.untilEnd() }
    }

    private func console(_ fleet: Fleet, _ own: Places) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-demo-\(getpid())").path
        let places = Places(own.environment, state: folder)
        var config = Config(fleet)
        let hasFolder = (try? makeFolder(folder)) != nil
        if hasFolder { config.knowledge = Self.knowledge(folder) }
        let http = Stack.makeHTTP()
        let ring = LogRing(clock: Stack.clock)
        let stack = Stack(
            http: http, store: try Stack.memory(), lock: nil, ring: ring,
            settings: Stack.engineSettings(config, http, places), places: places)
        defer { leave(stack, folder) }
        var runner = ConsoleRunner(places: places, config: config, stack: stack, look: look.look, context: "demo")
        try tellTalk(stack)
        try tellEvaluations(stack)
        for lap in DemoSettings.laps(at: Stack.clock.now()) { try stack.store.keep(lap) }
        if hasFolder { runner.datasets = try? tellDatasets(stack, folder) }
        runner.prologue = { engine in await Self.tellPast(fleet, engine) }
        try runner.run(watching: nil)
    }

    /// Where the demo keeps what must be files: rows, runbooks, what its trainings write.
    private func makeFolder(_ folder: String) throws {
        let runbooks = folder + "/runbooks"
        try FileManager.default.createDirectory(
            atPath: runbooks, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (name, text) in DemoRunbooks.documents {
            try Data(text.utf8).write(to: URL(filePath: "\(runbooks)/\(name)"))
        }
    }

    private static func knowledge(_ folder: String) -> KnowledgeSettings {
        KnowledgeSettings(
            path: folder + "/runbooks",
            answers: AnsweringSource(ConnectionName("support-chat-api"), model: "support-chat"))
    }

    /// Nothing of it stays: trainings end before the folder goes that they write to.
    private func leave(_ stack: Stack, _ folder: String) {
        let desk = stack.trainingDesk
        func open() -> [Training] { ((try? desk.trainings()) ?? []).filter { $0.end == nil } }
        for training in open() { _ = try? desk.stop(training.id, why: "the demo ends") }
        for _ in 0..<30 where !open().isEmpty { usleep(100_000) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What was said in the last hours, and queues of it to judge.
    private func tellTalk(_ stack: Stack) throws {
        let (desk, now) = (stack.labelDesk, Stack.clock.now())
        let kept = stack.settings.interactions.take(DemoTalk.exchanges(seed: seed, now: now))
        try stack.store.append(kept, from: DemoTalk.source, cursor: "")
        try Blocking.run { for queue in DemoTalk.queues(at: now) { _ = try await desk.create(queue) } }
    }

    /// What was said, as a dataset: half of it, then all. Without a folder for its rows there is none.
    private func tellDatasets(_ stack: Stack, _ folder: String) throws -> DatasetFolder {
        let (datasets, now) = (DatasetFolder(state: folder), Stack.clock.now())
        let talk = DemoTalk.exchanges(seed: seed, now: now)
        for part in [talk.prefix(talk.count / 2), talk[...]] {
            var left: ExchangeSource.Page? = part.map { ($0, nil) }
            let source = ExchangeSource("with the demo's models") { () throws(DataFault) -> ExchangeSource.Page? in
                defer { left = nil }
                return left
            }
            let found = try datasets.collect([source])
            _ = try stack.store.keep(
                Dataset(
                    name: "demo-talk", hash: found.hash, rows: found.rows, bytes: found.bytes, sources: found.sources,
                    author: stack.settings.author, at: now))
        }
        return datasets
    }

    /// Two runs of a suite: the second is found worse. What people said of the version that it is about stands beside it.
    private func tellEvaluations(_ stack: Stack) throws {
        try Blocking.run {
            var before: EvaluationRun?
            for release in ["v13", "v14"] {
                let (suite, answers) = DemoEvaluation.run(of: release)
                let begun = try stack.store.begin(suite, author: stack.settings.author, at: Stack.clock.now())
                let runner = EvaluationRunner(
                    store: stack.store, clock: Stack.clock, sources: ["support-chat": .written(answers)])
                before = try await runner.run(begun, baseline: before)
            }
            guard let last = before else { return }
            for fact in DemoSettings.decisions(on: last.id, at: Stack.clock.now()) {
                let kept = try stack.store.record(fact)
                try stack.store.tellReviewFacts([kept], at: kept.at)
            }
        }
    }

    /// The quiet quarter of an hour before the story, so that the charts have something to be compared with.
    private static func tellPast(_ fleet: Fleet, _ engine: Engine) async {
        var moments: [Timestamp: [(connection: ConnectionName, text: String)]] = [:]
        fleet.tellPast(every: 30) { name, at, page in moments[at, default: []].append((name, page)) }
        for (at, pages) in moments.sorted(by: { $0.key < $1.key }) { await engine.backfill(pages, at: at) }
    }
}
