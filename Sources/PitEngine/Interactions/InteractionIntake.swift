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
    /// Those that are asked about an exchange over the network.
    public var guards = GuardRound()

    public init(
        settings: InteractionSettings = InteractionSettings(),
        redaction: @escaping @Sendable (_ kinds: [String]) -> Rewrite = { _ in { $0 } },
        scan: @escaping @Sendable (Interaction) -> [Finding] = { _ in [] },
        describe: @escaping @Sendable (Interaction) -> [String: Interaction.Attribute] = { _ in [:] }
    ) {
        (self.settings, self.redaction, self.scan, self.describe) = (settings, redaction, scan, describe)
    }

    /// What is kept of the exchanges given, in their order, after the guards were asked about them.
    public func takeGuarded(_ exchanges: [Interaction]) async -> [KeptInteraction] {
        guard !guards.guards.isEmpty else { return take(exchanges) }
        // Nobody is asked about what will not be kept.
        let asked = exchanges.filter {
            Self.isChosen($0.id, share: settings.rule(for: $0)?.sample ?? settings.sample)
        }
        let found = await guards.findings(in: asked)
        let byID = Dictionary(found.map { (asked[$0.key].id, $0.value) }, uniquingKeysWith: { $1 })
        return take(exchanges, guarded: byID)
    }

    /// What is kept of the exchanges given, in their order.
    ///
    /// - Parameter guarded: what guards found, by the exchange's id.
    public func take(_ exchanges: [Interaction], guarded: [String: [Finding]] = [:]) -> [KeptInteraction] {
        var rewrites: [[String]: Rewrite] = [:]
        return exchanges.compactMap { read in
            var exchange = read
            let rule = settings.rule(for: exchange)
            exchange.model = rule?.model
            // All are looked at, because a client floods with what the sample leaves out, too; such an exchange is kept.
            var findings = scan(exchange) + (guarded[exchange.id] ?? [])
            let isChosen = Self.isChosen(exchange.id, share: rule?.sample ?? settings.sample)
            guard isChosen || findings.contains(where: { $0.isOfTraffic }) else { return nil }
            let kinds = rule?.redact ?? settings.redact
            var features = describe(exchange)
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

    /// Takes private things out of all that an exchange says, and moves its findings to where their places are then.
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
        return findings.map { finding in
            var finding = finding
            finding.evidence = rewrite(finding.evidence)
            finding.range = moved(finding, before, exchange, rewrite)
            return finding
        }
    }

    /// Where a finding is after what is private was taken out; nowhere where that cannot be told.
    private static func moved(
        _ finding: Finding, _ before: Interaction, _ after: Interaction, _ rewrite: Rewrite
    ) -> Range<Int> {
        func text(_ exchange: Interaction) -> String? {
            if finding.side == .response { return exchange.response }
            return finding.message.flatMap { exchange.messages.indices.contains($0) ? exchange.messages[$0].text : nil }
        }
        guard !finding.range.isEmpty, let old = text(before), let new = text(after) else { return 0..<0 }
        if old == new { return finding.range }
        let start = rewrite(old.prefix(bytes: finding.range.lowerBound)).utf8.count
        let end = rewrite(old.prefix(bytes: finding.range.upperBound)).utf8.count
        return start < end && end <= new.utf8.count ? start..<end : 0..<0
    }

    /// A name that is private itself becomes one that still tells it from others.
    private static func alias(_ name: String, _ noun: String, _ rewrite: Rewrite) -> String {
        guard rewrite(name) != name else { return name }
        return "\(noun)-\(String(PollSchedule.hash(name) & 0xFFFF_FFFF, radix: 16))"
    }
}

extension Finding {
    /// Whether it is about a client's traffic, and not about what this one exchange says.
    fileprivate var isOfTraffic: Bool { owasp == "LLM10" && range.isEmpty && side == .prompt }
}
