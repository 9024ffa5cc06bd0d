import PitModel

extension ConfigReader {
    /// The prompts of golden laps, how often, and of which models.
    func readGolden(_ fields: Fields, _ config: Config, _ issues: IssueList) -> GoldenSettings {
        var settings = GoldenSettings()
        settings.prompts = fields.words("prompts") ?? []
        settings.interval = fields.seconds("every", atLeast: 30) ?? settings.interval
        settings.maxTokens = fields.whole("max_tokens", 1...4096) ?? settings.maxTokens
        settings.models = (fields.words("models") ?? []).map { ModelName($0) }
        if settings.prompts.isEmpty {
            issues.add("`golden` has no `prompts`", hint: "Add `prompts: [\"What can you do?\"]`.", at: fields.mark)
        }
        if settings.prompts.count > GoldenSettings.mostPrompts {
            issues.add(
                "`golden` has \(settings.prompts.count) prompts", hint: "\(GoldenSettings.mostPrompts) at most.",
                at: fields.mark(of: "prompts"))
        }
        for name in settings.models where !config.models.contains(where: { $0.name == name }) {
            issues.add("there is no model `\(name)`", hint: "Name one of `models`.", at: fields.mark(of: "models"))
        }
        fields.finish()
        return settings
    }
}
