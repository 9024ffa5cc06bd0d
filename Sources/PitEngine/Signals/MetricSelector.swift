import PitModel
import PitParse

/// The series that one model's binding asks a Prometheus for.
enum MetricSelector {
    static func selector(for binding: MetricsBinding, of model: ModelName, profiles: [MetricProfile]) -> String {
        let profile = profiles.first { $0.id == binding.profile }
        if let profile {
            var matching = binding.matching
            if matching.isEmpty, let label = profile.modelLabel { matching = [Matcher(label, model.description)] }
            return profile.selector(matching: matching)
        }
        // Without a profile the matchers alone must narrow it; by default the label most servers use.
        let matching = binding.matching.isEmpty ? [Matcher("model_name", model.description)] : binding.matching
        return SelectorText.spell(matching)
    }
}
