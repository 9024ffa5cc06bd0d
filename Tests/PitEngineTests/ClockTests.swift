import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// Clocks that do not go on evenly, and a network that goes away.
@Suite(.timeLimit(.minutes(1))) struct ClockTests {
    private static func pages(_ from: Int) -> (Int) -> (String?, String?) {
        { turn in (Bench.text((from + turn + 1) * 20), Bench.text((from + turn + 1) * 10)) }
    }

    @Test(
        "after the clock was put another way rates are there again with a few readings, and no rate reaches across",
        arguments: [-86_400.0, -3600, -30, 86_400])
    func jump(_ seconds: Double) async throws {
        let bench = try Bench()
        _ = await bench.engine.prepare()
        let before = await bench.turns(8, Self.pages(0))
        #expect(abs((before.models[0].signals[.requestRate]?.value ?? 0) - 3) < 0.05)
        bench.clock.advance(seconds)
        for turn in 0..<10 {
            let world = await bench.turns(1, Self.pages(8 + turn))
            #expect(world.connections[0].lastSuccess == bench.clock.now())
            let rate = world.models[0].signals[.requestRate]?.value
            // One reading makes no rate, and a window that is not full yet a smaller one, as Prometheus has it.
            #expect(rate.map { $0 > 0 && $0 < 3.05 } ?? (turn < 1), "\(turn): \(String(describing: rate))")
            if turn > 5 { #expect(rate.map { $0 > 2.95 } == true) }
            #expect(world.models[0].seenAt == bench.clock.now() && !world.models[0].isStale)
        }
        let told = await bench.engine.current().events.contains { $0.title.contains("clock was put back") }
        #expect(told == (seconds < 0))
    }

    /// Runs the engine's own loop beside the test, which turns the clock on until something is so.
    private func whileRunning(_ bench: Bench, _ body: () async throws -> Void) async throws {
        _ = await bench.engine.prepare()
        bench.page.say(Bench.text(20))
        bench.second.say(Bench.text(10))
        let running = Task { await bench.engine.run() }
        defer { running.cancel() }
        try await body()
        running.cancel()
        await running.value
    }

    private func pass(_ bench: Bench, _ what: String, until condition: () async -> Bool) async throws {
        let end = ContinuousClock().now + .seconds(30)
        while await !condition() {
            guard ContinuousClock().now < end else {
                Issue.record("waited in vain for \(what)")
                return
            }
            bench.clock.advance(0.5)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("a clock that is put back a day stops no polling")
    func backWhileRunning() async throws {
        let bench = try Bench()
        try await whileRunning(bench) {
            try await pass(bench, "three polls") { bench.page.polls >= 3 }
            bench.clock.advance(-86_400)
            let polls = bench.page.polls
            let earlier = bench.clock.now()
            try await pass(bench, "three polls more") { bench.page.polls >= polls + 3 }
            #expect(bench.clock.now().since(earlier) < 600, "it did not wait for the day to pass again")
        }
    }

    @Test("a machine that slept polls at once when it wakes, and says how long nothing was seen")
    func sleep() async throws {
        let bench = try Bench()
        try await whileRunning(bench) {
            try await pass(bench, "three polls") { bench.page.polls >= 3 }
            let polls = bench.page.polls
            bench.clock.advance(8 * 3600)
            let woken = bench.clock.now()
            try await pass(bench, "a poll") { bench.page.polls > polls }
            #expect(bench.clock.now().since(woken) < 60)
            let world = await bench.engine.current()
            #expect(world.events.count { $0.title.contains("nothing was polled for 288") } == 1)
            #expect(
                world.connections.allSatisfy { $0.missedTurns < 100 }, "that it was asleep is not the servers' fault")
        }
    }

    @Test("when the network was away for an hour what was known is kept, it is told, and all comes back by itself")
    func network() async throws {
        let bench = try Bench()
        _ = await bench.engine.prepare()
        await bench.turns(8, Self.pages(0))
        bench.alertmanager.state.withLock { $0.alerts = [alert("High", since: bench.clock.now())] }
        await bench.turns(1, Self.pages(8))
        let away = await bench.turns(360) { _ in (nil, nil) }
        #expect(away.models[0].health == .down && away.models[0].isStale)
        #expect(away.connections[0].status == .failing && away.connections[0].failuresInRow == 360)
        #expect(away.alerts.count == 1, "the alert that was known is still shown")
        #expect(away.events.count { $0.kind == .connectionLost } == 2, "it is told once, not at each attempt")
        let next = try #require(away.connections[0].nextAttempt)
        #expect(next.since(bench.clock.now()) <= 70, "its return is looked for at least once a minute")
        let back = await bench.turns(8, Self.pages(9))
        #expect(back.models[0].health == .ok && abs((back.models[0].signals[.requestRate]?.value ?? 0) - 3) < 0.05)
        #expect(back.events.count { $0.kind == .connectionBack } == 2)
        let history = try await bench.engine.history(
            HistoryQuery(
                model: ModelName("m"), signals: [.requestRate], span: 4000, end: bench.clock.now(), points: 100))
        let values = history.values[.requestRate] ?? []
        #expect(values.contains { $0 == nil } && values.contains { $0 != nil }, "the hour is a gap, not zeros")
        #expect(!values.contains { $0 == 0 })
    }
}
