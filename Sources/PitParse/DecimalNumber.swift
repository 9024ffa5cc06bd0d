/// Reads numbers as Go's `ParseFloat` does, which is what exposition pages are written for: decimal, exponent,
/// `NaN`, `Inf`, `infinity` in any case; no hexadecimal, no underscores.
public enum DecimalNumber {
    /// Exact powers of ten: 10^22 is the largest that a double holds exactly.
    private static let powers: [Double] = (0...22).map { exponent in
        (0..<exponent).reduce(1.0) { product, _ in product * 10 }
    }

    /// Powers of five: 5^27 is the largest that 64 bits hold.
    private static let fives: [UInt64] = (0...27).map { exponent in
        (0..<exponent).reduce(1) { product, _ in product * 5 }
    }

    /// The correctly rounded value of the whole range, or nil when it is not a number.
    public static func parse(_ base: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard count > 0, count <= 400 else { return nil }
        var i = 0
        let isNegative = base[0] == 0x2D
        if isNegative || base[0] == 0x2B { i = 1 }
        guard i < count else { return nil }
        if base[i] > 0x39 { return word(base + i, count - i, isNegative) }
        return decimal(base, count, from: i, isNegative)
    }

    private static func decimal(_ base: UnsafePointer<UInt8>, _ count: Int, from start: Int, _ isNegative: Bool)
        -> Double?
    {
        var i = start
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var sawDigit = false
        while i < count, base[i] &- 0x30 <= 9 {
            sawDigit = true
            if digits < 19 {
                mantissa = mantissa &* 10 &+ UInt64(base[i] &- 0x30)
                digits += mantissa == 0 ? 0 : 1
            } else {
                return slow(base, count)
            }
            i += 1
        }
        if i < count, base[i] == 0x2E {
            i += 1
            while i < count, base[i] &- 0x30 <= 9 {
                sawDigit = true
                guard digits < 19 else { return slow(base, count) }
                mantissa = mantissa &* 10 &+ UInt64(base[i] &- 0x30)
                digits += mantissa == 0 ? 0 : 1
                scale -= 1
                i += 1
            }
        }
        guard sawDigit else { return nil }
        if i < count {
            guard base[i] | 0x20 == 0x65, let exponent = exponent(base, count, from: i + 1) else { return nil }
            scale += exponent
        }
        guard mantissa != 0 else { return isNegative ? -0.0 : 0 }
        guard let value = fast(mantissa, scale) else { return slow(base, count) }
        return isNegative ? -value : value
    }

    /// `mantissa` times ten to the `scale`, correctly rounded; nil when that takes more than 128 bits.
    private static func fast(_ mantissa: UInt64, _ scale: Int) -> Double? {
        if mantissa <= 1 << 53, scale >= -22, scale <= 22 {
            // Both are exact, so that the one operation rounds once (Clinger 1990).
            return scale < 0 ? Double(mantissa) / powers[-scale] : Double(mantissa) * powers[scale]
        }
        guard scale >= -27, scale <= 27 else { return nil }
        let five = fives[abs(scale)]
        if scale >= 0 {
            let (high, low) = mantissa.multipliedFullWidth(by: five)
            guard high != 0 else { return binary(low, scale) }
            let room = high.leadingZeroBitCount
            let top = room == 0 ? high : high << UInt64(room) | low >> UInt64(64 - room)
            return binary(top | (low << UInt64(room) == 0 ? 0 : 1), scale + 64 - room)
        }
        let (wide, narrow) = (mantissa.leadingZeroBitCount, five.leadingZeroBitCount)
        let top = mantissa << UInt64(wide)
        let (quotient, rest) = (five << UInt64(narrow)).dividingFullWidth((top >> 1, top << 63))
        return binary(quotient | (rest == 0 ? 0 : 1), scale + narrow - wide - 63)
    }

    /// `bits` times two to the `exponent`, where the lowest bit also stands for whatever was cut off below it.
    private static func binary(_ bits: UInt64, _ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: Double(bits))
    }

    private static func exponent(_ base: UnsafePointer<UInt8>, _ count: Int, from start: Int) -> Int? {
        var i = start
        guard i < count else { return nil }
        let isNegative = base[i] == 0x2D
        if isNegative || base[i] == 0x2B { i += 1 }
        guard i < count else { return nil }
        var value = 0
        while i < count {
            guard base[i] &- 0x30 <= 9 else { return nil }
            value = min(value * 10 + Int(base[i] &- 0x30), 100_000)
            i += 1
        }
        return isNegative ? -value : value
    }

    /// The standard library rounds correctly and does not ask the locale how a decimal point looks; it knows forms
    /// that are not ours, so what it may see is checked first.
    private static func slow(_ base: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        var sawExponent = false
        var sawPoint = false
        for i in 0..<count {
            switch base[i] {
            case 0x30...0x39: continue
            case 0x2B, 0x2D: guard i == 0 || base[i - 1] | 0x20 == 0x65 else { return nil }
            case 0x2E:
                guard !sawPoint, !sawExponent else { return nil }
                sawPoint = true
            case 0x65, 0x45:
                guard !sawExponent, i + 1 < count else { return nil }
                sawExponent = true
            default: return nil
            }
        }
        return Double(String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self))
    }

    private static func word(_ base: UnsafePointer<UInt8>, _ count: Int, _ isNegative: Bool) -> Double? {
        func spells(_ word: StaticString) -> Bool {
            guard count == word.utf8CodeUnitCount else { return false }
            return (0..<count).allSatisfy { base[$0] | 0x20 == word.utf8Start[$0] }
        }
        if spells("nan") { return .nan }
        if spells("inf") || spells("infinity") { return isNegative ? -.infinity : .infinity }
        return nil
    }
}
