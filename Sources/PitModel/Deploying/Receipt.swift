/// What an operation on a deployment was, what became of it, and the proof: written when it was sent, closed with the
/// verdict.
public struct Receipt: Equatable, Codable, Sendable, Identifiable {
    public var operation: Operation
    public var proof: Proof
    /// When what it undid began; nil: not known.
    public var badSince: Timestamp?
    /// Signals at the moment that it was sent, and at the verdict.
    public var signalsBefore: [Signal: Measure]
    public var signalsAfter: [Signal: Measure]
    /// How many features had drifted then; nil: none was judged.
    public var driftedBefore: Int?
    public var driftedAfter: Int?
    /// What the server said.
    public var answer: String
    public var id: String { operation.id }
    public init(
        operation: Operation, proof: Proof, badSince: Timestamp? = nil, signalsBefore: [Signal: Measure] = [:],
        signalsAfter: [Signal: Measure] = [:], driftedBefore: Int? = nil, driftedAfter: Int? = nil, answer: String = ""
    ) {
        (self.operation, self.proof, self.badSince) = (operation, proof, badSince)
        (self.signalsBefore, self.signalsAfter) = (signalsBefore, signalsAfter)
        (self.driftedBefore, self.driftedAfter, self.answer) = (driftedBefore, driftedAfter, answer)
    }

    /// As a page that can be pasted into a ticket.
    public var markdown: String {
        var lines = ["# \(proof.verdict.word): \(operation.request.word) \(proof.deployment.path)", ""]
        func row(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { lines.append("- **\(name)**: \(Self.plain(text))") }
        }
        row("verdict", proof.words)
        row("deployment", proof.deployment.description)
        row("model", proof.model?.description)
        let plan = operation.request.plan
        row("from", plan?.before.release)
        row("to", plan?.target?.label)
        row("by", operation.author)
        row("why", operation.reason)
        row("asked for", operation.at.rfc3339)
        row("rolled out", proof.rolledOutAt?.rfc3339)
        row("decided", proof.decidedAt?.rfc3339)
        row("the server's word", answer)
        row("operation", operation.id)
        lines += [
            "", "| measure | before | after | expected | counted before | counted after | p | |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for evidence in proof.evidence {
            let cells = [
                evidence.name, Self.number(evidence.before), Self.number(evidence.after),
                Self.number(evidence.expected),
                "\(evidence.countBefore)", "\(evidence.countAfter)", Self.number(evidence.pValue), evidence.words,
            ]
            lines.append("| " + cells.map(Self.plain).joined(separator: " | ") + " |")
        }
        if let plan, !plan.changes.isEmpty {
            lines += ["", "## What was changed", ""]
            for change in plan.changes {
                lines.append(
                    "- `\(Self.plain(change.path))`: \(Self.plain(change.before ?? "(nothing)")) → \(Self.plain(change.after ?? "(nothing)"))"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "--" }
        if value == 0 { return "0" }
        let digits = abs(value) < 0.001 ? 1_000_000.0 : 10_000.0
        return "\((value * digits).rounded() / digits)"
    }

    /// One line, that breaks no table and ends no code.
    private static func plain(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "|" || $0 == "`" ? " " : $0 })
    }
}
