import ArgumentParser
import Glibc

@main
struct Pitwall: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pitwall",
        abstract: "A terminal operations console for LLMs in production.",
        discussion: """
            Without a command it opens the console. In scripts: check, get, poll, snapshot.
            Exit codes: 0 well, 1 something watched is not well, 2 usage or configuration, 3 could not run.
            """,
        version: Version.current,
        subcommands: [
            ConsoleCommand.self, DemoCommand.self, InitCommand.self, CheckCommand.self, PollCommand.self,
            GetCommand.self,
            SilenceCommand.self, AckCommand.self, ClaimCommand.self, NoteCommand.self, CommentCommand.self,
            RulesCommand.self,
            DriftCommand.self, MetricsCommand.self,
            InteractionsCommand.self, ScanCommand.self, FindingsCommand.self,
            AgreementCommand.self, ScoreCommand.self, DataCommand.self, ExportCommand.self, ImportCommand.self,
            LabelCommand.self, QueueCommand.self, RubricCommand.self, SyncCommand.self,
            RollbackCommand.self, PromoteCommand.self, PauseCommand.self, ResumeCommand.self, RestartCommand.self,
            ScaleCommand.self, RolloutCommand.self, ApproveCommand.self, OperationsCommand.self, DiffCommand.self,
            EvalCommand.self, GoldenCommand.self, IncidentCommand.self, AskCommand.self, KnowledgeCommand.self,
            PromptCommand.self, RunsCommand.self, TrainCommand.self, PipelinesCommand.self,
            QuarantineCommand.self, GuardCommand.self, AuditCommand.self, HandoverCommand.self,
            ReportCommand.self, ReviewCommand.self,
            SnapshotCommand.self,
            ThemesCommand.self,
            CompletionsCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ConsoleCommand.self)

    /// The main thread stays the main thread: the console keeps it for the terminal.
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        // A limit on the size of files shows as an error where one is written to.
        signal(SIGXFSZ, SIG_IGN)
        do {
            do {
                // Nothing to parse: the screen that a person waits for comes some milliseconds sooner.
                if CommandLine.argc == 1 { return try ConsoleCommand.open() }
                var command = try parseAsRoot()
                try command.run()
            } catch let stop as Stop {
                Terminal.complain("pitwall: \(stop)")
                Glibc.exit(stop.code.rawValue)
            }
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code == .success { Terminal.say(text) } else { Terminal.complain(text) }
            Glibc.exit(
                code == .success
                    ? 0 : code == .validationFailure ? ExitCode.usage.rawValue : ExitCode.couldNotRun.rawValue)
        }
    }
}
