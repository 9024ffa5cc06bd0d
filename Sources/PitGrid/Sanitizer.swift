/// Shows what must not reach a terminal visibly: control characters and escape sequences as Unicode's control pictures,
/// bidirectional overrides, invisible format characters and line separators as their code in angle brackets.
public enum Sanitizer {
    /// Combining marks that one base may carry; what is more is dropped.
    static let markLimit = 4
    /// Code points that one grapheme may have: the longest emoji that are drawn as one picture have ten.
    static let clusterLimit = 12

    /// Safe for one line: nothing in it moves a cursor, changes a colour or reorders text.
    public static func visible(_ raw: String) -> String {
        if raw.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return raw }
        var clean = String.UnicodeScalarView()
        var base: Unicode.Scalar?
        var marks = 0
        var mayJoin = false
        var scalars = raw.unicodeScalars.makeIterator()
        var following = scalars.next()
        while let scalar = following {
            following = scalars.next()
            if scalar.value < 0x20 {
                clean.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
            } else if scalar.value == 0x7F {
                clean.append("\u{2421}")
            } else if isHidden(scalar, after: base, before: following) {
                clean.append(contentsOf: "<\(String(scalar.value, radix: 16, uppercase: true))>".unicodeScalars)
            } else if scalar.columns == 0 {
                marks += 1
                if marks <= markLimit, !clean.isEmpty { clean.append(scalar) }
                mayJoin = true
                continue
            } else {
                mayJoin = mayJoin || !standsAlone(scalar)
                clean.append(scalar)
            }
            (base, marks) = (scalar, 0)
        }
        return mayJoin ? cut(String(clean)) : String(clean)
    }

    /// Scripts whose letters never join into one grapheme; what is none of them is looked at.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x2FF, 0x370...0x3FF, 0x2190...0x28FF, 0x3001...0x3029, 0x3040...0xA4CF, 0xAC00...0xD7A3: true
        default: false
        }
    }

    /// Graphemes without end, as of Hangul letters or of joined emoji, are cut, and a mark stands for the rest. Text
    /// engines take time for them that grows, and no cell can hold them.
    private static func cut(_ text: String) -> String {
        var result = ""
        var isCut = false
        for glyph in text {
            let scalars = glyph.unicodeScalars
            guard let end = scalars.index(scalars.startIndex, offsetBy: clusterLimit, limitedBy: scalars.endIndex),
                end != scalars.endIndex
            else {
                result.append(glyph)
                continue
            }
            isCut = true
            result.unicodeScalars.append(contentsOf: scalars[..<end])
            result.unicodeScalars.append("\u{FFFD}")
        }
        return isCut ? result : text
    }

    /// Safe lines of a text that may have many: line ends part them, tabs become spaces.
    public static func lines(_ raw: String, limit: Int = 10_000) -> [String] {
        let unified = raw.replacing("\r\n", with: "\n")
        return unified.split(separator: "\n", maxSplits: limit, omittingEmptySubsequences: false).prefix(limit).map {
            visible(String($0).replacing("\t", with: "    "))
        }
    }

    private static func isHidden(
        _ scalar: Unicode.Scalar, after base: Unicode.Scalar?, before next: Unicode.Scalar?
    ) -> Bool {
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
        case 0xFE00...0xFE0E: return scalar.value != 0xFE0E || base == nil
        // An emoji selector belongs behind something that can be an emoji, a joiner between two such.
        case 0xFE0F: return !canBeEmoji(base) && !(isKeycap(base) && next == "\u{20E3}")
        case 0x200D: return !canBeEmoji(base) || !canBeEmoji(next)
        case 0xFFFE, 0xFFFF: return true
        // Other format characters, as the Arabic signs that stand before a number: they would take the next cell with them.
        case 0x0600... where scalar.columns == 0 && scalar.properties.generalCategory == .format: return true
        default: return scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
        }
    }

    /// Digits are emoji as well, as part of keycaps only.
    private static func canBeEmoji(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { $0.value > 0x7F && $0.properties.isEmoji } ?? false
    }

    private static func isKeycap(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { $0.value < 0x7F && $0.properties.isEmoji } ?? false
    }
}
