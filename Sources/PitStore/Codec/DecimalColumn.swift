/// Values that are whole numbers over a power of ten.
///
/// Either the numbers themselves (gauges) or their differences (counters) are taken, less the smallest of them; each
/// is then written by Rice's code: the high part as ones and a zero, the low `k` bits as they are (Rice and Plaunt,
/// IEEE Trans. Commun. 19, 1971). The order and the `k` that need the fewest bits are chosen by counting. Unlike a
/// fixed width, one burst or reset costs only itself.
enum DecimalColumn {
    static let deepest = 6
    private static let scales: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6]
    /// As many ones say that the number stands as it is, in `plainBits`.
    private static let escape = 20
    private static let plainBits = 54
    private static let widest = 53

    /// The values times the least power of ten that makes all of them whole; nil when there is none, or when a value
    /// would not come back bit by bit.
    static func whole(_ values: ArraySlice<Double>) -> ([Int64], power: Int)? {
        var power = 0
        for value in values {
            guard value.isFinite, abs(value) < 1e15, !(value == 0 && value.sign == .minus) else { return nil }
            while !isWhole(value, power) {
                power += 1
                if power > deepest { return nil }
            }
        }
        var whole: [Int64] = []
        whole.reserveCapacity(values.count)
        for value in values {
            // A power found for a later value must still give back every earlier one.
            guard isWhole(value, power) else { return nil }
            whole.append(Int64((value * scales[power]).rounded()))
        }
        return (whole, power)
    }

    private static func isWhole(_ value: Double, _ power: Int) -> Bool {
        let scaled = (value * scales[power]).rounded()
        return abs(scaled) < 4e15 && scaled / scales[power] == value
    }

    static func value(_ whole: Int64, power: Int) -> Double { Double(whole) / scales[power] }

    /// Adds the packed numbers; false, and nothing added, when XOR would be as good.
    static func pack(_ whole: [Int64], into bytes: inout [UInt8]) -> Bool {
        let steps = zip(whole.dropFirst(), whole).map { $0 - $1 }
        guard let least = whole.min(), let leastStep = steps.min() else { return false }
        let direct = whole.dropFirst().map { UInt64($0 - least) }
        let stepwise = steps.map { UInt64($0 - leastStep) }
        let (directBits, directK) = cheapest(direct)
        let (stepBits, stepK) = cheapest(stepwise)
        let isStepwise = stepBits <= directBits
        guard min(stepBits, directBits) < whole.count * 56 else { return false }
        bytes.append(UInt8(isStepwise ? stepK : directK) | (isStepwise ? 0x80 : 0))
        bytes.appendSigned(whole[0])
        bytes.appendSigned(isStepwise ? leastStep : least)
        var bits = BitWriter()
        for number in isStepwise ? stepwise : direct { write(number, isStepwise ? stepK : directK, &bits) }
        bytes += bits.finish()
        return true
    }

    /// The values, or nil when the bytes are damaged.
    static func unpack(_ reader: inout ByteReader, _ count: Int, power: Int) -> [Double]? {
        guard let head = reader.byte(), let first = reader.signed(), let least = reader.signed() else { return nil }
        let (isStepwise, k) = (head & 0x80 != 0, Int(head & 0x7F))
        // With k = 0 a number takes a bit at least.
        guard k <= widest, reader.rest.count >= (count - 1) * (k + 1) / 8 else { return nil }
        var bits = BitReader(reader.rest)
        var values = [value(first, power: power)]
        values.reserveCapacity(count)
        var whole = first
        for _ in 1..<count {
            let number = Int64(bitPattern: read(k, &bits))
            whole = isStepwise ? whole &+ least &+ number : least &+ number
            values.append(value(whole, power: power))
        }
        return bits.isPastEnd ? nil : values
    }

    /// The fewest bits, and the `k` that needs them. The best one lies near the logarithm of the mean.
    private static func cheapest(_ numbers: [UInt64]) -> (bits: Int, k: Int) {
        let mean = numbers.reduce(0.0) { $0 + Double($1) } / Double(max(1, numbers.count))
        let guess = mean < 1 ? 0 : Int(mean.exponent)
        var best = (bits: Int.max, k: 0)
        for k in max(0, min(widest, guess) - 3)...min(widest, guess + 1) {
            var bits = 0
            for number in numbers {
                let high = number >> UInt64(k)
                bits += high < escape ? Int(high) + 1 + k : escape + plainBits
            }
            if bits < best.bits { best = (bits, k) }
        }
        return best
    }

    private static func write(_ number: UInt64, _ k: Int, _ bits: inout BitWriter) {
        let high = number >> UInt64(k)
        guard high < escape else {
            bits.write(1 << UInt64(escape) - 1, bits: escape)
            return bits.write(number, bits: plainBits)
        }
        bits.write((1 << high - 1) << 1, bits: Int(high) + 1)
        bits.write(number, bits: k)
    }

    private static func read(_ k: Int, _ bits: inout BitReader) -> UInt64 {
        let high = bits.ones(limit: escape)
        return high == escape ? bits.read(plainBits) : UInt64(high) << UInt64(k) | bits.read(k)
    }
}
