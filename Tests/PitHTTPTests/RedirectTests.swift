import PitHTTP
import PitModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedirectTests {
    /// Names of headers that are for the host the connection names, and for no other.
    private static let own = ["authorization", "cookie", "x-api-key", "x-scope-orgid", "x-request"]

    private func wire(_ server: RawServer) -> CurlHTTP {
        Wire.to(server.url) {
            $0.credential = .bearer(.fixed(Secret("t")))
            $0.headers = [("X-Scope-OrgID", "a"), ("Cookie", "c=1")]
            $0.secretHeaders = [("X-Api-Key", .fixed(Secret("k")))]
        }
    }

    private let request = HTTPRequest(.get, "/", headers: [("Accept", "text/plain"), ("X-Request", "1")])

    @Test(arguments: [301, 302, 303, 307, 308]) func aRedirectOnTheSameHostKeepsCredentials(_ status: Int) async throws
    {
        let server = try RawServer { request, peer in
            if request.target == "/there?x=1" {
                peer.reply("here")
            } else {
                peer.reply("moved", status: status, headers: ["Location: there?x=1"])
            }
        }
        defer { server.stop() }
        let reply = try await wire(server).send(request)
        #expect(reply.text == "here")
        #expect(server.requests.map(\.target) == ["/", "/there?x=1"])
        #expect(server.requests.last?.header("authorization") == "Bearer t")
    }

    @Test func anotherPortGetsNothingThatIsNotMeantForIt() async throws {
        let thief = try RawServer { request, peer in peer.reply(request.target) }
        let back = Mutex("")
        let server = try RawServer { request, peer in
            let location = request.target == "/back" ? back.withLock { $0 } : "\(thief.url)/stolen"
            peer.reply(status: 302, headers: ["Location: \(location)", "Set-Cookie: session=1"])
        }
        defer { [thief, server].forEach { $0.stop() } }
        let http = wire(server)
        #expect(try await http.send(request).text == "/stolen")
        let seen = try #require(thief.requests.first)
        #expect(Self.own.allSatisfy { seen.header($0) == nil })
        #expect(seen.header("accept") == "text/plain")
        #expect(seen.header("user-agent") == "pitwall/1.2.3")
        // The host by another name is another host.
        back.withLock { $0 = "http://localhost:\(server.port)/other" }
        _ = await Wire.fault { () async throws(ConnectorFault) in
            try await http.send(HTTPRequest(.get, "/back", timeout: 3))
        }
        let others = server.requests.filter { $0.target == "/other" }
        #expect(others.count == 1)
        #expect(others.allSatisfy { seen in Self.own.allSatisfy { seen.header($0) == nil } })
    }

    @Test func credentialsDoNotComeBackWithTheRedirect() async throws {
        let home = Mutex("")
        let away = try RawServer { _, peer in
            peer.reply(status: 302, headers: ["Location: \(home.withLock { $0 })/again"])
        }
        let server = try RawServer { request, peer in
            if request.target == "/again" {
                peer.reply("again")
            } else {
                peer.reply(status: 302, headers: ["Location: \(away.url)/"])
            }
        }
        defer { [away, server].forEach { $0.stop() } }
        home.withLock { $0 = server.url }
        #expect(try await wire(server).send(request).text == "again")
        #expect(server.requests.last?.header("authorization") == nil)
    }

    @Test func aChainEndsAfterFive() async throws {
        let server = try RawServer { request, peer in
            let number = Int(request.target.dropFirst()) ?? 0
            if number == 5 { peer.reply("end") } else { peer.reply(status: 302, headers: ["Location: /\(number + 1)"]) }
        }
        defer { server.stop() }
        #expect(try await wire(server).send(HTTPRequest(.get, "/0")).text == "end")
        let endless = try RawServer { _, peer in peer.reply(status: 302, headers: ["Location: /"]) }
        defer { endless.stop() }
        let fault = await Wire.fault { () async throws(ConnectorFault) in try await wire(endless).send(request) }
        #expect(fault?.code == "malformed")
        #expect(endless.requests.count == 6)
    }

    @Test(
        arguments: [
            "file:///etc/passwd", "gopher://127.0.0.1/x", "http://", "http://u:p@127.0.0.1/", "http://me@127.0.0.1/",
            "javascript:alert(1)", "http://127.0.0.1:99999/", "http://a b/",
        ]) func aRedirectToNoGoodAddressIsMalformed(_ location: String) async throws
    {
        let server = try RawServer { _, peer in peer.reply(status: 302, headers: ["Location: \(location)"]) }
        defer { server.stop() }
        let fault = await Wire.fault { () async throws(ConnectorFault) in try await wire(server).send(request) }
        #expect(fault?.code == "malformed")
        #expect(server.requests.count == 1)
    }

    @Test func onlyAGetFollows() async throws {
        let server = try RawServer { _, peer in peer.reply("no", status: 307, headers: ["Location: /there"]) }
        defer { server.stop() }
        for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
            let reply = try await wire(server).send(HTTPRequest(method, "/"))
            #expect(reply.status == 307 && reply.text == "no")
        }
        #expect(server.requests.count == 4)
    }

    @Test func aRedirectWithoutAPlaceIsTheReply() async throws {
        let server = try RawServer { _, peer in peer.reply("which?", status: 302) }
        defer { server.stop() }
        #expect(try await wire(server).send(request).text == "which?")
    }
}
