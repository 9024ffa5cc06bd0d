/// All that is known of a version of a model, for those who decide about it and those who ask later. What is not known
/// is said in its place: `--` where there is no value, `not recorded` where there could be one.
public struct Dossier: Equatable, Codable, Sendable {
    /// `support-assistant/3`.
    public var version: String
    public var registry: ConnectionName
    public var at: Timestamp
    public var author: String
    /// Whether it fulfils the policies that are for it; nil where there is none.
    public var fulfilsPolicies: Bool?
    public var policies: [PolicyResult]
    public var decisions: [ReviewFact]
    public var sections: [Handover.Section]

    /// Lines of a section at most; the rest is counted.
    static let most = 60
    static let unknown = "not recorded"

    /// - Parameters:
    ///   - receipts: of what was done to deployments that brought or left this version, oldest first.
    ///   - operations: the same as they stand in the journal, oldest first.
    ///   - entries: lines of the audit trail about it, oldest first.
    public init(
        _ review: Review, author: String, receipts: [Receipt] = [], operations: [JournalEntry] = [],
        entries: [AuditEntry] = []
    ) {
        let evidence = review.evidence
        (version, registry, at) = (evidence.card.id.path, evidence.card.id.connection, evidence.at)
        (self.author, policies, decisions) = (author, review.policies, evidence.facts)
        fulfilsPolicies = review.policies.isEmpty ? nil : review.holds
        let name = Self.unknown
        sections = [
            Section("Verdict", Self.verdict(review), none: "No policy is for this model: nothing is required."),
            Section("Card", Self.card(evidence.card), none: name),
            Section("Lineage", Self.lineage(evidence.card), none: name),
            Section(
                "Evaluations", Self.evaluations(evidence),
                none: "-- No run is about this version: name a system of a suite after it, or attach one."),
            Section("Human labels", Self.labels(evidence), none: "-- Nobody judged its answers."),
            Section(
                "Safety", Self.findings(evidence),
                none: "-- Not recorded: no served model of the configuration is known to be this one."),
            Section(
                "Bias", Self.bias(evidence),
                none:
                    "-- Not recorded: no judged answer of it carries attributes, no SPD or DIR is published for it, "
                    + "and no run about it has slices."),
            Section("Security", Self.security(evidence), none: name),
            Section("Drift", Self.drift(evidence), none: "-- Not recorded: no drift is computed for it."),
            Section("Deployments", Self.deployments(evidence), none: "Nothing that is read serves it now."),
            Section(
                "Operations and proofs", Self.operations(receipts, operations),
                none: "Pitwall was asked for nothing about it."),
            Section(
                "Alerts", Self.alerts(evidence),
                none: evidence.alerts == nil
                    ? "-- Not recorded: no served model is known to be this one." : "None fires."
            ),
            Section("Decisions", evidence.facts.map(Self.decision), none: "Nobody has decided anything about it."),
            Section("Audit trail", Self.audit(entries), none: "The audit trail has nothing about it."),
        ]
    }

    private typealias Section = Handover.Section

    public var text: ReportText {
        ReportText(
            "\(version) in \(registry)", lead: "as of \(at.rfc3339), by \(author)", sections: sections)
    }

    // MARK: -

    static func bounded(_ lines: [String]) -> [String] {
        lines.count <= most ? lines : Array(lines.prefix(most)) + ["and \(lines.count - most) more"]
    }

    /// `name: value`, or that it is not recorded.
    static func row(_ name: String, _ value: String?) -> String {
        let known = value.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
        return "\(name): \(known ?? "-- (\(unknown))")"
    }

    /// The first tag of one of these names, with its name where that is another than the row's.
    static func row(_ name: String, tag names: [String], _ card: ModelVersionCard) -> String {
        let tag = card.tag(names)
        return row(name, tag.map { $0.name == name ? $0.value : "\($0.value) (tag \($0.name))" })
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    /// Three decimals.
    static func short(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "--" }
        return "\((value * 1000).rounded() / 1000)"
    }
    static func short(_ value: Double) -> String { short(Optional(value)) }
}
