import PitModel

/// Reviews as rows and lines.
enum ReviewReport {
    static func requirements(_ review: Review) -> Report {
        Report(
            columns: [
                .init(key: "policy", title: "POLICY"), .init(key: "alias", title: "ALIAS"),
                .init(key: "requirement", title: "REQUIREMENT"), .init(key: "outcome", title: "OUTCOME"),
                .init(key: "found", title: "FOUND"),
            ],
            rows: review.policies.flatMap { policy in
                policy.results.map {
                    [
                        .text(policy.policy.name), .text(policy.policy.alias), .text($0.name),
                        .text($0.outcome.rawValue), .text($0.words),
                    ]
                }
            }, emptyText: "no policy is for \(review.evidence.card.id.model): nothing is required")
    }

    /// What else a person wants to know before deciding.
    static func notes(_ review: Review) -> [String] {
        let evidence = review.evidence
        let card = evidence.card
        var lines = ["", "\(card.id): \(card.description.isEmpty ? "--" : card.description)"]
        lines.append("aliases: \(card.aliases.isEmpty ? "none" : card.aliases.joined(separator: ", "))")
        lines += evidence.facts.suffix(20).map {
            "\($0.at.rfc3339) \($0.words)" + ($0.isRemote ? " (by the registry's tag)" : "")
        }
        if evidence.untold > 0 { lines.append("the registry was not told of \(evidence.untold) of these yet") }
        lines.append(
            review.policies.isEmpty
                ? "see all that is known: pitwall report \(card.id.model) --version \(card.id.version)"
                : review.holds ? "nothing is missing" : "a promotion would be refused: see what is missing above")
        return lines
    }

    /// What still uses a version that is retired.
    static func uses(_ review: Review) -> [String] {
        let evidence = review.evidence
        let aliases = evidence.card.aliases.map { "still used: alias \($0)" }
        let others = evidence.serving.filter { $0.id.kind != .alias }.map { "still used: \($0.id)" }
        return aliases + others.sorted() + (aliases.isEmpty && others.isEmpty ? ["nothing that is read uses it"] : [])
    }

    static func facts(_ facts: [ReviewFact]) -> Report {
        Report(
            columns: [
                .init(key: "at", title: "AT"), .init(key: "version", title: "VERSION"),
                .init(key: "decision", title: "DECISION"), .init(key: "about", title: "ABOUT"),
                .init(key: "author", title: "BY"), .init(key: "until", title: "UNTIL"),
                .init(key: "reason", title: "WHY"), .init(key: "registry", title: "REGISTRY", isWide: true),
            ],
            rows: facts.map { fact in
                [
                    .time(fact.at), .text(fact.version.path), .text(fact.kind.word), .text(fact.subject),
                    .text(fact.author), fact.until.map { .time($0) } ?? .none, .text(fact.reason),
                    .text(fact.version.connection.description),
                ]
            }, emptyText: "nobody has decided anything yet")
    }
}
