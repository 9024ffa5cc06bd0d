public import PitGrid

/// What in a text or a stream could do more to a terminal than print. The rules are Unicode's and ECMA-48's, not the
/// sanitizer's own lists.
public enum SafetyFault {
    /// Code points that one grapheme may have at most: what comes after is cut.
    public static let clusterLimit = 13

    /// What is wrong with a text that claims to be safe; nil when nothing is.
    public static func find(in text: String) -> String? {
        for scalar in text.unicodeScalars {
            if let words = fault(of: scalar) {
                return "U+\(String(scalar.value, radix: 16)) is \(words) in \(shown(text))"
            }
        }
        for glyph in text {
            let count = glyph.unicodeScalars.count
            if count > clusterLimit { return "a glyph of \(count) code points in \(shown(text))" }
            if glyph.columns > 2 { return "a glyph of \(glyph.columns) columns in \(shown(text))" }
        }
        return nil
    }

    private static func fault(of scalar: Unicode.Scalar) -> String? {
        switch scalar.properties.generalCategory {
        case .control: return "a control"
        case .lineSeparator, .paragraphSeparator: return "a separator"
        case .surrogate: return "a surrogate"
        default: break
        }
        if scalar.properties.isNoncharacterCodePoint { return "no character" }
        if scalar.properties.isBidiControl { return "a bidirectional control" }
        // Joiners and emoji selectors belong to emoji.
        let isEmojiGlue = scalar.value == 0x200D || scalar.value == 0xFE0F || scalar.value == 0xFE0E
        return scalar.properties.isDefaultIgnorableCodePoint && !isEmojiGlue && !isMark(scalar) ? "invisible" : nil
    }

    /// Marks that fonts may leave out, of Khmer and Mongolian, are not there to hide anything.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .nonspacingMark || scalar.properties.generalCategory == .unassigned
    }

    /// What is wrong with the bytes of a printed frame: anything but text, line feeds and colours; nil when nothing is.
    public static func find(inStream bytes: [UInt8]) -> String? {
        var i = 0
        while i < bytes.count {
            switch bytes[i] {
            case 0x0A: i += 1
            case 0x1B:
                guard i + 1 < bytes.count, bytes[i + 1] == 0x5B else {
                    return "an escape that begins no colour, at \(i)"
                }
                i += 2
                while i < bytes.count, bytes[i] == 0x3B || (0x30...0x39).contains(bytes[i]) { i += 1 }
                guard i < bytes.count, bytes[i] == 0x6D else { return "a sequence that is no colour, at \(i)" }
                i += 1
            case 0x00..<0x20, 0x7F: return "the control \(bytes[i]) at \(i)"
            // C1 controls of UTF-8.
            case 0xC2 where i + 1 < bytes.count && (0x80..<0xA0).contains(bytes[i + 1]): return "a C1 control at \(i)"
            default: i += 1
            }
        }
        return String(validating: bytes, as: UTF8.self) == nil ? "no UTF-8" : nil
    }

    private static func shown(_ text: String) -> String {
        "\(text.unicodeScalars.prefix(60).map { String($0.value, radix: 16) })"
    }
}

extension Frame {
    /// Whether the glyphs of a row fill exactly its columns: no wide one is cut, none claims another's place.
    public func rowIsWhole(_ y: Int) -> Bool {
        var x = 0
        while x < size.width {
            let cell = self[x, y]
            guard cell.span == 1 || cell.span == 2, Int(cell.span) == cell.glyph.columns else { return false }
            if cell.span == 2 {
                guard x + 1 < size.width, self[x + 1, y].span == 0 else { return false }
            }
            x += Int(cell.span)
        }
        return true
    }
}
