extension Character {
    /// Columns this grapheme takes on a terminal: 0, 1 or 2.
    ///
    /// A cluster is as wide as its base; what makes an emoji of a narrow base (U+FE0F, a keycap's mark, a joiner, a
    /// second regional indicator, a skin tone) makes it two columns wide.
    public var columns: Int {
        let scalars = unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.value < 0x7F, scalars.count == 1 { return first.value < 0x20 ? 0 : 1 }
        let base = first.columns
        guard scalars.count > 1 else { return base }
        var isEmoji = false
        var widest = base
        for scalar in scalars.dropFirst() {
            switch scalar.value {
            case 0xFE0E: return min(1, max(base, 1))
            case 0xFE0F, 0x20E3, 0x200D, 0x1F3FB...0x1F3FF:
                isEmoji = isEmoji || first.value > 0x22 && !scalar.isJoinerAlone(first)
            case 0x1F1E6...0x1F1FF: isEmoji = true
            default: widest = max(widest, scalar.columns)
            }
        }
        return isEmoji ? 2 : min(2, widest)
    }
}

extension Unicode.Scalar {
    /// Columns the scalar takes by itself.
    var columns: Int {
        if value < 0x20 || (0x7F..<0xA0).contains(value) { return 0 }
        if value < 0x300 { return 1 }
        if WidthTable.zero.covers(value) { return 0 }
        return WidthTable.wide.covers(value) ? 2 : 1
    }

    /// A joiner behind a letter joins nothing that is drawn as one picture.
    fileprivate func isJoinerAlone(_ base: Unicode.Scalar) -> Bool {
        value == 0x200D && !base.properties.isEmoji
    }
}

extension Array<ClosedRange<UInt32>> {
    fileprivate func covers(_ value: UInt32) -> Bool {
        var (low, high) = (0, count - 1)
        while low <= high {
            let middle = (low + high) / 2
            if value < self[middle].lowerBound {
                high = middle - 1
            } else if value > self[middle].upperBound {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }
}

extension String {
    /// Columns of the whole text.
    public var columns: Int {
        var isPlain = true
        for byte in utf8 where byte < 0x20 || byte >= 0x7F {
            isPlain = false
            break
        }
        if isPlain { return utf8.count }
        var columns = 0
        for glyph in self { columns += glyph.columns }
        return columns
    }
}
