import Glibc
import PitStatistics

/// Texts and numbers of a row by their bytes.
extension RowScanner {
    /// Whether bytes are well-formed UTF-8 (Unicode 17, table 3-7).
    static func isText(_ start: Bytes, _ length: Int) -> Bool {
        var at = 0
        let raw = UnsafeRawPointer(start)
        while at < length {
            if at + 8 <= length, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                at += 8
                continue
            }
            let first = start[at]
            at += 1
            if first < 0x80 { continue }
            let more: Int
            var (low, high): (UInt8, UInt8) = (0x80, 0xBF)
            switch first {
            case 0xC2...0xDF: more = 1
            case 0xE0: (more, low) = (2, 0xA0)
            case 0xED: (more, high) = (2, 0x9F)
            case 0xE1...0xEF: more = 2
            case 0xF0: (more, low) = (3, 0x90)
            case 0xF4: (more, high) = (3, 0x8F)
            case 0xF1...0xF3: more = 3
            default: return false
            }
            guard at + more <= length, start[at] >= low, start[at] <= high else { return false }
            for place in at..<at + more where start[place] & 0xC0 != 0x80 { return false }
            at += more
        }
        return true
    }

    /// Unicode scalars: bytes that begin one, an escape being one.
    @inline(__always)
    static func characters(_ start: Bytes, _ length: Int) -> Int {
        var count = 0
        var at = 0
        let raw = UnsafeRawPointer(start)
        while at + 8 <= length {
            let eight = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            // Bytes that go on with a scalar have 10 in their highest bits.
            let goesOn = (eight >> 7) & ~(eight >> 6) & 0x0101_0101_0101_0101
            count += 8 - goesOn.nonzeroBitCount
            at += 8
        }
        while at < length {
            if start[at] & 0xC0 != 0x80 { count += 1 }
            at += 1
        }
        guard memchr(start, 0x5C, length) != nil else { return count }
        var escape = 0
        while escape < length {
            guard start[escape] == 0x5C else {
                escape += 1
                continue
            }
            let isCode = escape + 1 < length && start[escape + 1] == 0x75
            let width = isCode ? 6 : 2
            count -= min(width, length - escape) - 1
            // A pair of surrogates is one character: the second half was counted with the first.
            if isCode, escape + 3 < length, start[escape + 2] | 0x20 == 0x64,
                (0x63...0x66).contains(start[escape + 3] | 0x20)
            {
                count -= 1
            }
            escape += width
        }
        return max(0, count)
    }

    @inline(__always)
    static func isOfNumber(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte == 0x2E || byte == 0x2D || byte == 0x2B || byte | 0x20 == 0x65
    }

    /// Digits with at most one point are read here, all else by the C library.
    static func double(_ start: Bytes, _ length: Int) -> Double? {
        var (whole, digits, decimals, isPoint): (UInt64, Int, Int, Bool) = (0, 0, 0, false)
        let isNegative = start.pointee == 0x2D
        for place in (isNegative ? 1 : 0)..<length {
            let byte = start[place]
            if byte &- 0x30 < 10, digits < 18 {
                whole = whole * 10 + UInt64(byte - 0x30)
                digits += 1
                if isPoint { decimals += 1 }
            } else if byte == 0x2E, !isPoint, digits > 0 {
                isPoint = true
            } else {
                return Double(String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self))
            }
        }
        guard digits > 0, whole < 1 << 53 else {
            return Double(String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self))
        }
        let value = decimals == 0 ? Double(whole) : Double(whole) / powers[decimals]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = (0...18).map { pow(10, Double($0)) }

    /// Of a value as it was written.
    @inline(__always)
    static func hash(_ start: Bytes, _ length: Int) -> UInt64 {
        let raw = UnsafeRawPointer(start)
        var (hash, at) = (UInt64(truncatingIfNeeded: length) &* 0x9e37_79b9_7f4a_7c15, 0)
        while at + 8 <= length {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x9fb2_1c65_1e98_df25
            hash ^= hash >> 32
            at += 8
        }
        var (last, shift): (UInt64, UInt64) = (0, 0)
        while at < length {
            last |= UInt64(start[at]) << shift
            shift += 8
            at += 1
        }
        return MinHash.mix(hash ^ last)
    }

    static func text(_ start: Bytes, _ length: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
    }
}
