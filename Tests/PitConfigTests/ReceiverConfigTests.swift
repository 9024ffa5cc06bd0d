import Foundation
import PitConfig
import PitModel
import PitTestKit
import Testing

private let receiverReader = ConfigReader(
    kinds: [
        ConnectorInfo(id: "metrics", title: "M", summary: "m"),
        ConnectorInfo(id: "alertmanager", title: "A", summary: "a"),
    ], profiles: [])

private func readConfig(_ text: String) -> ConfigReader.Outcome {
    receiverReader.read(
        """
        connections:
          - {name: am, kind: alertmanager, url: 'http://a:9093'}
          - {name: m, kind: metrics, url: 'http://m:1'}

        """ + text, file: "c.yaml")
}

@Test(
    "receivers: an Alertmanager, a webhook with a secret that is only named, a command; which alerts, and how they end")
func receivers() throws {
    let config = try #require(
        readConfig(
            """
            receivers:
              - {name: paging, alertmanager: am}
              - name: chat
                webhook: 'https://ana:pw@chat.example.com/hook?token=x'
                auth: {bearer: {env: CHAT_TOKEN}}
                severity: [critical, page]
                resolved: false
              - {name: script, command: [page, --now], alerts: [ModelDown], models: chat, timeout: 3s}
            alerts: {share_acknowledgements: false, forgotten_after: 2h}
            console: {notify: {by: [title, desktop], severity: critical}}
            """
        ).config)
    #expect(config.receivers.map(\.name) == ["paging", "chat", "script"])
    #expect(config.receivers[0].kind == .alertmanager(ConnectionName("am")))
    guard case .webhook(let wire) = config.receivers[1].kind else {
        Issue.record("no webhook")
        return
    }
    #expect(wire.connection.url == "https://chat.example.com/hook", "what is shown has no secrets")
    #expect(wire.auth == .bearer(.environment("CHAT_TOKEN")))
    #expect(config.receivers[1].filter.severities == [.critical] && !config.receivers[1].tellsResolved)
    #expect(config.receivers[2].kind == .command(["page", "--now"], timeout: 3))
    #expect(config.receivers[2].filter == AlertFilter(names: ["ModelDown"], models: ["chat"]))
    #expect(config.alerts == AlertSettings(sharesAcknowledgements: false, forgottenAfter: 7200))
    #expect(
        config.console.attention == Attention(filter: AlertFilter(severities: [.critical]), ways: [.title, .desktop]))
    #expect(try #require(readConfig("").config).console.attention == nil, "nobody is called who did not choose it")
}

@Test(
    "a receiver that cannot be told anything is refused with what would be right",
    arguments: [
        ("{name: a}", "says nowhere to send to"), ("{name: a, webhook: 'ftp://x', resolved: no}", "is not a url"),
        ("{name: a, alertmanager: m}", "`m`"), ("{name: a, alertmanager: nobody}", "nobody"),
        ("{name: a, webhook: 'http://x', command: [y]}", "more than one way"), ("{name: a, command: []}", "no program"),
        ("{alertmanager: am}", "has no `name`"), ("{name: a, alertmanager: am, severity: dreadful}", "not a severity"),
        ("{name: a, alertmanager: am}, {name: a, alertmanager: am}", "two receivers"),
        ("{name: a, webhok: 'http://x'}", "says nowhere"),
    ])
func receiverFaults(entry: String, words: String) {
    let outcome = readConfig("receivers: [\(entry)]")
    #expect(outcome.config == nil)
    #expect(outcome.issues.contains { "\($0)".contains(words) }, "\(outcome.issues)")
}

@Test("a command is given the alerts on its standard input; what fails, hangs or is not there is told apart")
func commandReceiver() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "heard").path
    let alert = Alert(fingerprint: "f", labels: ["alertname": "A"], state: .firing, startsAt: Timestamp(seconds: 1))
    let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
    func tell(_ words: [String], timeout: Double = 20) async throws(ConnectorFault) {
        let receiver = CommandReceiver(words, timeout: timeout, environment: environment) { notices in
            Array(notices.map(\.id).joined(separator: ",").utf8)
        }
        try await receiver.tell([AlertNotice(.firing, alert)], now: Timestamp(seconds: 2))
    }
    try await tell(["sh", "-c", "cat > \"$0\"", file])
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "f-1000-firing")
    // One that does not read holds nobody up.
    try await tell(["true"])
    await #expect(throws: ConnectorFault.rejected("sh ended with status 3")) { try await tell(["sh", "-c", "exit 3"]) }
    await #expect(throws: ConnectorFault.timedOut(after: 0.2)) { try await tell(["sleep", "60"], timeout: 0.2) }
    await #expect(throws: ConnectorFault.self) { try await tell(["pitwall-no-such-program"]) }
}
