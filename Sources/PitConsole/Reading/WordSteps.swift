/// Steps through a text by words and sentences, in UTF-8 offsets. A word of a script without blanks is one sign; signs
/// that are no letters belong to a word only inside it.
struct WordSteps {
    let bytes: [UInt8]
    /// Bytes that one run without blanks, or one sentence, is looked at in each direction.
    private static let reach = 8192

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The word at a byte, else the next one, else the last.
    func word(at offset: Int) -> Range<Int>? {
        let at = min(max(0, offset), bytes.count)
        if let found = next(from: runStart(at), where: { $0.upperBound > at }) { return found }
        return before(bytes.count)
    }

    /// The first word that begins at a byte or after it.
    func next(after offset: Int) -> Range<Int>? {
        next(from: runStart(min(max(0, offset), bytes.count)), where: { $0.lowerBound >= offset })
    }

    /// The last word that ends at a byte or before it.
    func before(_ offset: Int) -> Range<Int>? {
        var end = min(max(0, offset), bytes.count)
        while end > 0 {
            while end > 0, isBlank(before: end) { end = step(back: end) }
            guard end > 0 else { return nil }
            let start = runStart(end)
            if let found = words(start, runEnd(start)).last(where: { $0.upperBound <= offset }) { return found }
            guard start < end else { return nil }
            end = start
        }
        return nil
    }

    /// The sentence around a byte, without the blanks about it.
    func sentence(at offset: Int) -> Range<Int>? {
        guard !bytes.isEmpty else { return nil }
        let at = min(max(0, offset), bytes.count - 1)
        var start = at
        while start > 0, at - start < Self.reach, !endsSentence(before: start) { start = step(back: start) }
        var end = step(on: at)
        while end < bytes.count, end - at < Self.reach, !endsSentence(before: end) { end = step(on: end) }
        while start < end, let blank = blankLength(at: start) { start += blank }
        while end > start, isBlank(before: end) { end = step(back: end) }
        return start < end ? start..<end : nil
    }

    // MARK: runs

    private func next(from start: Int, where fits: (Range<Int>) -> Bool) -> Range<Int>? {
        var at = start
        while at < bytes.count {
            while at < bytes.count, let blank = blankLength(at: at) { at += blank }
            guard at < bytes.count else { return nil }
            let end = runEnd(at)
            if let found = words(at, end).first(where: fits) { return found }
            at = end
        }
        return nil
    }

    private func runStart(_ offset: Int) -> Int {
        var at = whole(offset)
        while at > 0, offset - at < Self.reach, !isBlank(before: at) { at = step(back: at) }
        return at
    }

    private func runEnd(_ start: Int) -> Int {
        var at = step(on: start)
        while at < bytes.count, at - start < Self.reach, blankLength(at: at) == nil { at = step(on: at) }
        return min(at, bytes.count)
    }

    /// The words of a run without blanks.
    private func words(_ start: Int, _ end: Int) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var (group, first, last): (Int?, Int?, Int) = (nil, nil, start)
        func finish(_ at: Int) {
            if let group { words.append(first.map { $0..<last } ?? group..<at) }
            (group, first) = (nil, nil)
        }
        var at = start
        while at < end {
            let (scalar, length) = scalar(at: at)
            if Self.standsAlone(scalar) {
                finish(at)
                words.append(at..<at + length)
            } else if Self.belongsBefore(scalar), group == nil, let before = words.last {
                words[words.count - 1] = before.lowerBound..<at + length
            } else {
                group = group ?? at
                if Self.isOfWord(scalar) { (first, last) = (first ?? at, at + length) }
            }
            at += length
        }
        finish(end)
        return words
    }

    // MARK: scalars

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil || belongsBefore(scalar)
            || scalar.properties.isEmoji
    }

    private static func belongsBefore(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// Kana and ideographs.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }

    private func endsSentence(before offset: Int) -> Bool {
        let last = step(back: offset)
        switch scalar(at: last).0 {
        case "\n": return true
        case "\u{3002}", "\u{FF01}", "\u{FF1F}": return true
        case " ", "\t":
            var at = last
            while at > 0, "\"')]*_`\u{201D}\u{2019}\u{BB}".unicodeScalars.contains(scalar(at: step(back: at)).0) {
                at = step(back: at)
            }
            return at > 0 && ".!?\u{2026}".unicodeScalars.contains(scalar(at: step(back: at)).0)
        default: return false
        }
    }

    private func isBlank(before offset: Int) -> Bool { blankLength(at: step(back: offset)) != nil }

    private func blankLength(at offset: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let (scalar, length) = scalar(at: offset)
        return scalar.properties.isWhitespace || scalar.value < 0x20 ? length : nil
    }

    private func isRest(_ byte: UInt8) -> Bool { byte & 0b1100_0000 == 0b1000_0000 }

    /// The start of the scalar that a byte belongs to.
    private func whole(_ offset: Int) -> Int {
        var at = min(offset, bytes.count)
        while at > 0, at < bytes.count, isRest(bytes[at]) { at -= 1 }
        return at
    }

    private func step(back offset: Int) -> Int {
        var at = max(0, offset - 1)
        while at > 0, isRest(bytes[at]) { at -= 1 }
        return at
    }

    private func step(on offset: Int) -> Int {
        var at = min(bytes.count, offset + 1)
        while at < bytes.count, isRest(bytes[at]) { at += 1 }
        return at
    }

    private func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
        let first = bytes[offset]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let end = step(on: offset)
        return (String(decoding: bytes[offset..<end], as: UTF8.self).unicodeScalars.first ?? " ", end - offset)
    }
}
