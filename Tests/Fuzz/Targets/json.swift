import PitConnect
import PitModel

/// Every connector reads any reply, or says what is wrong with it.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let way = input.choice(14)
    let statuses = [200, 200, 200, 200, 400, 404, 422, 429, 500, 503]
    let wire = CannedHTTP(status: statuses[input.choice(statuses.count)], body: input.bytes)
    wait { await ask(way, wire) }
    return 0
}

private func ask(_ way: Int, _ wire: CannedHTTP) async {
    func made(_ kind: String) -> Connection {
        Connection(name: ConnectionName("c"), kind: kind, url: "http://c", options: ["probe_model": .text("m")])
    }
    do {
        switch way {
        case 0...5: try await askPrometheus(way, PrometheusConnector(made("prometheus"), http: wire))
        case 6...9: try await askAlertmanager(way, AlertmanagerConnector(made("alertmanager"), http: wire))
        case 10: _ = try await OpenAIConnector(made("openai"), http: wire).probe()
        case 11: _ = try await OpenAIConnector(made("openai"), http: wire).readHealth()
        case 12: _ = try await OpenAIConnector(made("openai"), http: wire).probeLatency()
        default: _ = try await MetricsConnector(made("metrics"), http: wire).probe()
        }
    } catch {
        // The words are shown to people: they are bounded, whatever the server said.
        expect("\(error)".utf8.count < 4096, "a fault of \("\(error)".utf8.count) bytes")
    }
}

private func askPrometheus(_ way: Int, _ connector: PrometheusConnector) async throws(ConnectorFault) {
    switch way {
    case 0: _ = try await connector.probe()
    case 1: _ = try await connector.readMetrics(["up"])
    case 2: _ = try await connector.readAlerts()
    case 3: _ = try await connector.readTargets()
    case 4: _ = try await connector.readRules()
    default: _ = try await connector.readMetadata()
    }
}

private func askAlertmanager(_ way: Int, _ connector: AlertmanagerConnector) async throws(ConnectorFault) {
    switch way {
    case 6: _ = try await connector.probe()
    case 7:
        for alert in try await connector.readAlerts() { _ = alert.startsAt.rfc3339 }
    case 8: _ = try await connector.readGroups()
    default:
        for silence in try await connector.readSilences() { _ = silence.endsAt.rfc3339 }
    }
}

/// A server that has one answer to everything.
private struct CannedHTTP: HTTP {
    let address = "http://c"
    let status: Int
    let body: [UInt8]

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        HTTPReply(status: status, headers: [("retry-after", "1e9")], body: body, path: request.path)
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        for start in stride(from: 0, to: body.count, by: 11) {
            guard onBytes(Array(body[start..<min(start + 11, body.count)])) else { break }
        }
        return HTTPReply(status: status, path: request.path)
    }
}
