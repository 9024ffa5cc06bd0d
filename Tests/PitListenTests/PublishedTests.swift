import Foundation
import PitListen
import PitModel
import PitParse
import Testing

private let now = Timestamp(milliseconds: 1_760_000_000_000)

private func world() -> Snapshot {
    var up = ConnectionState(name: ConnectionName("vllm-0"), kind: "metrics", url: "http://a/metrics", status: .ok)
    (up.lastSuccess, up.latency, up.items, up.polls, up.missedTurns) = (now, 0.012, 543, 7, 2)
    var down = ConnectionState(
        name: ConnectionName("a \"quoted\" \\ name\n"), kind: "metrics", url: "http://b", status: .failing)
    (down.polls, down.failedPolls) = (7, 7)
    let never = ConnectionState(name: ConnectionName("later"), kind: "openai", url: "http://c")
    var model = ModelState(name: ModelName("chat"), health: .slow, replicasUp: 1, replicasKnown: 2, seenAt: now)
    model.signals = [.ttftP95: Measure(1.25), .errorRatio: Measure(0.02), .requestRate: Measure(38)]
    var stale = ModelState(name: ModelName("old"), health: .stale, seenAt: now.advanced(by: -900), isStale: true)
    stale.signals = [.ttftP95: Measure(9)]
    let alert = Alert(
        fingerprint: "f", labels: ["alertname": "Slow", "severity": "critical"], annotations: [:], state: .firing,
        startsAt: now)
    return Snapshot(
        revision: 3, at: now, models: [model, stale], connections: [up, down, never],
        alerts: [AlertState(alert: alert, connection: ConnectionName("am"), model: ModelName("chat"))])
}

private func page(_ snapshot: Snapshot, burn: [ModelName: [(window: Double, rate: Double)]] = [:]) -> [SeriesKey:
    Double]
{
    let text = Published(snapshot: snapshot, version: "1.2.3", started: now, burn: burn).page
    let parsed = ExpositionParser.parse(Array(text.utf8), contentType: "application/openmetrics-text; version=1.0.0")
    #expect(parsed.badLineCount == 0, "\(parsed.badLines)")
    var values: [SeriesKey: Double] = [:]
    for row in parsed.rows { if let key = parsed.key(of: row) { values[key] = row.value } }
    #expect(values.count == parsed.rows.count)
    return values
}

@Test("what is known is published under the signals' own names, strictly as OpenMetrics")
func published() {
    let values = page(world(), burn: [ModelName("chat"): [(300, 20), (3600, 4.5)]])
    #expect(values[SeriesKey("pitwall_build_info", ["version": "1.2.3"])] == 1)
    #expect(values[SeriesKey("pitwall_connection_up", ["connection": "vllm-0", "kind": "metrics"])] == 1)
    #expect(values[SeriesKey("pitwall_connection_polls_total", ["connection": "vllm-0", "kind": "metrics"])] == 7)
    #expect(
        values[SeriesKey("pitwall_connection_missed_turns_total", ["connection": "vllm-0", "kind": "metrics"])] == 2)
    #expect(values[SeriesKey("pitwall_model_ttft_p95_seconds", ["model": "chat"])] == 1.25)
    #expect(values[SeriesKey("pitwall_model_error_ratio", ["model": "chat"])] == 0.02)
    #expect(values[SeriesKey("pitwall_model_health", ["model": "chat", "pitwall_model_health": "slow"])] == 1)
    #expect(values[SeriesKey("pitwall_model_health", ["model": "chat", "pitwall_model_health": "ok"])] == 0)
    #expect(values[SeriesKey("pitwall_model_error_budget_burn_rate", ["model": "chat", "window": "300s"])] == 20)
    #expect(values[SeriesKey("pitwall_unacknowledged_alerts", ["model": "chat"])] == 1)
}

@Test("what people judged of the present release is published, and what nobody judged not at all")
func judged() {
    var snapshot = world()
    snapshot.models[0].release = "r14"
    let names = ["pitwall_label_good_ratio", "pitwall_labels_judged", "pitwall_release_win_ratio"]
    func value(_ name: String, _ values: [SeriesKey: Double]) -> Double? { values[SeriesKey(name, ["model": "chat"])] }
    let unjudged = page(snapshot)
    #expect(names.allSatisfy { value($0, unjudged) == nil })
    func quality(_ release: String, _ good: Int, _ low: Double, _ high: Double) -> LabelQuality {
        LabelQuality(
            model: ModelName("chat"), release: release, good: good, bad: 40 - good, share: Double(good) / 40, low: low,
            high: high)
    }
    snapshot.labelQuality = [quality("r13", 36, 0.77, 0.96), quality("r14", 12, 0.18, 0.45)]
    snapshot.labelWins = [
        LabelWinRate(
            model: ModelName("chat"), release: "r13", against: "r14", count: 40, rate: 0.75, low: 0.6, high: 0.85),
        LabelWinRate(
            model: ModelName("chat"), release: "r14", against: "r13", count: 40, rate: 0.25, low: 0.15, high: 0.4),
    ]
    let values = page(snapshot)
    #expect(names.map { value($0, values) } == [0.3, 40, 0.25])
    #expect(value("pitwall_label_good_ratio_low", values) == 0.18)
    #expect(value("pitwall_label_good_ratio_high", values) == 0.45)
    #expect(value("pitwall_other_release_good_ratio_low", values) == 0.77)
    #expect(value("pitwall_release_win_ratio_low", values) == 0.15)
    #expect(value("pitwall_release_win_ratio_high", values) == 0.4)
}

@Test("drift is published with its limit, and too little data as no score")
func drift() {
    var snapshot = world()
    func feature(_ traffic: TrafficFeature, _ verdict: FeatureDrift.Verdict) -> FeatureDrift {
        FeatureDrift(
            feature: DriftFeature(traffic), method: "PSI (hist)", score: 0.41, limit: 0.2, currentCount: 41,
            verdict: verdict)
    }
    snapshot.models[0].drift = ModelDrift(
        at: now, features: [feature(.promptTokens, .drifted), feature(.ttft, .notEnoughData)])
    let values = page(snapshot)
    func key(_ name: String, _ feature: String) -> SeriesKey {
        SeriesKey(name, ["model": "chat", "feature": feature, "source": "histogram"])
    }
    #expect(values[key("pitwall_drift_score", "prompt_tokens")] == 0.41)
    #expect(values[key("pitwall_drift_detected", "prompt_tokens")] == 1)
    #expect(values[key("pitwall_drift_score", "ttft")] == nil)
    #expect(values[key("pitwall_drift_detected", "ttft")] == nil)
    #expect(values[key("pitwall_drift_limit", "ttft")] == 0.2)
    #expect(values[key("pitwall_drift_window_requests", "ttft")] == 41)
}

@Test("what is missing or old is absent, never 0")
func absent() {
    let values = page(world())
    let names = Set(values.keys.map(\.name))
    #expect(!names.contains("pitwall_model_itl_p95_seconds"))
    #expect(!names.contains("pitwall_model_error_budget_burn_rate"))
    #expect(values[SeriesKey("pitwall_model_ttft_p95_seconds", ["model": "old"])] == nil)
    #expect(values[SeriesKey("pitwall_model_stale", ["model": "old"])] == 1)
    #expect(!values.keys.contains { $0["connection"] == "later" })
    #expect(page(Snapshot(at: now)).keys.allSatisfy { !$0.name.hasPrefix("pitwall_model") })
}

@Test("names are escaped as the format wants it")
func escaped() {
    let name = "a \"quoted\" \\ name\n"
    #expect(page(world())[SeriesKey("pitwall_connection_up", ["connection": name, "kind": "metrics"])] == 0)
}

@Test(
    "addresses are read as people write them",
    arguments: [
        ("127.0.0.1:9911", "127.0.0.1", 9911), (":80", "0.0.0.0", 80), ("[::1]:0", "::1", 0),
        ("localhost:9", "127.0.0.1", 9),
    ])
func addresses(text: String, host: String, port: Int) throws {
    let split = try #require(MetricsListener.split(text))
    #expect(split.host == host && Int(split.port) == port)
}

@Test("what is no address is refused", arguments: ["", "9911", "a:b", "127.0.0.1:70000", "127.0.0.1:"])
func noAddress(text: String) { #expect(MetricsListener.split(text) == nil) }

@Test("a port that is taken is told, with what to do")
func taken() async throws {
    let first = try await MetricsListener.start("127.0.0.1:0") { "# EOF\n" }
    #expect(!first.isOpen)
    await #expect(throws: MetricsListener.Fault.self) {
        let second = try await MetricsListener.start(first.address) { "" }
        await second.stop()
    }
    await first.stop()
}
