import Glibc
import PitHTTP
import PitModel
import Synchronization
import Testing

/// The gate, deadlines in the queue, cancellation and the end.
@Suite(.timeLimit(.minutes(1))) struct EngineTests {
    /// Holds every request until it is opened.
    private final class Latch: Sendable {
        private let isOpen = Mutex(false)
        func open() { isOpen.withLock { $0 = true } }
        func wait() { while !isOpen.withLock({ $0 }) { usleep(1000) } }
    }

    @Test func fiveHundredAtOnceNeverExceedTheLimits() async throws {
        let servers = try (0..<3).map { _ in try RawServer { request, peer in peer.reply(request.target) } }
        defer { servers.forEach { $0.stop() } }
        let engine = CurlEngine(limit: 8)
        let wires = servers.map { Wire.to($0.url, engine: engine) { $0.maxConcurrent = 5 } }
        let wrong = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let reply = try? await wires[number % 3].send(HTTPRequest(.get, "/\(number)"))
                    return reply?.text != "/\(number)"
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wrong == 0)
        #expect(servers.allSatisfy { $0.mostAnswering <= 5 && $0.connections <= 5 })
        #expect(servers.map(\.requests.count).reduce(0, +) == 500)
        #expect(engine.statistics.finished == 500)
        #expect((2...8).contains(engine.statistics.mostAtOnce))
        #expect(engine.statistics.connections <= 15)
        #expect(await eventually { engine.statistics.running == 0 && engine.statistics.waiting == 0 })
    }

    @Test func hostsThatDidNotAnswerTakeAQuarterOfThePlacesAtMost() async throws {
        let latch = Latch()
        let deaf = try (0..<8).map { _ in try RawServer { _, peer in latch.wait() } }
        let quick = try RawServer { _, peer in peer.reply("quick") }
        defer { (deaf + [quick]).forEach { $0.stop() } }
        defer { latch.open() }
        let engine = CurlEngine(limit: 8)
        let wires = deaf.map { Wire.to($0.url, engine: engine) }
        await withTaskGroup(of: Void.self) { group in
            for wire in wires { group.addTask { _ = try? await wire.send(HTTPRequest(timeout: 0.2)) } }
        }
        // Now it is known how they are.
        async let again = withTaskGroup(of: Void.self) { group in
            for wire in wires { group.addTask { _ = try? await wire.send(HTTPRequest(timeout: 5)) } }
        }
        #expect(await eventually { engine.statistics.running == 2 && engine.statistics.waiting == 6 })
        let other = Wire.to(quick.url, engine: engine)
        #expect(try await other.send(HTTPRequest()).text == "quick")
        engine.shutdown()
        await again
    }

    @Test func largeBodiesAtOnceTakeTurnsAndArriveWhole() async throws {
        let megabyte = String(repeating: "0123456789abcdef", count: 1 << 16)
        let server = try RawServer { _, peer in
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<9 { peer.send("100000\r\n\(megabyte)\r\n") }
            peer.send("0\r\n\r\n")
        }
        defer { server.stop() }
        let http = Wire.to(server.url) { ($0.maxConcurrent, $0.timeout) = (6, 60) }
        let lengths = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<6 { group.addTask { try? await http.send(HTTPRequest()).body.count } }
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(lengths == Array(repeating: 9 << 20, count: 6))
        // Whoever has one keeps the next from coming, until it is let go of.
        var kept: HTTPReply? = try await http.send(HTTPRequest())
        await #expect(throws: ConnectorFault.timedOut(after: 0.5)) { try await http.send(HTTPRequest(timeout: 0.5)) }
        #expect(kept?.body.count == 9 << 20)
        kept = nil
        #expect(try await http.send(HTTPRequest(timeout: 50)).body.count == 9 << 20)
    }

    @Test func aSlowHostDoesNotHoldUpAnother() async throws {
        let latch = Latch()
        let slow = try RawServer { _, peer in
            latch.wait()
            peer.reply()
        }
        let quick = try RawServer { _, peer in peer.reply("quick") }
        defer { [slow, quick].forEach { $0.stop() } }
        let engine = CurlEngine(limit: 4)
        let toSlow = Wire.to(slow.url, engine: engine) { $0.maxConcurrent = 2 }
        async let held = withTaskGroup(of: Int?.self) { group in
            for _ in 0..<10 { group.addTask { try? await toSlow.send(HTTPRequest()).status } }
            return await group.reduce(into: 0) { $0 += $1 == 200 ? 1 : 0 }
        }
        #expect(await eventually { engine.statistics.running == 2 && engine.statistics.waiting == 8 })
        #expect(try await Wire.to(quick.url, engine: engine).send(HTTPRequest()).text == "quick")
        latch.open()
        #expect(await held == 10)
    }

    @Test func theDeadlineHoldsForThoseWhoWait() async throws {
        let server = try RawServer { _, peer in peer.waitUntilGone() }
        defer { server.stop() }
        let http = Wire.to(server.url) { $0.maxConcurrent = 1 }
        let first = Task {
            await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest(.get, "/1")) }
        }
        #expect(await eventually { server.requests.count == 1 })
        let second = await Wire.fault { () async throws(ConnectorFault) in
            try await http.send(HTTPRequest(.get, "/2", timeout: 0.2))
        }
        #expect(second == .timedOut(after: 0.2))
        first.cancel()
        #expect(await first.value == .cancelled)
        #expect(server.requests.count == 1)
    }

    @Test func cancellingEndsTheExchangeAtTheServerToo() async throws {
        let server = try RawServer { _, peer in peer.waitUntilGone() }
        defer { server.stop() }
        let engine = CurlEngine()
        let http = Wire.to(server.url, engine: engine) { $0.maxConcurrent = 2 }
        let tasks = (0..<10).map { _ in
            Task { await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) } }
        }
        #expect(await eventually { server.requests.count == 2 && engine.statistics.waiting == 8 })
        for task in tasks { task.cancel() }
        for task in tasks { #expect(await task.value == .cancelled) }
        #expect(await eventually { server.openConnections == 0 })
        #expect(await eventually { engine.statistics.running == 0 && engine.statistics.waiting == 0 })
        #expect(engine.statistics.finished == 0)
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let http = Wire.to(server.url)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            for await _ in gate {}
            return await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        }
        task.cancel()
        opener.finish()
        #expect(await task.value == .cancelled)
        #expect(server.requests.isEmpty)
    }

    @Test func cancellingAtAnyMomentLosesNothing() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        let engine = CurlEngine(limit: 4)
        let http = Wire.to(server.url, engine: engine)
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            let task = Task {
                await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
            }
            for _ in 0..<Int.random(in: 0...40, using: &random) { await Task.yield() }
            task.cancel()
            let fault = await task.value
            #expect(fault == nil || fault == .cancelled)
        }
        #expect(await eventually { engine.statistics.running == 0 && engine.statistics.waiting == 0 })
        #expect(try await http.send(HTTPRequest()).text == "ok")
    }

    @Test func shutdownEndsAllAndWhatComesAfter() async throws {
        let server = try RawServer { _, peer in peer.waitUntilGone() }
        defer { server.stop() }
        let engine = CurlEngine()
        let http = Wire.to(server.url, engine: engine) { $0.maxConcurrent = 1 }
        let tasks = (0..<5).map { _ in
            Task { await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) } }
        }
        #expect(await eventually { server.requests.count == 1 && engine.statistics.waiting == 4 })
        engine.shutdown()
        for task in tasks { #expect(await task.value == .cancelled) }
        let later = await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        #expect(later == .cancelled)
        #expect(await eventually { server.openConnections == 0 })
    }

    @Test func anEngineThatIsDroppedEndsItsThread() async throws {
        let server = try RawServer { _, peer in peer.reply() }
        defer { server.stop() }
        for _ in 0..<20 { _ = try await Wire.to(server.url, engine: CurlEngine()).send(HTTPRequest()) }
        // The connections are kept open by their engines, and closed with them.
        #expect(await eventually { server.openConnections == 0 })
    }
}
