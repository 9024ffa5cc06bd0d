public import PitModel

/// What happens to an exchange between being read and being kept: it is told whose it is, sampled, looked at,
/// described, and what is private is taken out of it. Only what comes out of here reaches the store.
public struct InteractionIntake: Sendable {
    public typealias Rewrite = @Sendable (String) -> String

    public var settings: InteractionSettings
    /// Makes what takes private things of the kinds named out of a text.
    public var redaction: @Sendable (_ kinds: [String]) -> Rewrite
    /// What the detectors find in an exchange.
    public var scan: @Sendable (Interaction) -> [Finding]
    /// What an exchange is like: its descriptors by name.
    public var describe: @Sendable (Interaction) -> [String: Interaction.Attribute]

    public init(
        settings: InteractionSettings = InteractionSettings(),
        redaction: @escaping @Sendable (_ kinds: [String]) -> Rewrite = { _ in { $0 } },
        scan: @escaping @Sendable (Interaction) -> [Finding] = { _ in [] },
        describe: @escaping @Sendable (Interaction) -> [String: Interaction.Attribute] = { _ in [:] }
    ) {
        (self.settings, self.redaction, self.scan, self.describe) = (settings, redaction, scan, describe)
    }

    /// What is kept of the exchanges given, in their order.
    public func take(_ exchanges: [Interaction]) -> [KeptInteraction] {
        var rewrites: [[String]: Rewrite] = [:]
        return exchanges.compactMap { read in
            var exchange = read
            let rule = settings.rule(for: exchange)
            exchange.model = rule?.model
            guard Self.isChosen(exchange.id, share: rule?.sample ?? settings.sample) else { return nil }
            let kinds = rule?.redact ?? settings.redact
            var features = describe(exchange)
            var findings = scan(exchange)
            if !kinds.isEmpty {
                let rewrite = rewrites[kinds] ?? redaction(kinds)
                rewrites[kinds] = rewrite
                findings = Self.redact(&exchange, findings, rewrite)
                features = features.mapValues { value in
                    if case .text(let text) = value { .text(rewrite(text)) } else { value }
                }
            }
            // Cut last: half of a secret would not be known for one.
            exchange.cut(to: settings.maxText)
            return KeptInteraction(exchange, features: features, findings: findings.map { KeptFinding($0) })
        }
    }

    /// Whether an exchange is in the sample. The same share chooses the same ones again, and a larger one those too.
    public static func isChosen(_ id: String, share: Double) -> Bool {
        guard share < 1 else { return true }
        return Double(PollSchedule.hash(id) >> 11) / 0x1p53 < share
    }

    /// Takes private things out of all that an exchange says; findings then tell no place, as the text is another.
    private static func redact(
        _ exchange: inout Interaction, _ findings: [Finding], _ rewrite: Rewrite
    ) -> [Finding] {
        let before = exchange
        for index in exchange.messages.indices {
            exchange.messages[index].text = rewrite(exchange.messages[index].text)
        }
        exchange.response = exchange.response.map(rewrite)
        exchange.fault = exchange.fault.map(rewrite)
        exchange.attributes = exchange.attributes.mapValues { value in
            if case .text(let text) = value { .text(rewrite(text)) } else { value }
        }
        exchange.client = exchange.client.map { alias($0, "client", rewrite) }
        exchange.id = alias(exchange.id, "id", rewrite)
        let isOther = exchange.messages != before.messages || exchange.response != before.response
        return findings.map { finding in
            var finding = finding
            finding.evidence = rewrite(finding.evidence)
            if isOther { finding.range = 0..<0 }
            return finding
        }
    }

    /// A name that is private itself becomes one that still tells it from others.
    private static func alias(_ name: String, _ noun: String, _ rewrite: Rewrite) -> String {
        guard rewrite(name) != name else { return name }
        return "\(noun)-\(String(PollSchedule.hash(name) & 0xFFFF_FFFF, radix: 16))"
    }
}
