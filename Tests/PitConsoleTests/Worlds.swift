import PitConsole
import PitModel

/// 2026-11-23 12:04:31 UTC.
let noon = Timestamp(seconds: 1_795_435_471)

/// A figure that swings a little, the same every time.
func swing(_ i: Int, _ base: Double, _ by: Double) -> Double { base + by * Double((i * 7919) % 13 - 6) / 6 }

func healthyModel(_ name: String, _ seed: Int = 1) -> ModelState {
    var model = ModelState(
        name: ModelName(name), health: .ok, replicasUp: 4, replicasKnown: 4, seenAt: noon.advanced(by: -2),
        release: "v14")
    let figures: [Signal: Double] = [
        .requestRate: 38.2, .errorRatio: 0.0002, .ttftP50: 0.2, .ttftP95: 0.412, .ttftP99: 0.7, .itlP50: 0.021,
        .itlP95: 0.038, .itlP99: 0.05,
        .e2eP50: 4, .e2eP95: 9.1, .e2eP99: 14, .running: 61, .waiting: 3, .kvCacheUse: 0.71, .prefixHitRatio: 0.63,
        .generationTokenRate: 6120,
        .promptTokenRate: 16020, .preemptionRate: 0,
    ]
    for (signal, value) in figures { model.signals[signal] = Measure(value) }
    model.trends[.requestRate] = (0..<60).map { swing($0 + seed, 38, 9) }
    model.trends[.ttftP95] = (0..<60).map { swing($0 * 3 + seed, 0.4, 0.1) }
    model.slo = ServiceLevels(ttftP95: 0.5, itlP95: 0.06, errorRatio: 0.01, availability: 0.999)
    model.replicas = (0..<4).map { index in
        ReplicaState(
            id: "\(name)-\(index)", connection: ConnectionName("\(name)-\(index)"), isUp: true,
            signals: [
                .ttftP95: Measure(0.4), .waiting: Measure(1), .running: Measure(15), .kvCacheUse: Measure(0.7),
                .requestRate: Measure(9.5),
            ])
    }
    return model
}

func connection(_ name: String, _ kind: String, capabilities: [String], product: String) -> ConnectionState {
    ConnectionState(
        name: ConnectionName(name), kind: kind, url: "http://\(name).example.com:9090", capabilities: capabilities,
        status: .ok,
        identity: Identity(product: product, version: "2.42.0"), lastAttempt: noon.advanced(by: -2),
        lastSuccess: noon.advanced(by: -2),
        nextAttempt: noon.advanced(by: 13), latency: 0.012, interval: 15, items: 412)
}

func alert(
    _ name: String, _ model: String, severity: String = "critical", state: Alert.State = .firing, since: Double = 240
) -> AlertState {
    let labels = ["alertname": name, "model": model, "severity": severity, "team": "serving"]
    return AlertState(
        alert: Alert(
            fingerprint: Alert.fingerprint(of: labels), labels: labels,
            annotations: ["summary": "\(name) of \(model)", "runbook_url": "https://runbooks.example.com/\(name)"],
            state: state,
            startsAt: noon.advanced(by: -since), receivers: ["oncall"]),
        connection: ConnectionName("alertmanager"), model: ModelName(model), timesFired: 2)
}

enum Worlds {
    static let all: [(name: String, snapshot: Snapshot)] = [
        ("empty", empty), ("healthy", healthy), ("one-down", oneDown), ("wide-names", wideNames),
        ("very-many", veryMany), ("drifting", drifting), ("deploying", DeploymentWorlds.all),
    ]

    static let empty = Snapshot(revision: 1, at: noon)

    static let drifting: Snapshot = {
        var world = healthy
        world.labelQuality = [
            LabelQuality(
                model: ModelName("support-chat"), release: "r13", good: 36, bad: 4, share: 0.9, low: 0.77, high: 0.96),
            LabelQuality(
                model: ModelName("support-chat"), release: "r14", good: 12, bad: 28, share: 0.3, low: 0.18, high: 0.45),
            LabelQuality(
                model: ModelName("code-assist"), release: "r14", good: 7, bad: 2, share: 7.0 / 9, low: 0.45, high: 0.94),
        ]
        world.labelWins = [
            LabelWinRate(
                model: ModelName("support-chat"), release: "r14", against: "r13", count: 64, rate: 0.31, low: 0.2,
                high: 0.43)
        ]
        world.models[0].drift = drift(promptShift: 2)
        world.models[0].drift?.features += responses
        world.interactions = [
            InteractionTally(model: ModelName("support-chat"), lastHour: 412, lastDay: 9800, kept: 60_000)
        ]
        world.models[1].drift = drift(promptShift: 0)
        world.events.append(
            Event(
                at: noon.advanced(by: -1500), kind: .drift, model: ModelName("support-chat"),
                title: "support-chat: prompt tokens drifted (sudden)"))
        return world
    }()

    /// What exchanges tell beside the histograms, and what a service says.
    private static let responses: [FeatureDrift] = {
        func feature(
            _ key: String, _ title: String, _ method: String, _ score: Double, _ limit: Double, _ unit: SignalUnit,
            _ buckets: [DriftBucket]
        ) -> FeatureDrift {
            FeatureDrift(
                feature: DriftFeature(key: key, title: title, unit: unit, source: .responses), method: method,
                score: score, limit: limit, pValue: score > limit ? 0.0000004 : 0.4, referenceCount: 4120,
                currentCount: 412, verdict: score > limit ? .drifted : .same,
                trend: (0..<60).map { $0 < 50 ? limit * 0.3 : score }, buckets: buckets)
        }
        func word(_ name: String, _ reference: Double, _ current: Double) -> DriftBucket {
            DriftBucket(
                upper: nil, name: name, reference: reference, current: current, contribution: abs(current - reference))
        }
        var text = feature(
            "response_text", "response text", "AUC", 0.81, 0.55, .ratio,
            [word("kestrel", 0, 0.42), word("premium", 0.01, 0.4), word("parcel", 0.5, 0.31)])
        text.interval = 0.77...0.85
        let lengths: [(Double, Double, Double)] = [
            (40, 0.3, 0.28), (120, 0.4, 0.2), (400, 0.2, 0.22), (.infinity, 0.1, 0.3),
        ]
        let service = DriftFeature(key: "kstest:age", title: "age (kstest)", unit: .ratio, source: .service)
        return [
            text,
            feature(
                "response_length", "response length", "Wasserstein", 0.24, 0.1, .count,
                lengths.map {
                    DriftBucket(upper: $0.0, reference: $0.1, current: $0.2, contribution: abs($0.1 - $0.2))
                }),
            feature("refusal", "refusal", "JS", 0.03, 0.1, .count, [word("no", 0.97, 0.96), word("yes", 0.03, 0.04)]),
            FeatureDrift(
                feature: service, method: "p (TrustyAI)", score: 0.4, limit: 0.05, pValue: 0.4, verdict: .same),
        ]
    }()

    /// Every feature compared, the prompts moved by so many buckets.
    private static func drift(promptShift: Int) -> ModelDrift {
        let shares = [0.02, 0.05, 0.12, 0.22, 0.25, 0.17, 0.09, 0.05, 0.03]
        let moved = shares.indices.map { $0 >= promptShift ? shares[$0 - promptShift] : 0.004 }
        let prompt = shares.indices.map { index in
            DriftBucket(
                upper: index == shares.count - 1 ? .infinity : Double(16 << index), reference: shares[index],
                current: moved[index], contribution: abs(moved[index] - shares[index]) * 0.9)
        }
        func feature(_ traffic: TrafficFeature, _ score: Double, buckets: [DriftBucket] = []) -> FeatureDrift {
            FeatureDrift(
                feature: DriftFeature(traffic), method: "PSI (hist)", score: score, limit: 0.2,
                pValue: score > 0.2 ? 0.0000001 : 0.31, referenceCount: 812_400, currentCount: 5120,
                verdict: score > 0.2 ? .drifted : .same,
                trend: (0..<60).map { $0 < 35 ? 0.01 + swing($0, 0.01, 0.008) : score + swing($0, 0, 0.02) },
                buckets: buckets, since: score > 0.2 ? noon.advanced(by: -1500) : nil,
                onset: score > 0.2 ? .sudden : nil)
        }
        let reasons = [("stop", 0.82, 0.81), ("length", 0.17, 0.18), ("abort", 0.01, 0.01)].map {
            DriftBucket(upper: nil, name: $0.0, reference: $0.1, current: $0.2, contribution: 0.0001)
        }
        let range = TimeRange(from: noon.advanced(by: -3600), to: noon)
        return ModelDrift(
            at: noon, current: range, reference: TimeRange(from: noon.advanced(by: -608_400), to: range.from),
            referenceWords: "the 7 d before", interval: 60,
            features: [
                feature(.promptTokens, promptShift > 0 ? 0.41 : 0.02, buckets: prompt),
                feature(.responseTokens, 0.05, buckets: prompt),
                feature(.finishReason, 0.003, buckets: reasons),
                FeatureDrift(
                    feature: DriftFeature(.ttft), method: "PSI (hist)", limit: 0.2, referenceCount: 812_400,
                    currentCount: 41, verdict: .notEnoughData, why: "41 requests in the window, 200 wanted"),
            ])
    }

    static let healthy: Snapshot = {
        var world = plain
        world.deployments = ["code-assist", "summarise", "support-chat"].map { deployment($0) }
        world.audit = [DeploymentWorlds.audit[0]]
        world.auditChain = .whole(entries: 1)
        return world
    }()

    /// Without deployments: none is configured.
    static let plain = Snapshot(
        revision: 2, at: noon,
        models: ["support-chat", "code-assist", "summarise"].enumerated().map { healthyModel($1, $0) },
        connections: [
            connection(
                "prometheus", "prometheus", capabilities: ["metrics", "history", "alerts"], product: "Prometheus"),
            connection(
                "alertmanager", "alertmanager", capabilities: ["alerts", "silences", "operate"], product: "Alertmanager"
            ),
            connection("support-chat-0", "metrics", capabilities: ["metrics"], product: "vLLM"),
        ],
        events: [
            Event(at: noon.advanced(by: -300), kind: .release, model: ModelName("support-chat"), title: "release v14")
        ],
        log: [LogLine(at: noon, level: .info, source: "engine", text: "polling for this folder")])

    static let oneDown: Snapshot = {
        var world = healthy
        world.models[2] = ModelState(
            name: ModelName("summarise"), health: .down, why: "connection refused by 10.0.0.7:8000", replicasUp: 0,
            replicasKnown: 1,
            replicas: [
                ReplicaState(
                    id: "summarise-0", connection: ConnectionName("summarise-0"), isUp: false,
                    fault: .refused("10.0.0.7:8000"))
            ],
            firingAlerts: 1, release: "v7")
        world.models[1].health = .slow
        world.models[1].why = "TTFT p95 1.9 s, promised 500 ms"
        world.models[1].signals[.ttftP95] = Measure(2560, isAtLeast: true)
        world.models[1].signals[.requestRate] = nil
        world.models[1].blame = [
            Blame(.queueLonger, strength: 0.93, evidence: "waiting 2 → 41"),
            Blame(.kvCacheFull, strength: 0.6, evidence: "KV cache 99%, preemptions 0 → 1.2/s"),
        ]
        world.alerts = [
            alert("TargetDown", "summarise"), alert("HighTTFT", "code-assist", since: 75),
            alert("DiskFilling", "support-chat", severity: "warning", state: .suppressed),
        ]
        world.alerts[1].claim = Act(
            at: noon.advanced(by: -30), author: "ana", kind: .claim, subject: world.alerts[1].id)
        world.silences = [
            Silence(
                id: "5d2e1f8a-0000-4000-8000-000000000001", matchers: [Matcher("alertname", "DiskFilling")],
                startsAt: noon.advanced(by: -600),
                endsAt: noon.advanced(by: 5400), createdBy: "ben", comment: "resize is scheduled", state: .active,
                connection: ConnectionName("alertmanager"))
        ]
        world.connections[2].status = .failing
        world.connections[2].fault = .refused("10.0.0.7:8000")
        world.connections[2].failuresInRow = 3
        world.connections[2].lastSuccess = noon.advanced(by: -252)
        world.connections[2].badLines = [
            BadLine(number: 17, reason: "the value is not a number", excerpt: "vllm:x{a=\"b\"} 1_0")
        ]
        world.connections[2].badLineCount = 1
        world.events.append(
            Event(
                at: noon.advanced(by: -252), kind: .connectionLost, connection: ConnectionName("support-chat-0"),
                title: "support-chat-0: connection refused"))
        world.log.append(
            LogLine(
                at: noon, level: .warning, source: "engine", text: "support-chat-0: connection refused by 10.0.0.7:8000"
            ))
        return world
    }()

    static let wideNames: Snapshot = {
        var world = oneDown
        let names = [
            "東京-翻訳モデル", "🏎️-racer-👨‍👩‍👧", "\u{1B}[31mred\u{07}\u{202E}evil", String(repeating: "long-", count: 40), "עברית",
            "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}clair",
        ]
        world.models = names.enumerated().map { healthyModel($1, $0) }
        world.models[0].health = .erring
        world.models[0].why = "\u{1B}]0;title\u{07} エラー 12%"
        world.alerts = names.map { alert("警告\u{1B}[2J \($0)", $0) }
        world.connections[0].identity = Identity(product: "プロメテウス\r\n", version: "\u{9B}31m")
        world.log.append(LogLine(at: noon, level: .error, source: "\u{1B}[0m", text: "a\u{0}b\nc\u{85}d"))
        world.deployments = names.map { name in
            var state = deployment(name)
            state.deployment.release = "r14\u{1B}]0;x\u{07}"
            state.deployment.message = "\u{202E}エラー"
            state.deployment.status = .degraded
            return state
        }.sorted { $0.id < $1.id }
        return world
    }()

    static let veryMany: Snapshot = {
        var world = oneDown
        let sample = healthyModel("sample")
        world.models = (0..<10_000).map { index in
            var model = sample
            model.name = ModelName("model-\(index)")
            model.health = index % 997 == 3 ? .down : .ok
            return model
        }
        let one = alert("HighTTFT", "model-1")
        world.alerts = (0..<100_000).map { index in
            var state = one
            state.alert.fingerprint = "\(index)"
            state.alert.startsAt = noon.advanced(by: -Double(index))
            return state
        }
        let deployed = deployment("sample")
        world.deployments = (0..<500).map { index in
            var state = deployed
            state.deployment.id.name = "model-\(index)"
            state.deployment.model = ModelName("model-\(index)")
            if index % 97 == 5 { state.deployment.status = .failed }
            return state
        }
        return world
    }()
}

extension Worlds {
    /// What an alert did before: three times, once noise, once acknowledged and noted, now open.
    static func past(of query: AlertQuery) -> AlertPast {
        guard let state = oneDown.alerts.first(where: { $0.id == query.fingerprint }) else { return AlertPast() }
        func firing(_ ago: Double, _ length: Double?, _ acts: [(Act.Kind, String, Double)] = []) -> Firing {
            let at = noon.advanced(by: -ago)
            return Firing(
                alert: state.alert, connection: state.connection, firedAt: at,
                endedAt: length.map { at.advanced(by: $0) }, endedSilenced: ago > 200_000,
                acts: acts.map { kind, text, after in
                    Act(at: at.advanced(by: after), author: "ben", kind: kind, subject: state.id, text: text)
                })
        }
        return AlertPast(firings: [
            firing(240, nil), firing(7300, 1500, [(.acknowledge, "", 95), (.note, "restarted by hand", 900)]),
            firing(90_000, 60, [(.noise, "", 30)]), firing(259_200, 3600),
        ])
    }

    /// One alert was acknowledged six hours ago and still fires; pitwall's own could not be told to everybody.
    static let forgotten: Snapshot = {
        var world = oneDown
        world.alerts[0].acknowledgement = Act(
            at: noon.advanced(by: -6 * 3600), author: "ana", kind: .acknowledge, subject: world.alerts[0].id)
        world.alerts[0].alert.startsAt = noon.advanced(by: -7 * 3600)
        world.alerts[0].sharedIn = ConnectionName("alertmanager")
        var own = alert("ModelDown", "summarise", since: 200)
        own.connection = .pitwall
        own.deliveries = [
            Delivery(
                receiver: "chat", notice: AlertNotice(.firing, own.alert), since: noon.advanced(by: -199),
                next: noon.advanced(by: 100), attempts: 4, fault: "connection refused by 10.0.0.8:443"),
            Delivery(
                receiver: "paging", notice: AlertNotice(.firing, own.alert), stage: .delivered,
                since: noon.advanced(by: -199), at: noon.advanced(by: -198)),
        ]
        world.alerts.insert(own, at: 1)
        world.receivers = [
            ReceiverState(
                name: "chat", words: "webhook https://chat.example.com", waiting: 1,
                fault: "connection refused by 10.0.0.8:443"),
            ReceiverState(name: "paging", words: "alertmanager alertmanager", delivered: 1),
        ]
        return world
    }()
}

func history(for query: HistoryQuery) -> History {
    let end = query.end ?? noon
    let step = query.span / Double(query.points)
    var values: [Signal: [Double?]] = [:]
    for (order, signal) in query.signals.enumerated() {
        values[signal] = (0..<query.points).map { index in
            index % 50 == 0
                ? nil : index > query.points * 2 / 3 ? swing(index + order, 2, 0.2) : swing(index + order, 0.4, 0.1)
        }
    }
    let events = [
        Event(
            at: end.advanced(by: -330), kind: .release, model: query.model, title: "release v14", detail: "jenkins #812"
        ),
        Event(at: end.advanced(by: -250), kind: .alertFired, model: query.model, title: "HighTTFT fired"),
    ]
    return History(start: end.advanced(by: -query.span), step: step, values: values, events: events)
}
