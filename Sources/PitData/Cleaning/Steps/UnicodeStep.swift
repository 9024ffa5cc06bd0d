import Foundation
import PitModel

/// Repairs what happened to characters on their way.
struct UnicodeStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "unicode",
        summary: "Repairs characters: NFC, UTF-8 that was read as Latin-1 or Windows-1252, controls, invisible ones.",
        options: [
            OptionInfo("nfc", .flag, help: "letters with their marks as one character", example: "true"),
            OptionInfo("mojibake", .flag, help: "caf\u{C3}\u{A9} becomes caf\u{E9}", example: "true"),
            OptionInfo(
                "controls", .flag, help: "take out control characters, but for tabs and line ends", example: "true"),
            OptionInfo("invisible", .flag, help: "take out marks without width and of direction", example: "true"),
            OptionInfo(
                "replacement", .text, help: "U+FFFD, where a character is lost: keep, remove it, or drop the row",
                example: "keep"),
        ])

    private let (isNFC, isMojibake, isControls, isInvisible): (Bool, Bool, Bool, Bool)
    private let replacement: String

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        isNFC = spec.flag("nfc", true)
        isMojibake = spec.flag("mojibake", true)
        isControls = spec.flag("controls", true)
        isInvisible = spec.flag("invisible", true)
        replacement = try spec.choice("replacement", ["keep", "remove", "drop"]) ?? "keep"
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change(repaired)
        guard replacement == "drop" else { return .keep }
        return row.verdict { $0.unicodeScalars.contains("\u{FFFD}") ? "a character is lost" : nil }
    }

    private func repaired(_ text: String) -> String {
        // Most texts are plain ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }) { return text }
        var text = isMojibake ? Mojibake.repaired(text) : text
        if text.unicodeScalars.contains(where: goes) {
            var kept = String.UnicodeScalarView()
            kept.append(contentsOf: text.unicodeScalars.lazy.filter { !goes($0) })
            text = String(kept)
        }
        return isNFC ? Self.composed(text) : text
    }

    private func goes(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0x7F...0x9F: isControls
        // Joiners make emoji and letters of Persian and India: they stay.
        case 0x00AD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF: isInvisible
        case 0xFFFD: replacement == "remove"
        default: false
        }
    }

    static func composed(_ text: String) -> String {
        // What lies below U+0300 is composed.
        text.unicodeScalars.allSatisfy { $0.value < 0x300 } ? text : text.precomposedStringWithCanonicalMapping
    }
}

/// Finds UTF-8 whose bytes were read as characters of Windows-1252 or Latin-1, and reads it anew.
///
/// A run of characters beyond ASCII is taken for such bytes only where all of it is well-formed UTF-8. One pair alone
/// that gives a letter beyond Latin-1 could be meant as it stands, as in `Ä“`: of these there must be two in the text.
enum Mojibake {
    static func repaired(_ text: String) -> String {
        var text = text
        // What went through it twice is repaired twice.
        for _ in 0..<3 {
            guard let better = once(text) else { break }
            text = better
        }
        return text
    }

    private static func once(_ text: String) -> String? {
        guard text.unicodeScalars.contains(where: isLead) else { return nil }
        let runs = runs(of: Array(text.unicodeScalars))
        guard runs.contains(where: { $0.decoded != nil }) else { return nil }
        let doubtful = runs.reduce(0) { $0 + $1.doubtful }
        let isSure = doubtful > 1 || runs.contains { $0.decoded != nil && $0.doubtful == 0 }
        guard isSure else { return nil }
        var result = String.UnicodeScalarView()
        for run in runs { result.append(contentsOf: run.decoded?.unicodeScalars ?? run.scalars) }
        return String(result)
    }

    private struct Run {
        var scalars: String.UnicodeScalarView
        var decoded: String?
        /// Characters of two bytes beyond Latin-1 in it.
        var doubtful = 0
    }

    private static func isLead(_ scalar: Unicode.Scalar) -> Bool { (0xC2...0xF4).contains(scalar.value) }

    private static func runs(of scalars: [Unicode.Scalar]) -> [Run] {
        var (runs, at): ([Run], Int) = ([], 0)
        while at < scalars.count {
            let start = at
            let isPlain = scalars[at].value < 0x80
            while at < scalars.count, (scalars[at].value < 0x80) == isPlain { at += 1 }
            var run = Run(scalars: String.UnicodeScalarView(scalars[start..<at]))
            if !isPlain { read(scalars[start..<at], &run) }
            runs.append(run)
        }
        return runs
    }

    private static func read(_ scalars: ArraySlice<Unicode.Scalar>, _ run: inout Run) {
        var bytes: [UInt8] = []
        for scalar in scalars {
            guard let byte = SingleBytes.byte(of: scalar) else { return }
            bytes.append(byte)
        }
        guard bytes.count > 1, let decoded = String(validating: bytes, as: UTF8.self) else { return }
        run.decoded = decoded
        run.doubtful = decoded.unicodeScalars.count { (0x100..<0x800).contains($0.value) }
    }
}
