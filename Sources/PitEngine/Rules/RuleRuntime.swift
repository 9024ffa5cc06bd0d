import PitModel
import PitParse

/// A rule while the engine runs: its series, and its alerts.
final class RuleRuntime {
    /// One alert of the rule.
    struct Instance {
        let labels: [String: String]
        let fingerprint: String
        var state: Alert.State
        /// Since when it holds; since when it fires, once it does.
        var since: Timestamp
        /// When it last held.
        var lastHeld: Timestamp
        var endedAt: Timestamp?
        var value: Double?
        /// The value that the annotations were last written with.
        var told: Double?
        var annotations: [String: String]
        /// Whether the evaluation under way has met it.
        var isMet = false

        var isFiring: Bool { state == .firing }
    }

    let rule: Rule
    let selectors: [RuleSelector]
    private let evaluation: RuleEvaluation?
    private let comparison: RuleCondition.Comparison
    private let limit: Double
    private(set) var instances: [String: Instance] = [:]
    private(set) var lastEvaluation: Timestamp?
    /// Alerts that there was no room for.
    private(set) var leftOut = 0
    /// Which alert a series has become. The labels are held so that no others take their place.
    private var known: [ObjectIdentifier: (labels: RuleLabels, fingerprint: String)] = [:]

    /// Alerts of one rule.
    static let limit = 1000
    /// Seconds that an alert goes on firing when its series is gone: what is missing does not say that all is well.
    static let patience = 300.0
    /// Seconds that a pending alert waits for a series that is gone.
    static let pendingPatience = 60.0
    /// Seconds that a resolved alert is shown.
    static let memory = 900.0

    init(_ rule: Rule) throws(RuleParser.Fault) {
        self.rule = rule
        var selectors: [RuleSelector] = []
        switch try RuleParser.parse(rule.expression) {
        case .compare(let expression, let comparison, let limit):
            evaluation = RuleEvaluation(expression, connection: rule.connection, &selectors)
            (self.comparison, self.limit) = (comparison, limit)
        case .absent(let matchers):
            selectors = [RuleSelector(matchers, connection: rule.connection)]
            (evaluation, comparison, limit) = (nil, .above, 0)
        }
        self.selectors = selectors
    }

    /// Goes on with an alert that an earlier run left.
    func restore(_ alert: Alert, now: Timestamp) {
        guard alert.state != .resolved, instances.count < Self.limit else { return }
        let state: Alert.State = alert.state == .pending ? .pending : .firing
        instances[alert.fingerprint] = Instance(
            labels: alert.labels, fingerprint: alert.fingerprint, state: state, since: min(alert.startsAt, now),
            lastHeld: now, annotations: alert.annotations)
    }

    func evaluate(_ now: Timestamp, _ points: inout [DataPoint]) {
        lastEvaluation = now
        leftOut = 0
        for key in instances.keys { instances[key]?.isMet = false }
        if let evaluation {
            evaluation.forEach(now, &points) { labels, value in
                guard !value.isNaN else { return }
                // Nothing is spelled for a series that is well and has no alert.
                if instances.isEmpty, !comparison.holds(value, limit) { return }
                meet(labels, value, now)
            }
        } else if !selectors.contains(where: { $0.series.contains { $0.source.value($0.slot, now: now) != nil } }) {
            meet(absentLabels, 1, now)
        } else {
            meet(absentLabels, 0, now)
        }
        settle(now)
    }

    private lazy var absentLabels = RuleLabels(
        Dictionary(
            selectors.flatMap(\.matchers).filter { $0.isEqual && !$0.isRegex && !$0.value.isEmpty }
                .map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }))

    private func meet(_ labels: RuleLabels, _ value: Double, _ now: Timestamp) {
        let key = fingerprint(of: labels)
        if var instance = instances[key] {
            guard !instance.isMet else { return }
            instance.isMet = true
            instance.value = value
            let edge = instance.isFiring ? rule.clearsAt ?? limit : limit
            if comparison.holds(value, edge) { hold(&instance, now) } else { clear(&instance, now) }
            instances[key] = instance
        } else if comparison.holds(value, limit) {
            guard instances.count < Self.limit else {
                leftOut += 1
                return
            }
            var instance = Instance(
                labels: alertLabels(labels.values), fingerprint: key, state: .pending, since: now, lastHeld: now,
                value: value, annotations: [:])
            instance.isMet = true
            hold(&instance, now)
            instances[key] = instance
        }
    }

    private func hold(_ instance: inout Instance, _ now: Timestamp) {
        instance.lastHeld = now
        if instance.state == .resolved {
            (instance.state, instance.since, instance.endedAt, instance.told) = (.pending, now, nil, nil)
        }
        if instance.state == .pending, now.since(instance.since) >= rule.pending {
            (instance.state, instance.since, instance.told) = (.firing, now, nil)
        }
        tell(&instance)
    }

    private func clear(_ instance: inout Instance, _ now: Timestamp) {
        switch instance.state {
        case .pending: instance.endedAt = now
        case .firing where now.since(instance.lastHeld) >= rule.keepFiring:
            (instance.state, instance.endedAt) = (.resolved, now)
        default: break
        }
    }

    /// What the evaluation did not meet is missing; what ended is forgotten in time.
    private func settle(_ now: Timestamp) {
        for (key, instance) in instances {
            if !instance.isMet {
                let gone = now.since(instance.lastHeld)
                switch instance.state {
                case .firing where gone >= max(Self.patience, rule.keepFiring):
                    instances[key]?.state = .resolved
                    instances[key]?.endedAt = now
                case .pending where gone >= Self.pendingPatience: instances[key] = nil
                default: break
                }
            }
            guard let ended = instances[key]?.endedAt else { continue }
            if instance.state == .pending || now.since(ended) >= Self.memory { instances[key] = nil }
        }
    }

    /// Annotations follow the value when it has moved by a tenth: each change is written to the disk.
    private func tell(_ instance: inout Instance) {
        guard let value = instance.value else { return }
        if let told = instance.told, abs(value - told) <= 0.1 * abs(told) { return }
        instance.told = value
        instance.annotations = rule.annotations.mapValues {
            RuleTemplate.text($0, value: value, labels: instance.labels)
        }
    }

    private func alertLabels(_ series: [String: String]) -> [String: String] {
        var labels = series.merging(rule.labels) { $1 }
        labels["alertname"] = rule.name
        return labels
    }

    private func fingerprint(of labels: RuleLabels) -> String {
        if let found = known[ObjectIdentifier(labels)] { return found.fingerprint }
        // Series come and go: what is remembered of them is bounded.
        if known.count > 4 * Self.limit { known = [:] }
        let fingerprint = Alert.fingerprint(of: alertLabels(labels.values))
        known[ObjectIdentifier(labels)] = (labels, fingerprint)
        return fingerprint
    }
}

/// The texts of annotations, with what they name put in.
enum RuleTemplate {
    static func text(_ template: String, value: Double, labels: [String: String]) -> String {
        guard template.contains("{{") else { return template }
        var (result, rest) = ("", template[...])
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            result += rest[..<open.lowerBound]
            let inner = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            if inner == "$value" {
                result += figure(value)
            } else if inner.hasPrefix("$labels.") {
                result += labels[String(inner.dropFirst(8))] ?? ""
            } else {
                result += rest[open.lowerBound..<close.upperBound]
            }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// Three digits that count: `0.0123`, `14.2`, `1850`.
    static func figure(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
        if abs(value) >= 1000 { return "\(Int(value.rounded()))" }
        var (scale, size) = (1.0, abs(value))
        while size < 100, scale < 1e9 {
            size *= 10
            scale *= 10
        }
        return "\((value * scale).rounded() / scale)"
    }
}
