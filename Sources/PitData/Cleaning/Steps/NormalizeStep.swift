import Foundation
import PitModel

/// Makes letters and signs even, for texts that are counted or compared.
struct NormalizeStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "normalize", summary: "Makes letters and signs even: Unicode's forms, case, quotes and dashes.",
        options: [
            OptionInfo("form", .text, help: "nfc, or nfkc: full-width and ligatures as plain letters", example: "nfc"),
            OptionInfo("case", .text, help: "lower or upper", example: "lower"),
            OptionInfo(
                "punctuation", .text,
                help: "plain: \u{201C} \u{2019} \u{2013} \u{2026} as on a typewriter; remove: none is left",
                example: "plain"),
        ])

    private let form: String
    private let letters: String?
    private let punctuation: String?

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        form = try spec.choice("form", ["nfc", "nfkc"]) ?? "nfc"
        letters = try spec.choice("case", ["lower", "upper"])
        punctuation = try spec.choice("punctuation", ["plain", "remove"])
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change { text in
            var text = text.utf8.allSatisfy { $0 < 0x80 } ? text : composed(text)
            if letters == "lower" { text = text.lowercased() } else if letters == "upper" { text = text.uppercased() }
            switch punctuation {
            case "plain": return Self.plain(text)
            case "remove": return Self.withoutSigns(text)
            default: return text
            }
        }
        return .keep
    }

    private func composed(_ text: String) -> String {
        form == "nfkc" ? text.precomposedStringWithCompatibilityMapping : UnicodeStep.composed(text)
    }

    private static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { signs[$0.value] != nil }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let sign = signs[scalar.value] { result += sign } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    private static let signs: [UInt32: String] = {
        var signs: [UInt32: String] = [0x2026: "...", 0xAB: "\"", 0xBB: "\"", 0x2032: "'", 0x2033: "\"", 0xA0: " "]
        for value in [0x2018, 0x2019, 0x201A, 0x201B, 0x2039, 0x203A, 0xB4] as [UInt32] { signs[value] = "'" }
        for value in 0x201C...0x201F as ClosedRange<UInt32> { signs[value] = "\"" }
        for value in 0x2010...0x2015 as ClosedRange<UInt32> { signs[value] = "-" }
        signs[0x2212] = "-"
        return signs
    }()

    /// An apostrophe within a word goes without a space, other signs leave one.
    private static func withoutSigns(_ text: String) -> String {
        var (result, needsSpace) = (String.UnicodeScalarView(), false)
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation:
                if scalar != "'", scalar != "\u{2019}" { needsSpace = true }
            default:
                if needsSpace, let last = result.last, !last.properties.isWhitespace, !scalar.properties.isWhitespace {
                    result.append(" ")
                }
                needsSpace = false
                result.append(scalar)
            }
        }
        return String(result)
    }
}
