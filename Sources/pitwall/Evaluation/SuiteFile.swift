import Foundation
import PitConfig
import PitConnect
import PitData
import PitEngine
import PitModel

/// A suite on disk, with the files that it names.
struct SuiteFile {
    let path: String
    let suite: EvaluationSuite
    /// Answers that somebody wrote down, by the system's name.
    let written: [String: [String: String]]
    let warnings: [ConfigIssue]

    static var reader: SuiteReader {
        SuiteReader(metrics: metricCatalog.map { $0.about }) { spec in
            do throws(MetricFault) {
                _ = try SuiteMetrics.make(spec)
                return nil
            } catch { return error.words }
        }
    }

    /// Reads all of it, or ends with what is wrong and where.
    init(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Stop(.usage, "\(path) cannot be read", hint: "Does it exist, and may you read it?")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Stop(.usage, "\(path) is not UTF-8", hint: "Save it as UTF-8.")
        }
        let (read, issues) = Self.reader.read(text, file: path)
        guard var suite = read else { throw Stop(.usage, issues.map(\.description).joined(separator: "\n")) }
        self.path = path
        warnings = issues
        func place(_ name: String) -> String { Self.place(name, beside: path) }
        var written: [String: [String: String]] = [:]
        // A file beside the suite, or else a dataset that was collected.
        let cases = try suite.dataset.map { named in
            let beside = place(named)
            if FileManager.default.fileExists(atPath: beside) { return beside }
            let collected = try DatasetShelf.file(named)
            return collected == named ? beside : collected
        }
        do throws(DataFault) {
            if let cases { suite.cases += try CaseReader.cases(cases, slices: suite.sliceFields) }
            for system in suite.systems {
                guard case .answers(let file) = system.source else { continue }
                written[system.name] = try CaseReader.answers(place(file))
            }
        } catch { throw Stop(.usage, error.summary, hint: error.hint) }
        var seen: Set<String> = []
        if let twin = suite.cases.first(where: { !seen.insert($0.id).inserted }) {
            throw Stop(.usage, "\(path): two cases are called `\(twin.id)`", hint: "Give each an id of its own.")
        }
        (self.suite, self.written) = (suite, written)
        try checkMetrics()
    }

    /// A file that the suite names stands beside it.
    func place(_ name: String) -> String { Self.place(name, beside: path) }

    private static func place(_ name: String, beside path: String) -> String {
        URL(filePath: name, relativeTo: URL(filePath: path).deletingLastPathComponent()).standardizedFileURL.path
    }

    /// A metric that no case has what it needs for would give no figure, after all was asked.
    private func checkMetrics() throws {
        for spec in suite.metrics {
            guard let info = metricCatalog.first(where: { $0.about.id == spec.metric })?.about else { continue }
            if info.needsReference, suite.cases.allSatisfy(\.references.isEmpty) {
                throw Stop(
                    .usage, "\(path): `\(spec.name)` needs references, and no case has one",
                    hint: "Add `reference: ...` to the cases, or leave the metric out.")
            }
        }
    }

    /// Where each system's answers come from; what the configuration does not have is told.
    func sources(_ servers: [ConnectedServer]) throws -> [String: AnswerSource] {
        var sources: [String: AnswerSource] = [:]
        for system in suite.systems {
            switch system.source {
            case .answers: sources[system.name] = .written(written[system.name] ?? [:])
            // A search needs an index: `KnowledgeSystems` opens it.
            case .knowledge: continue
            case .server(let name, _, _):
                let all = servers.filter { $0.connector is any Answering }.map(\.connection.name.description)
                guard let server = servers.first(where: { $0.connection.name == name }) else {
                    throw Stop(
                        .usage, "\(path): system `\(system.name)`: there is no connection `\(name)`",
                        hint: all.isEmpty
                            ? "Add one of kind openai to the configuration."
                            : "There are: \(all.joined(separator: ", ")).")
                }
                guard let answering = server.connector as? any Answering else {
                    throw Stop(
                        .usage, "\(path): system `\(system.name)`: connection `\(name)` answers no chats",
                        hint: "Name one of kind openai: \(all.joined(separator: ", ")).")
                }
                sources[system.name] = .server(answering, address: server.connection.url)
            }
        }
        return sources
    }

    /// The suite with its judges written into it, and who is asked for words on answers, by the metric's name.
    func bound(_ settings: EngineSettings) throws -> (EvaluationSuite, [String: AskedForWord]) {
        var suite = suite
        var (judges, asked) = ([String: SuiteJudge](), [String: AskedForWord]())
        for spec in suite.metrics {
            switch spec.metric {
            case JudgeMetric.about.id:
                let (judge, server) = try self.judge(spec, settings)
                guard let answering = server.connector as? any Answering else {
                    throw Stop(.usage, "\(path): `\(judge.connection)` of judge \(judge.name) answers no chats")
                }
                judges[spec.name] = judge
                asked[spec.name] = .judge(answering, address: server.connection.url, model: judge.model)
            case DetectorMetric.about.id:
                let name = spec.options["detector"]?.text ?? ""
                let all = settings.servers.filter { $0.connector is any TextGuarding }
                guard let server = all.first(where: { $0.connection.name.description == name }),
                    let guarding = server.connector as? any TextGuarding
                else {
                    throw Stop(
                        .usage, "\(path): `\(spec.name)`: `\(name)` is no connection that checks texts",
                        hint: all.isEmpty
                            ? "Configure one: kind guard-model, guardrails-orchestrator or the like."
                            : "There are: \(all.map(\.connection.name.description).joined(separator: ", ")).")
                }
                asked[spec.name] = .detector(guarding)
            default: continue
            }
        }
        suite.judges = judges.isEmpty ? nil : judges
        do throws(MetricFault) { _ = try SuiteMetrics(suite) } catch {
            throw Stop(.usage, "\(path): \(error.words)", hint: "pitwall get rubrics lists them.")
        }
        return (suite, asked)
    }

    private func judge(_ spec: MetricSpec, _ settings: EngineSettings) throws -> (SuiteJudge, ConnectedServer) {
        let name = spec.options["judge"]?.text ?? ""
        let all = settings.labeling.judges
        guard let judge = all.first(where: { $0.name == name }),
            let server = settings.servers.first(where: { $0.connection.name == judge.connection })
        else {
            throw Stop(
                .usage, "\(path): `\(spec.name)`: there is no judge `\(name)`",
                hint: all.isEmpty
                    ? "Add `labeling: {judges: [{name: \(name), connection: my-openai, model: some-judge}]}`."
                    : "There are: \(all.map(\.name).joined(separator: ", ")).")
        }
        let rubricName = spec.options["rubric"]?.text ?? "thumbs"
        guard let rubric = settings.labeling.rubric(rubricName) else {
            let names = settings.labeling.rubrics.map(\.name).joined(separator: ", ")
            throw Stop(.usage, "\(path): there is no rubric `\(rubricName)`", hint: "There are: \(names).")
        }
        return (
            SuiteJudge(
                name: judge.name, connection: judge.connection, model: judge.model, rubric: rubric,
                floor: spec.options["floor"]?.number ?? 0.4,
                leastItems: Int(clamping: Int64(min(1e9, spec.options["least"]?.number ?? 30)))), server
        )
    }

    /// A model that its server does not list is told before anything is asked. A server that lists nothing is believed.
    func checkModels(_ servers: [ConnectedServer]) async throws {
        for system in suite.systems {
            guard case .server(let name, let model, _) = system.source,
                let server = servers.first(where: { $0.connection.name == name }),
                let listing = server.connector as? any ModelListing
            else { continue }
            do throws(ConnectorFault) {
                let models = try await listing.listModels().map(\.id)
                guard !models.isEmpty, !models.contains(model) else { continue }
                let near = Nearest.word(to: model, among: models).map { "Did you mean `\($0)`? " } ?? ""
                throw ConnectorFault.rejected(
                    "\(name) serves no model `\(model)`. \(near)It serves: \(models.prefix(20).joined(separator: ", "))"
                )
            } catch {
                switch error {
                case .notFound: continue
                case .rejected(let words) where words.hasPrefix("\(name) serves no model"):
                    throw Stop(.usage, "\(path): system `\(system.name)`: \(words)")
                default: throw Stop(.couldNotRun, "\(name): \(error.summary)", hint: error.hint)
                }
            }
        }
    }
}
