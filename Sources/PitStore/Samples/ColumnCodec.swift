/// Packs the values that one series had in one block.
///
/// Counters of servers are mostly whole numbers that grow by little or not at all, so a column is first tried as
/// numbers of the form n / 10^k: their differences from the smallest difference, all in as many bits as the largest
/// needs. What is none goes as XOR against the value before, as Gorilla does (Pelkonen et al., VLDB 2015). A column
/// that never changes is one value.
enum ColumnCodec {
    private static let constant: UInt8 = 0
    private static let xor: UInt8 = 1
    /// Plus the power of ten, 0...`deepest`.
    private static let decimal: UInt8 = 16
    private static let deepest = 6
    private static let scales: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6]

    static func encode(_ values: [Double]) -> [UInt8] {
        guard let first = values.first else { return [] }
        if values.allSatisfy({ $0.bitPattern == first.bitPattern }) {
            if let (whole, power) = asDecimal(values) {
                var bytes = [decimal + UInt8(power)]
                bytes.appendSigned(whole[0])
                return bytes
            }
            return [constant] + withUnsafeBytes(of: first.bitPattern.littleEndian) { Array($0) }
        }
        if let (whole, power) = asDecimal(values), let packed = packDecimal(whole, power) { return packed }
        return packXOR(values)
    }

    /// The values, or nil when the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [Double]? {
        guard count > 0 else { return [] }
        guard let mode = bytes.first else { return nil }
        let rest = bytes.dropFirst()
        switch mode {
        case constant:
            guard rest.count >= 8 else { return nil }
            let bits = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Array(repeating: Double(bitPattern: bits), count: count)
        case xor: return unpackXOR(rest, count)
        case decimal...(decimal + UInt8(deepest)): return unpackDecimal(rest, count, power: Int(mode - decimal))
        default: return nil
        }
    }

    // MARK: decimals

    private static func asDecimal(_ values: [Double]) -> ([Int64], Int)? {
        var power = 0
        for value in values {
            guard value.isFinite, abs(value) < 1e12, !(value == 0 && value.sign == .minus) else { return nil }
            while !isWhole(value, power) {
                power += 1
                if power > deepest { return nil }
            }
        }
        var whole: [Int64] = []
        whole.reserveCapacity(values.count)
        for value in values {
            // A power found for a later value must still give back every earlier one exactly.
            guard isWhole(value, power) else { return nil }
            whole.append(Int64((value * scales[power]).rounded()))
        }
        return (whole, power)
    }

    private static func isWhole(_ value: Double, _ power: Int) -> Bool {
        let scaled = (value * scales[power]).rounded()
        return abs(scaled) < 9e15 && scaled / scales[power] == value
    }

    private static func packDecimal(_ whole: [Int64], _ power: Int) -> [UInt8]? {
        let steps = zip(whole.dropFirst(), whole).map { $0 - $1 }
        guard let least = steps.min(), let most = steps.max() else { return nil }
        let width = 64 - (most - least).leadingZeroBitCount
        guard width <= 40 else { return nil }
        var bytes = [decimal + UInt8(power)]
        bytes.appendSigned(whole[0])
        bytes.appendSigned(least)
        bytes.append(UInt8(width))
        var bits = BitWriter()
        for step in steps { bits.write(UInt64(step - least), bits: width) }
        return bytes + bits.finish()
    }

    private static func unpackDecimal(_ bytes: ArraySlice<UInt8>, _ count: Int, power: Int) -> [Double]? {
        var reader = ByteReader(bytes)
        guard let first = reader.signed() else { return nil }
        let scale = scales[power]
        guard let least = reader.signed() else { return Array(repeating: Double(first) / scale, count: count) }
        guard let width = reader.slice(1)?.first, width <= 40 else { return nil }
        var bits = BitReader(bytes[reader.at...])
        var values = [Double(first) / scale]
        values.reserveCapacity(count)
        var whole = first
        for _ in 1..<count {
            whole &+= least &+ Int64(bits.read(Int(width)))
            values.append(Double(whole) / scale)
        }
        return bits.isPastEnd ? nil : values
    }

    // MARK: XOR

    private static func packXOR(_ values: [Double]) -> [UInt8] {
        var bits = BitWriter()
        var previous = values[0].bitPattern
        bits.write(previous, bits: 64)
        var (leading, length) = (0, 0)
        for value in values.dropFirst() {
            let difference = value.bitPattern ^ previous
            previous = value.bitPattern
            guard difference != 0 else {
                bits.write(0, bits: 1)
                continue
            }
            let lead = min(difference.leadingZeroBitCount, 31)
            let trail = difference.trailingZeroBitCount
            let needed = 64 - lead - trail
            if length > 0, lead >= leading, 64 - leading - length <= trail, length - needed < 11 {
                bits.write(0b10, bits: 2)
            } else {
                (leading, length) = (lead, needed)
                bits.write(0b11, bits: 2)
                bits.write(UInt64(leading), bits: 5)
                bits.write(UInt64(length - 1), bits: 6)
            }
            bits.write(difference >> UInt64(64 - leading - length), bits: length)
        }
        return [xor] + bits.finish()
    }

    private static func unpackXOR(_ bytes: ArraySlice<UInt8>, _ count: Int) -> [Double]? {
        var bits = BitReader(bytes)
        var previous = bits.read(64)
        var values = [Double(bitPattern: previous)]
        values.reserveCapacity(count)
        var (leading, length) = (0, 0)
        for _ in 1..<count {
            if bits.read(1) == 1 {
                if bits.read(1) == 1 {
                    leading = Int(bits.read(5))
                    length = Int(bits.read(6)) + 1
                }
                guard length > 0, leading + length <= 64 else { return nil }
                previous ^= bits.read(length) << UInt64(64 - leading - length)
            }
            values.append(Double(bitPattern: previous))
        }
        return bits.isPastEnd ? nil : values
    }
}
