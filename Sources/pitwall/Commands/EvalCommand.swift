import ArgumentParser
import Foundation
import PitConfig
import PitEngine
import PitHTTP
import PitModel
import PitStore

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluate served models: suites of cases, metrics, and what must hold.",
        subcommands: [Check.self, Run.self, List.self, Show.self, Compare.self, Queue.self, Log.self, Example.self])

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a suite (YAML) and the files that it names.",
            discussion: "Says what would be asked, or what is wrong and where. Exits with 2 when something is.")
        @Argument(help: "The suite.") var file: String

        func run() throws {
            let read = try SuiteFile(file)
            for warning in read.warnings { Terminal.complain("\(warning)") }
            let suite = read.suite
            var lines = ["\(suite.name): ok"]
            lines.append(
                "  \(suite.cases.count) cases, \(suite.cases.count { !$0.references.isEmpty }) with references")
            for system in suite.systems {
                switch system.source {
                case .server(let connection, let model, _): lines.append("  \(system.name): \(model) at \(connection)")
                case .answers(let file): lines.append("  \(system.name): answers from \(file)")
                case .knowledge(let way, let path):
                    lines.append("  \(system.name): passages of \(path ?? "the configured folder") by \(way)")
                }
            }
            lines.append("  metrics: \(suite.metrics.map(\.name).joined(separator: ", "))")
            lines += suite.thresholds.map { "  must hold: \($0)" }
            Terminal.say(lines.map(Terminal.safe).joined(separator: "\n"))
        }
    }

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a suite: ask every system for every case, and measure the answers.",
            discussion: """
                Answers are kept as they come; a run that ended early goes on with --resume RUN. Exits with 3 when it \
                could not run to its end. With --gate it exits with 1 when a threshold does not hold, and with 3 when \
                that cannot be told.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "The suite (YAML).") var suite: String
        @Flag(help: "Exit with 1 when a threshold does not hold.") var gate = false
        @Option(help: "The run that thresholds compare with; the last finished one whose thresholds held without it.")
        var baseline: String?
        @Option(help: "Go on with a run that ended early.") var resume: String?
        @Option(help: "Log it when it is done: CONNECTION or CONNECTION:EXPERIMENT of kind mlflow.") var log: String?
        @Option(name: .shortAndLong, help: "table or json.") var output: Output = .table

        func run() throws {
            let (_, made) = try config.load(Places())
            let stack = made.stack
            defer { stack.http.shutdown() }
            try stack.requireWritable()
            // A file, or the name of one that the team shares.
            let isFile = FileManager.default.fileExists(atPath: suite)
            let file = try SuiteFile(isFile ? suite : ConfigFile.shared(suite, "suites", made.config.share) ?? suite)
            let searches = try KnowledgeSystems.sources(file, made)
            let sources = try file.sources(stack.settings.servers).merging(searches) { $1 }
            let (bound, asked) = try file.bound(stack.settings)
            let logging = try log.map { try EvalLog(stack.settings, $0) }
            let (servers, baseline, resume) = (stack.settings.servers, baseline, resume)
            let line = ProgressLine()
            let run = try EvalCommand.told {
                try Blocking.run {
                    try await file.checkModels(servers)
                    let base = try EvalRuns.baseline(baseline, for: file.suite, except: resume, stack.store)
                    let begun = try EvalRuns.begin(file, bound, resume: resume, stack)
                    let lock = PollerLock(folder: stack.places.state, for: "evaluation-\(begun.id)")
                    guard lock.tryAcquire() else {
                        throw Stop(.usage, "\(begun.id) is being run by another process", hint: "Wait until it ended.")
                    }
                    defer { lock.release() }
                    Terminal.complain(
                        "\(begun.id): \(begun.cases) cases, \(begun.suite.systems.map(\.name).joined(separator: ", "))")
                    let runner = EvaluationRunner(
                        store: stack.store, clock: Stack.clock, sources: sources, asked: asked,
                        tell: { line.show($0) })
                    return try await runner.run(begun, baseline: base)
                }
            }
            line.end()
            // What is logged is what was found, whatever the thresholds say to it.
            if let logging { Terminal.complain(try logging.log(run, stack.store)) }
            try say(run)
        }

        private func say(_ run: EvaluationRun) throws {
            if output == .json {
                Terminal.say(try EvaluationReport.json(run))
            } else {
                Terminal.put(EvaluationReport.figures(run) { $0 == nil }.render(.table))
                Terminal.say(EvaluationReport.calibrations(run))
                if let verdict = run.verdict, !verdict.lines.isEmpty {
                    Terminal.say(EvaluationReport.verdict(verdict))
                }
            }
            if case .stopped(_, let why) = run.state {
                throw Stop(
                    .couldNotRun, "\(run.id) stopped with \(run.answered) of \(run.total) answered: \(why)",
                    hint: "What is answered is kept. Go on with: pitwall eval run \(suite) --resume \(run.id)")
            }
            guard gate else { return }
            switch run.verdict?.outcome {
            case .held?: break
            case .breached?: throw ExitCode.notWell
            case .unclear?:
                Terminal.complain(
                    run.verdict?.baseline == nil
                        ? "pitwall: there is no run to compare with yet: later ones are held against this one"
                        : "pitwall: worse than allowed, by no more than chance could do: more cases tell")
            case .unknown?: throw Stop(.couldNotRun, "\(run.id): a threshold could not be held against anything")
            case .untrusted?:
                throw Stop(
                    .couldNotRun, "\(run.id): no threshold is of a figure that may decide anything",
                    hint:
                        "Have people judge more answers under the judge's rubric, or add a threshold of another metric."
                )
            case nil:
                throw Stop(
                    .usage, "the suite has no thresholds", hint: "Add `thresholds: [{metric: ..., at_least: 0.5}]`.")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List runs, the newest first.")
        @Option(help: "Runs of one suite.") var suite: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let runs = try EvalCommand.told { try EvalRuns.store().evaluationRuns(suite: suite) }
            Terminal.put(EvaluationReport.runs(runs).render(output))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a run: its figures, what its thresholds say, or its worst cases.")
        @Argument(help: "The run, as `pitwall eval list` names it.") var id: String
        @Option(help: "The N worst cases instead.") var worst: Int?
        @Option(help: "One slice (language=de), or all of a field (language).") var slice: String?
        @Option(help: "The metric by which cases are the worst; the suite's first without it.") var metric: String?
        @Option(help: "Cases of one system.") var system: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if let worst, !(1...100_000).contains(worst) { throw ValidationError("--worst wants 1 to 100000") }
        }

        func run() throws {
            let store = try EvalRuns.store()
            let run = try EvalCommand.told { try EvalRuns.find(id, store) }
            try check(run)
            let place = slice.flatMap { EvaluationSlice($0) }
            if let worst {
                let scoring = try EvalCommand.told { try EvalRuns.scoring(run, store) }
                let name = metric ?? run.suite.metrics.first?.name ?? ""
                let ranked = scoring.worst(worst, metric: name, system: system, slice: place)
                return Terminal.put(EvaluationReport.worst(ranked, metric: name).render(output))
            }
            if output == .json, slice == nil, system == nil, metric == nil {
                return Terminal.say(try EvaluationReport.json(run))
            }
            var shown = run
            shown.figures.removeAll { system != nil && $0.system != system || metric != nil && $0.metric != metric }
            let report = EvaluationReport.figures(shown) { found in
                guard let slice else { return found == nil }
                return place == nil ? found?.field == slice : found == place
            }
            Terminal.put(report.render(output))
            guard [.table, .wide].contains(output), slice == nil else { return }
            Terminal.say(EvaluationReport.calibrations(run))
            if let verdict = run.verdict, !verdict.lines.isEmpty { Terminal.say(EvaluationReport.verdict(verdict)) }
            if case .stopped(_, let why) = run.state { Terminal.say(Terminal.safe("stopped: \(why)")) }
        }

        private func check(_ run: EvaluationRun) throws {
            func refuse(_ name: String?, _ all: [String], _ noun: String) throws {
                guard let name, !all.contains(name) else { return }
                throw Stop(
                    .usage, "\(run.id) has no \(noun) `\(name)`", hint: "It has: \(all.joined(separator: ", ")).")
            }
            try refuse(metric, run.suite.metrics.map(\.name), "metric")
            try refuse(system, run.suite.systems.map(\.name), "system")
            let all = Set(run.suite.cases.flatMap { $0.slices.map { EvaluationSlice($0.key, $0.value) } })
            if let place = slice.flatMap({ EvaluationSlice($0) }) {
                try refuse("\(place)", all.sorted().map(\.description), "slice")
            } else {
                try refuse(slice, Set(all.map(\.field)).sorted(), "slices by")
            }
        }
    }

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare two runs, or two systems, over the cases that both have.",
            discussion: """
                Differences are the second less the first, with 95% intervals by the paired bootstrap, and p by \
                approximate randomization. RUN:SYSTEM names one system of a run.
                """)
        @Argument(help: "A run, or RUN:SYSTEM.") var first: String
        @Argument(help: "Another.") var second: String
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let store = try EvalRuns.store()
            let all = try EvalCommand.told { try EvalRuns.compared(first, second, store) }
            Terminal.put(EvaluationReport.compared(all).render(output))
        }
    }

    /// Faults of the store and of metrics, as ends of the program.
    static func told<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let fault as StoreFault {
            throw Stop(fault)
        } catch let fault as MetricFault {
            throw Stop(.couldNotRun, fault.words, hint: "The run was made by a pitwall with other metrics.")
        }
    }
}
