import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Suite struct PointerTests {
    @Test func whereAnAliasPointedIsKeptWhenAPollSeesItElsewhere() async throws {
        let bench = try DeployBench()
        let id = DeploymentID(connection: ConnectionName("cluster"), kind: .alias, name: "chat@production")
        bench.cluster.state.withLock { state in
            (state.deployment.id, state.deployment.since, state.deployment.changedBy) = (id, nil, nil)
        }
        await bench.turns(3)
        let first = try bench.store.pointerMoves(of: "chat")
        #expect(first.map(\.version) == ["chat-2"] && first[0].isFirst && first[0].alias == "production")
        let moved = bench.clock.now()
        bench.cluster.release(1, by: "ben", at: moved)
        await bench.turns(2)
        let moves = try bench.store.pointerMoves(of: "chat", source: ConnectionName("cluster"))
        #expect(moves.map(\.version) == ["chat-1", "chat-2"])
        #expect(moves[0].author == "ben" && moves[0].at == moved && !moves[0].isFirst)
        // The next process finds what was written, and writes nothing again.
        let next = try DeployBench(store: bench.store, cluster: bench.cluster, clock: bench.clock)
        await next.turns(2)
        #expect(try bench.store.pointerMoves(of: "chat").count == 2)
    }

    @Test func deploymentsThatAreNoAliasesHaveNoPointer() async throws {
        let bench = try DeployBench()
        await bench.turns(2)
        #expect(try bench.store.pointerMoves(of: "chat").isEmpty)
    }
}
