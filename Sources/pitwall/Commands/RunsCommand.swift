import ArgumentParser
import PitEngine
import PitGrid
import PitHTTP
import PitModel

/// What a command needs to read runs.
struct RunVisit {
    let stack: Stack
    let desk: RunDesk

    static func run<T: Sendable>(
        _ config: ConfigOption, _ body: @escaping @Sendable (RunVisit) async throws -> T
    ) throws -> T {
        try config.visit { stack in try await body(RunVisit(stack: stack, desk: stack.runDesk)) }
    }

    /// Says what could not be read; when nothing could, it is an error.
    func checked(_ page: RunPage) throws -> RunPage {
        if page.runs.isEmpty, let fault = page.faults.first {
            throw Stop(.couldNotRun, fault, hint: "See what each server says: pitwall get connections")
        }
        for fault in page.faults { Terminal.complain(fault) }
        return page
    }

    /// Runs by name in full, by the start of their id, or by their name.
    func find(_ words: [String]) async throws -> [RunKey] {
        var known: [TrainingRun]?
        var keys: [RunKey] = []
        for word in words {
            let key = RunKey(word)
            if key.connection != nil {
                keys.append(key)
                continue
            }
            if known == nil {
                // What begins while pages are read can stand on two of them.
                var seen: Set<RunKey> = []
                known = try checked(await desk.list(RunSearch())).runs.filter { seen.insert($0.key).inserted }
            }
            let all = known ?? []
            let exact = all.filter { $0.key.id == word || $0.name == word }
            let hits = exact.isEmpty ? all.filter { word.count >= 4 && $0.key.id.hasPrefix(word) } : exact
            guard hits.count == 1 else {
                throw Stop(
                    .usage, "there \(hits.isEmpty ? "is no run" : "are \(hits.count) runs") `\(word)`",
                    hint: hits.isEmpty
                        ? "See them: pitwall get runs"
                        : "Give one in full: \(hits.prefix(5).map(\.key.description).joined(separator: ", "))")
            }
            keys.append(hits[0].key)
        }
        return keys
    }
}

extension GetCommand {
    struct Runs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Training runs of tracking servers, and those started from here.")
        @OptionGroup var config: ConfigOption
        @Option(help: "Runs of one experiment, by name or id; may be given again.") var experiment: [String] = []
        @Option(help: "Runs with all of these words in name, status, author, parameters or tags.") var filter: String?
        @Option(help: "metric:NAME, the highest first; -metric:NAME, the lowest first; without it the newest first.")
        var sort: String?
        @Option(help: "Runs at most.") var limit = 1000
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if !(1...10_000).contains(limit) { throw ValidationError("--limit wants 1 to 10000") }
            if let sort, Self.metric(sort) == nil { throw ValidationError("--sort wants metric:NAME or -metric:NAME") }
        }

        private static func metric(_ text: String) -> (name: String, isAscending: Bool)? {
            let isAscending = text.hasPrefix("-")
            let rest = text.dropFirst(isAscending ? 1 : 0)
            guard rest.hasPrefix("metric:"), rest.count > 7 else { return nil }
            return (String(rest.dropFirst(7)), isAscending)
        }

        func run() throws {
            let sorted = sort.flatMap(Self.metric)
            let search = RunSearch(
                experiments: experiment, metric: sorted?.name, isAscending: sorted?.isAscending ?? false, limit: limit)
            let page = try RunVisit.run(config) { visit in try visit.checked(await visit.desk.list(search)) }
            let words = (filter ?? "").lowercased().split(separator: " ")
            let runs = page.runs.filter { run in
                let text = Self.text(run)
                return words.allSatisfy { text.contains($0) }
            }
            Terminal.put(
                RunReport.runs(
                    runs, metric: sorted?.name,
                    emptyText: page.runs.isEmpty
                        ? "no runs; a tracking server is a connection of kind mlflow" : "no run matches",
                    now: Stack.clock.now()
                ).render(output))
            if page.hasMore { Terminal.complain("there are more than these: raise --limit, or name an experiment") }
        }

        private static func text(_ run: TrainingRun) -> String {
            let pairs = run.parameters.map { "\($0.key)=\($0.value)" } + run.tags.map { "\($0.key)=\($0.value)" }
            return ([run.name, run.key.description, run.status.rawValue, run.experiment, run.author] + pairs)
                .joined(separator: "\n").lowercased()
        }
    }
}

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Compare training runs, and find the best one.",
        subcommands: [Compare.self, Best.self])

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put runs side by side, and say which parameter goes with the metric.",
            discussion: """
                RHO is Spearman's rank correlation of a parameter with the metric over the runs named, P the chance of one \
                as large where there is none; below four runs with both, nothing is said.
                """)
        @OptionGroup var config: ConfigOption
        @Argument(help: "Runs: CONNECTION/ID, a name, or the start of an id.") var runs: [String]
        @Option(help: "The metric to compare by; the first that most runs have without it.") var metric: String?
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func validate() throws {
            if !(2...20).contains(runs.count) { throw ValidationError("two runs to twenty can be compared") }
        }

        func run() throws {
            let (words, metric) = (runs, metric)
            let page = try RunVisit.run(config) { visit in
                try visit.checked(await visit.desk.page(RunQuery(try await visit.find(words), metric: metric)))
            }
            if let metric, page.runs.allSatisfy({ $0.metrics[metric] == nil }) {
                let known = Set(page.runs.flatMap(\.metrics.keys)).sorted()
                throw Stop(
                    .usage, "none of these runs has a metric `\(metric)`",
                    hint: known.isEmpty ? "They have none." : "There are: \(known.prefix(12).joined(separator: ", ")).")
            }
            let shown = metric ?? RunDesk.sharedMetric(page.runs)
            Terminal.put(RunReport.comparison(page, metric: shown).render(output))
        }
    }

    struct Best: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name the run with the best last value of a metric.",
            discussion: "Only finished runs count. Exits with 1 when none has the metric.")
        @OptionGroup var config: ConfigOption
        @Option(help: "The metric.") var metric: String
        @Flag(help: "The lowest value is the best.") var min = false
        @Option(help: "Runs of one experiment, by name or id; may be given again.") var experiment: [String] = []
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            let search = RunSearch(experiments: experiment, metric: metric, isAscending: min, limit: 10_000)
            let page = try RunVisit.run(config) { visit in try visit.checked(await visit.desk.list(search)) }
            let best = page.runs.first { run in
                run.status == .finished && run.metrics[metric].map { $0.value.isFinite } ?? false
            }
            guard let best else {
                let known = Set(page.runs.flatMap(\.metrics.keys)).sorted().prefix(12).joined(separator: ", ")
                Terminal.complain(
                    "no finished run has a value of `\(Terminal.safe(metric))`"
                        + (known.isEmpty ? "" : "; there are: \(Terminal.safe(known))"))
                throw ExitCode.notWell
            }
            Terminal.put(
                RunReport.runs([best], metric: metric, emptyText: "no runs", now: Stack.clock.now()).render(output))
        }
    }
}
