import Foundation
import PitConnect
import PitModel
import Testing

private let began = Timestamp(seconds: 1_700_000_000)

private func notice(_ kind: AlertNotice.Kind, _ name: String = "ModelDown", ended: Timestamp? = nil) -> AlertNotice {
    let labels = ["alertname": name, "model": "chat", "severity": "critical", "empty": ""]
    return AlertNotice(
        kind,
        Alert(
            fingerprint: Alert.fingerprint(of: labels), labels: labels, annotations: ["summary": "down"],
            state: .firing, startsAt: began, endsAt: ended))
}

private func object(_ request: HTTPRequest) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(request.body))
}

@Test("an alert is posted to Alertmanager with until when it holds; resolved, with when it ended")
func alertmanagerReceiver() async throws {
    let http = FakeHTTP(.text("", 200))
    let receiver = AlertmanagerReceiver(
        AlertmanagerConnector(connection("alertmanager"), http: http), name: ConnectionName("am"), renewal: 60)
    let now = began.advanced(by: 100)
    try await receiver.tell([notice(.firing), notice(.resolved, "Late", ended: began.advanced(by: 50))], now: now)
    #expect(http.requests.count == 1 && http.requests[0].path == "/api/v2/alerts")
    #expect(http.requests[0].isRepeatable, "the server knows an alert by its labels")
    let all = try #require(try object(http.requests[0]) as? [[String: Any]])
    #expect(all[0]["startsAt"] as? String == began.rfc3339)
    #expect(all[0]["endsAt"] as? String == now.advanced(by: 240).rfc3339)
    #expect(all[1]["endsAt"] as? String == began.advanced(by: 50).rfc3339)
    #expect((all[0]["labels"] as? [String: String])?.keys.contains("empty") == false)
    let refusing = AlertmanagerReceiver(
        AlertmanagerConnector(connection("alertmanager"), http: FakeHTTP(.text("\"bad label\"", 400))),
        name: ConnectionName("am"))
    await #expect(throws: ConnectorFault.rejected("bad label")) { try await refusing.tell([notice(.firing)], now: now) }
}

@Test("a webhook is posted what Alertmanager would post, with the same key when it is the same again")
func webhook() async throws {
    let http = FakeHTTP(.text("{}"), .text("{}"), .text("busy", 503))
    let receiver = WebhookReceiver(http: http)
    try await receiver.tell([notice(.firing)], now: began)
    try await receiver.tell([notice(.firing)], now: began.advanced(by: 30))
    let keys = http.requests.map { request in request.headers.first { $0.name == "Idempotency-Key" }?.value }
    #expect(keys[0] != nil && keys[0] == keys[1])
    #expect(!http.requests[0].isRepeatable && http.requests[0].path.isEmpty)
    let body = try #require(try object(http.requests[0]) as? [String: Any])
    #expect(body["version"] as? String == "4" && body["status"] as? String == "firing")
    let alert = try #require((body["alerts"] as? [[String: Any]])?.first)
    #expect(alert["status"] as? String == "firing" && alert["endsAt"] as? String == "0001-01-01T00:00:00Z")
    #expect((body["commonLabels"] as? [String: String])?["model"] == "chat")
    await #expect(throws: ConnectorFault.self) {
        try await receiver.tell([notice(.resolved, ended: began.advanced(by: 9))], now: began.advanced(by: 10))
    }
    #expect(try #require(try object(http.requests[2]) as? [String: Any])["status"] as? String == "resolved")
}

@Test("an acknowledgement is told from every other silence, by annotation or by comment, and by nothing else")
func sharedAcknowledgement() async throws {
    let alert = notice(.firing).alert
    let act = Act(at: began, author: "ana", kind: .acknowledge, subject: alert.fingerprint)
    func silence(_ draft: SilenceDraft) -> Silence {
        Silence(
            id: "s", matchers: draft.matchers, startsAt: draft.startsAt, endsAt: draft.endsAt,
            createdBy: draft.createdBy, comment: draft.comment, state: .active, annotations: draft.annotations)
    }
    for annotates in [true, false] {
        let draft = SharedAcknowledgement(act).draft(
            for: alert, by: "ana", note: "see [#812]", now: began, annotates: annotates)
        #expect(SharedAcknowledgement(of: silence(draft)) == SharedAcknowledgement(act))
        #expect((draft.annotations != nil) == annotates && draft.comment.contains("see [#812]"))
        let http = FakeHTTP(.text("{\"silenceID\": \"\(String(repeating: "a", count: 36))\"}"))
        _ = try await AlertmanagerConnector(connection("alertmanager"), http: http).perform(.createSilence(draft))
        let body = try #require(try object(http.requests[0]) as? [String: Any])
        #expect((body["annotations"] as? [String: String] != nil) == annotates, "an old server need not know the word")
    }
    for comment in ["known", "[pitwall_acknowledges ]", " [pitwall_acknowledges x@1]", " [pitwall_acknowledges a@b@c]"]
    {
        let other = SilenceDraft(matchers: [], startsAt: began, endsAt: began, createdBy: "b", comment: comment)
        #expect(SharedAcknowledgement(of: silence(other)) == nil, "\(comment)")
    }
}
