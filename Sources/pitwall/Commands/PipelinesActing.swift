import ArgumentParser
import Foundation
import PitEngine
import PitModel

extension PipelinesCommand {
    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start a run of a pipeline.",
            discussion: "With --wait it exits with 0 when the run succeeded, and with 1 when it did not.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The pipeline: CONNECTION/ID, or its name.") var pipeline: String
        @Option(help: "A parameter's value: NAME=VALUE; may be given again.") var set: [String] = []
        @Option(help: "A parameter whose value an environment variable holds: NAME=VARIABLE; may be given again.")
        var secret: [String] = []
        @Option(help: "Why; it is kept.") var reason = ""
        @Flag(help: "Wait until it has ended.") var wait = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            var values = try TrainCommand.pairs(set, "--set")
            for (name, variable) in try TrainCommand.pairs(secret, "--secret") {
                guard let value = ProcessInfo.processInfo.environment[variable] else {
                    throw Stop(.usage, "--secret \(name): there is no environment variable \(variable)")
                }
                values[name] = value
            }
            let (words, given, reason, isWaiting) = (pipeline, values, reason, wait)
            let run = try PipelinesCommand.visit(config) { desk in
                let found = try await desk.pipeline(named: words)
                let act = try await desk.start(found.key, given, reason: reason)
                return try await PipelinesCommand.followed(act, desk, isWaiting: isWaiting)
            }
            if !isWaiting { Terminal.complain("it is asked for; watch it with: pitwall pipelines show \(run.key)") }
            try PipelinesCommand.put(run, output)
        }
    }

    struct Halt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop", abstract: "Stop a run, or take it from the queue; waits half a minute for its end.")
        @OptionGroup var config: ConfigOption
        @Argument(help: .init("The run.", valueName: "run")) var name: String
        @Option(help: "Why; it is kept.") var reason = ""
        func run() throws {
            let (words, reason) = (name, reason)
            let run = try PipelinesCommand.visit(config) { desk in
                let act = try await desk.stop(try await desk.runKey(named: words), reason: reason)
                var run = try await desk.run(act.subject)
                var pause = 0.1
                for _ in 0..<20 where run.state.isOpen {
                    try await Task.sleep(for: .seconds(pause))
                    pause = min(2, pause * 2)
                    run = try await desk.run(act.subject)
                }
                _ = await desk.observed(act)
                return run
            }
            guard !run.state.isOpen else {
                throw Stop(
                    .couldNotRun, "\(run.name) was asked to stop, and has not: \(run.state.rawValue)",
                    hint: "Look again: pitwall pipelines show \(run.key)")
            }
            Terminal.say("\(Terminal.safe(run.name)): \(run.state.rawValue)")
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run again what failed or was stopped.",
            discussion: """
                Kubeflow goes on with the same run from what failed. Jenkins has no word for it: there a build is started \
                anew with the same parameters, but for those that it tells nobody, whose standard value is taken.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: .init("The run.", valueName: "run")) var name: String
        @Option(help: "Why; it is kept.") var reason = ""
        @Flag(help: "Wait until it has ended.") var wait = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (words, reason, isWaiting) = (name, reason, wait)
            let (run, isSame) = try PipelinesCommand.visit(config) { desk in
                let key = try await desk.runKey(named: words)
                let act = try await desk.retry(key, reason: reason)
                let run = try await PipelinesCommand.followed(act, desk, isWaiting: isWaiting)
                return (run, desk.retriesInPlace(key.connection))
            }
            if !isSame { Terminal.complain("it was started anew with the same parameters: \(run.key)") }
            if !isWaiting { Terminal.complain("it is asked for; watch it with: pitwall pipelines show \(run.key)") }
            try PipelinesCommand.put(run, output)
        }
    }

    /// The run that came of what was asked: as it is, or as it ended.
    static func followed(_ act: PipelineAct, _ desk: PipelineDesk, isWaiting: Bool) async throws -> PipelineRun {
        let key = RunKey(act.subject.connection, act.run ?? act.subject.id)
        if act.loss == .found { Terminal.complain("its answer was not heard; it was found at \(key)") }
        guard isWaiting else {
            var run = try await desk.run(key)
            // The old end of what goes on in its place is not its end.
            if act.verb == .retry, run.key == act.subject, !run.state.isOpen { run.state = .queued }
            return run
        }
        let run = try await end(desk, key, since: act.verb == .retry ? act.at : nil)
        _ = await desk.observed(act)
        return run
    }
}
