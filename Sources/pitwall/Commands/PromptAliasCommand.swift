import ArgumentParser
import Glibc
import PitEngine
import PitModel
import PitStore

extension PromptCommand {
    struct Alias: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Point an alias of a prompt to a version, or delete it.",
            discussion: """
                Prints the plan and asks; without a terminal it needs --yes. It is written down before it is sent, and done \
                when the alias is seen there: exits with 0 then, and with 1 when it is not.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The prompt.") var name: String
        @Argument(help: "The alias: production.") var alias: String
        @Argument(help: "The version's number; none with --delete.") var version: Int?
        @Flag(help: "Delete the alias.") var delete = false
        @Option(help: "Why; others read it.") var reason: String
        @Flag(help: "Print the plan; send nothing.") var dryRun = false
        @Flag(help: "Do not ask.") var yes = false

        func validate() throws {
            if delete == (version != nil) { throw ValidationError("a version's number, or --delete, is needed") }
        }

        func run() throws {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw Stop(.usage, "--reason says nothing") }
            if !dryRun, !yes, isatty(STDIN_FILENO) != 1 {
                throw Stop(
                    .usage, "nobody can be asked here", hint: "Add --yes to do it, or --dry-run to see the plan.")
            }
            let prompt = try PromptVisit.run(config) { [name] in try await $0.find(name) }
            let (alias, version, reason, isDry, isYes) = (alias, version, reason, dryRun, yes)
            try DeploymentVisit.run(config) { visit, _ in
                let id = DeploymentID(connection: prompt.source, kind: .alias, name: "\(prompt.name)@\(alias)")
                let request = DeploymentRequest(
                    version == nil ? .stop : .promote, id, to: version.map { RevisionID("\($0)") },
                    author: visit.stack.settings.author, reason: reason)
                let plan: DeploymentPlan
                do throws(ConnectorFault) { plan = try await visit.engine.plan(request) } catch {
                    throw Stop(error)
                }
                for line in PlanText.lines(plan) { Terminal.say(Terminal.safe(line)) }
                if plan.isBlocked { throw Stop(.notWell, "it cannot be done as things are: nothing was sent") }
                if isDry { return }
                if !isYes {
                    Terminal.complain("type \(id.path) to do it:")
                    if readLine() != id.path { throw Stop(.notWell, "nothing was sent") }
                }
                try await Self.watch(await visit.engine.deploy(plan), visit, "\(alias) of \(prompt.name)", version)
            }
        }

        /// Says what came of it: an accepted request is no success, what is seen afterwards is.
        private static func watch(
            _ first: JournalEntry, _ visit: DeploymentVisit, _ subject: String, _ version: Int?
        ) async throws {
            let id = first.operation.id
            let engine = visit.engine
            let task = Task.detached { await engine.run() }
            defer { task.cancel() }
            var entry = first
            while !entry.stage.isFinal, entry.stage != .halted, entry.stage != .awaiting {
                try? await Task.sleep(for: .milliseconds(100))
                entry = ((try? visit.stack.store.entry(of: id)) ?? nil) ?? entry
            }
            switch entry.stage {
            case .verified:
                let words = version.map { "points to version \($0)" } ?? "is deleted"
                Terminal.say(Terminal.safe("\(subject) \(words): done, and seen"))
            case .awaiting: Terminal.say(Terminal.safe("\(id): \(entry.detail)"))
            case .refused: throw Stop(.couldNotRun, "refused: \(entry.detail)")
            default:
                throw Stop(.notWell, "\(entry.stage.rawValue): \(entry.detail)", hint: "See: pitwall get operations")
            }
        }
    }
}
