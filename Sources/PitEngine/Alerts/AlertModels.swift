import PitModel
import PitParse

/// Finds the model an alert is about: by the configured labels, else by a label that names it. Made once for the
/// configured models, so that an alert is not held against each of them.
struct AlertModels {
    /// Labels that usually hold a served model's name.
    static let usualLabels = ["model", "model_name", "served_model_name", "inferenceservice", "deployment", "service"]

    private struct Pair: Hashable {
        var label: String
        var value: String
    }

    private var names: [ModelName] = []
    private var all: Set<ModelName> = []
    /// Models by a label that one of their matchers wants equal to a value, in the order they are configured.
    private var byPair: [Pair: [Int]] = [:]
    private var pairLabels: [String] = []
    /// Models whose matchers name no such label.
    private var others: [Int] = []
    private var matchers: [Int: MatcherSet] = [:]
    /// Models without matchers.
    private var byName: [String: Int] = [:]

    init(_ models: [ModelConfig] = []) {
        names = models.map(\.name)
        all = Set(names)
        for (index, model) in models.enumerated() {
            guard !model.alerts.isEmpty else {
                byName[model.name.description] = byName[model.name.description] ?? index
                continue
            }
            matchers[index] = MatcherSet(model.alerts)
            guard let equal = model.alerts.first(where: { !$0.isRegex && $0.isEqual && !$0.value.isEmpty }) else {
                others.append(index)
                continue
            }
            byPair[Pair(label: equal.name, value: equal.value), default: []].append(index)
        }
        pairLabels = Set(byPair.keys.map(\.label)).sorted()
    }

    /// The model that an alert of a source is about. Pitwall's own name it.
    func model(of alert: Alert, from connection: ConnectionName) -> ModelName? {
        if connection == .pitwall, let name = alert.labels["model"].map({ ModelName($0) }), all.contains(name) {
            return name
        }
        return model(of: alert)
    }

    /// The first model that is configured for such an alert.
    func model(of alert: Alert) -> ModelName? {
        var first: Int?
        func look(_ candidates: [Int]) {
            let found = candidates.first { matchers[$0]?.matches(alert.labels) ?? false }
            if let found { first = min(first ?? found, found) }
        }
        for label in pairLabels {
            if let value = alert.labels[label], let found = byPair[Pair(label: label, value: value)] { look(found) }
        }
        look(others)
        if let first { return names[first] }
        return Self.usualLabels.compactMap { alert.labels[$0].flatMap { byName[$0] } }.min().map { names[$0] }
    }
}
