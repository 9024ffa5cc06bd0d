import ArgumentParser
import PitConfig
import PitEngine
import PitGrid
import PitHTTP
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
    @Option(name: .shortAndLong, help: "How the summary is written: table, wide, json, yaml or csv.") var output:
        OutputFormat = .table

    func validate() throws {
        if let duration, Figures.seconds(from: duration) == nil {
            throw ValidationError("--for wants a time such as 90s or 1h")
        }
        if once, duration != nil { throw ValidationError("--once and --for exclude each other") }
    }

    func run() throws {
        let places = Places()
        let (_, made) = try config.load(places)
        let stack = made.stack
        defer { stack.http.shutdown() }
        if let lock = stack.lock, !lock.tryAcquire() {
            let holder = lock.otherHolder.map { "pid \($0.pid) on \($0.host)" } ?? "another process"
            throw Stop(
                .couldNotRun, "\(holder) polls for \(places.state) already",
                hint: "Stop it, or set XDG_STATE_HOME to another folder.")
        }
        let counts = PollCounts()
        // Nobody looks at a screen.
        var settings = stack.settings
        settings.publishing = 1
        let engine = Engine(
            settings: settings, store: stack.store, lock: stack.lock, clock: Stack.clock, ring: stack.ring
        ) { counts.take($0) }
        let seconds = duration.flatMap { Figures.seconds(from: $0) }
        let isOnce = once
        let result = try Blocking.run { () async -> Snapshot in
            _ = await engine.prepare()
            if isOnce { return await engine.pollOnce { Self.progress($0) } }
            let task = Task.detached { await engine.run() }
            if let seconds { try? await Task.sleep(for: .seconds(seconds)) } else { await Signals.untilEnd() }
            task.cancel()
            await task.value
            return await engine.current()
        }
        Terminal.put(ConnectionReport.make(result).render(output))
        if result.connections.contains(where: { $0.status != .ok }) { throw ExitCode.notWell }
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
