import PitHTTP
import PitModel

/// Connections for tests: no proxy of the machine's matters to them.
enum Wire {
    static func to(
        _ url: String, engine: CurlEngine = CurlEngine(), _ change: (inout Endpoint) -> Void = { _ in }
    ) -> CurlHTTP {
        var endpoint = Endpoint(url: url, proxy: .none, timeout: 20)
        change(&endpoint)
        return CurlHTTP(engine: engine, endpoint: endpoint, version: "1.2.3")
    }

    /// The fault that `body` ends with, or nil when it ends well.
    static func fault(_ body: () async throws(ConnectorFault) -> HTTPReply) async -> ConnectorFault? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}

/// Waits until `condition` holds; false when it does not within 20 seconds.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock().now + .seconds(20)
    while ContinuousClock().now < deadline {
        if await condition() { return true }
        try? await ContinuousClock().sleep(for: .milliseconds(2))
    }
    return false
}
