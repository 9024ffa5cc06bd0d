import ArgumentParser
import Foundation
import PitEngine
import PitHTTP
import PitModel
import PitStatistics

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Start, watch and stop trainings, and register what came of them.",
        discussion: """
            What can be started stands under `training` in the configuration: a program and its parameters, or a Job of a \
            cluster. It runs on when the console or the command that started it has ended.
            """,
        subcommands: [
            Templates.self, Start.self, Sweep.self, List.self, Show.self, Logs.self, Halt.self, Register.self,
            Keep.self,
        ])

    /// A desk, its faults told as the commands tell theirs.
    static func visit<T: Sendable>(
        _ config: ConfigOption, _ body: @escaping @Sendable (TrainingDesk) async throws -> T
    ) throws -> T {
        try config.visit { stack in
            do { return try await body(stack.trainingDesk) } catch let fault as TrainingDesk.Fault {
                throw Stop(.usage, fault.words, hint: fault.hint)
            }
        }
    }

    /// `lr=0.01` and the like.
    static func pairs(_ words: [String], _ option: String) throws -> [String: String] {
        var result: [String: String] = [:]
        for word in words {
            guard let mark = word.firstIndex(of: "="), mark > word.startIndex else {
                throw Stop(.usage, "\(option) \(word): write NAME=VALUE")
            }
            result[String(word[..<mark])] = String(word[word.index(after: mark)...])
        }
        return result
    }

    struct Templates: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what can be started.")
        @OptionGroup var config: ConfigOption
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let templates = try TrainCommand.visit(config) { $0.templates }
            Terminal.put(TrainingReport.templates(templates).render(output))
        }
    }

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start a training from a template.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The template.") var template: String
        @Option(help: "A parameter's value: NAME=VALUE; may be given again.") var set: [String] = []
        @Flag(help: "Wait until it has ended; exits with 1 when it failed.") var wait = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (name, values, isWaiting) = (template, try TrainCommand.pairs(set, "--set"), wait)
            let (training, curves) = try TrainCommand.visit(config) { desk in
                let training = try await desk.start(name, values)
                Terminal.complain("\(training.id) is started; watch it with: pitwall train show \(training.id)")
                return isWaiting ? try await TrainCommand.ended(training, desk) : (training, [:])
            }
            Terminal.put(TrainingReport.trainings([(training, curves)], now: Stack.clock.now()).render(output))
            try TrainCommand.exit(training)
        }
    }

    /// Once it has ended. What it waits for is told when it changes.
    static func ended(_ begun: Training, _ desk: TrainingDesk) async throws -> TrainingReport.Row {
        var (training, told) = (begun, "")
        while training.end == nil {
            if let words = training.sight?.words, words != told {
                if !words.isEmpty { Terminal.complain(Terminal.safe("\(training.id): \(words)")) }
                told = words
            }
            try await Task.sleep(for: .milliseconds(300))
            training = try desk.training(training.id)
        }
        return (training, desk.curves(training.id))
    }

    static func exit(_ training: Training) throws {
        if let end = training.end, end.kind != .finished, end.kind != .stopped { throw ExitCode.notWell }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List trainings, the newest first.")
        @OptionGroup var config: ConfigOption
        @Option(help: "Trials of one sweep.") var sweep: String?
        @Option(help: "Trainings at most.") var limit = 200
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (sweep, limit) = (sweep, limit)
            let rows = try TrainCommand.visit(config) { desk in
                try desk.trainings(sweep: sweep, limit: limit).map { ($0, desk.curves($0.id)) }
            }
            Terminal.put(TrainingReport.trainings(rows, now: Stack.clock.now()).render(output))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a training: its parameters, its metrics, how it ended.",
            discussion: "Exits with 1 when it failed.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The training, as `pitwall train list` names it.") var id: String
        @Flag(help: "Wait until it has ended.") var wait = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (id, isWaiting) = (id, wait)
            let (training, curves) = try TrainCommand.visit(config) { desk in
                let training = try desk.training(id)
                return isWaiting ? try await TrainCommand.ended(training, desk) : (training, desk.curves(id))
            }
            if output == .table || output == .wide {
                Terminal.put(TrainingReport.page(training, curves, now: Stack.clock.now()))
            } else {
                Terminal.put(TrainingReport.trainings([(training, curves)], now: Stack.clock.now()).render(output))
            }
            try TrainCommand.exit(training)
        }
    }

    struct Logs: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the end of what a training has written.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The training.") var id: String
        @Option(help: "Lines at most.") var lines = 100
        func run() throws {
            let (id, lines) = (id, min(10_000, max(1, lines)))
            let log = try TrainCommand.visit(config) { desk in
                _ = try desk.training(id)
                return desk.log(id, lines: lines)
            }
            if log.isEmpty { return Terminal.complain("\(id) has written nothing yet") }
            Terminal.say(log.map(Terminal.safe).joined(separator: "\n"))
        }
    }

    struct Halt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop",
            abstract: "Stop a training: it is asked to end, and ended after ten seconds; a Job is deleted.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The training.") var id: String
        @Option(help: "Why; it is kept.") var reason = ""
        func run() throws {
            let (id, reason) = (id, reason)
            let training = try TrainCommand.visit(config) { desk in
                var training = try desk.stop(id, why: reason)
                // Pods have half a minute of their own to end.
                for _ in 0..<(training.reference == nil ? 75 : 300) where training.end == nil {
                    try await Task.sleep(for: .milliseconds(200))
                    training = try desk.training(id)
                }
                return training
            }
            guard let end = training.end else {
                throw Stop(.couldNotRun, "\(id) has not ended yet", hint: "Look again: pitwall train show \(id)")
            }
            Terminal.say("\(id): \(end.kind.rawValue)")
        }
    }

    struct Register: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a version of a registered model of what a training made, its lineage in tags.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "The training.") var id: String
        @Option(help: "The registered model; it is made when it is not there.") var model: String
        @Option(help: "Where the model's files are; the `model` artifact of the run that it logged to without it.")
        var source: String?
        @Option(help: "The connection whose registry it is.") var connection: String?
        @Option(help: "Further lineage: data=HASH, prompt=NAME/VERSION; may be given again.") var tag: [String] = []
        func run() throws {
            let (id, model, source, tags) = (id, model, source, try TrainCommand.pairs(tag, "--tag"))
            let place = connection.map { ConnectionName($0) }
            let version = try TrainCommand.visit(config) {
                try await $0.register(id, model: model, source: source, connection: place, tags: tags)
            }
            Terminal.say("\(model) version \(version)")
        }
    }

    /// What stays with a program; started by the others, not by people.
    struct Keep: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stay with a training that was started.", shouldDisplay: false)
        @OptionGroup var config: ConfigOption
        @Argument var folder: String
        func run() throws {
            signal(SIGHUP, SIG_IGN)
            signal(SIGINT, SIG_IGN)
            let folder = TrainingFolder(folder)
            guard folder.isElsewhere else { return TrainingKeeper.keep(folder) { Stack.clock.now() } }
            let places = Places()
            let http = Stack.makeHTTP()
            defer { http.shutdown() }
            // A configuration that cannot be read leaves the training as it is; whoever looks at it next begins anew.
            let servers = Stack.engineSettings(try ConfigFile(config.config, places).load(), http, places).servers
            try Blocking.run { await RemoteKeeper.keep(folder, servers: servers, clock: Stack.clock) }
        }
    }
}
