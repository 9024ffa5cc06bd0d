import Testing

@testable import PitHTTP

struct GateTests {
    @Test func hostsTakeTurns() {
        var gate = Gate<String>(limit: 10)
        for name in ["a1", "a2", "a3"] { gate.add(name, host: "a", limit: 10) }
        for name in ["b1", "b2"] { gate.add(name, host: "b", limit: 10) }
        #expect((0..<6).map { _ in gate.next() } == ["a1", "b1", "a2", "b2", "a3", nil])
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func limitsHoldAndNobodyIsForgotten(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = Int.random(in: 1...6, using: &random)
        let limits = (0..<4).map { _ in Int.random(in: 1...4, using: &random) }
        var gate = Gate<(host: Int, number: Int)>(limit: limit)
        var running: [(host: Int, number: Int)] = []
        var (added, ended, removed) = (0, 0, 0)
        var last = [-1, -1, -1, -1]
        for step in 0..<2000 {
            switch Int.random(in: 0..<(step < 1500 ? 6 : 5), using: &random) {
            case 0,
                5 where step < 1500:
                let host = Int.random(in: 0..<4, using: &random)
                gate.add((host, added), host: "\(host)", limit: limits[host])
                added += 1
            case 1, 2:
                guard let index = running.indices.randomElement(using: &random) else { continue }
                gate.leave(host: "\(running.remove(at: index).host)")
                ended += 1
            case 3:
                let divisor = Int.random(in: 2...50, using: &random)
                removed += gate.removeWaiting { $0.number % divisor == 0 }.count
            default:
                while let next = gate.next() {
                    #expect(next.number > last[next.host], "each host's own keep their order")
                    last[next.host] = next.number
                    running.append(next)
                }
                let isFull = running.count == limit
                let counts = (0..<4).map { host in running.count { $0.host == host } }
                #expect(isFull || gate.waiting == 0 || zip(counts, limits).contains { $0 == $1 })
            }
            #expect(running.count <= limit && gate.running == running.count)
            #expect((0..<4).allSatisfy { host in running.count { $0.host == host } <= limits[host] })
        }
        while gate.running > 0 || gate.waiting > 0 {
            while let next = gate.next() { running.append(next) }
            guard let done = running.popLast() else { break }
            gate.leave(host: "\(done.host)")
            ended += 1
        }
        #expect(added == ended + removed)
    }
}

struct RoomTests {
    @Test func onlyTheOldestGrowsBeyondTheCommonRoom() {
        let owners = (0..<4).map { _ in ScratchObject() }
        let ids = owners.map(ObjectIdentifier.init)
        let room = BodyRoom()
        #expect(ids.allSatisfy { room.mayGrow($0, to: BodyRoom.share) }, "everybody has a share")
        #expect(room.mayGrow(ids[0], to: BodyRoom.common))
        #expect(!room.mayGrow(ids[1], to: BodyRoom.share + 1), "the room is full")
        #expect(room.mayGrow(ids[0], to: 4 * BodyRoom.common), "the oldest may go on")
        #expect(room.leave(ids[0]))
        #expect(room.mayGrow(ids[1], to: BodyRoom.common / 2))
        #expect(room.mayGrow(ids[2], to: BodyRoom.common / 2))
        #expect(!room.mayGrow(ids[2], to: BodyRoom.common), "it is not the oldest")
        #expect(room.mayGrow(ids[1], to: 2 * BodyRoom.common))
        #expect(!room.leave(ids[3]), "it never was large")
    }

    private let owners = (0..<2).map { _ in ScratchObject() }
    private var first: ObjectIdentifier { ObjectIdentifier(owners[0]) }
    private var second: ObjectIdentifier { ObjectIdentifier(owners[1]) }

    /// A room that the first body fills, which somebody has; and its number there.
    private func full(at now: ContinuousClock.Instant) throws -> (BodyRoom, Int) {
        let room = BodyRoom()
        #expect(room.mayGrow(first, to: 2 * BodyRoom.common))
        return (room, try #require(room.handOver(first, at: now)))
    }

    @Test func aBodyCountsUntilItIsLetGoOf() throws {
        let now = ContinuousClock().now
        let (room, number) = try full(at: now)
        #expect(!room.leave(first), "it is no longer one that comes")
        #expect(room.mayGrow(second, to: BodyRoom.share), "everybody has a share")
        #expect(!room.mayGrow(second, to: BodyRoom.share + 1), "the room is full")
        #expect(!room.mayGrow(first, to: BodyRoom.share + 1), "also for the next of the same connection")
        #expect(room.giveBack(number))
        #expect(!room.giveBack(number), "once")
        #expect(room.mayGrow(second, to: 3 * BodyRoom.common))
        #expect(room.handOver(first, at: now) == nil, "it never was large")
    }

    @Test func whoKeepsABodyForLongHoldsNobodyUp() throws {
        let now = ContinuousClock().now
        let (room, number) = try full(at: now)
        #expect(!room.forgetOld(at: now + BodyRoom.patience - .milliseconds(1)))
        #expect(!room.mayGrow(second, to: BodyRoom.common / 2))
        #expect(room.forgetOld(at: now + BodyRoom.patience))
        #expect(room.mayGrow(second, to: BodyRoom.common))
        #expect(!room.giveBack(number), "it is forgotten")
        #expect(!room.mayGrow(first, to: BodyRoom.share + 1), "what came meanwhile counts whole")
    }

    @Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000]) func aBodyIsWhatCame(_ length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for expected in [nil, length, length / 2] {
            var body = BodyBytes()
            if let expected { body.expect(expected) }
            bytes.withUnsafeBufferPointer { all in
                for start in stride(from: 0, to: length, by: 70_001) {
                    body.append(UnsafeBufferPointer(rebasing: all[start..<min(length, start + 70_001)]))
                }
            }
            #expect(body.take() == bytes)
            #expect(body.take().isEmpty, "it is handed over once")
        }
    }
}

private final class ScratchObject {}
