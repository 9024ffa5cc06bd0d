import ArgumentParser
import Foundation
import PitConfig
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitParse
import PitStore

struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print what the screens know, for scripts and screen readers.",
        discussion: """
            Polls once first, unless another pitwall polls for the same folder or --cached is given.
            JSON keys are snake_case with the unit in the name (ttft_p95_seconds); what is missing is null.
            Exits with 1 when something listed is not well.
            """,
        subcommands: [
            Connections.self, Models.self, Alerts.self, Silences.self, Drift.self, Samples.self, Interactions.self,
            Findings.self, Detectors.self, Rules.self, Firings.self, Outbox.self, Deployments.self, Revisions.self,
            Operations.self, Audit.self, Labels.self, Queues.self, Rubrics.self, Agreement.self, Annotators.self,
            Runs.self, Pipelines.self, Bias.self,
        ])
}

/// What every `get` takes.
struct GetOptions: ParsableArguments {
    @OptionGroup var config: ConfigOption
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table
    @Option(
        name: [.customShort("l"), .long],
        help: "Only rows whose values match: 'health!=ok', 'severity=critical,model=~\"chat.*\"'.") var selector:
        String?
    @Flag(name: [.customShort("w"), .long], help: "Print again whenever something changed, until ctrl-c.") var watch =
        false
    @Flag(help: "Use what was kept; do not poll.") var cached = false

    /// Prints a report of a snapshot, once or again and again; true when all of it is well.
    func run(
        _ make: @escaping @Sendable (Snapshot) -> Report, responses: Bool = false,
        isWell: @escaping @Sendable (Snapshot) -> Bool
    ) throws {
        let matchers = try selector.map { text in
            do throws(SelectorText.Fault) { return try SelectorText.parse(text) } catch {
                throw Stop(.usage, "--selector: \(error.summary)")
            }
        }
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        let engine = stack.engine()
        let (isWatching, isCached, format) = (watch, cached, output)
        let snapshot = try Blocking.run { () async throws -> Snapshot in
            var last = ""
            while true {
                let snapshot = await Self.take(
                    engine, stack, isCached: isCached, isFirst: last.isEmpty, responses: responses)
                let text = make(snapshot).filtered(matchers).render(format)
                if text != last { Terminal.put((last.isEmpty || format == .json ? "" : "\n") + text) }
                last = text
                if !isWatching { return snapshot }
                try await Task.sleep(for: .seconds(2))
            }
        }
        if !isWell(snapshot) { throw ExitCode.notWell }
    }

    private static func take(_ engine: Engine, _ stack: Stack, isCached: Bool, isFirst: Bool, responses: Bool)
        async -> Snapshot
    {
        let first = isFirst ? await engine.prepare() : await engine.current()
        let isFollower = stack.lock.map { !$0.tryAcquire() } ?? false
        if isFollower || isCached {
            // Nothing kept yet is no reason to say that nothing is configured.
            if let kept = try? await engine.past(at: Stack.clock.now()), !kept.connections.isEmpty { return kept }
            return first
        }
        return await engine.pollOnce(responses: responses)
    }
}

extension Report {
    /// Rows whose values fit the matchers; a key that is no column is looked for in maps (an alert's labels).
    func filtered(_ matchers: [Matcher]?) -> Report {
        guard let matchers, !matchers.isEmpty else { return self }
        let set = MatcherSet(matchers)
        var report = self
        report.rows = rows.filter { row in
            var own: [String: String] = [:]
            var labels: [String: String] = [:]
            for (column, value) in zip(columns, row) {
                if case .map(let map) = value { labels.merge(map) { first, _ in first } }
                let plain = Report.plain(value)
                own[column.key] = plain == "--" ? "" : plain
            }
            // `severity` is a column, in our words, and a label, in theirs: either may be meant.
            return set.matches(own.merging(labels) { first, _ in first }) || set.matches(own.merging(labels) { $1 })
        }
        return report
    }
}

extension GetCommand {
    struct Connections: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Connections: what they are, and how they answer.")
        @OptionGroup var options: GetOptions
        func run() throws { try options.run(ConnectionReport.make) { $0.connections.allSatisfy { $0.status == .ok } } }
    }

    struct Models: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Models: health and every signal.")
        @OptionGroup var options: GetOptions
        func run() throws {
            try options.run(ModelReport.make) { $0.models.allSatisfy { $0.health == .ok || $0.health == .unknown } }
        }
    }

    struct Alerts: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Alerts: the queue, worst and newest first.")
        @OptionGroup var options: GetOptions
        func run() throws { try options.run(AlertReport.alerts) { !$0.alerts.contains { $0.alert.state == .firing } } }
    }

    struct Silences: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Silences: what is silenced, by whom, until when.")
        @OptionGroup var options: GetOptions
        func run() throws { try options.run(AlertReport.silences) { _ in true } }
    }

    struct Drift: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drift: what of each model's traffic has changed, and how sure that is.")
        @OptionGroup var options: GetOptions
        func run() throws {
            try options.run(DriftRows.make, responses: true) { $0.models.allSatisfy { ($0.drift?.drifted ?? 0) == 0 } }
        }
    }

    struct Detectors: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Detectors: what each found with each model, and how right it is by people's words.")
        @OptionGroup var options: GetOptions
        func run() throws { try options.run(ExchangeReport.detectors) { _ in true } }
    }

    struct Rules: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pitwall's own rules: what each says, and of how many series.")
        @OptionGroup var options: GetOptions
        func run() throws { try options.run(RuleReport.make) { $0.rules.allSatisfy { $0.firing == 0 } } }
    }

    struct Samples: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Samples that were kept: 'vllm:num_requests_running{model_name=\"x\"}'.")
        @OptionGroup var config: ConfigOption
        @Argument(help: "A PromQL series selector.") var selector: String
        @Option(help: "How far back: 5m, 1h.") var since = "5m"
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        func run() throws {
            guard let span = Figures.seconds(from: since) else {
                throw Stop(.usage, "--since wants a time such as 5m or 1h")
            }
            let matchers: [Matcher]
            do { matchers = try SelectorText.parse(selector) } catch {
                throw Stop(.usage, "the selector: \(error.summary)")
            }
            let (_, made) = try config.load(Places())
            defer { made.stack.http.shutdown() }
            let (store, now) = (made.stack.store, Stack.clock.now())
            let set = MatcherSet(matchers)
            var rows: [[Report.Value]] = []
            do throws(StoreFault) {
                for source in try store.sampleSources() {
                    for (key, id) in try store.series(source: source).sorted(by: {
                        SeriesText.spell($0.key) < SeriesText.spell($1.key)
                    }) where set.matches(key) {
                        for point in try store.points(source: source, id, from: now.advanced(by: -span), to: now) {
                            let labels = Dictionary(key.labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
                            rows.append([
                                .text(source), .text(key.name), .map(labels), .time(point.at), .number(point.value),
                            ])
                        }
                    }
                }
            } catch { throw Stop(error) }
            let report = Report(
                columns: [
                    .init(key: "connection", title: "FROM"), .init(key: "name", title: "NAME"),
                    .init(key: "labels", title: "LABELS"),
                    .init(key: "timestamp", title: "AT"), .init(key: "value", title: "VALUE"),
                ], rows: rows,
                emptyText: "no samples of that in the last \(since); is something polling? (pitwall poll)")
            Terminal.put(report.render(output))
        }
    }
}
