import PitModel
import Synchronization
import Testing

@testable import PitHTTP

@Suite(.timeLimit(.minutes(1))) struct RetryTests {
    @Test(arguments: [429, 502, 503, 504]) func aPassingFailureIsTriedAgain(_ status: Int) async throws {
        let server = try RawServer { request, peer in
            peer.reply(status: request.connection == 1 && request.target == "/" ? status : 200)
            peer.hangUp()
        }
        defer { server.stop() }
        #expect(try await Wire.to(server.url).send(HTTPRequest()).status == 200)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [400, 403, 404, 409, 500, 501]) func otherStatusesAreFinal(_ status: Int) async throws {
        let server = try RawServer { _, peer in peer.reply(status: status) }
        defer { server.stop() }
        #expect(try await Wire.to(server.url).send(HTTPRequest()).status == status)
        #expect(server.requests.count == 1)
    }

    @Test func whatDoesNotPassIsReturnedAfterThreeAttempts() async throws {
        let server = try RawServer { _, peer in peer.reply("busy", status: 503) }
        defer { server.stop() }
        let reply = try await Wire.to(server.url).send(HTTPRequest())
        #expect(reply.status == 503 && reply.text == "busy")
        #expect(server.requests.count == 3)
    }

    @Test func whatMayNotBeRepeatedIsSentOnce() async throws {
        let server = try RawServer { _, peer in peer.reply(status: 503, headers: ["Retry-After: 0"]) }
        defer { server.stop() }
        let http = Wire.to(server.url)
        for request in [HTTPRequest(.post, "/"), HTTPRequest(.patch, "/"), HTTPRequest(.get, "/", isRepeatable: false)]
        {
            #expect(try await http.send(request).status == 503)
        }
        #expect(server.requests.count == 3)
        _ = try await http.send(HTTPRequest(.post, "/", isRepeatable: true))
        #expect(server.requests.count == 6)
    }

    @Test func aPauseLongerThanTheDeadlineIsNotBegun() async throws {
        let server = try RawServer { _, peer in peer.reply(status: 429, headers: ["Retry-After: 3600"]) }
        defer { server.stop() }
        let reply = try await Wire.to(server.url).send(HTTPRequest())
        #expect(reply.status == 429 && reply.header("retry-after") == "3600")
        #expect(server.requests.count == 1)
    }

    @Test func cancellingThePauseCancelsTheRequest() async throws {
        let server = try RawServer { _, peer in peer.reply(status: 429, headers: ["Retry-After: 15"]) }
        defer { server.stop() }
        let http = Wire.to(server.url)
        let task = Task {
            await Wire.fault { () async throws(ConnectorFault) in try await http.send(HTTPRequest()) }
        }
        #expect(await eventually { server.requests.count == 1 })
        task.cancel()
        // When the task was cancelled before the reply was read, that is what it says as well.
        #expect(await task.value == .cancelled)
        #expect(server.requests.count == 1)
    }

    @Test(
        arguments: [
            ("0", 0), ("120", 120), ("Sun, 06 Nov 1994 08:49:37 GMT", 10), ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
        ] as [(String, Double)]) func retryAfterIsANumberOrADate(_ value: String, _ seconds: Double)
    {
        #expect(RetryRule.seconds(ofRetryAfter: value, now: 784_111_767) == seconds)
    }

    @Test(arguments: ["", "-1", "1.5", "soon", "nan", "Sun, 06 Foo 1994 08:49:37 GMT", "a b c d e GMT", "1 2 3"])
    func otherWordsInRetryAfterAreNotHeard(_ value: String) {
        #expect(RetryRule.seconds(ofRetryAfter: value, now: 0) == nil)
    }

    @Test func pausesAreSpreadOverAWindowThatDoubles() {
        for attempt in 1...4 {
            let longest = RetryRule.base * Double(1 << (attempt - 1))
            #expect(RetryRule.pause(after: attempt, retryAfter: nil, random: 0) == 0)
            #expect(RetryRule.pause(after: attempt, retryAfter: nil, random: 1) == longest)
            #expect(RetryRule.pause(after: attempt, retryAfter: 7, random: 0.5) == 7 + longest / 2)
        }
        #expect(RetryRule.pause(after: .max, retryAfter: nil, random: 1).isFinite)
    }
}
