import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// Remembers what it was told, and fails when it is to.
private final class FakeReceiver: AlertReceiving {
    struct State {
        var told: [String] = []
        var kinds: [AlertNotice.Kind] = []
        var fault: ConnectorFault?
    }
    let state = Mutex(State())
    let words = "fake"
    let renewal: Double?
    init(renewal: Double? = nil) { self.renewal = renewal }

    func tell(_ notices: [AlertNotice], now: Timestamp) async throws(ConnectorFault) {
        let fault = state.withLock { state in
            if state.fault == nil {
                state.told += notices.map(\.id)
                state.kinds += notices.map(\.kind)
            }
            return state.fault
        }
        if let fault { throw fault }
    }
    var kinds: [AlertNotice.Kind] { state.withLock { $0.kinds } }
    var ids: [String] { state.withLock { $0.told } }
    func fail(_ fault: ConnectorFault?) { state.withLock { $0.fault = fault } }
}

@Suite struct ReceiverTests {
    private static let rule = Rule("Q", "t_waiting > 10", labels: ["severity": "warning"])

    /// - Parameter later: seconds that have passed since an earlier bench of the same store began.
    private func bench(
        _ receivers: [AlertReceiver], store: Store? = nil, later: Double = 0, isReadOnly: Bool = false
    ) async throws -> Bench {
        let bench = try Bench(store: store, isReadOnly: isReadOnly, rules: [Self.rule])
        bench.clock.advance(later)
        var settings = await bench.engine.settingsNow
        settings.receivers = receivers
        _ = await bench.engine.prepare()
        await bench.engine.replace(settings)
        return bench
    }

    @discardableResult
    private func turn(_ bench: Bench, _ waiting: Int, after seconds: Double = 10) async -> Snapshot {
        bench.clock.advance(seconds)
        bench.page.say(Bench.text(10, waiting: waiting))
        bench.second.say("")
        return await bench.engine.pollOnce()
    }

    @Test func anAlertIsToldOnceAndItsEndOnceAlsoAcrossARestart() async throws {
        let receiver = FakeReceiver()
        let first = try await bench([AlertReceiver("pager", receiver)])
        await turn(first, 3)
        await turn(first, 50)
        let told = await turn(first, 60)
        #expect(receiver.kinds == [.firing])
        #expect(told.receivers.first?.delivered == 1 && told.receivers.first?.waiting == 0)
        #expect(told.alerts.first?.deliveries.map(\.stage) == [.delivered])

        let second = try await bench([AlertReceiver("pager", receiver)], store: first.store, later: 90)
        await turn(second, 60)
        #expect(receiver.kinds == [.firing], "a restart tells nothing anew")
        await turn(second, 0)
        await turn(second, 0)
        #expect(receiver.kinds == [.firing, .resolved])
        await turn(second, 50)
        #expect(receiver.kinds == [.firing, .resolved, .firing])
        #expect(Set(receiver.ids).count == 3)
    }

    @Test func whatCannotBeToldIsTriedAgainLessAndLessOftenAndInItsOrder() async throws {
        let receiver = FakeReceiver()
        receiver.fail(.unreachable("no route"))
        let bench = try await bench([AlertReceiver("pager", receiver)])
        let failed = await turn(bench, 50)
        #expect(failed.receivers.first?.waiting == 1)
        #expect(failed.receivers.first?.fault == ConnectorFault.unreachable("no route").summary)
        let delivery = try #require(failed.alerts.first?.deliveries.first)
        #expect(delivery.attempts == 1 && delivery.next == bench.clock.now().advanced(by: 5))
        let again = await turn(bench, 0, after: 5)
        #expect(again.alerts.first?.deliveries.first?.notice.kind == .resolved)
        receiver.fail(nil)
        await turn(bench, 0, after: 1)
        #expect(receiver.kinds.isEmpty, "it is not time yet")
        // The process ends meanwhile; what waits is on the disk.
        let later = try await self.bench([AlertReceiver("pager", receiver)], store: bench.store, later: 140)
        await turn(later, 0)
        #expect(receiver.kinds == [.firing, .resolved])
        #expect(await turn(later, 0).receivers.first?.fault == nil)
    }

    @Test func aDayLaterItIsGivenUpAndSaidSo() async throws {
        let receiver = FakeReceiver()
        receiver.fail(.refused("b:1"))
        let bench = try await bench([AlertReceiver("pager", receiver)])
        await turn(bench, 50)
        await turn(bench, 50, after: 90_000)
        let state = await turn(bench, 50, after: 700)
        #expect(state.receivers.first?.givenUp == 1 && state.receivers.first?.waiting == 0)
        #expect(state.alerts.first?.deliveries.first?.stage == .givenUp)
    }

    @Test func receiversAreToldWhatTheyWantAndNothingIsToldOfWhatIsSuppressed() async throws {
        let (critical, silent, renewed) = (FakeReceiver(), FakeReceiver(), FakeReceiver(renewal: 60))
        let bench = try await bench([
            AlertReceiver("critical", critical, filter: AlertFilter(severities: [.critical])),
            AlertReceiver("silent", silent, tellsResolved: false), AlertReceiver("renewed", renewed),
        ])
        let silence = Silence(
            id: "s", matchers: [Matcher("alertname", "Q")], startsAt: bench.clock.now(),
            endsAt: bench.clock.now().advanced(by: 60), createdBy: "ben", comment: "known", state: .active)
        bench.alertmanager.state.withLock { $0.silences = [silence] }
        await turn(bench, 50)
        #expect(silent.kinds.isEmpty)
        bench.alertmanager.state.withLock { $0.silences = [] }
        await turn(bench, 50)
        await turn(bench, 50, after: 61)
        #expect(renewed.kinds.count >= 2 && Set(renewed.ids).count == 1, "told again, as the same")
        await turn(bench, 0)
        #expect(critical.kinds.isEmpty && silent.kinds == [.firing])
        #expect(renewed.kinds.last == .resolved)
        let count = renewed.kinds.count
        await turn(bench, 0, after: 61)
        #expect(renewed.kinds.count == count, "what is resolved is not told again")
    }

    @Test func nothingIsToldByAReadOnlySession() async throws {
        let receiver = FakeReceiver()
        let bench = try await bench([AlertReceiver("pager", receiver)], isReadOnly: true)
        await turn(bench, 50)
        #expect(receiver.kinds.isEmpty)
    }

    @Test func aRuleThatIsTakenAwayEndsItsAlerts() async throws {
        let receiver = FakeReceiver()
        let bench = try await bench([AlertReceiver("pager", receiver)])
        await turn(bench, 50)
        var settings = await bench.engine.settingsNow
        settings.rules.rules = []
        await bench.engine.replace(settings)
        await turn(bench, 50)
        #expect(receiver.kinds == [.firing, .resolved])
    }
}
