import PitModel
import PitSafety

/// Takes private text and secrets out.
struct RedactStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "redact", summary: "Puts [email], [phone], [secret] in the place of private text and secrets.",
        options: [
            OptionInfo(
                "kinds", .list, help: "some of: \(Redaction.kinds.joined(separator: ", ")); all without it",
                example: "[email, phone, secret]"),
            OptionInfo("action", .text, help: "replace it, or drop the row", example: "replace"),
        ])

    private let redaction: Redaction
    private let drops: Bool

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        let kinds = try spec.words("kinds", among: Redaction.kinds) ?? Redaction.kinds
        guard let redaction = Redaction(kinds) else { throw CleaningFault("`kinds` names none") }
        self.redaction = redaction
        drops = try spec.choice("action", ["replace", "drop"]) == "drop"
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        guard drops else {
            row.change(redaction.apply)
            return .keep
        }
        return row.verdict { text in redaction.spans(in: text).first.map { "has \($0.kind.rawValue)" } }
    }
}
