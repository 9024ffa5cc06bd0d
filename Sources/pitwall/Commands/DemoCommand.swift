import ArgumentParser
import Foundation
import PitConfig
import PitEngine
import PitFleet
import PitModel

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

    private func console(_ fleet: Fleet, _ places: Places) throws {
        let config = Config(fleet)
        let http = Stack.makeHTTP()
        let ring = LogRing(clock: Stack.clock)
        let stack = Stack(
            http: http, store: try Stack.memory(), lock: nil, ring: ring,
            settings: Stack.engineSettings(config, http, places), places: places)
        var runner = ConsoleRunner(places: places, config: config, stack: stack, look: look.look, context: "demo")
        let (seed, author) = (seed, places.author)
        runner.prologue = { engine in
            await Self.tellPast(fleet, engine)
            await Self.talk(seed, engine, author)
        }
        try runner.run(watching: nil)
    }

    /// What was said to a model, and two queues to judge it by.
    private static func talk(_ seed: UInt64, _ engine: Engine, _ author: String) async {
        let (model, now) = (ModelName("support-chat"), Stack.clock.now())
        let said = FleetTalk(seed: seed).exchanges(of: model, releases: ["r13", "r14"], count: 40, before: now)
        await engine.keep(said, from: ConnectionName("talk"))
        let query = InteractionQuery(model: model)
        for queue in [
            LabelQueue(
                name: "r13-or-r14", title: "did r14 get worse?", query: query, releases: ["r13", "r14"],
                order: .random(seed: seed), author: author, at: now),
            LabelQueue(
                name: "pairs", title: "which answer is better?", query: query, rubric: "preference", author: author,
                at: now.advanced(by: -1)),
        ] {
            _ = await engine.createQueue(queue)
        }
    }

    /// The quiet quarter of an hour before the story, so that the charts have something to be compared with.
    private static func tellPast(_ fleet: Fleet, _ engine: Engine) async {
        var moments: [Timestamp: [(connection: ConnectionName, text: String)]] = [:]
        fleet.tellPast(every: 30) { name, at, page in moments[at, default: []].append((name, page)) }
        for (at, pages) in moments.sorted(by: { $0.key < $1.key }) { await engine.backfill(pages, at: at) }
    }
}
