import Glibc
import PitHTTP
import PitModel
import Testing

/// What rude servers do, and what is said of it.
@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    private func fault(
        _ http: CurlHTTP, _ request: HTTPRequest = HTTPRequest()
    ) async -> ConnectorFault? {
        await Wire.fault { () async throws(ConnectorFault) in try await http.send(request) }
    }

    @Test func nobodyListeningIsRefusedAndTriedAgainForAGet() async throws {
        let (socket, port) = try Sockets.bind()
        defer { close(socket) }
        let engine = CurlEngine()
        let http = Wire.to("http://127.0.0.1:\(port)/secret/path", engine: engine)
        #expect(await fault(http) == .refused("127.0.0.1:\(port)"))
        #expect(engine.statistics.finished == 3)
        #expect(await fault(http, HTTPRequest(.post, "/")) == .refused("127.0.0.1:\(port)"))
        #expect(engine.statistics.finished == 4)
    }

    @Test func aNameThatCannotBeHasNoAddress() async {
        // A label of more than 63 letters: the resolver says no without asking anyone.
        let host = String(repeating: "a", count: 64) + ".invalid"
        #expect(await fault(Wire.to("http://\(host)/")) == .dns(host: host))
    }

    @Test(
        arguments: [
            "garbage\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
        ]) func aReplyThatCannotBeReadIsMalformed(_ reply: String) async throws
    {
        let server = try RawServer { _, peer in
            peer.send(reply)
            peer.hangUp()
        }
        defer { server.stop() }
        #expect(await fault(Wire.to(server.url))?.code == "malformed")
    }

    @Test func hangingUpWithoutAnAnswerIsTriedAgainOnlyWhenARepeatIsSafe() async throws {
        let server = try RawServer { _, peer in peer.hangUp() }
        defer { server.stop() }
        let http = Wire.to(server.url)
        #expect(await fault(http)?.code == "malformed")
        #expect(server.requests.count == 3)
        #expect(await fault(http, HTTPRequest(.post, "/", body: [1]))?.code == "malformed")
        #expect(server.requests.count == 4)
    }

    @Test func noAnswerEndsAtTheDeadlineAndTheConnectionIsClosed() async throws {
        let server = try RawServer { _, peer in peer.waitUntilGone() }
        defer { server.stop() }
        let http = Wire.to(server.url)
        #expect(await fault(http, HTTPRequest(.get, "/", timeout: 0.25)) == .timedOut(after: 0.25))
        #expect(server.requests.count == 1)
        #expect(await eventually { server.openConnections == 0 })
    }

    @Test func dripsDoNotProlongTheDeadline() async throws {
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while peer.send("x") { usleep(5000) }
        }
        defer { server.stop() }
        let http = Wire.to(server.url) { $0.timeout = 0.3 }
        #expect(await fault(http) == .timedOut(after: 0.3))
    }

    @Test(arguments: [0, -1, Double.nan, -Double.infinity]) func noTimeAtAllIsATimeOut(_ seconds: Double) async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        #expect(await fault(Wire.to(server.url), HTTPRequest(.get, "/", timeout: seconds)) == .timedOut(after: 0))
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [Double.infinity, 1e300]) func allTheTimeInTheWorldIsNoTrap(_ seconds: Double) async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let http = Wire.to(server.url) { $0.connectTimeout = seconds }
        let request = HTTPRequest(.get, "/", timeout: seconds, maxBytes: .max)
        #expect(try await http.send(request).text == "ok")
    }

    @Test(arguments: [-1, 0, 9]) func aBodyOverTheLimitIsTooLarge(_ limit: Int) async throws {
        let chunks = "4\r\nabcd\r\n4\r\nefgh\r\n4\r\nijkl\r\n0\r\n\r\n"
        let server = try RawServer { request, peer in
            if request.target == "/chunks" {
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
            } else {
                peer.reply("0123456789")
            }
        }
        defer { server.stop() }
        let http = Wire.to(server.url)
        for path in ["/chunks", "/length"] {
            let request = HTTPRequest(.get, path, maxBytes: limit)
            #expect(await fault(http, request) == .tooLarge(limit: max(0, limit)))
        }
        #expect(try await http.send(HTTPRequest(.get, "/length", maxBytes: 10)).text == "0123456789")
        #expect(try await http.send(HTTPRequest(.get, "/chunks", maxBytes: 12)).text == "abcdefghijkl")
    }

    @Test func aBombIsStoppedAtTheLimitThatHoldsAfterDecompression() async throws {
        let bomb = try Tools.gzip(zeros: 20 << 20)
        #expect(bomb.count < 64 << 10)
        let server = try RawServer { _, peer in peer.reply(bomb, headers: ["Content-Encoding: gzip"]) }
        defer { server.stop() }
        let http = Wire.to(server.url)
        #expect(await fault(http, HTTPRequest(.get, "/", maxBytes: 1 << 20)) == .tooLarge(limit: 1 << 20))
        let reply = try await http.send(HTTPRequest(.get, "/", maxBytes: 20 << 20))
        #expect(reply.body.count == 20 << 20)
        #expect(reply.wireBytes == bomb.count)
    }

    @Test func endlessHeadersAreMalformed() async throws {
        let line = "X-Long: " + String(repeating: "y", count: 8000) + "\r\n"
        let server = try RawServer { request, peer in
            switch request.target {
            case "/lines": peer.send("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 40) + "\r\n")
            case "/interim":
                while peer.send("HTTP/1.1 103 Early Hints\r\n\(line)\r\n") {}
            default: peer.send("HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 200_000) + "\r\n\r\n")
            }
        }
        defer { server.stop() }
        for path in ["/lines", "/interim", "/one"] {
            #expect(await fault(Wire.to(server.url), HTTPRequest(.get, path))?.code == "malformed", "\(path)")
        }
    }

    @Test func anInterimReplyIsNotTheReply() async throws {
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
            peer.reply("late", headers: ["X-Late: 1"])
        }
        defer { server.stop() }
        let reply = try await Wire.to(server.url).send(HTTPRequest())
        #expect(reply.status == 200 && reply.text == "late")
        #expect(reply.header("x-early") == nil && reply.header("x-late") == "1")
    }

    @Test(arguments: 0..<8) func randomBytesNeitherCrashNorStick(_ seed: UInt64) async throws {
        let server = try RawServer { request, peer in
            if request.target == "/good" {
                peer.reply()
                return
            }
            var random = SeededRandom(seed: seed &* 1000 &+ UInt64(request.target.utf8.count))
            var bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 20\r\nX: é\r\n\r\n0123456789".utf8)
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            peer.send(bytes)
            peer.hangUp()
        }
        defer { server.stop() }
        let http = Wire.to(server.url)
        for round in 1...20 {
            let path = String(repeating: "x", count: round)
            let result = await fault(http, HTTPRequest(.post, path, timeout: 5))
            if let result { #expect(["malformed", "too_large", "unreachable"].contains(result.code), "\(result)") }
        }
        #expect(try await http.send(HTTPRequest(.get, "/good")).text == "ok")
    }
}
