import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Suite struct AcknowledgementTests {
    private func silences(_ bench: Bench) -> [Silence] {
        bench.alertmanager.state.withLock { $0.silences.filter { $0.state != .expired } }
    }

    /// What Alertmanager does with what its silences match.
    private func settle(_ bench: Bench) {
        bench.alertmanager.state.withLock { state in
            for index in state.alerts.indices {
                let hits = state.silences.filter { silence in
                    silence.state == .active
                        && silence.matchers.allSatisfy { state.alerts[index].labels[$0.name] == $0.value }
                }
                state.alerts[index].silencedBy = hits.map(\.id)
                state.alerts[index].state = hits.isEmpty ? .firing : .suppressed
            }
        }
    }

    private func poll(_ bench: Bench, after seconds: Double = 10) async -> Snapshot {
        bench.clock.advance(seconds)
        bench.page.say(Bench.text(10))
        bench.second.say("")
        settle(bench)
        return await bench.engine.pollOnce()
    }

    private func acknowledged(_ bench: Bench) async throws -> Alert {
        let one = alert("HighTTFT", since: bench.clock.now())
        bench.alertmanager.state.withLock { $0.alerts = [one] }
        _ = await bench.engine.prepare()
        _ = await poll(bench)
        let act = Act(at: bench.clock.now(), author: "ana", kind: .acknowledge, subject: one.fingerprint)
        let note = Act(at: bench.clock.now(), author: "ana", kind: .note, subject: one.fingerprint, text: "on it")
        #expect(await bench.engine.record([act, note]) == nil)
        #expect(await bench.engine.shareAcknowledgements())
        return one
    }

    @Test func othersSeeAnAcknowledgementAsASilenceAndHereItIsNone() async throws {
        let bench = try Bench()
        let one = try await acknowledged(bench)
        let made = try #require(silences(bench).first)
        #expect(silences(bench).count == 1)
        #expect(Set(made.matchers) == Set(one.labels.map { Matcher($0.key, $0.value) }))
        #expect(made.createdBy == "ana" && made.comment.hasPrefix("acknowledged until it resolves: on it ["))
        #expect(SharedAcknowledgement(of: made)?.subject == one.fingerprint)
        let state = try #require(await poll(bench).alerts.first)
        #expect(state.alert.state == .firing && state.alert.silencedBy.isEmpty)
        #expect(state.acknowledgement?.author == "ana" && state.sharedIn == ConnectionName("am"))
        #expect(await bench.engine.shareAcknowledgements() == false, "what is shown is not shown again")
    }

    @Test func itIsRenewedWhileTheAlertFiresAndEndedWhenThatResolves() async throws {
        let bench = try Bench()
        _ = try await acknowledged(bench)
        let first = try #require(silences(bench).first?.endsAt)
        _ = await poll(bench, after: 3 * 3600)
        #expect(await bench.engine.shareAcknowledgements())
        _ = await poll(bench)
        #expect(try #require(silences(bench).first?.endsAt) > first)
        bench.alertmanager.state.withLock { $0.alerts = [] }
        _ = await poll(bench)
        // An Alertmanager that was restarted knows of no alert for a moment.
        #expect(await bench.engine.shareAcknowledgements() == false)
        _ = await poll(bench, after: 150)
        #expect(await bench.engine.shareAcknowledgements())
        #expect(silences(bench).isEmpty)
        #expect(await poll(bench).operations.allSatisfy { $0.stage == .verified })
    }

    @Test func anAlertThatFiresAnewIsHeardAtOnce() async throws {
        let bench = try Bench()
        _ = try await acknowledged(bench)
        bench.alertmanager.state.withLock { $0.alerts = [alert("HighTTFT", since: bench.clock.now().advanced(by: 30))] }
        _ = await poll(bench, after: 60)
        #expect(await bench.engine.shareAcknowledgements())
        #expect(silences(bench).isEmpty)
        #expect(await poll(bench).alerts.first?.acknowledgement == nil)
    }

    @Test func whatIsTakenBackIsTakenBackForAllAndWhatOthersAcknowledgedShows() async throws {
        let bench = try Bench()
        let one = alert("HighTTFT", since: bench.clock.now())
        let theirs = SharedAcknowledgement(subject: one.fingerprint, at: 5)
            .draft(for: one, by: "ben", note: nil, now: bench.clock.now(), annotates: true)
        bench.alertmanager.state.withLock { state in
            state.alerts = [one]
            state.silences = [
                Silence(
                    id: "theirs", matchers: theirs.matchers, startsAt: theirs.startsAt, endsAt: theirs.endsAt,
                    createdBy: theirs.createdBy, comment: theirs.comment, state: .active,
                    annotations: theirs.annotations)
            ]
        }
        _ = await bench.engine.prepare()
        #expect(await poll(bench).alerts.first?.acknowledgement?.author == "ben")
        #expect(await bench.engine.shareAcknowledgements() == false, "what another acknowledged is his")
        let back = Act(at: bench.clock.now(), author: "ana", kind: .unacknowledge, subject: one.fingerprint)
        #expect(await bench.engine.record(back) == nil)
        #expect(await bench.engine.current().alerts.first?.acknowledgement == nil)
        #expect(await bench.engine.shareAcknowledgements())
        #expect(silences(bench).isEmpty)
    }

    @Test func aServerThatRefusesIsNotAskedAgainAtOnceAndTheAcknowledgementHoldsHere() async throws {
        let bench = try Bench()
        let one = alert("HighTTFT", since: bench.clock.now())
        bench.alertmanager.state.withLock { ($0.alerts, $0.refusal, $0.obeys) = ([one], .rejected("limit"), false) }
        _ = await bench.engine.prepare()
        _ = await poll(bench)
        let act = Act(at: bench.clock.now(), author: "ana", kind: .acknowledge, subject: one.fingerprint)
        #expect(await bench.engine.record(act) == nil)
        #expect(await bench.engine.shareAcknowledgements())
        #expect(await bench.engine.shareAcknowledgements() == false)
        let state = try #require(await poll(bench).alerts.first)
        #expect(state.acknowledgement?.author == "ana" && state.sharedIn == nil)
    }

    @Test func whatMayStillArriveIsNotAskedForTwice() async throws {
        let bench = try Bench()
        let one = alert("HighTTFT", since: bench.clock.now())
        bench.alertmanager.state.withLock { ($0.alerts, $0.refusal, $0.obeys) = ([one], .timedOut(after: 5), false) }
        _ = await bench.engine.prepare()
        _ = await poll(bench)
        let act = Act(at: bench.clock.now(), author: "ana", kind: .acknowledge, subject: one.fingerprint)
        #expect(await bench.engine.record(act) == nil)
        #expect(await bench.engine.shareAcknowledgements())
        bench.alertmanager.state.withLock { ($0.refusal, $0.obeys) = (nil, true) }
        _ = await poll(bench, after: 20)
        // As another run would that finds it in the journal: ten seconds on, it would end ten seconds later.
        #expect(await bench.engine.shareAcknowledgements() == false)
        #expect(silences(bench).isEmpty)
        _ = await poll(bench, after: 60)
        #expect(await bench.engine.shareAcknowledgements(), "it never came")
        #expect(silences(bench).count == 1)
    }

    @Test func theSameAlertOfTwoSourcesStandsInTheQueueOnceAndIsToldOnce() async throws {
        let rule = Rule("Q", "t_waiting > 10", labels: ["severity": "warning"])
        let bench = try Bench(rules: [rule])
        _ = await bench.engine.prepare()
        bench.clock.advance(10)
        bench.page.say(Bench.text(10, waiting: 50))
        bench.second.say("")
        let own = try #require(await bench.engine.pollOnce().alerts.first?.alert)
        var copy = own
        (copy.receivers, copy.state) = (["oncall"], .firing)
        bench.alertmanager.state.withLock { $0.alerts = [copy] }
        bench.clock.advance(10)
        let snapshot = await bench.engine.pollOnce()
        #expect(snapshot.alerts.map(\.connection) == [.pitwall])
        #expect(snapshot.alerts.first?.alert.receivers == ["oncall"])
        #expect(snapshot.events.filter { $0.kind == .alertFired }.count == 1)
    }

    @Test func whatAnotherProcessRecordsIsSeen() async throws {
        let bench = try Bench()
        let one = alert("HighTTFT", since: bench.clock.now())
        bench.alertmanager.state.withLock { $0.alerts = [one] }
        _ = await bench.engine.prepare()
        _ = await poll(bench)
        try bench.store.record(
            Act(at: bench.clock.now(), author: "ben", kind: .acknowledge, subject: one.fingerprint))
        #expect(await poll(bench).alerts.first?.acknowledgement?.author == "ben")
    }

    @Test func thePastOfAnAlertSaysWhenItFiredAndWhatWasDone() async throws {
        let bench = try Bench(rules: [Rule("Q", "t_waiting > 10", labels: ["severity": "warning"])])
        _ = await bench.engine.prepare()
        func turn(_ seconds: Double, _ waiting: Int) async -> Snapshot {
            bench.clock.advance(seconds)
            bench.page.say(Bench.text(10, waiting: waiting))
            bench.second.say("")
            return await bench.engine.pollOnce()
        }
        let id = try #require(await turn(10, 50).alerts.first?.id)
        let first = bench.clock.now()
        _ = await turn(10, 90)
        #expect(await bench.engine.record(Act(at: bench.clock.now(), author: "ana", kind: .noise, subject: id)) == nil)
        _ = await turn(50, 0)
        _ = await turn(1000, 0)
        _ = await turn(10, 50)
        #expect(
            await bench.engine.record(Act(at: bench.clock.now(), author: "ben", kind: .acknowledge, subject: id)) == nil
        )
        let past = try await bench.engine.past(of: AlertQuery(id))
        #expect(past.firings.map(\.firedAt) == [first.advanced(by: 1070), first])
        #expect(past.firings.map(\.endedAt) == [nil, first.advanced(by: 60)])
        #expect(past.firings.map(\.isNoise) == [false, true] && past.timesNoise == 1)
        #expect(past.firings.first?.acknowledgement?.author == "ben" && past.usualLength == 60)
        let all = try await bench.engine.firings(since: first.advanced(by: -60))
        #expect(all.map(\.firedAt) == past.firings.map(\.firedAt))
    }
}
