import PitModel

/// One statistic that a service computed and publishes as a gauge, with what its labels say it is about.
///
/// TrustyAI's service in Java names a drift statistic's column `subcategory`, and its value is a p-value: the probability
/// that reference and current data come from the same distribution. The one in Python publishes the statistic.
struct ServiceStatistic: Hashable {
    var metric: String
    /// The column, or the protected attribute.
    var column: String

    init?(_ key: SeriesKey, model: ModelName) {
        guard key.name.hasPrefix("trustyai_") else { return nil }
        // One service tells of several models.
        if let named = key["model"] ?? key["modelId"], named != model.description { return nil }
        metric = String(key.name.dropFirst("trustyai_".count))
        column = key["subcategory"] ?? key["protected"] ?? key["requestName"] ?? ""
    }

    /// The text that a binding carries it by.
    init?(category: String) {
        let parts = category.split(separator: "\u{1F}", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        (metric, column) = (String(parts[0]), String(parts[1]))
    }

    var category: String { "\(metric)\u{1F}\(column)" }

    private var isPValue: Bool {
        !column.isEmpty && ["meanshift", "kstest", "approxkstest", "fouriermmd"].contains(metric)
    }

    /// What a value of it says.
    func drift(_ value: Double) -> FeatureDrift {
        let key = column.isEmpty ? metric : "\(metric):\(column)"
        let feature = DriftFeature(
            key: key, title: column.isEmpty ? metric : "\(column) (\(metric))", unit: .ratio, source: .service)
        var drift = FeatureDrift(
            feature: feature, method: "TrustyAI", score: value, limit: 0.05, verdict: .notEnoughData)
        guard value.isFinite else {
            (drift.score, drift.why) = (nil, "the service has no value")
            return drift
        }
        switch metric {
        case "spd": (drift.method, drift.limit, drift.verdict) = ("SPD", 0.1, abs(value) > 0.1 ? .drifted : .same)
        case "dir":
            (drift.method, drift.limit) = ("DIR", 0.2)
            drift.verdict = (0.8...1.2).contains(value) ? .same : .drifted
        case "jensenshannon":
            (drift.method, drift.limit, drift.verdict) = ("JS distance", 0.1, value > 0.1 ? .drifted : .same)
        case _ where isPValue:
            (drift.method, drift.pValue) = ("p (TrustyAI)", value)
            drift.verdict = value < 0.05 ? .drifted : .same
        default: drift.why = "the service publishes the statistic without what it means"
        }
        return drift
    }
}
