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
        text.unicodeScalars.allSatisfy(isComposed) ? text : text.precomposedStringWithCanonicalMapping
    }

    /// Whether a scalar is one that normalisation leaves alone whatever stands beside it (Unicode's NFC_Quick_Check is yes):
    /// Latin, Cyrillic, usual punctuation, kana, Han, Hangul, full-width forms, emoji.
    private static func isComposed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x300, 0x400...0x482, 0x48A...0x52F, 0x2010...0x2027, 0x2030...0x205E, 0x20A0...0x20BF,
            0x3001...0x3029, 0x3041...0x3096, 0x309B...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFF01...0xFFEF,
            0x1F300...0x1FAFF:
            true
        default: false
        }
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
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.contains(where: { $0 >= 0xC3 }) else { return nil }
            var (doubtful, isAny, isSure) = (0, false, false)
            eachRun(bytes) { _, decoded in
                guard let decoded else { return }
                let more = decoded.unicodeScalars.count { (0x100..<0x800).contains($0.value) }
                (doubtful, isAny) = (doubtful + more, true)
                if more == 0 { isSure = true }
            }
            guard isAny, isSure || doubtful > 1 else { return nil }
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            eachRun(bytes) { place, decoded in
                if let decoded { result += decoded.utf8 } else { result += bytes[place] }
            }
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// Hands over runs of ASCII and of other characters; of the latter what they are when they are read anew.
    private static func eachRun(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, String?) -> Void) {
        var (at, single) = (0, [UInt8]())
        while at < bytes.count {
            let start = at
            if bytes[at] < 0x80 {
                while at < bytes.count, bytes[at] < 0x80 { at += 1 }
                body(start..<at, nil)
                continue
            }
            while at < bytes.count, bytes[at] >= 0x80 { at += 1 }
            single.removeAll(keepingCapacity: true)
            let run = UnsafeBufferPointer(rebasing: bytes[start..<at])
            for scalar in String(decoding: run, as: UTF8.self).unicodeScalars {
                guard let byte = SingleBytes.byte(of: scalar) else {
                    single.removeAll(keepingCapacity: true)
                    break
                }
                single.append(byte)
            }
            body(start..<at, single.count > 1 ? String(validating: single, as: UTF8.self) : nil)
        }
    }
}
