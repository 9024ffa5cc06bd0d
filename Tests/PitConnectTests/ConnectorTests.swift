import Foundation
import PitConnect
import PitModel
import PitParse
import Synchronization
import Testing

@Test("the catalog's ids and option names stand once each, and every kind says what it can")
func catalog() {
    #expect(Set(connectorCatalog.map { $0.about.id }).count == connectorCatalog.count)
    for type in connectorCatalog {
        #expect(Set(type.about.options.map(\.name)).count == type.about.options.count)
        #expect(!type.capabilities.isEmpty)
    }
    #expect(AlertmanagerConnector.capabilities.contains("createSilence"))
    #expect(!PrometheusConnector.capabilities.contains { $0.contains("Silence") })
}

@Test("a metrics page is read, and /metrics is added to a bare address only")
func metricsPage() async throws {
    let http = FakeHTTP(try .file("pages/vllm.txt", type: "text/plain; version=0.0.4"))
    let connector = MetricsConnector(connection("metrics"), http: http)
    guard case .page(let page) = try await connector.readMetrics([]) else {
        Issue.record("no page")
        return
    }
    #expect(page.rows.count > 100 && page.badLineCount == 0)
    #expect(http.requests[0].path == "/metrics")
    #expect(
        http.requests[0].headers.contains { $0.name == "Accept" && $0.value.contains("openmetrics-text;version=1.0.0") }
    )
    #expect(try await connector.probe().product == "vLLM")
    let own = FakeHTTP(.text("a 1\n", type: "text/plain"))
    _ = try await MetricsConnector(connection("metrics", "http://h:1/prometheus/metrics"), http: own).readMetrics([])
    #expect(own.requests[0].path == "")
}

@Test(
    "a page that is none is told for what it is",
    arguments: [
        ("<!doctype html><html>", "text/html", 200), ("{\"status\":\"ok\"}", "application/json", 200),
        ("[1]", "text/plain", 200),
        ("this is\nnot metrics\n", "text/plain", 200),
    ])
func notMetrics(body: String, type: String, status: Int) async {
    let connector = MetricsConnector(connection("metrics"), http: FakeHTTP(.text(body, status, type: type)))
    let fault = await #expect(throws: ConnectorFault.self) { try await connector.readMetrics([]) }
    #expect(fault?.code == "wrong_kind")
}

@Test(
    "every bad status becomes the fault it means, for every kind of server",
    arguments: [
        (401, "unauthorized"), (403, "forbidden"), (429, "rate_limited"), (500, "server_error"), (503, "server_error"),
    ])
func statuses(status: Int, code: String) async {
    for type in connectorCatalog where !type.about.isFile {
        let connector = type.init(
            connection(type.about.id), http: FakeHTTP(.text("<html>no</html>", status, type: "text/html")))
        let fault = await #expect(throws: ConnectorFault.self, "\(type.about.id)") { try await connector.probe() }
        #expect(fault?.code == code, "\(type.about.id)")
    }
}

@Test("a web page, an empty reply, half a reply and another JSON are told, not misread")
func shapes() async {
    for body in ["<html>", "", "{\"status\":\"succ", "{\"a\":1}", "[]", "null", "5"] {
        for type in [PrometheusConnector.self, AlertmanagerConnector.self, OpenAIConnector.self] as [any Connector.Type]
        {
            let connector = type.init(connection(type.about.id), http: FakeHTTP(.text(body)))
            do {
                _ = try await connector.probe()
                #expect(
                    type.about.id == "alertmanager" && body == "{\"a\":1}"
                        || type.about.id == "prometheus" && body != "<html>", "\(type.about.id) took \(body)")
            } catch {
                #expect(["wrong_kind", "malformed"].contains(error.code), "\(type.about.id): \(body): \(error)")
            }
        }
    }
}

@Test("Prometheus' recorded replies are read")
func prometheusReplies() async throws {
    func connector(_ file: String, _ status: Int = 200) throws -> PrometheusConnector {
        PrometheusConnector(connection("prometheus"), http: FakeHTTP(try .file("prometheus/\(file)", status)))
    }
    #expect(try await connector("query-vector.json").instant("x", at: nil).count == 2)
    #expect(try await connector("query-scalar.json").instant("x", at: nil).count == 1)
    #expect(try await connector("query-nan-inf.json").instant("x", at: nil).contains { !$0.value.isFinite })
    #expect(
        try await !connector("query_range.json").range(
            "x", from: Timestamp(seconds: 0), to: Timestamp(seconds: 60), step: 15
        ).isEmpty)
    #expect(try await connector("alerts.json").readAlerts().allSatisfy { $0.fingerprint.count == 16 })
    #expect(try await !connector("targets.json").readTargets().isEmpty)
    #expect(try await connector("rules.json").readRules().contains { $0.isAlerting && $0.state != nil })
    #expect(try await connector("metadata.json").readMetadata().contains { $0.kind == .histogram })
    let identity = try await connector("status-buildinfo.json").probe()
    #expect(identity.product == "Prometheus" && identity.version?.isEmpty == false)
    let parse = await #expect(throws: ConnectorFault.self) {
        try await connector("error-parse.json", 400).instant("x", at: nil)
    }
    #expect(parse?.code == "rejected")
    guard case .samples(let samples, _) = try await connector("query-matrix.json").readMetrics(["up"]) else { return }
    #expect(samples.allSatisfy { $0.timestamp != nil })
    #expect(samples.map { $0.timestamp?.milliseconds ?? 0 } == samples.map { $0.timestamp?.milliseconds ?? 0 }.sorted())
}

@Test("a query goes as a form with its tenant, and a long range in pieces without doubled steps")
func prometheusRequests() async throws {
    let empty = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"
    let http = FakeHTTP(.text(empty))
    let connector = PrometheusConnector(connection("prometheus", options: ["tenant": .text("team-a")]), http: http)
    _ = try await connector.range(
        "up{a=\"b c&d\"}", from: Timestamp(seconds: 0), to: Timestamp(seconds: 25_000 * 15), step: 15)
    #expect(http.requests.count == 3)
    var starts: [Double] = []
    var ends: [Double] = []
    for request in http.requests {
        #expect(request.method == .post && request.path == "/api/v1/query_range" && request.isRepeatable)
        #expect(request.headers.contains { $0.name == "X-Scope-OrgID" && $0.value == "team-a" })
        let form = String(decoding: request.body, as: UTF8.self)
        #expect(form.contains("query=up%7Ba%3D%22b%20c%26d%22%7D"))
        let fields = Dictionary(
            form.split(separator: "&").map { $0.split(separator: "=") }.map { (String($0[0]), String($0[1])) },
            uniquingKeysWith: { $1 })
        starts.append(Double(fields["start"] ?? "") ?? -1)
        ends.append(Double(fields["end"] ?? "") ?? -1)
        #expect(((ends.last ?? 0) - (starts.last ?? 0)) / 15 <= 11_000)
    }
    #expect(starts[1] == ends[0] + 15 && starts[2] == ends[1] + 15 && ends[2] == 25_000 * 15)
}

@Test("Alertmanager's recorded replies are read, with all three shapes of errors")
func alertmanagerReplies() async throws {
    func connector(_ file: String, _ status: Int = 200) throws -> AlertmanagerConnector {
        AlertmanagerConnector(connection("alertmanager"), http: FakeHTTP(try .file("alertmanager/\(file)", status)))
    }
    let alerts = try await connector("alerts.json").readAlerts()
    #expect(!alerts.isEmpty)
    for alert in alerts { #expect(Alert.fingerprint(of: alert.labels) == alert.fingerprint, "\(alert.labels)") }
    #expect(alerts.contains { $0.state == .suppressed && !$0.inhibitedBy.isEmpty })
    #expect(try await connector("alerts-after-silence.json").readAlerts().contains { !$0.silencedBy.isEmpty })
    #expect(try await !connector("alert-groups.json").readGroups().isEmpty)
    #expect(try await connector("silences.json").readSilences().contains { $0.state == .active })
    #expect(try await connector("silences-expired.json").readSilences().contains { $0.state == .expired })
    #expect(try await connector("status.json").probe().version == "0.25.0")
    let draft = SilenceDraft(
        matchers: [Matcher("a", "b")], startsAt: Timestamp(seconds: 0), endsAt: Timestamp(seconds: 9), createdBy: "x",
        comment: "y")
    for (file, status, words) in [
        ("error-silence-in-the-past.json", 400, "end time can't be in the past"),
        ("error-silence-without-matchers.json", 422, "at least 1"),
    ] {
        let fault = await #expect(throws: ConnectorFault.self) {
            try await connector(file, status).perform(.createSilence(draft))
        }
        #expect(fault?.summary.contains(words) == true, "\(file)")
    }
    let unknown = await #expect(throws: ConnectorFault.self) {
        try await connector("error-silence-unknown.txt", 404).perform(
            .expireSilence(id: "00000000-0000-4000-8000-000000000000"))
    }
    #expect(unknown?.summary.contains("no such silence") == true)
}

@Test("a silence is posted once, with all it needs; an extension carries the id; the id in the reply counts")
func silenceRequests() async throws {
    let http = FakeHTTP(try .file("alertmanager/silences-post.json"))
    let connector = AlertmanagerConnector(connection("alertmanager"), http: http)
    let draft = SilenceDraft(
        matchers: [Matcher("alertname", "x"), Matcher("m", "a.*", isRegex: true, isEqual: false)],
        startsAt: Timestamp(seconds: 1_700_000_000),
        endsAt: Timestamp(seconds: 1_700_003_600), createdBy: "ana", comment: "why")
    let id = try await connector.perform(.createSilence(draft))
    #expect(id.count == 36)
    #expect(!http.requests[0].isRepeatable && http.requests[0].path == "/api/v2/silences")
    let body = try JSONSerialization.jsonObject(with: Data(http.requests[0].body)) as? [String: Any]
    #expect(body?["startsAt"] as? String == "2023-11-14T22:13:20.000Z")
    #expect(body?["id"] == nil && body?["createdBy"] as? String == "ana")
    let matchers = body?["matchers"] as? [[String: Any]] ?? []
    #expect(matchers.count == 2 && matchers[1]["isRegex"] as? Bool == true && matchers[1]["isEqual"] as? Bool == false)
    let silence = Silence(
        id: "old", matchers: draft.matchers, startsAt: draft.startsAt, endsAt: draft.endsAt, createdBy: "ana",
        comment: "why", state: .active)
    #expect(try await connector.perform(.extendSilence(silence, until: Timestamp(seconds: 1_700_010_000))) == id)
    let second = try JSONSerialization.jsonObject(with: Data(http.requests[1].body)) as? [String: Any]
    #expect(second?["id"] as? String == "old")
    await #expect(throws: ConnectorFault.self) { try await connector.perform(.expireSilence(id: "../../-/reload")) }
}

@Test("an OpenAI-compatible server: models, health in its three ways, and the time to the first token")
func openAI() async throws {
    let models = OpenAIConnector(connection("openai"), http: FakeHTTP(try .file("inference/models.json")))
    #expect(try await models.listModels().count == 1)
    #expect(try await models.probe().product == "llama.cpp")
    #expect(try await OpenAIConnector(connection("openai"), http: FakeHTTP(.text("", 404))).readHealth() == .ok)
    let loading = "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}"
    #expect(
        try await OpenAIConnector(connection("openai"), http: FakeHTTP(.text(loading, 503))).readHealth()
            == .loading("Loading model"))
    #expect(
        try await OpenAIConnector(connection("openai"), http: FakeHTTP(.text("", 503))).readHealth()
            == .unwell("503 from /health"))
    let options: [String: OptionValue] = ["probe": .flag(true), "probe_model": .text("m")]
    let http = FakeHTTP(try .file("inference/chat-completion-stream.sse", type: "text/event-stream"))
    let probing = OpenAIConnector(connection("openai", options: options), http: http)
    #expect(probing.isProbing)
    let probe = try await probing.probeLatency()
    #expect(probe.model == "m" && probe.timeToFirstToken >= 0 && probe.total >= probe.timeToFirstToken)
    let body = try JSONSerialization.jsonObject(with: Data(http.requests[0].body)) as? [String: Any]
    #expect(body?["max_tokens"] as? Int == 1 && body?["stream"] as? Bool == true)
    let broken = FakeHTTP(
        .text("data: {\"error\":{\"message\":\"engine died\"}}\n\ndata: [DONE]\n\n", type: "text/event-stream"))
    let fault = await #expect(throws: ConnectorFault.self) {
        try await OpenAIConnector(connection("openai", options: options), http: broken).probeLatency()
    }
    #expect(fault == .rejected("engine died"))
    #expect(!OpenAIConnector(connection("openai"), http: broken).isProbing)
}

@Test(
    "an answer comes piece by piece, can be ended, and tells what went wrong; a server that answers whole is understood"
)
func streamedAnswer() async throws {
    let question = ChatQuestion(model: "m", messages: [ChatMessage("user", "hi")], settings: GenerationSettings())
    let pieces = Mutex<[String]>([])
    let http = FakeHTTP(try .file("inference/chat-completion-stream.sse", type: "text/event-stream"))
    let answer = try await OpenAIConnector(connection("openai"), http: http).stream(question) { piece in
        pieces.withLock { $0.append(piece) }
        return true
    }
    let joined = pieces.withLock { $0.joined() }
    #expect(!answer.text.isEmpty && joined == answer.text && answer.finish != nil)
    let body = try JSONSerialization.jsonObject(with: Data(http.requests[0].body)) as? [String: Any]
    #expect(body?["stream"] as? Bool == true && body?["model"] as? String == "m")
    let whole = FakeHTTP(
        .text(#"{"choices":[{"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}]}"#))
    #expect(try await OpenAIConnector(connection("openai"), http: whole).stream(question) { _ in true }.text == "whole")
    let replies: [(Result<HTTPReply, ConnectorFault>, ConnectorFault)] = [
        (
            .text("data: {\"error\":{\"message\":\"engine died\"}}\n\n", type: "text/event-stream"),
            ConnectorFault.rejected("engine died")
        ),
        (.text("data: [DONE]\n\n", type: "text/event-stream"), .rejected("no")),
    ]
    for (reply, expected) in replies {
        do throws(ConnectorFault) {
            let answer = try await OpenAIConnector(connection("openai"), http: FakeHTTP(reply)).stream(question) { _ in
                true
            }
            #expect(answer.text.isEmpty && expected == .rejected("no"))
        } catch { #expect(error == expected) }
    }
}

@Test("damaged replies never trap, whatever they become")
func fuzz() async throws {
    var random = Seeded(state: 17)
    let files = [
        "prometheus/query_range.json", "prometheus/alerts.json", "prometheus/targets.json", "alertmanager/alerts.json",
        "alertmanager/silences.json", "inference/models.json",
    ]
    for file in files {
        let good = try fixture(file)
        for _ in 0..<60 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[at] = UInt8.random(in: 32...126, using: &random)
                } else {
                    bytes.insert(contentsOf: "1e999".utf8, at: at)
                }
            }
            let http = FakeHTTP(.success(HTTPReply(status: 200, body: bytes)))
            let prometheus = PrometheusConnector(connection("prometheus"), http: http)
            let alertmanager = AlertmanagerConnector(connection("alertmanager"), http: http)
            _ = try? await prometheus.range("x", from: Timestamp(seconds: 0), to: Timestamp(seconds: 10), step: 1)
            _ = try? await prometheus.readAlerts()
            _ = try? await prometheus.readTargets()
            _ = try? await alertmanager.readAlerts()
            _ = try? await alertmanager.readSilences()
            _ = try? await OpenAIConnector(connection("openai"), http: http).listModels()
        }
    }
}
