import PitHTTP
import PitModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SecretTests {
    /// A provider that counts how often it was asked.
    private final class Vault: Sendable {
        let asked = Mutex(0)
        func source(lifetime: Double = 60, _ value: @escaping @Sendable (Int) -> String) -> SecretSource {
            SecretSource(lifetime: lifetime) { () async throws(ConnectorFault) -> Secret in
                let number = self.asked.withLock { asked in
                    asked += 1
                    return asked
                }
                return Secret(value(number))
            }
        }
        var count: Int { asked.withLock { $0 } }
    }

    @Test func aSecretPrintsAsStars() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        let printed = ["\(secret)", String(describing: secret), String(reflecting: secret), dumped]
        #expect(printed.allSatisfy { $0.contains("***") && !$0.contains("hunter2") })
        dumped = ""
        dump(Endpoint(url: "http://h", credential: .bearer(.fixed(secret))), to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test func credentialsAreSentAsTheirKindSays() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let engine = CurlEngine()
        let basic = Credential.basic(user: "Aladdin", password: .fixed(Secret("open sesame")))
        let cases: [(Credential, String, String)] = [
            (.bearer(.fixed(Secret("t0k"))), "authorization", "Bearer t0k"),
            (basic, "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            (.header(name: "X-Api-Key", value: .fixed(Secret("k"))), "x-api-key", "k"),
            (.none, "authorization", "Basic dTpwQHNz"),
        ]
        for (credential, name, value) in cases {
            let http = Wire.to("http://u:p%40ss@127.0.0.1:\(server.port)/", engine: engine) {
                $0.credential = credential
                $0.secretHeaders = [("X-Second", .fixed(Secret("s2")))]
            }
            _ = try await http.send(HTTPRequest())
            #expect(server.requests.last?.values(name) == [value])
            #expect(server.requests.last?.values("x-second") == ["s2"])
        }
        // A handle that was used with credentials serves a connection without them.
        _ = try await Wire.to(server.url, engine: engine).send(HTTPRequest())
        let last = server.requests.last
        #expect(last?.header("authorization") == nil && last?.header("x-second") == nil)
        #expect(engine.statistics.connections == 1)
    }

    @Test func aRefusedSecretIsReadAgainOnce() async throws {
        let server = try RawServer { request, peer in
            peer.reply(status: request.header("authorization") == "Bearer new" ? 200 : 401)
        }
        defer { server.stop() }
        let vault = Vault()
        let http = Wire.to(server.url) { $0.credential = .bearer(vault.source { $0 == 1 ? "old" : "new" }) }
        // It holds for what cannot be repeated, too: a request that was refused was not carried out.
        #expect(try await http.send(HTTPRequest(.post, "/")).status == 200)
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer old", "Bearer new"])
        #expect(try await http.send(HTTPRequest()).status == 200)
        #expect(vault.count == 2)
    }

    @Test func aSecretThatStaysTheSameIsRefusedForGood() async throws {
        let server = try RawServer { _, peer in peer.reply(status: 401) }
        defer { server.stop() }
        let vault = Vault()
        let http = Wire.to(server.url) { $0.credential = .bearer(vault.source { _ in "same" }) }
        #expect(try await http.send(HTTPRequest()).status == 401)
        #expect(server.requests.count == 1 && vault.count == 2)
        let fixed = Wire.to(server.url) { $0.credential = .bearer(.fixed(Secret("same"))) }
        #expect(try await fixed.send(HTTPRequest()).status == 401)
        #expect(server.requests.count == 2)
        let changing = Vault()
        let never = Wire.to(server.url) { $0.credential = .bearer(changing.source { "\($0)" }) }
        #expect(try await never.send(HTTPRequest()).status == 401)
        #expect(server.requests.count == 4)
    }

    @Test func requestsAtOneTimeShareOneReading() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let asked = Mutex(0)
        let source = SecretSource { () async throws(ConnectorFault) -> Secret in
            asked.withLock { $0 += 1 }
            for await _ in gate {}
            return Secret("late")
        }
        let http = Wire.to(server.url) { $0.credential = .bearer(source) }
        let replies = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 { group.addTask { try? await http.send(HTTPRequest()).status } }
            #expect(await eventually { asked.withLock { $0 } == 1 })
            opener.finish()
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(replies == Array(repeating: 200, count: 20))
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func aSecretWithoutALifetimeIsReadForEachRequest() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let vault = Vault()
        let http = Wire.to(server.url) { $0.credential = .bearer(vault.source(lifetime: 0) { "\($0)" }) }
        for _ in 0..<3 { _ = try await http.send(HTTPRequest()) }
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer 1", "Bearer 2", "Bearer 3"])
    }

    @Test func withoutItsSecretNothingIsSent() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let missing = SecretSource { () async throws(ConnectorFault) -> Secret in throw .secret("no TOKEN") }
        let http = Wire.to(server.url) { $0.credential = .bearer(missing) }
        let fault = await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        #expect(fault == .secret("no TOKEN"))
        #expect(server.requests.isEmpty)
    }

    @Test func waitingForASecretEndsWithTheDeadlineAndWithTheTask() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let asked = Mutex(0)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        defer { opener.finish() }
        let never = SecretSource { () async throws(ConnectorFault) -> Secret in
            asked.withLock { $0 += 1 }
            for await _ in gate {}
            throw .secret("never")
        }
        let http = Wire.to(server.url) { $0.credential = .bearer(never) }
        let fault = await Wire.fault { () async throws(ConnectorFault) in
            try await http.send(HTTPRequest(.get, "/", timeout: 0.2))
        }
        #expect(fault == .secret("it was not there in time"))
        let task = Task {
            await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        }
        #expect(await eventually { asked.withLock { $0 } == 1 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(server.requests.isEmpty)
    }
}
