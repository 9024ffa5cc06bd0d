import FoundationEssentials
public import PitModel

/// Sends alerts to Alertmanager's API v2, as Prometheus does: told again while they fire, and resolved by a time of
/// ending. The server knows an alert by its labels, so that telling twice is telling once.
public struct AlertmanagerReceiver: AlertReceiving {
    private let connector: AlertmanagerConnector
    public let words: String
    /// Seconds between two tellings of what fires.
    public let renewal: Double?

    /// - Parameter renewal: Alertmanager takes an alert for resolved after four times this.
    public init(_ connector: AlertmanagerConnector, name: ConnectionName, renewal: Double = 60) {
        (self.connector, words, self.renewal) = (connector, "alertmanager \(name)", renewal)
    }

    public func tell(_ notices: [AlertNotice], now: Timestamp) async throws(ConnectorFault) {
        let posted = notices.map { WirePosted($0, now: now, holding: 4 * (renewal ?? 60)) }
        guard let bytes = try? JSONEncoder().encode(posted) else {
            throw .rejected("the alerts cannot be written as JSON")
        }
        let json = [(name: "Content-Type", value: "application/json")]
        _ = try connector.open(
            try await connector.http.send(
                HTTPRequest(
                    .post, "/api/v2/alerts", headers: connector.headers + json, body: Array(bytes), isRepeatable: true))
        )
    }
}
