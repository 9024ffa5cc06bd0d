import Foundation
import PitConnect
import PitEngine
import PitHTTP
import PitModel
import PitStore
import Testing

/// A hostile server, what kind of server the configuration says it is, and what pitwall should say of it.
struct Case: Sendable, CustomTestStringConvertible {
    var server: String
    var kind: String
    /// The codes of faults that tell the truth; empty: the poll is good.
    var codes: Set<String>
    /// Words that must stand in what a person is shown.
    var words: String

    init(_ server: String, _ kind: String, _ codes: Set<String>, _ words: String) {
        (self.server, self.kind, self.codes, self.words) = (server, kind, codes, words)
    }

    var testDescription: String { "\(server) as \(kind)" }

    static let metrics: [Case] = [
        Case("never", "metrics", ["timeout"], "no answer within 2 s"),
        Case("slow", "metrics", ["timeout"], "no answer within 2 s"),
        Case("endless-body", "metrics", ["too_large", "timeout"], "n"),
        Case("endless-header", "metrics", ["malformed"], "the headers are larger than 131072 bytes"),
        Case("gzip-bomb", "metrics", ["too_large"], "larger than 32 MiB"),
        Case("long-line", "metrics", [], "1 series were left out"),
        Case("million-series", "metrics", [], "900000 series were left out"),
        Case("new-labels", "metrics", [], "ok"),
        Case("wrong-type", "metrics", ["wrong_kind"], "got a web page"),
        Case("says-json", "metrics", ["wrong_kind"], "got JSON"),
        Case("too-long-said", "metrics", ["malformed"], "broke off"),
        Case("too-short-said", "metrics", [], "2 lines"),
        Case("length-nonsense", "metrics", ["malformed"], "Content-Length"),
        Case("bad-utf8", "metrics", [], "2 lines"),
        Case("all-nan", "metrics", [], "ok"),
        Case("backwards", "metrics", [], "ok"),
        Case("truncated-json", "metrics", ["wrong_kind"], "got JSON"),
        Case("web-page", "metrics", ["wrong_kind"], "got a web page"),
        Case("redirect-loop", "metrics", ["malformed"], "more than 5 redirects"),
        Case("redirect-file", "metrics", ["malformed", "rejected", "unreachable"], "redirect"),
        Case("redirect-other", "metrics", [], "ok"),
        Case("rate-limited", "metrics", ["rate_limited"], "429: asked to slow down, retry after 31536000 s"),
        Case("error-500", "metrics", ["server_error"], "500: "),
        Case("reset-accept", "metrics", ["malformed", "unreachable"], "reset by peer"),
        Case("reset-request", "metrics", ["malformed"], "the connection broke off"),
        Case("reset-headers", "metrics", ["malformed"], "the connection broke off"),
        Case("reset-body", "metrics", ["malformed"], "the connection broke off"),
        Case("no-http", "metrics", ["malformed"], "it does not speak HTTP"),
        Case("tls-right", "metrics", [], "ok"),
        Case("tls-expired", "metrics", ["tls"], "expired"),
        Case("tls-self-signed", "metrics", ["tls"], "self-signed"),
        Case("tls-wrong-name", "metrics", ["tls"], "name"),
        Case("tls-cut", "metrics", ["tls"], "TLS failed"),
    ]

    static let json: [Case] = ["prometheus", "alertmanager", "openai"].flatMap { kind in
        [
            Case("truncated-json", kind, ["wrong_kind"], "got `[{"),
            Case("nested-json", kind, ["wrong_kind"], "got `[[["),
            Case("json-bad-utf8", kind, ["wrong_kind"], "got "),
            Case("endless-json", kind, ["too_large", "timeout"], "n"),
            Case("endless-body", kind, ["too_large", "timeout"], "n"),
            Case("gzip-bomb", kind, ["too_large"], "larger than 32 MiB"),
            Case("web-page", kind, ["wrong_kind"], "a web page"),
            Case("never", kind, ["timeout"], "no answer within 2 s"),
            Case("error-500", kind, ["server_error"], "500: "),
            Case("reset-body", kind, ["malformed"], "the connection broke off"),
            Case("no-http", kind, ["malformed"], "it does not speak HTTP"),
        ]
    }
}

struct SystemClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

/// Polls one server once with all that stands between a socket and a snapshot.
private func poll(_ name: String, _ kind: String, on servers: HostileServers) async throws -> ConnectionState {
    let url = try servers.url(name)
    let http = CurlEngine(limit: 8)
    defer { http.shutdown() }
    var endpoint = Endpoint(url: url, timeout: 2)
    endpoint.credential = .bearer(SecretSource { () async throws(ConnectorFault) -> Secret in Secret("hush-hush") })
    endpoint.secretHeaders = [
        ("X-Api-Key", SecretSource { () async throws(ConnectorFault) -> Secret in Secret("hush-too") })
    ]
    (endpoint.proxy, endpoint.ca) = (.none, name.hasPrefix("tls-") ? servers.authority : nil)
    let place = ConnectionName("c")
    let connection = Connection(name: place, kind: kind, url: url, interval: 1, timeout: 2)
    let type = try #require(connectorCatalog.first { $0.about.id == kind })
    let wire = CurlHTTP(engine: http, endpoint: endpoint, version: "test")
    let profile = kind == "prometheus" ? "vllm" : nil
    let settings = EngineSettings(
        servers: [ConnectedServer(connection, type.init(connection, http: wire))],
        models: [ModelConfig(name: ModelName("m"), metrics: [MetricsBinding(place, profile: profile)])],
        profiles: profileCatalog, author: "test")
    let clock = SystemClock()
    let engine = Engine(
        settings: settings, store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock)
    ) { _ in }
    _ = await engine.prepare()
    return try #require(await engine.pollOnce().connections.first)
}

@Suite("one hostile server", .serialized)
struct Alone {
    @Test("is told for what it is, within its time", arguments: Case.metrics + Case.json)
    func alone(_ expected: Case) async throws {
        let servers = try HostileServers.shared.get()
        let state = try await poll(expected.server, expected.kind, on: servers)
        let shown = Self.shown(state)
        #expect(Set(state.fault.map { [$0.code] } ?? []).isSubset(of: expected.codes), "\(shown)")
        #expect((state.fault == nil) == expected.codes.isEmpty, "\(shown)")
        #expect(shown.contains(expected.words), "\(shown)")
        if let fault = state.fault { #expect(!fault.hint.isEmpty) }
        #expect(!shown.contains("hush"))
    }

    /// What the Connections screen has to say.
    private static func shown(_ state: ConnectionState) -> String {
        var parts = [state.fault?.summary ?? "ok"] + state.warnings
        if state.badLineCount > 0 { parts.append("\(state.badLineCount) line\(state.badLineCount == 1 ? "" : "s")") }
        return parts.joined(separator: "; ")
    }

    @Test("that redirects elsewhere takes no credentials along")
    func redirect() async throws {
        let servers = try HostileServers.shared.get()
        _ = try await poll("redirect-other", "metrics", on: servers)
        let seen = try servers.seen().filter { $0.server == "other" }
        #expect(seen.contains { $0.request.hasPrefix("GET /metrics") }, "the redirect was followed")
        let all = seen.flatMap(\.headers).joined(separator: "\n")
        #expect(!all.contains("hush") && !all.lowercased().contains("authorization"), "\(all)")
    }

    @Test("that asks for a year's patience is asked again within an hour")
    func patience() async throws {
        let state = try await poll("rate-limited", "metrics", on: try HostileServers.shared.get())
        let (next, last) = (try #require(state.nextAttempt), try #require(state.lastAttempt))
        #expect(next.since(last) <= 3700 && next.since(last) > 60)
    }
}
