import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Suite struct RuleTests {
    private let waiting = Rule(
        "QueueLong", "t_waiting > 10", pending: 20, keepFiring: 30, clearsAt: 5, labels: ["severity": "warning"],
        annotations: ["summary": "{{ $value }} wait for {{ $labels.model }}"])

    private func alerts(_ bench: Bench, after seconds: Double, waiting: Int) async -> [Alert] {
        bench.clock.advance(seconds)
        bench.page.say(Bench.text(10, waiting: waiting))
        bench.second.say("")
        return await bench.engine.pollOnce().alerts.map(\.alert)
    }

    @Test func aRuleIsPendingThenFiresThenHoldsOnAndResolves() async throws {
        let bench = try Bench(rules: [waiting])
        _ = await bench.engine.prepare()
        #expect(await alerts(bench, after: 10, waiting: 3).isEmpty)
        let first = await alerts(bench, after: 10, waiting: 12)
        #expect(first.map(\.state) == [.pending])
        #expect(
            first.first?.labels == ["alertname": "QueueLong", "severity": "warning", "model": "m", "connection": "a"])
        #expect(first.first?.summary == "12 wait for m")
        #expect(await alerts(bench, after: 10, waiting: 12).map(\.state) == [.pending])
        let fired = await alerts(bench, after: 10, waiting: 50)
        #expect(fired.map(\.state) == [.firing])
        #expect(fired.first?.startsAt == bench.clock.now())
        #expect(fired.first?.summary == "50 wait for m")
        // Below the limit, not yet below what it clears at.
        #expect(await alerts(bench, after: 60, waiting: 7).map(\.state) == [.firing])
        // Below both, but not for long enough.
        #expect(await alerts(bench, after: 10, waiting: 0).map(\.state) == [.firing])
        #expect(await alerts(bench, after: 25, waiting: 0).map(\.state) == [.resolved])
        #expect(await alerts(bench, after: 1000, waiting: 0).isEmpty)
        let titles = await bench.engine.current().events.map(\.title)
        #expect(titles.contains("QueueLong fired") && titles.contains("QueueLong resolved"))
    }

    @Test func aPendingAlertThatCeasesNeverFires() async throws {
        let bench = try Bench(rules: [waiting])
        _ = await bench.engine.prepare()
        #expect(await alerts(bench, after: 10, waiting: 12).map(\.state) == [.pending])
        #expect(await alerts(bench, after: 10, waiting: 3).isEmpty)
        #expect(await alerts(bench, after: 15, waiting: 12).map(\.state) == [.pending])
        #expect(await bench.engine.current().alerts.first?.model == ModelName("m"))
    }

    @Test func aRestartKeepsAlertsInTheirStateWithTheirTimes() async throws {
        let bench = try Bench(rules: [waiting])
        _ = await bench.engine.prepare()
        _ = await alerts(bench, after: 10, waiting: 12)
        let fired = await alerts(bench, after: 30, waiting: 12)
        let fingerprint = try #require(fired.first?.fingerprint)
        let act = Act(at: bench.clock.now(), author: "ana", kind: .acknowledge, subject: fingerprint)
        #expect(await bench.engine.record(act) == nil)

        let later = try Bench(store: bench.store, rules: [waiting])
        later.clock.advance(100)
        let restored = await later.engine.prepare()
        #expect(restored.alerts.map(\.alert.state) == [.firing])
        #expect(restored.alerts.first?.alert.startsAt == fired.first?.startsAt)
        #expect(restored.alerts.first?.acknowledgement?.author == "ana")
        #expect(await alerts(later, after: 10, waiting: 12).first?.startsAt == fired.first?.startsAt)
        let events = await later.engine.current().events.filter { $0.kind == .alertFired }
        #expect(events.count == 1, "it did not fire anew")
    }

    @Test func whatIsMissingDoesNotResolveAtOnce() async throws {
        let bench = try Bench(rules: [waiting])
        _ = await bench.engine.prepare()
        _ = await alerts(bench, after: 10, waiting: 12)
        #expect(await alerts(bench, after: 30, waiting: 12).map(\.state) == [.firing])
        bench.page.fail(.unreachable("refused"))
        bench.clock.advance(120)
        #expect(await bench.engine.pollOnce().alerts.map(\.alert.state) == [.firing])
        bench.clock.advance(200)
        #expect(await bench.engine.pollOnce().alerts.map(\.alert.state) == [.resolved])
    }

    @Test func aModelThatIsDownInhibitsItsOtherAlerts() async throws {
        let down = Rule(
            "ModelDown", #"pitwall_model_health{pitwall_model_health="down"} == 1"#, labels: ["severity": "critical"],
            inhibits: ["*"])
        let failing = Rule("Late", "pitwall_model_replicas_up < 1", labels: ["severity": "warning"])
        let bench = try Bench(rules: [down, failing])
        _ = await bench.engine.prepare()
        bench.page.fail(.unreachable("refused"))
        bench.second.fail(.unreachable("refused"))
        bench.clock.advance(10)
        _ = await bench.engine.pollOnce()
        bench.clock.advance(10)
        let states = await bench.engine.pollOnce().alerts
        let source = try #require(states.first { $0.alert.name == "ModelDown" })
        let other = try #require(states.first { $0.alert.name == "Late" })
        #expect(source.alert.state == .firing && source.model == ModelName("m"))
        #expect(other.alert.state == .suppressed && other.alert.inhibitedBy == [source.id])
    }

    @Test func silencesOfAnAlertmanagerHoldForOwnAlertsAndWhatEndsInOneIsTold() async throws {
        let bench = try Bench(rules: [Rule("Q", "t_waiting > 10", labels: ["severity": "warning"])])
        _ = await bench.engine.prepare()
        let silence = Silence(
            id: "s", matchers: [Matcher("alertname", "Q")], startsAt: bench.clock.now(),
            endsAt: bench.clock.now().advanced(by: 3600), createdBy: "ben", comment: "known", state: .active)
        bench.alertmanager.state.withLock { $0.silences = [silence] }
        let silenced = await alerts(bench, after: 10, waiting: 12)
        #expect(silenced.map(\.state) == [.suppressed] && silenced.first?.silencedBy == ["s"])
        #expect(await alerts(bench, after: 10, waiting: 1).map(\.state) == [.resolved])
        #expect(await bench.engine.current().events.contains { $0.title == "Q resolved while silenced" })
    }

    @Test func ratesQuantilesRatiosAndAbsenceAreComputed() async throws {
        let bench = try Bench(rules: [
            Rule("Rate", "sum(rate(t_requests_total[1m])) > 0.9"),
            Rule("Ratio", #"sum(rate(t_requests_total{ok="no"}[1m])) / sum(rate(t_requests_total[1m])) > 20%"#),
            Rule("Slow", "quantile(0.95, t_ttft[1m]) >= 2"),
            Rule("Gone", #"absent(t_other{model="m"})"#, labels: ["severity": "info"]),
            Rule("Unknown", "t_never_seen > 1"),
            Rule("Misspelt", "pitwall_model_helth == 1"),
        ])
        _ = await bench.engine.prepare()
        for turn in 0..<7 {
            bench.clock.advance(10)
            bench.page.say(Bench.text(turn * 10, fast: 0, failed: turn * 3))
            bench.second.say("")
            _ = await bench.engine.pollOnce()
        }
        let snapshot = await bench.engine.current()
        #expect(Set(snapshot.alerts.map(\.alert.name)) == ["Rate", "Ratio", "Slow", "Gone"])
        let gone = try #require(snapshot.alerts.first { $0.alert.name == "Gone" })
        #expect(gone.alert.labels == ["alertname": "Gone", "severity": "info", "model": "m"])
        let problems = Dictionary(
            snapshot.rules.map { ($0.rule.name, $0.problem) }, uniquingKeysWith: { first, _ in first })
        #expect(problems["Unknown"] == "no series matches t_never_seen")
        #expect(problems["Misspelt"] == "pitwall has no metric pitwall_model_helth")
        #expect(problems["Rate"] == .some(nil))
        #expect(snapshot.rules.first { $0.rule.name == "Slow" }?.word == "firing")
    }

    @Test func alertsOfOneRuleAreBoundedAndWhatIsLeftOutIsTold() async throws {
        let bench = try Bench(rules: [Rule("Many", "t_many > 0")])
        _ = await bench.engine.prepare()
        bench.clock.advance(10)
        bench.page.say((0..<1500).map { "t_many{n=\"\($0)\"} 1" }.joined(separator: "\n") + "\n")
        let snapshot = await bench.engine.pollOnce()
        #expect(snapshot.alerts.count == 1000)
        #expect(snapshot.rules.first?.problem == "more than 1000 alerts: 500 are left out")
    }

    @Test func aRuleThatIsTakenAwayTakesItsAlertsAlong() async throws {
        let bench = try Bench(rules: [Rule("Q", "t_waiting > 10"), Rule("P", "t_waiting > 11")])
        _ = await bench.engine.prepare()
        #expect(await alerts(bench, after: 10, waiting: 20).count == 2)
        var settings = await bench.engine.settingsNow
        settings.rules.rules.removeFirst()
        await bench.engine.replace(settings)
        let left = await alerts(bench, after: 10, waiting: 20)
        #expect(left.map(\.name) == ["P"])
        #expect(left.first?.startsAt == bench.clock.now().advanced(by: -10), "the other goes on as it was")
    }

    @Test func aSilenceThatPitwallKeepsHoldsAndOutlivesARestartAndEnds() async throws {
        let rules = [Rule("Q", "t_waiting > 10", labels: ["severity": "warning"])]
        let bench = try Bench(rules: rules)
        _ = await bench.engine.prepare()
        #expect(await alerts(bench, after: 10, waiting: 12).map(\.state) == [.firing])
        let now = bench.clock.now()
        let draft = SilenceDraft(
            matchers: [Matcher("alertname", "Q")], startsAt: now, endsAt: now.advanced(by: 3600), createdBy: "ana",
            comment: "known")
        let made = await bench.engine.perform(
            Operation(
                id: "s1", connection: .pitwall, request: .createSilence(draft), author: "ana", reason: "known", at: now,
                expecting: .silenced(connection: .pitwall, matchers: draft.matchers, until: draft.endsAt)))
        #expect(made.stage == .verified)
        let silenced = await bench.engine.current()
        #expect(silenced.alerts.map(\.alert.state) == [.suppressed])
        #expect(silenced.silences.map(\.comment) == ["known"])

        let later = try Bench(store: bench.store, rules: rules)
        later.clock.advance(30)
        _ = await later.engine.prepare()
        #expect(await alerts(later, after: 10, waiting: 12).map(\.state) == [.suppressed])
        let ended = await later.engine.perform(
            Operation(
                id: "o2", connection: .pitwall, request: .expireSilence(id: "s1"), author: "ana", reason: "over",
                at: later.clock.now(), expecting: .silenceExpired(connection: .pitwall, id: "s1")))
        #expect(ended.stage == .verified)
        #expect(await later.engine.current().alerts.map(\.alert.state) == [.firing])
        #expect(try later.store.auditTrail().map(\.what).contains("unsilence"))
    }

    @Test func noiseIsCountedFromFiringToFiring() async throws {
        let bench = try Bench(rules: [Rule("Q", "t_waiting > 10", labels: ["severity": "warning"])])
        _ = await bench.engine.prepare()
        let first = try #require(await alerts(bench, after: 10, waiting: 12).first)
        #expect(
            await bench.engine.record(
                Act(at: bench.clock.now(), author: "ana", kind: .noise, subject: first.fingerprint)) == nil)
        #expect(await bench.engine.current().alerts.first?.noise?.author == "ana")
        _ = await alerts(bench, after: 10, waiting: 1)
        _ = await alerts(bench, after: 10, waiting: 12)
        let again = try #require(await bench.engine.current().alerts.first)
        #expect(again.noise == nil && again.timesNoise == 1 && again.timesFired == 2)
        let handed = Act(
            at: bench.clock.now(), author: "ana", kind: .claim, subject: first.fingerprint, text: "ben")
        #expect(await bench.engine.record(handed) == nil)
        #expect(await bench.engine.current().alerts.first?.owner == "ben")
    }
}
