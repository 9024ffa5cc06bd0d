import ArgumentParser
import Glibc
import PitEngine
import PitModel

/// What every act on a deployment takes.
struct ActOptions: ParsableArguments {
    @OptionGroup var config: ConfigOption
    @Argument(help: "The deployment: NAMESPACE/NAME, its name, or its model.") var name: String
    @Option(help: "Why; others read it.") var reason: String = ""
    @Flag(help: "Print the plan; send nothing.") var dryRun = false
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "Wait for the rollout and the proof, and exit by it.") var wait = false

    /// Plans, asks, sends, and waits where that is wanted.
    func run(_ verb: DeploymentVerb, to target: String? = nil, amount: Int? = nil) throws {
        if !dryRun, !yes, isatty(STDIN_FILENO) != 1 {
            throw Stop(.usage, "nobody can be asked here", hint: "Add --yes to do it, or --dry-run to see the plan.")
        }
        let (name, reason, isDry, isYes, isWaiting) = (name, reason, dryRun, yes, wait)
        try DeploymentVisit.run(config) { visit, snapshot in
            let state =
                target == nil
                ? try DeploymentVisit.find(name, in: snapshot) : try await visit.look(name, snapshot)
            let revision = try target.map { try DeploymentVisit.revision($0, of: state) }
            let request = DeploymentRequest(
                verb, state.id, to: revision, amount: amount, author: visit.stack.settings.author, reason: reason)
            let plan: DeploymentPlan
            do throws(ConnectorFault) { plan = try await visit.engine.plan(request) } catch {
                throw Stop(error)
            }
            for line in PlanText.lines(plan) { Terminal.say(Terminal.safe(line)) }
            if plan.isBlocked { throw Stop(.notWell, "it cannot be done as things are: nothing was sent") }
            if isDry { return }
            if !isYes, !Self.agrees(to: state.id.path) { throw Stop(.notWell, "nothing was sent") }
            try await Self.finish(await visit.engine.deploy(plan), visit, isWaiting)
        }
    }

    /// The name itself is the answer: a yes is typed too easily.
    private static func agrees(to name: String) -> Bool {
        Terminal.complain("type \(name) to do it:")
        return readLine() == name
    }

    /// Says what came of it, and ends with the code for that.
    static func finish(_ given: JournalEntry, _ visit: DeploymentVisit, _ isWaiting: Bool) async throws {
        var entry = given
        let id = entry.operation.id
        switch entry.stage {
        case .refused: throw Stop(.couldNotRun, "refused: \(entry.detail)")
        case .awaiting:
            Terminal.say(Terminal.safe("\(id): \(entry.detail)"))
            return
        default: break
        }
        guard isWaiting else {
            Terminal.say(Terminal.safe("\(id): \(entry.stage.rawValue): \(entry.detail)"))
            if entry.stage == .sent {
                throw Stop(
                    .notWell, "its outcome is not known yet",
                    hint: "The next pitwall asks the server; see: pitwall get operations")
            }
            Terminal.say("accepted is not done: follow it with pitwall get operations, or the console")
            return
        }
        let (last, receipt) = await visit.wait(for: id)
        entry = last ?? entry
        guard entry.stage == .verified, let receipt else {
            throw Stop(.notWell, "\(entry.stage.rawValue): \(entry.detail)", hint: "See: pitwall get operations")
        }
        Terminal.say(Terminal.safe("\(receipt.proof.verdict.word): \(receipt.proof.words)"))
        Terminal.say("receipt: pitwall operations receipt \(id)")
        let isProvable = receipt.operation.request.plan?.request.verb.isProvable ?? true
        if receipt.proof.verdict != .recovered, isProvable { throw ExitCode.notWell }
    }
}

struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put a deployment back to an earlier revision, and prove that it helped.",
        discussion: """
            Prints the plan and asks; without a terminal it needs --yes. With --wait it exits with 0 when it recovered, and
            with 1 when it did not or that cannot be told.
            """)
    @OptionGroup var act: ActOptions
    @Option(help: "The revision: its label, name or number. Without it, the one before.") var to: String?
    func run() throws { try act.run(.rollback, to: to) }
}

struct PromoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Give a canary all the traffic, or move an alias to a version.")
    @OptionGroup var act: ActOptions
    @Option(help: "The revision or version.") var to: String?
    func run() throws { try act.run(.promote, to: to) }
}

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pause", abstract: "Hold a rollout where it is.")
    @OptionGroup var act: ActOptions
    func run() throws { try act.run(.pause) }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a held rollout go on.")
    @OptionGroup var act: ActOptions
    func run() throws { try act.run(.resume) }
}

struct RestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace all replicas by new ones of the same revision.")
    @OptionGroup var act: ActOptions
    func run() throws { try act.run(.restart) }
}

struct ScaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "scale", abstract: "Change the number of replicas.")
    @OptionGroup var act: ActOptions
    @Option(help: "How many.") var replicas: Int
    func run() throws {
        guard (0...10_000).contains(replicas) else { throw Stop(.usage, "--replicas wants 0 to 10000") }
        try act.run(.scale, amount: replicas)
    }
}

/// What is asked for less often.
struct RolloutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "What else a rollout can be asked for.",
        subcommands: [Abort.self, Retry.self, Weight.self, Stop.self, Start.self])

    struct Abort: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Break a canary off: the stable release serves all.")
        @OptionGroup var act: ActOptions
        func run() throws { try act.run(.abort) }
    }
    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Begin an aborted rollout anew.")
        @OptionGroup var act: ActOptions
        func run() throws { try act.run(.retry) }
    }
    struct Weight: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set the canary's share of the traffic.")
        @OptionGroup var act: ActOptions
        @Option(help: "0 to 100.") var percent: Int
        func run() throws {
            guard (0...100).contains(percent) else { throw PitwallStop(.usage, "--percent wants 0 to 100") }
            try act.run(.setWeight, amount: percent)
        }
    }
    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop serving, without deleting anything.")
        @OptionGroup var act: ActOptions
        func run() throws { try act.run(.stop) }
    }
    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Serve again what was stopped.")
        @OptionGroup var act: ActOptions
        func run() throws { try act.run(.start) }
    }
}

/// `Stop` where a command has that name.
private typealias PitwallStop = Stop
