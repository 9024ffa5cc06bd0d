/// Packs the values that one series had in one block.
///
/// A column that never changes is one value. Counters of servers are mostly whole numbers that grow by little or not
/// at all, so a column is first tried as numbers n / 10^k (`DecimalColumn`). What is none goes as XOR against the
/// value before (`XORColumn`).
enum ColumnCodec {
    private static let constant: UInt8 = 0
    private static let xor: UInt8 = 1
    private static let raw: UInt8 = 2
    /// This and the next six: whole numbers over 10^0...10^6.
    private static let decimal: UInt8 = 16
    /// The same, one number for all.
    private static let decimalConstant: UInt8 = 32

    static func encode(_ values: ArraySlice<Double>) -> [UInt8] {
        guard let first = values.first else { return [] }
        let isConstant = values.allSatisfy { $0.bitPattern == first.bitPattern }
        if let (whole, power) = DecimalColumn.whole(values) {
            var bytes = [(isConstant ? decimalConstant : decimal) + UInt8(power)]
            if isConstant {
                bytes.appendSigned(whole[0])
                return bytes
            }
            if DecimalColumn.pack(whole, into: &bytes) { return bytes }
        }
        if isConstant { return [constant] + bytes(of: first) }
        let packed = XORColumn.pack(values)
        if packed.count >= values.count * 8 { return values.reduce(into: [raw]) { $0 += bytes(of: $1) } }
        return [xor] + packed
    }

    /// The values, or nil when the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [Double]? {
        guard count > 0 else { return [] }
        var reader = ByteReader(bytes)
        guard let mode = reader.byte() else { return nil }
        switch mode {
        case constant: return value(&reader).map { Array(repeating: $0, count: count) }
        case xor: return XORColumn.unpack(reader.rest, count)
        case raw:
            guard reader.rest.count == count * 8 else { return nil }
            return (0..<count).compactMap { _ in value(&reader) }
        case decimal...decimal + UInt8(DecimalColumn.deepest):
            return DecimalColumn.unpack(&reader, count, power: Int(mode - decimal))
        case decimalConstant...decimalConstant + UInt8(DecimalColumn.deepest):
            return reader.signed().map {
                Array(repeating: DecimalColumn.value($0, power: Int(mode - decimalConstant)), count: count)
            }
        default: return nil
        }
    }

    private static func bytes(of value: Double) -> [UInt8] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }

    private static func value(_ reader: inout ByteReader) -> Double? {
        reader.slice(8).map { Double(bitPattern: $0.reversed().reduce(0) { $0 << 8 | UInt64($1) }) }
    }
}
