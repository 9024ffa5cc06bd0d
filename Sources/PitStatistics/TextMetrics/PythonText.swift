/// Python's notions of white space and lower case, which the reference implementations are made of.
enum PythonText {
    /// How many bytes of white space begin at `at`; 0 where none does. `str.isspace`'s set.
    @inline(__always)
    static func space(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let byte = bytes[at]
        if byte < 0x80 {
            return byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F) ? 1 : 0
        }
        return UnicodeSpace.wide(bytes, at)
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Where the text ends when white space at its end is cut off.
    static func strippedEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = bytes.count
        while end > 0 {
            // A white space is one, two or three bytes long.
            var cut = 0
            for length in 1...3 where length <= end && space(bytes, end - length) == length { cut = length }
            guard cut > 0 else { break }
            end -= cut
        }
        return end
    }

    /// The words between white space.
    @inline(__always)
    static func split(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        var at = 0
        var start = -1
        while at < bytes.count {
            let width = space(bytes, at)
            if width > 0 {
                if start >= 0 { body(start..<at) }
                start = -1
                at += width
            } else {
                if start < 0 { start = at }
                at += 1
            }
        }
        if start >= 0 { body(start..<bytes.count) }
    }

    /// Unicode's full mapping; a capital sigma at a word's end becomes a final one (Unicode, section 3.13).
    static func lowercased(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value == 0x3A3 }) else { return text.lowercased() }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for (place, scalar) in scalars.enumerated() {
            guard scalar.value == 0x3A3 else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
                continue
            }
            let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
            let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
            let isFinal = (before?.properties.isCased ?? false) && !(after?.properties.isCased ?? false)
            result.append(Unicode.Scalar(isFinal ? 0x3C2 : 0x3C3 as UInt16) ?? scalar)
        }
        return String(result)
    }
}
