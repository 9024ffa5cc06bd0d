import FoundationEssentials
public import PitModel

/// Posts alerts as JSON, in the form of Alertmanager's own webhooks (version 4), so that what takes those takes these.
public struct WebhookReceiver: AlertReceiving {
    private let http: any HTTP
    public var words: String { "webhook \(http.address)" }
    public let renewal: Double? = nil

    public init(http: any HTTP) { self.http = http }

    public func tell(_ notices: [AlertNotice], now: Timestamp) async throws(ConnectorFault) {
        guard let body = WebhookBody.bytes(notices) else { throw .rejected("the alerts cannot be written as JSON") }
        // The same words again have the same key: a receiver that heeds it takes them once.
        let key = Alert.fingerprint(of: Dictionary(notices.map { ($0.id, "") }, uniquingKeysWith: { $1 }))
        let headers = [
            (name: "Content-Type", value: "application/json"), (name: "Idempotency-Key", value: key),
        ]
        _ = try await http.send(HTTPRequest(.post, headers: headers, body: body, isRepeatable: false)).success()
    }
}

/// What webhooks and commands are given.
public enum WebhookBody {
    private struct Body: Encodable {
        var version = "4"
        var groupKey: String
        var truncatedAlerts = 0
        var status: String
        var receiver = "pitwall"
        var groupLabels: [String: String] = [:]
        var commonLabels: [String: String]
        var commonAnnotations: [String: String]
        var externalURL = ""
        var alerts: [One]
    }

    private struct One: Encodable {
        /// Beside what Alertmanager has: the same whenever this is told again.
        var id: String
        var status: String
        var labels: [String: String]
        var annotations: [String: String]
        var startsAt: String
        var endsAt: String
        var generatorURL: String
        var fingerprint: String

        init(_ notice: AlertNotice) {
            let alert = notice.alert
            (id, status) = (notice.id, notice.kind.rawValue)
            (labels, annotations, fingerprint) = (alert.labels, alert.annotations, alert.fingerprint)
            startsAt = alert.startsAt.rfc3339
            // As Alertmanager writes what has not ended.
            endsAt = notice.kind == .resolved ? (alert.endsAt ?? alert.startsAt).rfc3339 : "0001-01-01T00:00:00Z"
            generatorURL = alert.generatorURL
        }
    }

    public static func bytes(_ notices: [AlertNotice]) -> [UInt8]? {
        let body = Body(
            groupKey: "{}:{}", status: notices.contains { $0.kind == .firing } ? "firing" : "resolved",
            commonLabels: common(notices.map(\.alert.labels)),
            commonAnnotations: common(notices.map(\.alert.annotations)), alerts: notices.map(One.init))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(body)).map { Array($0) }
    }

    private static func common(_ all: [[String: String]]) -> [String: String] {
        (all.first ?? [:]).filter { pair in all.allSatisfy { $0[pair.key] == pair.value } }
    }
}
