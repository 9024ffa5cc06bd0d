extension Character {
    /// Terminal columns of this grapheme. (The real table is generated from EastAsianWidth.txt.)
    public var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.value < 0x20 || first.value == 0x7F { return 0 }
        if first.value < 0x300 { return 1 }
        if unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        if first.properties.isEmojiPresentation { return 2 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return first.properties.canonicalCombiningClass == .notReordered ? 1 : 0
        }
    }
}

extension String {
    public var columns: Int { reduce(0) { $0 + $1.columns } }
}
