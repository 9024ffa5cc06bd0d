import PitModel
import Yams

extension ConfigReader {
    /// What is looked for in exchanges, and from where on it is told.
    func readDetectors(_ fields: Fields, _ config: Config, _ issues: IssueList) -> DetectorSettings {
        var settings = DetectorSettings()
        settings.wanted = fields.words("use")
        for word in settings.wanted ?? [] where !detectors.contains(word) {
            let near = Nearest.word(to: word, among: detectors).map { "Did you mean `\($0)`? " } ?? ""
            issues.add(
                "there is no detector `\(word)`", hint: "\(near)There are: \(detectors.joined(separator: ", ")).",
                at: fields.mark(of: "use"))
        }
        settings.leastScore = fields.ratio("least_score") ?? settings.leastScore
        settings.requestsPerMinute = fields.number("requests_per_minute") ?? settings.requestsPerMinute
        settings.tokensPerMinute = fields.number("tokens_per_minute") ?? settings.tokensPerMinute
        settings.promptTokens = fields.number("prompt_tokens").map(whole) ?? settings.promptTokens
        settings.duplicates = fields.number("duplicates").map { max(2, whole($0)) } ?? settings.duplicates
        settings.likeness = fields.ratio("likeness") ?? settings.likeness
        settings.canaries = fields.words("canaries") ?? []
        settings.guardSample = fields.ratio("guard_sample") ?? settings.guardSample
        settings.guardBudget = fields.seconds("guard_budget", atLeast: 0.1) ?? settings.guardBudget
        fields.finish()
        return settings
    }

    private func whole(_ number: Double) -> Int { Int(max(0, min(number, 1e12))) }
}
