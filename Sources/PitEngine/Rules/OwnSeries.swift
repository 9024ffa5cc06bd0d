import PitModel

/// What pitwall knows of models and connections, as series that rules can name: the same names and labels under which
/// `pitwall poll --listen` publishes them.
final class OwnSeries: RuleSource {
    private struct Key: Hashable {
        var name: String
        var subject: String
        var detail: String
    }

    private var slots: [Key: Int] = [:]
    private var values: [Double] = []

    /// What there is.
    static let names: Set<String> = Set(
        [
            "pitwall_model_health", "pitwall_model_stale", "pitwall_model_replicas_up", "pitwall_model_replicas_known",
            "pitwall_connection_up", "pitwall_connection_bad_lines", "pitwall_drift_detected", "pitwall_drift_score",
            "pitwall_model_error_budget_burn_rate", "pitwall_model_error_budget_fast_burn_rate",
            "pitwall_model_error_budget_slow_burn_rate", "pitwall_model_error_budget_steady_burn_rate",
            "pitwall_findings_last_hour",
            "pitwall_label_good_ratio", "pitwall_label_good_ratio_low", "pitwall_label_good_ratio_high",
            "pitwall_labels_judged", "pitwall_other_release_good_ratio_low", "pitwall_release_win_ratio",
            "pitwall_release_win_ratio_low", "pitwall_release_win_ratio_high",
            "pitwall_exchanges_with_findings_last_hour",
            "pitwall_responses_with_findings_last_hour",
        ] + Signal.allCases.map { "pitwall_model_\($0.info.jsonKey)" })

    func value(_ slot: Int, now: Timestamp) -> Double? { values[slot].isNaN ? nil : values[slot] }

    /// Only what is now is known: a rate of these has nothing to look back on.
    func points(_ slot: Int, from: Timestamp, into points: inout [DataPoint]) {
        points.removeAll(keepingCapacity: true)
    }

    /// Takes what is known now; what is not given is missing.
    func update(_ book: RuleBook, _ fill: (_ put: Putting) -> Void) {
        for index in values.indices { values[index] = .nan }
        fill { name, subject, detail, value in
            guard book.names(name) else { return }
            let key = Key(name: name, subject: subject.value, detail: detail?.value ?? "")
            if let slot = self.slots[key] {
                self.values[slot] = value
                return
            }
            self.slots[key] = self.values.count
            self.values.append(value)
            let labels = [subject] + (detail.map { [$0] } ?? [])
            let series = SeriesKey(name, labels.map { Label($0.label, $0.value) })
            _ = book.bind(series, self, self.values.count - 1, of: .pitwall)
        }
    }

    typealias Pair = (label: String, value: String)
    /// A metric's name, what it is of, what else it is told apart by, the value.
    typealias Putting = (_ name: String, _ subject: Pair, _ detail: Pair?, _ value: Double) -> Void
}

/// What is known under `pitwall_...`: rules can name these, and no others that begin so.
public let ownMetricNames: Set<String> = OwnSeries.names
