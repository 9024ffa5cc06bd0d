import PitModel
import Yams

extension ConfigReader {
    /// What of exchanges is kept, for all models.
    func readInteractions(_ fields: Fields, _ issues: IssueList) -> InteractionSettings {
        var settings = InteractionSettings()
        settings.maxRows = fields.number("max_rows").map { Int(max(0, min($0, 1e9))) } ?? settings.maxRows
        settings.maxBytes = fields.bytes("max_bytes") ?? settings.maxBytes
        settings.maxText = fields.bytes("max_text") ?? settings.maxText
        settings.sample = fields.ratio("sample") ?? settings.sample
        settings.redact = readRedact(fields, issues) ?? settings.redact
        fields.finish()
        return settings
    }

    /// Which exchanges are a model's, and what of them is kept.
    func readInteractions(_ node: Node, of model: ModelName, _ config: inout Config, _ issues: IssueList) {
        var rule = InteractionSettings.ForModel(model: model)
        if case .scalar(let scalar) = node {
            rule.sources = [ConnectionName(scalar.string)]
        } else if let fields = Fields(node, what: "`interactions`", issues: issues) {
            rule.sources = (fields.words("from") ?? []).map(ConnectionName.init)
            rule.servedAs = fields.words("served_as") ?? []
            rule.sample = fields.ratio("sample")
            rule.redact = readRedact(fields, issues)
            fields.finish()
        }
        for source in rule.sources {
            checkConnection(source.description, kinds: sources, config, at: node.mark, issues)
        }
        config.interactions.models.append(rule)
    }

    /// A model that says nothing of exchanges has those that name it.
    func nameOwners(_ config: inout Config) {
        let told = Set(config.interactions.models.map(\.model))
        for model in config.models where !told.contains(model.name) {
            config.interactions.models.append(.init(model: model.name))
        }
    }

    private func readRedact(_ fields: Fields, _ issues: IssueList) -> [String]? {
        guard let words = fields.words("redact") else { return nil }
        for word in words where !redactions.contains(word) {
            let near = Nearest.word(to: word, among: redactions).map { "Did you mean `\($0)`? " } ?? ""
            issues.add(
                "`\(word)` is nothing that can be redacted",
                hint: "\(near)It can be: \(redactions.joined(separator: ", ")).", at: fields.mark(of: "redact"))
        }
        return words
    }
}
