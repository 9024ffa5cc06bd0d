import PitModel
import Testing

@testable import PitEngine

@Suite("what the next start shows first")
struct LatestTests {
    private static let latest = LatestFact(
        at: Timestamp(milliseconds: 1_800_000_000_123),
        models: [
            LatestFact.Model(
                name: ModelName("chat"),
                fact: ModelFact(
                    health: .degraded, why: "1 of 2 replicas: ünwell", replicasUp: 1, replicasKnown: 2,
                    replicas: [
                        ReplicaFact(id: "a", connection: ConnectionName("c0"), isUp: true),
                        ReplicaFact(
                            id: "b", connection: ConnectionName("c1"), isUp: false, fault: .timedOut(after: 5)),
                    ], release: "v7"),
                signals: [.ttftP95: Measure(1.25, isAtLeast: true), .waiting: Measure(-3)],
                trends: [.waiting: [nil, 1, 2.5, nil], .ttftP95: []], seenAt: Timestamp(milliseconds: 5)),
            LatestFact.Model(
                name: ModelName("empty"),
                fact: ModelFact(
                    health: .unknown, why: "", replicasUp: 0, replicasKnown: 0, replicas: [], release: nil),
                signals: [:], trends: [:], seenAt: nil),
        ],
        connections: [
            LatestFact.Connection(
                name: ConnectionName("c0"), identity: Identity(product: "vLLM", version: "0.9", detail: nil),
                fault: nil),
            LatestFact.Connection(name: ConnectionName("c1"), identity: nil, fault: .timedOut(after: 5)),
        ])

    @Test("comes back from its bytes as it was")
    func roundTrip() throws {
        let back = try #require(LatestFact(Self.latest.bytes))
        #expect(back.at == Self.latest.at)
        #expect(back.models.map(\.name.description) == ["chat", "empty"])
        let (was, model) = (Self.latest.models[0], back.models[0])
        #expect((model.fact.health, model.fact.why, model.fact.release) == (was.fact.health, was.fact.why, "v7"))
        #expect((model.fact.replicasUp, model.fact.replicasKnown) == (1, 2))
        #expect(model.fact.replicas.map(\.id) == ["a", "b"] && model.fact.replicas.map(\.isUp) == [true, false])
        #expect(model.fact.replicas.map(\.fault) == [nil, .timedOut(after: 5)])
        #expect(model.signals == was.signals && model.trends == was.trends && model.seenAt == was.seenAt)
        #expect(back.models[1].seenAt == nil && back.models[1].fact.release == nil)
        #expect(back.connections.map(\.identity) == Self.latest.connections.map(\.identity))
        #expect(back.connections.map(\.fault) == [nil, .timedOut(after: 5)])
    }

    @Test("bytes that were cut off anywhere, or are of another layout, are nothing")
    func damage() {
        let bytes = Self.latest.bytes
        for count in bytes.indices { #expect(LatestFact(Array(bytes.prefix(count))) == nil, "\(count)") }
        #expect(LatestFact(Array("{\"at\":0,\"models\":[]}".utf8)) == nil)
    }

    @Test("any byte may be wrong: what comes back is nothing or something, and nothing breaks")
    func wrongBytes() {
        let bytes = Self.latest.bytes
        for place in bytes.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] where bytes[place] != value {
                var wrong = bytes
                wrong[place] = value
                if let read = LatestFact(wrong) { #expect(read.models.count <= bytes.count) }
            }
        }
    }
}
