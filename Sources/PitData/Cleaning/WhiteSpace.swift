import PitStatistics

/// White space in UTF-8 (Unicode's White_Space), and what is counted by it.
enum WhiteSpace {
    /// How many bytes of white space begin at `at`; 0 where none does.
    @inline(__always)
    static func width(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let byte = bytes[at]
        if byte < 0x80 { return byte == 0x20 || byte &- 0x09 < 5 ? 1 : 0 }
        return byte == 0xC2 || byte &- 0xE1 < 3 ? UnicodeSpace.wide(bytes, at) : 0
    }

    /// Whether what is `width` bytes of white space ends a line.
    @inline(__always)
    static func isBreak(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ width: Int) -> Bool {
        width == 1
            ? bytes[at] == 0x0A
            : width == 2
                ? bytes[at + 1] == 0x85 : bytes[at] == 0xE2 && bytes[at + 2] | 1 == 0xA9 && bytes[at + 1] == 0x80
    }

    /// Words between white space, and their Unicode scalars.
    static func words(of text: String) -> (count: Int, scalars: Int) {
        var text = text
        return text.withUTF8 { bytes in
            var (count, scalars, at, isWithin) = (0, 0, 0, false)
            while at < bytes.count {
                let width = width(bytes, at)
                if width > 0 {
                    isWithin = false
                    at += width
                    continue
                }
                if !isWithin { count += 1 }
                isWithin = true
                if bytes[at] & 0xC0 != 0x80 { scalars += 1 }
                at += 1
            }
            return (count, scalars)
        }
    }
}
