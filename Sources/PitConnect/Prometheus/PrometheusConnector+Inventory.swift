import FoundationEssentials
public import PitModel

/// Something that a Prometheus scrapes.
public struct PrometheusTarget: Equatable, Sendable {
    public enum Health: String, Sendable { case up, down, unknown }
    public var labels: [String: String]
    public var url: String
    public var health: Health
    public var lastError: String
    public var lastScrape: Timestamp?
}

/// A rule that a Prometheus evaluates.
public struct PrometheusRule: Equatable, Sendable {
    public var name: String
    public var group: String
    public var isAlerting: Bool
    public var query: String
    /// `firing`, `pending`, `inactive`; nil for a recording rule.
    public var state: String?
    public var isHealthy: Bool
    public var lastError: String
}

extension PrometheusConnector {
    /// The targets being scraped.
    public func readTargets() async throws(ConnectorFault) -> [PrometheusTarget] {
        var asked = request(.get, "/api/v1/targets")
        asked.query = [("state", "active")]
        let data = try open(WireTargets.self, try await http.send(asked))
        return data.payload.activeTargets.prefix(100_000).map { item in
            PrometheusTarget(
                labels: item.labels, url: item.scrapeUrl ?? "",
                health: PrometheusTarget.Health(rawValue: item.health ?? "") ?? .unknown,
                lastError: item.lastError ?? "", lastScrape: item.lastScrape.flatMap(Timestamp.init(rfc3339:)))
        }
    }

    /// The rules of all groups.
    public func readRules() async throws(ConnectorFault) -> [PrometheusRule] {
        let data = try open(WireRules.self, try await http.send(request(.get, "/api/v1/rules")))
        return data.payload.groups.prefix(10_000).flatMap { group in
            group.rules.prefix(10_000).map { rule in
                PrometheusRule(
                    name: rule.name, group: group.name, isAlerting: rule.type == "alerting", query: rule.query ?? "",
                    state: rule.state, isHealthy: rule.health != "err", lastError: rule.lastError ?? "")
            }
        }
    }

    /// What metrics are: by family, as they were scraped. `metric` asks for one.
    public func readMetadata(of metric: String? = nil) async throws(ConnectorFault) -> [MetricFamily] {
        var asked = request(.get, "/api/v1/metadata")
        asked.query = [("limit", "20000")] + (metric.map { [("metric", $0)] } ?? [])
        let data = try open([String: [WireMetadata]].self, try await http.send(asked))
        return data.payload.sorted { $0.key < $1.key }.prefix(20_000).compactMap { name, entries in
            entries.first.map { entry in
                MetricFamily(
                    name: name, kind: MetricKind(rawValue: entry.type) ?? .unknown, help: entry.help,
                    unit: entry.unit.flatMap { $0.isEmpty ? nil : $0 })
            }
        }
    }

    /// One line on what it scrapes and evaluates; nil where the product does not say.
    func inventory() async -> String? {
        var parts: [String] = []
        if let targets = try? await readTargets() {
            let down = targets.filter { $0.health == .down }
            parts.append("\(targets.count) targets" + (down.isEmpty ? "" : ", \(down.count) down"))
            if let first = down.first { parts.append("\(first.url): \(first.lastError.prefix(80))") }
        }
        if let rules = try? await readRules() {
            let sick = rules.filter { !$0.isHealthy }
            parts.append("\(rules.count) rules" + (sick.isEmpty ? "" : ", \(sick.count) failing (\(sick[0].name))"))
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

private struct WireTargets: Decodable {
    struct Item: Decodable {
        var labels: [String: String]
        var scrapeUrl: String?
        var health: String?
        var lastError: String?
        var lastScrape: String?
    }
    var activeTargets: [Item]
}

private struct WireRules: Decodable {
    struct Group: Decodable {
        var name: String
        var rules: [Rule]
    }
    struct Rule: Decodable {
        var type: String
        var name: String
        var query: String?
        var state: String?
        var health: String?
        var lastError: String?
    }
    var groups: [Group]
}

private struct WireMetadata: Decodable {
    var type: String
    var help: String?
    var unit: String?
}
