public import PitModel
import PitStatistics
import PitStore

/// Reads runs of every tracking server that is connected, beside the engine: no poll waits for it.
public struct RunDesk: Sendable {
    let servers: [ConnectedServer]
    /// Those that are started from here.
    public let trainings: TrainingDesk?
    /// Points that a chart can use of one run, and of all.
    private static let (points, allPoints) = (400, 100_000)
    /// Metrics of a run whose courses are read, runs that are compared, and those of them that are asked for one by one.
    private static let (mostMetrics, mostCompared, fewCompared) = (8, 1000, 8)

    public init(servers: [ConnectedServer], trainings: TrainingDesk? = nil) {
        (self.servers, self.trainings) = (servers, trainings)
    }

    var sources: [(name: ConnectionName, reader: any RunReading)] {
        servers.compactMap { server in
            (server.connector as? any RunReading).map { (server.connection.name, $0) }
        }
    }

    /// What a screen wants. A server that fails leaves its words, and the others' runs.
    public func page(_ query: RunQuery) async -> RunPage {
        var page = query.runs.isEmpty ? await list(RunSearch()) : RunPage()
        page.hasSource = !sources.isEmpty
        page.templates = trainings?.templates ?? []
        if query.runs.count == 1 { await open(query.runs[0], &page) }
        if query.runs.count > 1 { await compare(query, &page) }
        return page
    }

    /// Runs of all servers, in the order that was asked for.
    public func list(_ search: RunSearch) async -> RunPage {
        var page = RunPage()
        for source in sources {
            do throws(ConnectorFault) {
                let batch = try await source.reader.runs(search)
                page.runs += batch.runs
                page.hasMore = page.hasMore || batch.hasMore
            } catch { page.faults.append("\(source.name): \(error.summary)") }
        }
        if search.experiments.isEmpty { await addOwn(&page, limit: search.limit) }
        page.runs = Self.ordered(page.runs, search)
        if page.runs.count > search.limit {
            page.runs = Array(page.runs.prefix(search.limit))
            page.hasMore = true
        }
        return page
    }

    /// Runs without the metric last; what is not a number is worse than any that is.
    public static func ordered(_ runs: [TrainingRun], _ search: RunSearch) -> [TrainingRun] {
        guard let metric = search.metric else {
            return runs.sorted {
                ($0.startedAt?.milliseconds ?? 0, $0.key) > ($1.startedAt?.milliseconds ?? 0, $1.key)
            }
        }
        func rank(_ run: TrainingRun) -> (Int, Double) {
            guard let value = run.metrics[metric]?.value else { return (2, 0) }
            return value.isNaN ? (1, 0) : (0, search.isAscending ? value : -value)
        }
        return runs.enumerated().map { ($0.offset, rank($0.element), $0.element) }
            .sorted { ($0.1.0, $0.1.1, $0.0) < ($1.1.0, $1.1.1, $1.0) }.map(\.2)
    }

    /// One run as its server has it.
    public func run(_ key: RunKey) async throws(ConnectorFault) -> TrainingRun {
        if key.connection == nil, let trainings {
            do throws(TrainingDesk.Fault) {
                return try trainings.training(key.id).run(trainings.curves(key.id), at: trainings.clock.now())
            } catch {
                throw .rejected(error.words)
            }
        }
        guard let source = sources.first(where: { $0.name == key.connection }) else {
            throw .rejected("no connection `\(key.connection?.description ?? key.id)` keeps runs")
        }
        return try await source.reader.run(key.id)
    }

    // MARK: -

    /// Trainings of our own; the run that one logs to is the same, and shown once.
    private func addOwn(_ page: inout RunPage, limit: Int) async {
        guard let trainings else { return }
        do throws(TrainingDesk.Fault) {
            for training in try trainings.trainings(limit: min(limit, 200)) {
                var run = training.run(trainings.curves(training.id), at: trainings.clock.now())
                if let place = training.tracked, let twin = page.runs.firstIndex(where: { $0.key == place }) {
                    run.metrics.merge(page.runs[twin].metrics) { $1 }
                    await settle(page.runs[twin], training)
                    page.runs.remove(at: twin)
                }
                page.runs.append(run)
            }
        } catch { page.faults.append(error.words) }
    }

    /// A program that was killed could not say to its server that it is over.
    private func settle(_ twin: TrainingRun, _ training: Training) async {
        guard twin.status.isOpen, let end = training.end, trainings?.isReadOnly == false,
            let server = servers.first(where: { $0.connection.name == twin.key.connection }),
            let registrar = server.connector as? any RunRegistering
        else { return }
        let status: TrainingRun.Status =
            end.kind == .finished ? .finished : end.kind == .stopped ? .stopped : .failed
        // What fails now is tried when runs are read again.
        try? await registrar.end(run: twin.key.id, status, at: end.at)
    }

    private func open(_ key: RunKey, _ page: inout RunPage) async {
        do throws(ConnectorFault) {
            let run = try await run(key)
            page.runs = [run]
            if key.connection == nil, let trainings {
                page.curves[key] = trainings.curves(key.id)
                page.log = trainings.log(key.id, lines: 200)
            }
            guard let place = key.connection == nil ? run.tracked : key,
                let reader = sources.first(where: { $0.name == place.connection })?.reader
            else { return }
            // What its output told has the same names, or others: what was logged comes first.
            let logged = place == key ? run : try await reader.run(place.id)
            page.runs[0].metrics.merge(logged.metrics) { $1 }
            page.runs[0].artifacts = logged.artifacts
            for metric in logged.metricNames.prefix(Self.mostMetrics) {
                let found = try await reader.curves(of: [place.id], metric: metric, points: Self.points)
                page.curves[key, default: [:]][metric] = found[place.id] ?? []
            }
        } catch { page.faults.append("\(key.connection?.description ?? "here"): \(error.summary)") }
    }

    private func compare(_ query: RunQuery, _ page: inout RunPage) async {
        var listed: [RunKey: TrainingRun] = [:]
        if query.runs.count > Self.fewCompared {
            listed = Dictionary(
                await list(RunSearch()).runs.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        }
        for key in query.runs.prefix(Self.mostCompared) {
            if let run = listed[key] {
                page.runs.append(run)
                continue
            }
            do throws(ConnectorFault) { page.runs.append(try await run(key)) } catch {
                page.faults.append("\(key): \(error.summary)")
            }
        }
        guard let metric = query.metric ?? Self.sharedMetric(page.runs) else { return }
        page.influences = RunComparison.influences(page.runs, on: metric)
        for source in sources {
            let ids = page.runs.filter { $0.key.connection == source.name && $0.metrics[metric] != nil }.map(\.key.id)
            guard !ids.isEmpty else { continue }
            do throws(ConnectorFault) {
                let found = try await source.reader.curves(
                    of: ids, metric: metric, points: min(Self.points, Self.allPoints / ids.count))
                for (id, points) in found { page.curves[RunKey(source.name, id)] = [metric: points] }
            } catch { page.faults.append("\(source.name): \(error.summary)") }
        }
    }

    /// The first metric that most of the runs have.
    public static func sharedMetric(_ runs: [TrainingRun]) -> String? {
        var counts: [String: Int] = [:]
        for run in runs { for name in run.metrics.keys { counts[name, default: 0] += 1 } }
        let most = counts.values.max() ?? 0
        var all = TrainingRun(RunKey(nil, ""), name: "")
        for (name, count) in counts where count == most { all.metrics[name] = MetricPoint(step: 0, value: 0) }
        return all.metricNames.first
    }
}

/// Runs side by side.
public enum RunComparison {
    /// Parameters that differ first, each group by name.
    public static func parameters(_ runs: [TrainingRun]) -> [(name: String, differs: Bool)] {
        Set(runs.flatMap(\.parameters.keys)).map { name in
            (name: name, differs: Set(runs.map { $0.parameters[name] }).count > 1)
        }.sorted { ($0.differs ? 0 : 1, $0.name) < ($1.differs ? 0 : 1, $1.name) }
    }

    /// How each parameter that is a number, or one of two words, goes with a metric; the strongest first.
    public static func influences(_ runs: [TrainingRun], on metric: String) -> [ParameterInfluence] {
        parameters(runs).filter(\.differs).map { parameter in
            let pairs = runs.compactMap { run -> (String, Double)? in
                guard let value = run.parameters[parameter.name], let point = run.metrics[metric], !point.value.isNaN
                else { return nil }
                return (value, point.value)
            }
            let found = numbers(pairs.map(\.0)).flatMap { RankCorrelation.spearman($0, pairs.map(\.1)) }
            return ParameterInfluence(
                parameter.name, correlation: found?.coefficient, pValue: found?.pValue, runs: pairs.count)
        }.sorted { abs($0.correlation ?? -1) > abs($1.correlation ?? -1) }
    }

    /// Two words are 0 and 1 in the order of the alphabet.
    private static func numbers(_ words: [String]) -> [Double]? {
        let numbers = words.compactMap(Double.init)
        if numbers.count == words.count { return numbers }
        let kinds = Set(words).sorted()
        return kinds.count == 2 ? words.map { $0 == kinds[0] ? 0 : 1 } : nil
    }
}
