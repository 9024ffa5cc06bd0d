import FoundationEssentials
public import PitModel

/// Alertmanager's API v2 (0.25 and later), also as Mimir and Grafana serve it under a prefix.
public struct AlertmanagerConnector: Connector, AlertReading, SilenceReading, Operating {
    public static let about = ConnectorInfo(
        id: "alertmanager", title: "Alertmanager", summary: "reads alerts and silences, and silences alerts",
        usualPorts: [9093],
        options: [OptionInfo("tenant", .text, help: "the tenant, sent as X-Scope-OrgID (Mimir)", example: "team-a")])
    public static let verbs: Set<OperationVerb> = [.createSilence, .extendSilence, .expireSilence]

    private static let product = "Alertmanager (API v2)"
    let http: any HTTP
    private let tenant: String?

    public init(_ connection: Connection, http: any HTTP) {
        (self.http, tenant) = (http, connection.options["tenant"]?.text)
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let status: WireStatus = try await get("/api/v2/status")
        let peers = status.cluster?.peers?.count ?? 0
        let detail = "cluster \(status.cluster?.status ?? "unknown")" + (peers > 1 ? ", \(peers) peers" : "")
        return Identity(product: "Alertmanager", version: status.versionInfo?.version, detail: detail)
    }

    public func readAlerts() async throws(ConnectorFault) -> [Alert] {
        let all: [WireAlert] = try await get("/api/v2/alerts")
        return all.prefix(200_000).map(\.alert)
    }

    /// The groups that alerts are notified in: the group's labels, its receiver, the fingerprints of its alerts.
    public func readGroups() async throws(ConnectorFault) -> [AlertGroup] {
        let all: [WireGroup] = try await get("/api/v2/alerts/groups")
        return all.prefix(50_000).map {
            AlertGroup(labels: $0.labels, receiver: $0.receiver.name, alerts: $0.alerts.map(\.alert))
        }
    }

    public func readSilences() async throws(ConnectorFault) -> [Silence] {
        let all: [WireSilence] = try await get("/api/v2/silences")
        return all.prefix(100_000).map(\.silence)
    }

    /// Gives the silence's id. An update that the server does not allow in place ends the old one and makes a new id.
    public func perform(_ request: OperationRequest) async throws(ConnectorFault) -> String {
        switch request {
        case .createSilence(let draft):
            return try await post(WirePost(id: nil, draft))
        case .extendSilence(let silence, let until):
            let draft = SilenceDraft(
                matchers: silence.matchers, startsAt: silence.startsAt, endsAt: until, createdBy: silence.createdBy,
                comment: silence.comment, annotations: silence.annotations)
            return try await post(WirePost(id: silence.id, draft))
        case .deploy: throw .rejected("an Alertmanager holds no deployments")
        case .expireSilence(let id):
            guard id.utf8.allSatisfy({ $0 == 0x2D || ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }), !id.isEmpty else {
                throw .rejected("`\(id.prefix(40))` is not a silence's id")
            }
            _ = try open(
                try await http.send(HTTPRequest(.delete, "/api/v2/silence/\(id)", headers: headers, isRepeatable: true))
            )
            return id
        }
    }

    private func post(_ body: WirePost) async throws(ConnectorFault) -> String {
        guard let bytes = try? JSONEncoder().encode(body) else {
            throw .rejected("the silence cannot be written as JSON")
        }
        let json = [(name: "Content-Type", value: "application/json")]
        // Sent once: a repeated POST would make a second silence.
        let reply = try open(
            try await http.send(
                HTTPRequest(.post, "/api/v2/silences", headers: headers + json, body: Array(bytes), isRepeatable: false)
            ))
        let made = try JSONReply.decode(WireMade.self, reply, from: Self.product)
        return made.silenceID
    }

    var headers: [(name: String, value: String)] {
        [(name: "Accept", value: "application/json")] + (tenant.map { [(name: "X-Scope-OrgID", value: $0)] } ?? [])
    }

    private func get<T: Decodable>(_ path: String) async throws(ConnectorFault) -> T {
        let reply = try open(try await http.send(HTTPRequest(.get, path, headers: headers)))
        return try JSONReply.decode(T.self, reply, from: Self.product)
    }

    /// Errors are a bare JSON string, an object with `message`, or nothing.
    func open(_ reply: HTTPReply) throws(ConnectorFault) -> HTTPReply {
        if reply.status == 400 || reply.status == 422 || (reply.status == 404 && reply.path.contains("/silence/")) {
            throw .rejected(
                words(reply) ?? (reply.status == 404 ? "there is no such silence" : "status \(reply.status)"))
        }
        if reply.status == 410 { throw .notWhatItSays(expected: "Alertmanager 0.16 or later", got: "410 Gone") }
        if reply.status == 500, reply.path.hasSuffix("/silences"), let words = words(reply) {
            throw .server(
                status: 500, excerpt: "\(words) (a silence with several matcher sets hides all of them in API v2)")
        }
        return try reply.success()
    }

    private func words(_ reply: HTTPReply) -> String? {
        let data = Data(reply.body)
        if let text = try? JSONDecoder().decode(String.self, from: data) { return String(text.prefix(300)) }
        if let object = try? JSONDecoder().decode(WireError.self, from: data) {
            return String(object.message.prefix(300))
        }
        return reply.excerpt.isEmpty ? nil : reply.excerpt
    }
}

/// Alerts that are notified together.
public struct AlertGroup: Equatable, Sendable {
    public var labels: [String: String]
    public var receiver: String
    public var alerts: [Alert]
}
