import PitHTTP
import PitModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LateTests {
    /// Finds what is written down, in turn, and counts.
    private final class Finder: Sendable {
        let found = Mutex(0)
        let answers: [Result<LateHTTP.Found, ConnectorFault>]
        init(_ answers: [Result<LateHTTP.Found, ConnectorFault>]) { self.answers = answers }

        func wire(_ engine: CurlEngine = CurlEngine()) -> LateHTTP {
            LateHTTP(engine: engine, version: "test", address: "the context prod") {
                () async throws(ConnectorFault) in
                let number = self.found.withLock { found in
                    defer { found += 1 }
                    return found
                }
                return try self.answers[min(number, self.answers.count - 1)].get()
            }
        }
        var count: Int { found.withLock { $0 } }
    }

    private func found(
        _ url: String, _ token: String, lifetime: Double? = nil
    ) -> Result<LateHTTP.Found, ConnectorFault> {
        let endpoint = Endpoint(url: url, credential: .bearer(.fixed(Secret(token))), proxy: .none)
        return .success(LateHTTP.Found(endpoint, lifetime: lifetime))
    }

    @Test func whatIsFoundIsUsedUntilItIsRefused() async throws {
        let server = try RawServer { request, peer in
            _ = request.header("authorization") == "Bearer old" ? peer.reply("no", status: 401) : peer.reply()
        }
        defer { server.stop() }
        let finder = Finder([found(server.url, "good"), found(server.url, "old"), found(server.url, "new")])
        let http = finder.wire()
        #expect(http.address == "the context prod")
        for _ in 1...3 { #expect(try await http.send(HTTPRequest()).status == 200) }
        #expect(finder.count == 1)

        let other = Finder([found(server.url, "old"), found(server.url, "new")])
        let renewed = other.wire()
        // What is not authorized was not done: also a change is sent again, with what is found now.
        #expect(try await renewed.send(HTTPRequest(.patch, "/x")).status == 200)
        #expect(other.count == 2)
        let hopeless = Finder([found(server.url, "old")])
        #expect(try await hopeless.wire().send(HTTPRequest()).status == 401)
        #expect(hopeless.count == 2)
    }

    @Test func whatEndsIsFoundAnewAndAFailureIsNotKept() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let short = Finder([found(server.url, "a", lifetime: 0.02)])
        let http = short.wire()
        #expect(try await http.send(HTTPRequest()).status == 200)
        #expect(await eventually { (try? await http.send(HTTPRequest()).status == 200 && short.count > 1) ?? false })

        let failing = Finder([.failure(.secret("the plugin hangs")), found(server.url, "a")])
        let second = failing.wire()
        #expect(
            await Wire.fault { () async throws(ConnectorFault) in try await second.send(HTTPRequest()) }
                == .secret("the plugin hangs"))
        #expect(try await second.send(HTTPRequest()).status == 200)
    }

    @Test func manyWhoNeedItAtOnceShareOneSearch() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let finder = Finder([found(server.url, "a")])
        let http = finder.wire()
        await withTaskGroup { group in
            for _ in 1...20 { group.addTask { _ = try? await http.send(HTTPRequest()) } }
        }
        #expect(finder.count == 1)
    }

    @Test func aConnectionsOwnHeaderMayStandThereSeveralTimes() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        var endpoint = Endpoint(url: server.url, proxy: .none)
        endpoint.headers = [
            ("Impersonate-User", "jane"), ("Impersonate-Group", "a"), ("Impersonate-Group", "b"),
        ]
        let http = CurlHTTP(engine: CurlEngine(), endpoint: endpoint, version: "test")
        _ = try await http.send(HTTPRequest())
        #expect(server.requests.first?.values("impersonate-group") == ["a", "b"])
        #expect(server.requests.first?.values("impersonate-user") == ["jane"])
    }

    @Test func aSecretCanSayItselfHowLongItLasts() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let asked = Mutex(0)
        let source = SecretSource(expiring: { () async throws(ConnectorFault) -> (Secret, lifetime: Double) in
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            return (Secret("token-\(number)"), number == 1 ? 0 : 60)
        })
        let http = CurlHTTP(
            engine: CurlEngine(), endpoint: Endpoint(url: server.url, credential: .bearer(source), proxy: .none),
            version: "test")
        for _ in 1...3 { _ = try await http.send(HTTPRequest()) }
        #expect(
            server.requests.map { $0.header("authorization") } == [
                "Bearer token-1", "Bearer token-2", "Bearer token-2",
            ])
    }
}
