import PitModel
import PitParse

/// Finds the model an alert is about: by the configured labels, else by a label that names it.
enum AlertModel {
    /// Labels that usually hold a served model's name.
    static let usualLabels = ["model", "model_name", "served_model_name", "inferenceservice", "deployment", "service"]

    static func model(of alert: Alert, among models: [ModelConfig]) -> ModelName? {
        for model in models where !model.alerts.isEmpty && MatcherSet(model.alerts).matches(alert.labels) {
            return model.name
        }
        let named = usualLabels.compactMap { alert.labels[$0] }
        return models.first { $0.alerts.isEmpty && named.contains($0.name.description) }?.name
    }
}
