import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Suite struct CanaryTests {
    /// What a server of pods of two revisions says after `n` requests of each: so many of the canary's failed, and took so
    /// many seconds each.
    private static func page(_ n: Int, failed: Int, stable: Double, seconds: Double) -> String {
        [("chat-hash1-x", 0, stable), ("chat-hash2-y", failed, seconds)].map { pod, failed, seconds in
            let labels = "model=\"m\",pod=\"\(pod)\""
            return """
                t_requests_total{\(labels),ok="yes"} \(n - failed)
                t_requests_total{\(labels),ok="no"} \(failed)
                t_ttft_bucket{\(labels),le="0.5"} \(n)
                t_ttft_bucket{\(labels),le="2"} \(n)
                t_ttft_bucket{\(labels),le="+Inf"} \(n)
                t_ttft_sum{\(labels)} \(Double(n) * seconds)
                t_ttft_count{\(labels)} \(n)

                """
        }.joined()
    }

    private func advice(turns: Int, failed: Int, seconds: Double) async throws -> CanaryAdvice? {
        let bench = try DeployBench()
        let (stable, canary) = (FakeCluster.revision(1, model: "chat-1"), FakeCluster.revision(2, model: "chat-2"))
        bench.cluster.state.withLock { state in
            (state.deployment.status, state.deployment.since) = (.canary, bench.clock.now())
            state.deployment.traffic = [
                TrafficShare("r1", revision: stable.id, percent: 50),
                TrafficShare("r2", revision: canary.id, percent: 50),
            ]
        }
        _ = await bench.engine.prepare()
        var last = Snapshot()
        for turn in 0..<turns {
            // No two spans are quite alike.
            let (one, other) = (Double(turn * 7919 % 11) * 1e-4, Double((turn * 104_729 + 5) % 11) * 1e-4)
            bench.page.say(
                Self.page(1000 + turn * 20, failed: turn * failed, stable: 0.2 + one, seconds: seconds + other))
            bench.clock.advance(10)
            last = await bench.engine.pollOnce()
        }
        return last.deployments.first?.advice
    }

    @Test func aCanaryThatDoesAsWellIsToBePromoted() async throws {
        let advice = try #require(await advice(turns: 40, failed: 0, seconds: 0.2))
        #expect(advice.word == .promote, "\(advice.reasons)")
    }

    @Test func oneThatFailsMoreIsToBeRolledBack() async throws {
        let advice = try #require(await advice(turns: 40, failed: 2, seconds: 0.2))
        #expect(advice.word == .rollback && advice.reasons.contains { $0.contains("errors 10") }, "\(advice.reasons)")
    }

    @Test func oneThatIsSlowerIsToBeRolledBack() async throws {
        let advice = try #require(await advice(turns: 40, failed: 0, seconds: 0.4))
        #expect(
            advice.word == .rollback && advice.reasons.contains { $0.contains("Mann-Whitney") }, "\(advice.reasons)")
    }

    @Test func withoutEnoughRequestsNothingIsAdvisedButToWait() async throws {
        let advice = try #require(await advice(turns: 6, failed: 0, seconds: 0.2))
        #expect(advice.word == .hold)
    }
}
