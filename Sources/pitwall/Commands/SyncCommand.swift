import ArgumentParser
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Tell other systems what was judged, and take in what others judged there.",
        discussion: """
            Where `labeling: {sync: [tracking]}` names connections, the console and `pitwall poll` do this by themselves. \
            What was changed there is never overwritten: it is a conflict that a person settles.
            """,
        subcommands: [Run.self, Status.self, Conflicts.self, Refused.self, Resolve.self, Retry.self],
        defaultSubcommand: Run.self)

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on telling until ctrl-c, or one round.",
            discussion: "Exits with 1 when something could not be told, was refused, or is a conflict.")
        @OptionGroup var config: ConfigOption
        @Flag(help: "One round with each, whatever failed before.") var once = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            try stack.requireWritable()
            try SyncCommand.requireRoutes(stack)
            let courier = stack.courier { Terminal.complain(Terminal.safe($0)) }
            let isOnce = once
            let rounds = try Blocking.run { () async throws -> [ConnectionName: AssessmentCourier.Round] in
                if isOnce {
                    guard let rounds = await Self.once(courier) else {
                        throw Stop(
                            .couldNotRun, "another process syncs this folder at the moment",
                            hint: "It does the same; look with: pitwall sync status")
                    }
                    return Dictionary(rounds.map { ($0.0.to, $0.1) }, uniquingKeysWith: { first, _ in first })
                }
                let task = Task.detached { await courier.run() }
                await Signals.untilEnd()
                task.cancel()
                await task.value
                return [:]
            }
            let states = try SyncCommand.states(stack)
            Terminal.put(SyncReport.states(states, rounds).render(output))
            for round in rounds.values.compactMap(\.fault) { Terminal.complain(round.hint) }
            if states.contains(where: { $0.why != nil || $0.waiting > 0 }) { throw ExitCode.notWell }
        }

        /// The console's own rounds are short: this one waits for their end.
        private static func once(
            _ courier: AssessmentCourier
        ) async -> [(AssessmentRoute, AssessmentCourier.Round)]? {
            let end = ContinuousClock().now + .seconds(10)
            while true {
                if let rounds = await courier.once() { return rounds }
                guard ContinuousClock().now < end else { return nil }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How far each is told; asks no server.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            Terminal.put(SyncReport.states(try SyncCommand.states(made.stack), [:]).render(output))
        }
    }

    struct Conflicts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What somebody changed there after it was told: ours beside theirs.",
            discussion: "Settle each with: pitwall sync resolve KEY --keep ours|theirs")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws { try SyncCommand.list(config, .conflict, output) }
    }

    struct Refused: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a server said no to, and why.", discussion: "Try again with: pitwall sync retry")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws { try SyncCommand.list(config, .refused, output) }
    }

    struct Resolve: ParsableCommand {
        enum Side: String, ExpressibleByArgument, CaseIterable { case ours, theirs }
        static let configuration = CommandConfiguration(
            abstract: "Say which holds: ours is told again, theirs is written down here.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The conflict's key, or its first letters; `all` for every one.") var key: String
        @Option(help: "ours or theirs.") var keep: Side
        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            try stack.requireWritable()
            try SyncCommand.requireRoutes(stack)
            let all = try SyncCommand.errands(stack, .conflict)
            let chosen = key == "all" ? all : all.filter { $0.id.hasPrefix(key) }
            guard !chosen.isEmpty, key == "all" || chosen.count == 1 else {
                throw Stop(
                    .usage, chosen.isEmpty ? "there is no conflict `\(key)`" : "`\(key)` begins several keys",
                    hint: "See them: pitwall sync conflicts")
            }
            for errand in chosen {
                try SyncCommand.stopping { () throws(StoreFault) in
                    try stack.store.resolve(
                        errand.id, at: errand.destination, keepsOurs: keep == .ours, by: stack.settings.author,
                        now: Stack.clock.now())
                }
            }
            Terminal.say(
                "\(chosen.count) settled: \(keep.rawValue). "
                    + (keep == .ours ? "They are told in the next round: pitwall sync --once" : "They hold here now."))
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let what a server refused wait to be told again.")
        @OptionGroup var config: ConfigOption
        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            try SyncCommand.requireRoutes(stack)
            var count = 0
            for route in stack.settings.labeling.routes {
                count += try SyncCommand.stopping { () throws(StoreFault) in try stack.store.retryRefused(route.to) }
            }
            Terminal.say("\(count) wait again")
        }
    }

    // MARK: -

    private static func requireRoutes(_ stack: Stack) throws {
        guard stack.settings.labeling.routes.isEmpty else { return }
        throw Stop(
            .usage, "the configuration names nothing to sync with",
            hint: "Name connections of kind mlflow, phoenix or langfuse: labeling: {sync: [tracking]}")
    }

    private static func states(_ stack: Stack) throws -> [AssessmentRouteState] {
        try stopping { () throws(StoreFault) in try stack.store.routeStates(stack.settings.labeling.routes) }
    }

    private static func errands(_ stack: Stack, _ stage: AssessmentErrand.Stage) throws -> [AssessmentErrand] {
        try stack.settings.labeling.routes.flatMap { route in
            try stopping { () throws(StoreFault) in try stack.store.errands(to: route.to, stage, limit: 10_000) }
        }
    }

    private static func list(
        _ config: ConfigOption, _ stage: AssessmentErrand.Stage, _ output: OutputFormat
    ) throws {
        let (_, made) = try config.load(Places())
        defer { made.stack.http.shutdown() }
        let errands = try errands(made.stack, stage)
        Terminal.put(SyncReport.errands(errands).render(output))
        if !errands.isEmpty { throw ExitCode.notWell }
    }

    private static func stopping<T>(_ body: () throws(StoreFault) -> T) throws -> T {
        do throws(StoreFault) { return try body() } catch {
            if case .refused = error { throw Stop(.usage, error.summary, hint: error.hint) }
            throw Stop(error)
        }
    }
}
