/// Shows what must not reach a terminal visibly: control characters and escape sequences as Unicode's control pictures,
/// bidirectional overrides, invisible format characters and line separators as their code in angle brackets.
public enum Sanitizer {
    /// Combining marks that one base may carry; what is more is dropped.
    static let markLimit = 4

    /// Safe for one line: nothing in it moves a cursor, changes a colour or reorders text.
    public static func visible(_ raw: String) -> String {
        if raw.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return raw }
        var clean = String.UnicodeScalarView()
        var marks = 0
        for scalar in raw.unicodeScalars {
            if scalar.value < 0x20 {
                clean.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
            } else if scalar.value == 0x7F {
                clean.append("\u{2421}")
            } else if isHidden(scalar, after: clean.last) {
                clean.append(contentsOf: "<\(String(scalar.value, radix: 16, uppercase: true))>".unicodeScalars)
            } else if scalar.columns == 0 {
                marks += 1
                if marks <= markLimit, !clean.isEmpty { clean.append(scalar) }
                continue
            } else {
                clean.append(scalar)
            }
            marks = 0
        }
        return String(clean)
    }

    /// Safe lines of a text that may have many: line ends part them, tabs become spaces.
    public static func lines(_ raw: String, limit: Int = 10_000) -> [String] {
        let unified = raw.replacing("\r\n", with: "\n")
        return unified.split(separator: "\n", maxSplits: limit, omittingEmptySubsequences: false).prefix(limit).map {
            visible(String($0).replacing("\t", with: "    "))
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar, after last: Unicode.Scalar?) -> Bool {
        switch scalar.value {
        // C1 controls: a terminal may take them for escape sequences.
        case 0x80...0x9F: return true
        // Bidirectional marks, embeddings, overrides and isolates; line and paragraph separators.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: return true
        // Invisible: soft hyphen, zero-width space and non-joiner, word joiner, invisible operators, deprecated format.
        case 0xAD, 0x200B, 0x200C, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF, 0x180E, 0xFFF9...0xFFFB, 0x115F, 0x1160,
            0x3164, 0xFFA0:
            return true
        // Tags spell invisible text, and so do variation selectors of the supplement.
        case 0xE0000...0xE0FFF: return true
        case 0xFE00...0xFE0E: return scalar.value != 0xFE0E || last == nil
        // A joiner or an emoji selector belongs behind something that can be an emoji.
        case 0x200D, 0xFE0F: return !(last.map { $0.properties.isEmoji || $0.columns == 0 } ?? false)
        case 0xFFFE, 0xFFFF: return true
        default: return scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
        }
    }
}
