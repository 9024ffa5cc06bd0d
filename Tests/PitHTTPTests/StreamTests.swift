import Glibc
import PitHTTP
import PitModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    @Test func piecesComeAsTheyAreSent() async throws {
        let pieces = Mutex<[String]>([])
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for word in ["one", "two"] {
                let before = pieces.withLock { $0.count }
                peer.send("3\r\n\(word)\r\n")
                // The next one is not sent before this one has arrived.
                while pieces.withLock({ $0.count }) == before { sched_yield() }
            }
            peer.send("0\r\n\r\n")
        }
        defer { server.stop() }
        let reply = try await Wire.to(server.url).stream(HTTPRequest(.post, "/")) { bytes in
            pieces.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            return true
        }
        #expect(pieces.withLock { $0 } == ["one", "two"])
        #expect(reply.status == 200 && reply.body.isEmpty)
        #expect(reply.header("content-type") == "text/event-stream")
    }

    @Test func enoughEndsTheStreamAndTheConnection() async throws {
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send("data: x\n\n") {}
        }
        defer { server.stop() }
        let calls = Mutex(0)
        let reply = try await Wire.to(server.url).stream(HTTPRequest()) { _ in
            calls.withLock { $0 += 1 }
            return false
        }
        #expect(reply.status == 200)
        #expect(calls.withLock { $0 } == 1)
        #expect(await eventually { server.openConnections == 0 })
    }

    @Test func anEndlessStreamEndsAtItsLimit() async throws {
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send(String(repeating: "x", count: 1000)) {}
        }
        defer { server.stop() }
        let taken = Mutex(0)
        let http = Wire.to(server.url)
        let fault = await Wire.fault { () async throws(ConnectorFault) in
            try await http.stream(HTTPRequest(.get, "/", maxBytes: 100_000)) { bytes in
                taken.withLock { $0 += bytes.count }
                return true
            }
        }
        #expect(fault == .tooLarge(limit: 100_000))
        #expect(taken.withLock { $0 } <= 100_000)
    }

    @Test func aStreamIsNeverRepeatedAndHandsOverErrorsToo() async throws {
        let server = try RawServer { _, peer in peer.reply("busy", status: 503, headers: ["Retry-After: 0"]) }
        defer { server.stop() }
        let taken = Mutex<[UInt8]>([])
        let reply = try await Wire.to(server.url).stream(HTTPRequest()) { bytes in
            taken.withLock { $0 += bytes }
            return true
        }
        #expect(reply.status == 503)
        #expect(taken.withLock { String(decoding: $0, as: UTF8.self) } == "busy")
        #expect(server.requests.count == 1)
    }

    @Test func theBodyOfARedirectIsNotPartOfTheStream() async throws {
        let server = try RawServer { request, peer in
            if request.target == "/there" {
                peer.reply("good")
            } else {
                peer.reply("bad", status: 302, headers: ["Location: /there"])
            }
        }
        defer { server.stop() }
        let taken = Mutex<[UInt8]>([])
        _ = try await Wire.to(server.url).stream(HTTPRequest()) { bytes in
            taken.withLock { $0 += bytes }
            return true
        }
        #expect(taken.withLock { String(decoding: $0, as: UTF8.self) } == "good")
    }

    @Test func cancellingTheTaskEndsTheStream() async throws {
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 200 OK\r\n\r\nfirst")
            peer.waitUntilGone()
        }
        defer { server.stop() }
        let taken = Mutex(0)
        let http = Wire.to(server.url)
        let task = Task {
            await Wire.fault { () async throws(ConnectorFault) in
                try await http.stream(HTTPRequest()) { bytes in
                    taken.withLock { $0 += bytes.count }
                    return true
                }
            }
        }
        #expect(await eventually { taken.withLock { $0 } == 5 })
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(await eventually { server.openConnections == 0 })
    }
}
