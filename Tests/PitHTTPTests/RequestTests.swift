import Glibc
import PitHTTP
import PitModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    @Test func aRequestSaysWhoAsksAndForWhat() async throws {
        let server = try RawServer { _, peer in peer.reply("hello", headers: ["X-One:  two words \t", "EMPTY:"]) }
        defer { server.stop() }
        let http = Wire.to(server.url + "/prefix/") { $0.headers = [("X-Scope-OrgID", "team a")] }
        let request = HTTPRequest(
            .get, "/api/v1/query", query: [("query", "up{a=\"b&c\"} + 1"), ("naïve key", "%")],
            headers: [("Accept", "application/json")])
        let reply = try await http.send(request)
        #expect(reply.text == "hello")
        #expect(reply.status == 200)
        #expect(reply.header("X-One") == "two words")
        #expect(reply.header("empty") == "")
        #expect(reply.path == "/api/v1/query")
        #expect(reply.wireBytes == 5)
        #expect(reply.total > 0 && reply.firstByte > 0 && reply.firstByte <= reply.total)
        let seen = try #require(server.requests.first)
        #expect(
            seen.line
                == "GET /prefix/api/v1/query?query=up%7Ba%3D%22b%26c%22%7D%20%2B%201&na%C3%AFve%20key=%25 HTTP/1.1")
        #expect(seen.header("user-agent") == "pitwall/1.2.3")
        #expect(seen.header("x-scope-orgid") == "team a")
        #expect(seen.header("accept") == "application/json")
        #expect(seen.header("accept-encoding")?.contains("gzip") == true)
        #expect(seen.header("host") == "127.0.0.1:\(server.port)")
    }

    @Test(
        arguments: [
            ("", "", "/"), ("/metrics", "", "/metrics"), ("/a/", "b", "/a/b"),
            ("/a", "/b c/é?d=e f", "/a/b%20c/%C3%A9?d=e%20f"),
            ("?own=1", "/x", "/x?own=1"), ("/a%20b", "/c%2Fd", "/a%20b/c%2Fd"),
            ("", "//evil.example/x", "/evil.example/x"),
            ("/a", "/b#c", "/a/b%23c"), ("/a", "/b\r\nX: y", "/a/b%0D%0AX:%20y"),
        ]) func pathsAreJoinedAndEncoded(_ base: String, _ path: String, _ target: String) async throws
    {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        _ = try await Wire.to(server.url + base).send(HTTPRequest(.get, path))
        #expect(server.requests.map(\.target) == [target])
    }

    @Test func bodiesAreSentWithTheirMethod() async throws {
        let server = try RawServer { request, peer in peer.reply(request.body) }
        defer { server.stop() }
        let http = Wire.to(server.url)
        let headers = [(name: "Content-Type", value: "application/json")]
        for method in [HTTPRequest.Method.post, .put, .patch, .delete] {
            let reply = try await http.send(HTTPRequest(method, "/", headers: headers, body: Array("{\"a\":1}".utf8)))
            #expect(reply.text == "{\"a\":1}")
        }
        _ = try await http.send(HTTPRequest(.put, "/empty"))
        _ = try await http.send(HTTPRequest(.delete, "/gone"))
        _ = try await http.send(HTTPRequest(.get, "/after"))
        let seen = server.requests
        #expect(seen.map(\.method) == ["POST", "PUT", "PATCH", "DELETE", "PUT", "DELETE", "GET"])
        #expect(seen.map(\.body) == Array(repeating: "{\"a\":1}", count: 4) + ["", "", ""])
        #expect(seen[0].header("content-type") == "application/json")
        #expect(seen[4].header("content-length") == "0")
        #expect(seen[6].header("content-type") == nil && seen[6].header("content-length") == nil)
        #expect(seen.allSatisfy { $0.header("expect") == nil })
    }

    @Test func aRequestsOwnHeaderStandsInForTheConnections() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let http = Wire.to(server.url) {
            $0.headers = [("X-Scope-OrgID", "a"), ("X-Empty", "")]
            $0.credential = .bearer(.fixed(Secret("t")))
        }
        let headers = [(name: "x-scope-orgid", value: "b"), (name: "Authorization", value: "Bearer stolen")]
        _ = try await http.send(HTTPRequest(.get, "/", headers: headers))
        let seen = try #require(server.requests.first)
        #expect(seen.values("x-scope-orgid") == ["b"])
        #expect(seen.values("authorization") == ["Bearer t"])
        #expect(seen.values("x-empty") == [""])
    }

    @Test func headersThatWouldSmuggleAreNotSent() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        for header in [("X-A", "b\r\nX-C: d"), ("X\r\nY", "b"), ("X-A", "b\u{0}c"), ("", "b"), ("X: Y", "b")] {
            let fault = await Wire.fault { () async throws(ConnectorFault) in
                try await Wire.to(server.url).send(HTTPRequest(.get, "/", headers: [header]))
            }
            #expect(fault?.code == "rejected")
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: ["file:///etc/passwd", "not a url", "", "ftp://127.0.0.1/", "127.0.0.1:9090"])
    func whatIsNoHTTPUrlIsNotOpened(_ url: String) async {
        let http = Wire.to(url)
        let fault = await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        #expect(fault?.code == "unreachable")
        #expect(http.address == "(not an http url)")
    }

    @Test(
        arguments: [
            ("http://me:s3cret@h.example:8080/a/b?token=s3cret#s3cret", "http://h.example:8080/a/b"),
            ("https://H.example:443/", "https://h.example"), ("http://[::1]:80/x", "http://[::1]/x"),
        ]) func theAddressHoldsNoSecrets(_ url: String, _ shown: String)
    {
        #expect(Wire.to(url).address == shown)
    }

    @Test func connectionsAreUsedAgain() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let engine = CurlEngine()
        for number in 0..<20 {
            let http = Wire.to(server.url, engine: engine)
            #expect(try await http.send(HTTPRequest(number % 2 == 0 ? .get : .post, "/\(number)")).status == 200)
        }
        #expect(server.connections == 1)
        #expect(engine.statistics.connections == 1)
        #expect(engine.statistics.finished == 20)
    }

    @Test func aConnectionTheServerClosedIsReplaced() async throws {
        let server = try RawServer { request, peer in
            peer.reply("\(request.connection)")
            peer.hangUp()
        }
        defer { server.stop() }
        let http = Wire.to(server.url)
        for number in 1...5 { #expect(try await http.send(HTTPRequest()).text == "\(number)") }
    }

    @Test func aUnixSocketServesAsWell() async throws {
        let folder = try ScratchFolder()
        let server = try RawServer(unixPath: folder.file("s.sock")) { _, peer in peer.reply("through a socket") }
        defer { server.stop() }
        let http = Wire.to("http://metrics.local/x") { $0.unixSocket = folder.file("s.sock") }
        #expect(try await http.send(HTTPRequest()).text == "through a socket")
        #expect(server.requests.first?.header("host") == "metrics.local")
        let nobody = Wire.to("http://metrics.local/x") { $0.unixSocket = folder.file("none.sock") }
        let fault = await Wire.fault { () async throws(ConnectorFault) in try await nobody.send(HTTPRequest()) }
        #expect(fault == .unreachable("there is no socket at \(folder.file("none.sock"))"))
    }

    @Test func anExplicitProxyIsAskedForTheWholeAddress() async throws {
        let proxy = try RawServer { _, peer in peer.reply("from the proxy") }
        defer { proxy.stop() }
        let http = Wire.to("http://pitwall.invalid:8080/x") { $0.proxy = .url(proxy.url) }
        #expect(try await http.send(HTTPRequest()).text == "from the proxy")
        #expect(proxy.requests.first?.target == "http://pitwall.invalid:8080/x")
    }

    @Test func aProxyThatIsNotThereIsNamed() async throws {
        let (socket, port) = try Sockets.bind()
        defer { close(socket) }
        let http = Wire.to("http://pitwall.invalid/x") { $0.proxy = .url("http://me:s3cret@127.0.0.1:\(port)") }
        let fault = await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        #expect(fault == .refused("the proxy 127.0.0.1:\(port)"))
    }
}
