public import PitModel
import PitParse

/// MLflow's traces over REST (v3, servers from 3.0 on), spans from the tracking store or from artifacts.
public struct MLflowConnector: Connector, InteractionReading {
    public static let about = ConnectorInfo(
        id: "mlflow", title: "MLflow",
        summary: "reads traces as exchanges with models, keeps prompts, and moves aliases of models and prompts",
        usualPorts: [5000],
        options: [
            OptionInfo(
                "experiments", .list, help: "names or ids; all of the newest 100 without it",
                example: "[production-chat]"),
            OptionInfo(
                "filter", .text, help: "further conditions, as MLflow writes them", example: "\"tags.env = 'prod'\""),
            OptionInfo(
                "registered_models", .list, help: "whose aliases are deployments; all of them without it",
                example: "[support-chat]"),
            OptionInfo(
                "prompts", .list, help: "prompts whose aliases are watched; all without it, [] for none",
                example: "[support-system]"),
        ])

    private static let product = "MLflow"
    /// A trace that is not finished after this many seconds is taken as it is.
    private static let patience = 900.0
    /// Bytes of spans asked for at once, and of one trace's at most; a larger one is told by its preview.
    private static let batchBytes = 4 << 20
    private static let traceBytes = 16 << 20
    private static let batch = 25

    let http: any HTTP
    private let experiments: [String]
    private let filter: String?
    private let reader: TraceReader
    let connection: ConnectionName
    let registered: [String]
    /// Nil: all.
    let watchedPrompts: [String]?
    let versions = VersionShelf()

    public init(_ connection: Connection, http: any HTTP) {
        self.http = http
        experiments = connection.options["experiments"]?.list ?? []
        filter = connection.options["filter"]?.text
        reader = TraceReader(connection.name)
        self.connection = connection.name
        registered = connection.options["registered_models"]?.list ?? []
        watchedPrompts = connection.options["prompts"]?.list
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let reply = try await http.send(HTTPRequest(.get, "/version")).success()
        let version = reply.text.prefix(40)
        guard let first = version.utf8.first, first &- 0x30 <= 9, version.contains("."), !version.contains("<") else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(reply))
        }
        let words = experiments.isEmpty ? "all experiments" : "experiments \(experiments.joined(separator: ", "))"
        return Identity(
            product: Self.product, version: String(version.split(separator: "\n").first ?? ""), detail: words)
    }

    public func readInteractions(after cursor: String?, limit: Int) async throws(ConnectorFault) -> InteractionPage {
        var place = cursor.flatMap(MLflowCursor.init) ?? MLflowCursor()
        var page = InteractionPage(cursor: place.text)
        let (found, hasMore) = try await search(since: place, limit: min(100, max(1, limit)))
        let times = found.map { Timestamp(rfc3339: $0["request_time"]?.text ?? "")?.milliseconds }
        let newest = (times.compactMap { $0 } + place.taken.values).max()
        var (chosen, unfinished): ([JSONValue], Int64?) = ([], nil)
        for (info, at) in zip(found, times) {
            guard let id = info["trace_id"]?.text, let at else {
                page.skip(0, "a trace without id or time")
                continue
            }
            if TraceReader.isUnfinished(info), Double((newest ?? at) - at) < Self.patience * 1000 {
                unfinished = min(unfinished ?? at, at)
                continue
            }
            place.taken[id] = at
            chosen.append(info)
        }
        let spans = try await spans(of: chosen, &page)
        page.interactions = chosen.compactMap { info in
            reader.read(info, spans: info["trace_id"]?.text.flatMap { spans[$0] })
        }
        place.advance(newest: newest, unfinished: unfinished)
        page.cursor = place.text
        page.hasMore = hasMore && !chosen.isEmpty
        return page
    }

    // MARK: -

    /// Traces from a moment on, oldest first, without those that were taken; and whether there are more.
    private func search(
        since place: MLflowCursor, limit: Int
    ) async throws(ConnectorFault) -> (found: [JSONValue], hasMore: Bool) {
        let locations = try await experimentIDs().map { id in
            JSONValue.object([
                ("type", .text("MLFLOW_EXPERIMENT")), ("mlflow_experiment", .object([("experiment_id", .text(id))])),
            ])
        }
        guard !locations.isEmpty else { return ([], false) }
        let condition = "timestamp_ms >= \(place.since)" + (filter.map { " AND \($0)" } ?? "")
        var (found, token): ([JSONValue], String?) = ([], nil)
        for _ in 0..<5 {
            var body: [(key: String, value: JSONValue)] = [
                ("locations", .list(locations)), ("filter", .text(condition)),
                ("max_results", .number(Double(min(500, limit + place.taken.count)))),
                ("order_by", .list([.text("timestamp_ms ASC")])),
            ]
            if let token { body.append(("page_token", .text(token))) }
            let reply = try await post("/api/3.0/mlflow/traces/search", .object(body))
            for info in reply["traces"]?.list ?? [] where info["trace_id"]?.text.map({ place.taken[$0] == nil }) ?? true
            {
                found.append(info)
            }
            token = reply["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
            if found.count >= limit || token == nil { break }
        }
        return (Array(found.prefix(limit)), found.count > limit || token != nil)
    }

    func experimentIDs() async throws(ConnectorFault) -> [String] {
        if experiments.isEmpty {
            let body: [(key: String, value: JSONValue)] = [
                ("max_results", .number(100)), ("order_by", .list([.text("last_update_time DESC")])),
            ]
            let reply = try await post("/api/2.0/mlflow/experiments/search", .object(body))
            return (reply["experiments"]?.list ?? []).compactMap { $0["experiment_id"]?.words }
        }
        var ids: [String] = []
        for name in experiments.prefix(100) {
            if name.utf8.allSatisfy({ $0 &- 0x30 <= 9 }) {
                ids.append(name)
                continue
            }
            let reply = try await get("/api/2.0/mlflow/experiments/get-by-name", [("experiment_name", name)])
            if let id = reply["experiment"]?["experiment_id"]?.words { ids.append(id) }
        }
        return ids
    }

    /// The spans of traces by trace id; of those that are too large, or cannot be had, none.
    private func spans(
        of infos: [JSONValue], _ page: inout InteractionPage
    ) async throws(ConnectorFault) -> [String: [JSONValue]] {
        var result: [String: [JSONValue]] = [:]
        var (stored, others): ([String], [String]) = ([], [])
        var (batches, bytes): ([[String]], Int) = ([], 0)
        for info in infos {
            guard let id = info["trace_id"]?.text else { continue }
            let size = info["trace_metadata"]?["mlflow.trace.sizeBytes"]?.figure.map { Int(min($0, 1e12)) } ?? 64 << 10
            if size > Self.traceBytes {
                page.warnings.append("\(id) has \(size >> 20) MiB of spans: its preview stands for it")
            } else if info["tags"]?["mlflow.trace.spansLocation"]?.text == "TRACKING_STORE" {
                if stored.count == Self.batch || bytes + size > Self.batchBytes, !stored.isEmpty {
                    batches.append(stored)
                    (stored, bytes) = ([], 0)
                }
                stored.append(id)
                bytes += size
            } else {
                others.append(id)
            }
        }
        if !stored.isEmpty { batches.append(stored) }
        for batch in batches {
            do throws(ConnectorFault) {
                for (id, spans) in try await storedSpans(batch) { result[id] = spans }
            } catch {
                guard error.code == "not_found" || error.code == "too_large" || error.code == "rejected" else {
                    throw error
                }
                others += batch
            }
        }
        for id in others {
            do throws(ConnectorFault) { result[id] = try await artifactSpans(id) } catch {
                // A trace that was deleted meanwhile, or whose spans never came.
                guard !error.isTransient, error != .unauthorized, error != .cancelled else { throw error }
            }
        }
        return result
    }

    private func storedSpans(_ ids: [String]) async throws(ConnectorFault) -> [(String, [JSONValue])] {
        let reply = try await get("/api/3.0/mlflow/traces/batchGet", ids.map { ("trace_ids", $0) })
        return (reply["traces"]?.list ?? []).compactMap { trace in
            guard let id = trace["trace_info"]?["trace_id"]?.text, let spans = trace["spans"]?.list else { return nil }
            return (id, spans)
        }
    }

    private func artifactSpans(_ id: String) async throws(ConnectorFault) -> [JSONValue]? {
        try await get("/ajax-api/3.0/mlflow/get-trace-artifact", [("request_id", id)])["spans"]?.list
    }

    // MARK: -

    func get(_ path: String, _ query: [(String, String)]) async throws(ConnectorFault) -> JSONValue {
        try open(try await http.send(HTTPRequest(.get, path, query: query.map { (name: $0.0, value: $0.1) })))
    }

    /// A search changes nothing: it may be sent again. What changes something goes out once.
    func post(
        _ path: String, _ body: JSONValue, isRepeatable: Bool = true
    ) async throws(ConnectorFault) -> JSONValue {
        try open(
            try await http.send(
                HTTPRequest(
                    .post, path, headers: [(name: "Content-Type", value: "application/json")],
                    body: Array(body.json.utf8), isRepeatable: isRepeatable)))
    }

    /// Errors are an object with `error_code` and `message`; a route that is not known is a page of HTML.
    func open(_ reply: HTTPReply) throws(ConnectorFault) -> JSONValue {
        let value = JSONReader.value(of: reply.body)
        if reply.status == 400 || reply.status == 404, let words = value?["message"]?.text {
            throw .rejected(words.prefix(bytes: 300))
        }
        let good = try reply.success()
        guard let value, value.members != nil else {
            throw .notWhatItSays(expected: Self.product, got: JSONReply.shape(good))
        }
        return value
    }
}
