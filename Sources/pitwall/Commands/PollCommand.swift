import ArgumentParser
import PitConfig
import PitEngine
import PitGrid
import PitHTTP
import PitListen
import PitModel
import PitStore
import Synchronization

struct PollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll", abstract: "Poll without a screen, and keep what comes.")

    @OptionGroup var config: ConfigOption
    @Flag(help: "Poll every connection once.") var once = false
    @Option(name: .customLong("for"), help: "Poll for this long: 90s, 1h; until ctrl-c without it.") var duration:
        String?
    @Option(help: "Serve what is known as OpenMetrics at http://ADDRESS/metrics: 127.0.0.1:9911, or :9911 for all.")
    var listen: String?
    @Option(name: .shortAndLong, help: "How the summary is written: table, wide, json, yaml or csv.") var output:
        OutputFormat = .table

    func validate() throws {
        if let duration, Figures.seconds(from: duration) == nil {
            throw ValidationError("--for wants a time such as 90s or 1h")
        }
        if let listen, MetricsListener.split(listen) == nil {
            throw ValidationError("--listen wants HOST:PORT, such as 127.0.0.1:9911")
        }
        if once, listen != nil { throw ValidationError("--once and --listen exclude each other") }
        if once, duration != nil { throw ValidationError("--once and --for exclude each other") }
    }

    func run() throws {
        ProcessHeap.keepSmall()
        let places = Places()
        let (_, made) = try config.load(places)
        let stack = made.stack
        defer { stack.http.shutdown() }
        if let lock = stack.lock, try !Blocking.run({ await Self.acquire(lock) }) {
            let holder = lock.otherHolder.map { "pid \($0.pid) on \($0.host)" } ?? "another process"
            throw Stop(
                .couldNotRun, "\(holder) polls for \(places.state) already",
                hint: "Stop it, or set XDG_STATE_HOME to another folder.")
        }
        let counts = PollCounts()
        // Nobody looks at a screen.
        var polled = stack.settings
        polled.publishing = 1
        let settings = polled
        let engine = Engine(
            settings: settings, store: stack.store, lock: stack.lock, clock: Stack.clock, ring: stack.ring
        ) { counts.take($0) }
        let seconds = duration.flatMap { Figures.seconds(from: $0) }
        let (isOnce, listen) = (once, listen)
        let result = try Blocking.run { () async throws -> Snapshot in
            _ = await engine.prepare()
            if isOnce { return await engine.pollOnce { Self.progress($0) } }
            let listener = try await Self.listen(listen, engine)
            let task = Task.detached { await engine.run() }
            let courier = stack.courier { Terminal.complain(Terminal.safe($0)) }
            let judges = stack.judgeRound { Terminal.complain(Terminal.safe($0)) }
            let laps = stack.goldenRound { Terminal.complain(Terminal.safe($0)) }
            let lapping = Task.detached { if !settings.isReadOnly { await laps.run() } }
            let training = Task.detached {
                if !settings.isReadOnly { await TrainingWatch.run(engine) { stack.trainingDesk } }
            }
            let telling = Task.detached { if !settings.isReadOnly { await courier.run() } }
            let judging = Task.detached { if !settings.isReadOnly { await judges.run() } }
            if let seconds { try? await Task.sleep(for: .seconds(seconds)) } else { await Signals.untilEnd() }
            task.cancel()
            telling.cancel()
            judging.cancel()
            lapping.cancel()
            training.cancel()
            await task.value
            await telling.value
            await judging.value
            await lapping.value
            await training.value
            await listener?.stop()
            return await engine.current()
        }
        Terminal.put(ConnectionReport.make(result).render(output))
        let late = result.connections.filter { $0.missedTurns > 0 }
        if !late.isEmpty {
            let turns = late.reduce(0) { $0 + $1.missedTurns }
            let names = late.prefix(5).map(\.name.description).joined(separator: ", ")
            Terminal.complain("\(late.count) connections were polled late (\(turns) turns missed): \(names)")
        }
        if result.connections.contains(where: { $0.status != .ok }) { throw ExitCode.notWell }
    }

    /// A command that reads the servers once holds the lock for a moment: who is to poll for long does not give way to it.
    private static func acquire(_ lock: PollerLock) async -> Bool {
        let end = ContinuousClock().now + .seconds(5)
        while !lock.tryAcquire() {
            guard ContinuousClock().now < end else { return false }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    private static func listen(_ address: String?, _ engine: Engine) async throws -> MetricsListener? {
        guard let address else { return nil }
        let started = Stack.clock.now()
        do throws(MetricsListener.Fault) {
            let listener = try await MetricsListener.start(address) {
                await Published(
                    snapshot: engine.current(), version: Version.current, started: started,
                    burn: engine.burnRates()
                ).page
            }
            Terminal.complain("serving http://\(listener.address)/metrics")
            if listener.isOpen {
                Terminal.complain(
                    "other machines can read it: there is no password. A firewall or 127.0.0.1 keeps them out.")
            }
            return listener
        } catch {
            throw Stop(error)
        }
    }

    private static func progress(_ state: ConnectionState) {
        let words =
            state.fault.map { $0.summary }
            ?? "\(state.items.map { "\($0) items" } ?? "ok") in \(Figures.duration(state.latency))"
        Terminal.complain("\(state.name): \(words)")
    }
}

/// Tells on stderr what changed while polling goes on.
private final class PollCounts: Sendable {
    private let known = Mutex<[ConnectionName: ConnectionState.Status]>([:])

    func take(_ snapshot: Snapshot) {
        for state in snapshot.connections {
            let changed = known.withLock { all in
                defer { all[state.name] = state.status }
                return all[state.name] != state.status && state.status != .never
            }
            if changed { Terminal.complain("\(state.name): \(state.fault?.summary ?? "ok")") }
        }
    }
}
