import CNcurses

/// What of a glyph is handed to curses.
///
/// Curses counts columns with the C library's table and cells of ours with another. What is printed here always
/// takes the columns that the frame gave it, so that no column of the screen can drift.
enum Print {
    struct Piece {
        var scalars: [wchar_t]
        var columns: Int
    }

    /// Code points that a curses cell holds.
    private static let limit = 5
    private static let unknown = wchar_t(0x3F)

    /// The one code point of a glyph that is nothing else and as wide as it should be: nearly all are.
    static func whole(_ glyph: Character, span: Int, unicode: Bool) -> wchar_t? {
        let scalars = glyph.unicodeScalars
        guard let scalar = scalars.first, scalars.index(after: scalars.startIndex) == scalars.endIndex else {
            return nil
        }
        if scalar.value >= 0x20, scalar.value < 0x7F { return span == 1 ? wchar_t(scalar.value) : nil }
        return unicode && Int(pit_width(wchar_t(scalar.value))) == span ? wchar_t(scalar.value) : nil
    }

    static func pieces(_ glyph: Character, span: Int, unicode: Bool) -> [Piece] {
        let scalars = Array(glyph.unicodeScalars)
        guard let base = scalars.first else { return blanks(span) }
        guard unicode else { return [Piece(scalars: [unknown], columns: 1)] + blanks(span - 1) }
        if span == 2, scalars.count == 2, let first = letter(scalars[0]), let second = letter(scalars[1]) {
            // Half of the terminals draw a flag as two boxed letters, the other half at another width.
            return [Piece(scalars: [first], columns: 1), Piece(scalars: [second], columns: 1)]
        }
        let width = Int(pit_width(wchar_t(base.value)))
        guard width == span || (width == 1 && span == 2) else {
            return (0..<span).map { _ in Piece(scalars: [unknown], columns: 1) }
        }
        var kept = [wchar_t(base.value)]
        for scalar in scalars.dropFirst() where isMark(scalar) && kept.count < limit {
            kept.append(wchar_t(scalar.value))
        }
        return [Piece(scalars: kept, columns: width)] + blanks(span - width)
    }

    /// Joiners and selectors are no marks: curses would put them beside the base, where the terminal takes them for
    /// the next glyph's.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B...0x200F, 0xFE00...0xFE0F, 0xE0000...0xE0FFF: false
        default: pit_width(wchar_t(scalar.value)) == 0
        }
    }

    /// The letter that a regional indicator stands for.
    private static func letter(_ scalar: Unicode.Scalar) -> wchar_t? {
        (0x1F1E6...0x1F1FF).contains(scalar.value) ? wchar_t(scalar.value - 0x1F1E6 + 0x41) : nil
    }

    private static func blanks(_ count: Int) -> [Piece] {
        (0..<max(0, count)).map { _ in Piece(scalars: [0x20], columns: 1) }
    }
}
