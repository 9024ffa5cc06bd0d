import PitModel
import PitParse

/// All rules of pitwall's own: which series each is about, and which alerts it has.
final class RuleBook {
    let settings: RuleSettings
    let rules: [RuleRuntime]
    /// Selectors by the metric's name and a label's value that they want; those that want none under nil.
    private var selectors: [String: [Pair?: [RuleSelector]]] = [:]
    private var pairLabels: [String: Set<String>] = [:]
    private var points: [DataPoint] = []

    private struct Pair: Hashable {
        var label: String
        var value: String
    }

    /// Rules that cannot be read are left out: the configuration has told of them.
    init(_ settings: RuleSettings) {
        self.settings = settings
        var names: Set<String> = []
        rules = settings.rules.compactMap { names.insert($0.name).inserted ? try? RuleRuntime($0) : nil }
        for selector in rules.flatMap(\.selectors) {
            let pair = selector.pair.map { Pair(label: $0.label, value: $0.value) }
            selectors[selector.name, default: [:]][pair, default: []].append(selector)
            if let pair { pairLabels[selector.name, default: []].insert(pair.label) }
        }
    }

    var isEmpty: Bool { rules.isEmpty }

    /// Seconds that a rule looks back at most.
    private(set) lazy var range = rules.reduce(0.0) { result, rule in
        max(result, (try? RuleParser.parse(rule.rule.expression))?.range ?? 0)
    }

    /// Whether a metric's name stands in a rule.
    func names(_ metric: String) -> Bool { selectors[metric] != nil }

    /// Shows a series to the rules; whether one looks at it. `extra` are labels that tell it from others' of the same
    /// name and labels.
    func bind(
        _ key: SeriesKey, _ source: any RuleSource, _ slot: Int, of connection: ConnectionName,
        extra: [String: String] = [:]
    ) -> Bool {
        guard let named = selectors[key.name] else { return false }
        var labels = Dictionary(key.labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        for (name, value) in extra where labels[name] == nil { labels[name] = value }
        var made: RuleLabels?
        func look(_ all: [RuleSelector]) {
            for selector in all
            where selector.connection.map({ $0 == connection }) ?? true && selector.matches(labels) {
                let shared = made ?? RuleLabels(labels)
                made = shared
                selector.add(shared, source, slot)
            }
        }
        look(named[nil] ?? [])
        for label in pairLabels[key.name] ?? [] {
            if let value = labels[label] { look(named[Pair(label: label, value: value)] ?? []) }
        }
        return made != nil
    }

    /// Forgets the series of a source that is no more.
    func forget(_ source: any RuleSource) {
        for rule in rules { for selector in rule.selectors { selector.forget(source) } }
    }

    /// PromQL selectors of what rules look at in a server that has many models' series.
    func selectors(of connection: ConnectionName) -> [String] {
        let wanted = rules.flatMap(\.selectors).filter {
            !$0.name.hasPrefix("pitwall_") && ($0.connection.map { $0 == connection } ?? true)
        }
        return Array(Set(wanted.map { SelectorText.spell([Matcher("__name__", $0.name)] + $0.matchers) })).sorted()
    }

    func restore(_ alerts: [Alert], now: Timestamp) {
        let byName = Dictionary(rules.map { ($0.rule.name, $0) }, uniquingKeysWith: { first, _ in first })
        for alert in alerts { byName[alert.name]?.restore(alert, now: now) }
    }

    /// Computes every rule, and gives all alerts that there are now.
    func evaluate(_ now: Timestamp, silences: [Silence] = []) -> [Alert] {
        for rule in rules { rule.evaluate(now, &points) }
        let inhibited = inhibitions()
        let silences = silences.filter { $0.startsAt <= now && now < $0.endsAt && $0.state != .expired }
            .map { ($0.id, MatcherSet($0.matchers)) }
        var alerts: [Alert] = []
        for rule in rules {
            for instance in rule.instances.values {
                var alert = Alert(
                    fingerprint: instance.fingerprint, labels: instance.labels, annotations: instance.annotations,
                    state: instance.state, startsAt: instance.since, endsAt: instance.endedAt)
                if instance.isFiring {
                    alert.inhibitedBy = inhibited(alert).sorted()
                    alert.silencedBy = silences.filter { $0.1.matches(alert.labels) }.map(\.0).sorted()
                    if !alert.inhibitedBy.isEmpty || !alert.silencedBy.isEmpty { alert.state = .suppressed }
                }
                alerts.append(alert)
            }
        }
        return alerts
    }

    /// Who inhibits an alert, by the rules that fire now.
    private func inhibitions() -> (Alert) -> [String] {
        var sources: [(fingerprint: String, name: String, model: String, targets: Set<String>)] = []
        for rule in rules where !rule.rule.inhibits.isEmpty {
            for instance in rule.instances.values where instance.isFiring {
                guard let model = instance.labels["model"] else { continue }
                sources.append((instance.fingerprint, rule.rule.name, model, Set(rule.rule.inhibits)))
            }
        }
        let byModel = Dictionary(grouping: sources, by: \.model)
        return { alert in
            guard let model = alert.labels["model"], let sources = byModel[model] else { return [] }
            return sources.filter {
                $0.name != alert.name && ($0.targets.contains(alert.name) || $0.targets.contains("*"))
            }.map(\.fingerprint)
        }
    }

    /// How each rule does.
    func states(_ alerts: [AlertState]) -> [RuleState] {
        var suppressed: [String: Int] = [:]
        for state in alerts where state.connection == .pitwall && state.alert.state == .suppressed {
            suppressed[state.alert.name, default: 0] += 1
        }
        return rules.map { rule in
            var state = RuleState(rule.rule, lastEvaluation: rule.lastEvaluation)
            state.series = rule.selectors.reduce(0) { $0 + $1.count }
            for instance in rule.instances.values {
                if instance.state == .pending { state.pending += 1 }
                if instance.isFiring { state.firing += 1 }
            }
            state.suppressed = suppressed[rule.rule.name] ?? 0
            state.problem = problem(rule)
            return state
        }
    }

    /// The same from alerts alone: what is known where another process looks at the series.
    func states(kept alerts: [AlertState]) -> [RuleState] {
        let byName = Dictionary(grouping: alerts.filter { $0.connection == .pitwall }, by: \.alert.name)
        return rules.map { rule in
            let all = byName[rule.rule.name] ?? []
            let suppressed = all.filter { $0.alert.state == .suppressed }.count
            return RuleState(
                rule.rule, pending: all.filter { $0.alert.state == .pending }.count,
                firing: all.filter { $0.alert.state == .firing }.count + suppressed, suppressed: suppressed)
        }
    }

    private func problem(_ rule: RuleRuntime) -> String? {
        if rule.leftOut > 0 { return "more than \(RuleRuntime.limit) alerts: \(rule.leftOut) are left out" }
        for selector in rule.selectors {
            if selector.leftOut > 0 { return "\(selector.leftOut) series are left out: there are too many" }
            guard selector.count == 0 else { continue }
            if selector.name.hasPrefix("pitwall_") {
                if !OwnSeries.names.contains(selector.name) {
                    return "pitwall has no metric \(selector.name)"
                }
            } else if !rule.rule.expression.contains("absent") {
                return "no series matches \(selector.name)"
            }
        }
        return nil
    }
}
