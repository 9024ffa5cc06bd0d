public import PitModel

/// All descriptors of exchanges. A new one is a file and a line here.
public let responseCatalog: [any ResponseDescriptor.Type] = [
    PromptLength.self,
    ResponseLength.self,
    PromptWords.self,
    ResponseWords.self,
    PromptTokens.self,
    ResponseTokens.self,
    TurnCount.self,
    PromptLanguage.self,
    ResponseLanguage.self,
    PromptScript.self,
    ResponseScript.self,
    RefusalDescriptor.self,
    TypeTokenRatio.self,
    RepetitionShare.self,
    CompressionRatio.self,
    JSONValidity.self,
    CodeShare.self,
    LatencyDescriptor.self,
    TimeToFirstToken.self,
    FinishReason.self,
    FailureDescriptor.self,
    ServedModelName.self,
    ClientName.self,
]

/// What exchanges are described by.
public enum ResponseDescriptors {
    /// What stands before the name of an attribute that a source carries.
    public static let attributePrefix = "attribute."
    private static let mostAttributes = 32
    private static let longestWord = 64

    /// Every descriptor that an exchange has a value of, and the numbers and short words that its source tells of it.
    public static func describe(_ exchange: Interaction) -> [String: Interaction.Attribute] {
        let text = ExchangeText(exchange)
        var found: [String: Interaction.Attribute] = [:]
        for descriptor in responseCatalog {
            if let value = descriptor.value(of: text).flatMap(usable) { found[descriptor.key] = value }
        }
        let own = exchange.attributes.filter { !$0.key.hasPrefix("pitwall.") }.sorted { $0.key < $1.key }
        for (name, value) in own.prefix(mostAttributes) {
            if let value = usable(value) { found[attributePrefix + name] = value }
        }
        return found
    }

    private static func usable(_ value: Interaction.Attribute) -> Interaction.Attribute? {
        switch value {
        case .number(let number): number.isFinite ? value : nil
        case .text(let text): text.isEmpty || text.utf8.count > longestWord ? nil : value
        }
    }

    /// What people call a descriptor or an attribute, and what it is measured in.
    public static func feature(_ key: String) -> DriftFeature {
        if let known = responseCatalog.first(where: { $0.key == key }) {
            return DriftFeature(key: key, title: known.title, unit: known.unit, source: .responses)
        }
        let title = key.hasPrefix(attributePrefix) ? String(key.dropFirst(attributePrefix.count)) : key
        return DriftFeature(key: key, title: title, source: .responses)
    }
}
