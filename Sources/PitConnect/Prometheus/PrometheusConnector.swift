import FoundationEssentials
public import PitModel
import PitParse

/// The Prometheus HTTP API v1, as Prometheus, Thanos, Mimir and VictoriaMetrics serve it.
public struct PrometheusConnector: Connector, MetricsReading, HistoryReading, AlertReading {
    public static let about = ConnectorInfo(
        id: "prometheus", title: "Prometheus",
        summary: "asks Prometheus, Thanos, Mimir or VictoriaMetrics for series, history and alerts",
        usualPorts: [9090, 9091, 8428],
        options: [
            OptionInfo(
                "tenant", .text, help: "the tenant, sent as X-Scope-OrgID (Mimir, thanos-querier)", example: "team-a"),
            OptionInfo("lookback", .duration, help: "how far back each poll reads samples", example: "75s"),
        ])

    /// Steps one range query may ask for: Prometheus refuses more than 11,000.
    static let stepLimit = 10_000
    /// Series of one reply that are kept.
    static let seriesLimit = 100_000

    let http: any HTTP
    private let tenant: String?
    private let lookback: Double

    public init(_ connection: Connection, http: any HTTP) {
        self.http = http
        tenant = connection.options["tenant"]?.text
        lookback = connection.options["lookback"]?.number ?? max(75, connection.interval * 5)
    }

    /// Detects the product by what it says of itself: they share the API, not the replies about themselves.
    public func probe() async throws(ConnectorFault) -> Identity {
        let reply = try await http.send(request(.get, "/api/v1/status/buildinfo"))
        if reply.status == 404 {
            _ = try await instant("vector(1)", at: nil)
            return Identity(product: "Prometheus API", detail: "says nothing of its version")
        }
        let good = try reply.success()
        let envelope = try JSONReply.decode(PrometheusReply<PrometheusBuild>.self, good, from: "the Prometheus API")
        let build = envelope.data
        let text = good.text.lowercased()
        let product =
            build?.application.map(Self.product)
            ?? (text.contains("victoria") ? "VictoriaMetrics" : text.contains("thanos") ? "Thanos" : "Prometheus")
        return Identity(product: product, version: build?.version, detail: await inventory())
    }

    private static func product(_ application: String) -> String {
        let lower = application.lowercased()
        return lower.contains("mimir")
            ? "Mimir" : lower.contains("cortex") ? "Cortex" : lower.contains("thanos") ? "Thanos" : application
    }

    /// The raw samples of the last while, with the times they were scraped at: a bare range selector gives those.
    public func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch {
        var samples: [Sample] = []
        var warnings: [String] = []
        for selector in selectors {
            let (items, notes) = try await query("/api/v1/query", [("query", "\(selector)[\(Int(lookback))s]")])
            for series in items {
                samples += series.points.map { Sample(series.series, $0.value, at: $0.at) }
            }
            warnings += notes
        }
        samples.sort { ($0.timestamp?.milliseconds ?? 0) < ($1.timestamp?.milliseconds ?? 0) }
        return .samples(samples, warnings: Array(warnings.prefix(20)))
    }

    public func instant(_ query: String, at: Timestamp?) async throws(ConnectorFault) -> [Sample] {
        let time = at.map { [("time", "\($0.seconds)")] } ?? []
        let (items, _) = try await self.query("/api/v1/query", [("query", query)] + time)
        return items.compactMap { series in series.points.last.map { Sample(series.series, $0.value, at: $0.at) } }
    }

    /// A range with more steps than the server allows is asked for in pieces and joined.
    public func range(
        _ query: String, from: Timestamp, to: Timestamp, step: Double
    ) async throws(ConnectorFault) -> [SeriesPoints] {
        guard step > 0, to >= from else { throw .rejected("a range needs a step above 0 and an end after its start") }
        var joined: [SeriesKey: [DataPoint]] = [:]
        var start = from
        while start <= to {
            let end = min(to, start.advanced(by: step * Double(Self.stepLimit)))
            let (items, _) = try await self.query(
                "/api/v1/query_range",
                [("query", query), ("start", "\(start.seconds)"), ("end", "\(end.seconds)"), ("step", "\(step)")])
            for series in items { joined[series.series, default: []] += series.points }
            start = end.advanced(by: step)
        }
        return joined.map { SeriesPoints($0.key, $0.value) }
    }

    public func readAlerts() async throws(ConnectorFault) -> [Alert] {
        let reply = try await http.send(request(.get, "/api/v1/alerts"))
        if reply.status == 404 { return [] }
        let data = try open(PrometheusAlerts.self, reply)
        return data.payload.alerts.prefix(200_000).map { item in
            Alert(
                fingerprint: Alert.fingerprint(of: item.labels), labels: item.labels,
                annotations: item.annotations ?? [:],
                state: item.state == "pending" ? .pending : .firing,
                startsAt: item.activeAt.flatMap(Timestamp.init(rfc3339:)) ?? Timestamp(milliseconds: 0))
        }
    }

    private func query(
        _ path: String, _ form: [(String, String)]
    ) async throws(ConnectorFault) -> ([SeriesPoints], warnings: [String]) {
        let items = form.map { (name: $0.0, value: $0.1) }
        var asked = request(.post, path)
        asked.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        asked.body = Array(FormText.encode(items).utf8)
        asked.isRepeatable = true
        var reply = try await http.send(asked)
        if reply.status == 405 || reply.status == 404 {
            var plain = request(.get, path)
            plain.query = items
            reply = try await http.send(plain)
        }
        let data = try open(QueryData.self, reply)
        var warnings = data.warnings
        let series = data.payload.items.prefix(Self.seriesLimit).compactMap(\.series)
        if data.payload.items.count > Self.seriesLimit {
            warnings.append("only the first \(Self.seriesLimit) series were read")
        }
        if series.count < min(data.payload.items.count, Self.seriesLimit) {
            warnings.append("native histograms were left out")
        }
        return (series, warnings)
    }

    /// Takes a reply out of its envelope; the API's own errors come with a status that is not 2xx and with words.
    func open<Payload: Decodable>(
        _: Payload.Type, _ reply: HTTPReply
    ) throws(ConnectorFault) -> (payload: Payload, warnings: [String]) {
        if let envelope = try? JSONDecoder().decode(PrometheusReply<Payload>.self, from: Data(reply.body)) {
            if let payload = envelope.data, envelope.status == "success" {
                return (payload, (envelope.warnings ?? []) + (envelope.infos ?? []))
            }
            let words = String((envelope.error ?? "no reason given").prefix(300))
            switch envelope.errorType {
            case "bad_data", "execution", "not_found", "not_acceptable": throw .rejected(words)
            case "timeout", "canceled": throw .server(status: reply.status, excerpt: words)
            default: throw reply.status == 401 ? .unauthorized : .server(status: reply.status, excerpt: words)
            }
        }
        let good = try reply.success()
        let envelope = try JSONReply.decode(PrometheusReply<Payload>.self, good, from: "the Prometheus API")
        guard let payload = envelope.data else {
            throw .notWhatItSays(expected: "the Prometheus API", got: "a reply without data")
        }
        return (payload, envelope.warnings ?? [])
    }

    func request(_ method: HTTPRequest.Method, _ path: String) -> HTTPRequest {
        let headers =
            [(name: "Accept", value: "application/json")] + (tenant.map { [(name: "X-Scope-OrgID", value: $0)] } ?? [])
        return HTTPRequest(method, path, headers: headers)
    }
}

/// `application/x-www-form-urlencoded`.
enum FormText {
    static func encode(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
