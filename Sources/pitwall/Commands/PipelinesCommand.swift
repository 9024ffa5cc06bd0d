import ArgumentParser
import Foundation
import PitEngine
import PitHTTP
import PitModel

struct PipelinesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipelines",
        abstract: "List, start, watch, stop and retry runs of Jenkins and Kubeflow Pipelines.",
        discussion: """
            A run is named CONNECTION/ID as `pitwall pipelines runs` shows it: ci/llm/train#12 is build 12 of a job of \
            Jenkins, ci/llm/train@40 what waits there in the queue. What is asked is written down before it is sent; \
            that it was taken is no success, and with --wait the exit code tells the end.
            """,
        subcommands: [List.self, Runs.self, Start.self, Show.self, Logs.self, Halt.self, Retry.self],
        defaultSubcommand: List.self)

    /// A desk, its faults told as the commands tell theirs.
    static func visit<T: Sendable>(
        _ config: ConfigOption, _ body: @escaping @Sendable (PipelineDesk) async throws -> T
    ) throws -> T {
        try config.visit { stack in
            do { return try await body(stack.pipelineDesk) } catch let fault as PipelineDesk.Fault {
                throw Stop(.couldNotRun, fault.words, hint: fault.hint)
            }
        }
    }

    /// Says what could not be read; when nothing could, it is an error.
    static func told(_ faults: [String], isEmpty: Bool) throws {
        if isEmpty, let fault = faults.first {
            throw Stop(.couldNotRun, fault, hint: "See what each server says: pitwall get connections")
        }
        for fault in faults { Terminal.complain(fault) }
    }

    /// Looks again and again until a run has ended; at a server's pace, and quicker at first.
    static func end(_ desk: PipelineDesk, _ key: RunKey, since: Timestamp? = nil) async throws -> PipelineRun {
        var (pause, key, state) = (0.2, key, PipelineState?.none)
        while true {
            let run = try await desk.run(key)
            key = run.key
            // Where a run goes on in its place, its old end stands until it does.
            let isOld = since.map { at in run.endedAt.map { $0 < at } ?? false } ?? false
            if !run.state.isOpen, !isOld { return run }
            if run.state != state { Terminal.complain("\(run.name): \(run.state.rawValue)") }
            state = run.state
            try await Task.sleep(for: .seconds(pause))
            pause = min(2, pause * 1.5)
        }
    }

    static func put(_ run: PipelineRun, _ output: OutputFormat) throws {
        let now = Stack.clock.now()
        if output == .table || output == .wide {
            Terminal.put(PipelineReport.page(run, now: now))
        } else {
            Terminal.put(PipelineReport.runs([run], hasSource: true, now: now).render(output))
        }
        if !run.state.isOpen, !run.state.isWell { throw ExitCode.notWell }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what can be run, with its parameters.")
        @OptionGroup var config: ConfigOption
        @Option(help: "Those of one connection.") var connection: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let name = connection.map { ConnectionName($0) }
            let (found, hasSource) = try PipelinesCommand.visit(config) { desk in
                (await desk.pipelines(of: name), desk.hasSource)
            }
            try PipelinesCommand.told(found.faults, isEmpty: found.pipelines.isEmpty)
            Terminal.put(PipelineReport.pipelines(found.pipelines, hasSource: hasSource).render(output))
        }
    }

    struct Runs: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List runs, the newest first.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "Of one pipeline: CONNECTION/ID, or its name.") var pipeline: String?
        @Option(help: "Those of one connection.") var connection: String?
        @Option(help: "Only in this state: running, failed, ...; may be given again.") var state: [String] = []
        @Option(help: "Runs at most.") var limit = 100
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if !(1...10_000).contains(limit) { throw ValidationError("--limit wants 1 to 10000") }
            if let word = state.first(where: { PipelineState(rawValue: $0) == nil }) {
                let known = PipelineState.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--state \(word): there are \(known)")
            }
        }

        func run() throws {
            let (words, limit, name) = (pipeline, limit, connection.map { ConnectionName($0) })
            var page = try PipelinesCommand.visit(config) { desk in
                await desk.observe()
                var key: RunKey?
                if let words { key = try await desk.pipeline(named: words).key }
                var page = await desk.runs(of: key, connection: name, limit: limit)
                page.notes = desk.notes()
                return page
            }
            for note in page.notes { Terminal.complain(note) }
            try PipelinesCommand.told(page.faults, isEmpty: page.runs.isEmpty)
            if !state.isEmpty { page.runs = page.runs.filter { state.contains($0.state.rawValue) } }
            Terminal.put(
                PipelineReport.runs(page.runs, hasSource: page.hasSource, now: Stack.clock.now()).render(output))
            if page.hasMore { Terminal.complain("there are more than these: raise --limit, or name a pipeline") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a run: its steps, what it waits for, how it ended.",
            discussion: "Exits with 1 when it failed.")
        @OptionGroup var config: ConfigOption
        @Argument(help: .init("The run, as `pitwall pipelines runs` names it.", valueName: "run")) var name: String
        @Flag(help: "Wait until it has ended.") var wait = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let (words, isWaiting) = (name, wait)
            let run = try PipelinesCommand.visit(config) { desk in
                let key = try await desk.runKey(named: words)
                let run = isWaiting ? try await PipelinesCommand.end(desk, key) : try await desk.run(key)
                await desk.observe()
                return run
            }
            try PipelinesCommand.put(run, output)
        }
    }

    struct Logs: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the end of what a run has written.")
        @OptionGroup var config: ConfigOption
        @Argument(help: .init("The run.", valueName: "run")) var name: String
        @Option(help: "The step whose log it is, by id or name, where each has its own.") var step: String?
        @Option(help: "Lines at most, of what was written before.") var lines = 100
        @Flag(name: .shortAndLong, help: "Go on until it has ended.") var follow = false
        func run() throws {
            let (words, step, lines, isFollowing) = (name, step, max(1, lines), follow)
            try PipelinesCommand.visit(config) { desk in
                let key = try await desk.runKey(named: words)
                var log = try await desk.log(key, step: step)
                var all = log.text.split(separator: "\n", omittingEmptySubsequences: false)
                let isWhole = all.last?.isEmpty == true
                if isWhole { all.removeLast() }
                if log.isCut || all.count > lines { Terminal.complain("(earlier lines are left out)") }
                Terminal.put(Terminal.safeLines(all.suffix(lines).joined(separator: "\n")) + (isWhole ? "\n" : ""))
                var seen = log.text
                while isFollowing, log.isOpen {
                    try await Task.sleep(for: .seconds(2))
                    log = try await desk.log(key, step: step, from: log.next)
                    // Where the end is all that can be asked for, what was printed already is left out.
                    let fresh = log.next == nil ? Self.news(log.text, after: seen) : log.text
                    seen = log.text
                    Terminal.put(Terminal.safeLines(fresh))
                }
                if !isWhole || log.text.isEmpty { Terminal.put("\n") }
            }
        }

        /// What stands in a text behind the end of an earlier one; all of it where that end is not in it.
        private static func news(_ text: String, after before: String) -> String {
            guard let mark = text.range(of: before.suffix(400), options: .backwards), !before.isEmpty else {
                return text
            }
            return String(text[mark.upperBound...])
        }
    }
}

extension GetCommand {
    struct Pipelines: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Runs of pipelines: Jenkins, Kubeflow.")
        @OptionGroup var config: ConfigOption
        @Option(help: "Runs at most.") var limit = 100
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
        func run() throws {
            let limit = min(10_000, max(1, limit))
            let page = try PipelinesCommand.visit(config) { desk in await desk.runs(limit: limit) }
            try PipelinesCommand.told(page.faults, isEmpty: page.runs.isEmpty)
            Terminal.put(
                PipelineReport.runs(page.runs, hasSource: page.hasSource, now: Stack.clock.now()).render(output))
        }
    }
}
