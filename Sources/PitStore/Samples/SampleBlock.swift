/// A block: what one source's series were at up to a few hundred moments. The moments are kept once for all of them.
///
/// Bytes: version, number of moments, number of series; the first moment and the differences of differences; for each
/// series its id (as a difference) and the length of its column; then the columns.
struct SampleBlock {
    /// What stands where a series had no value at a moment: Prometheus' staleness marker.
    static let missing = Double(bitPattern: 0x7FF0_0000_0000_0002)
    private static let version: UInt8 = 1

    /// Milliseconds, growing.
    var times: [Int64] = []
    /// One column for each series, as long as `times`.
    var columns: [UInt32: [Double]] = [:]

    static func isMissing(_ value: Double) -> Bool { value.bitPattern == missing.bitPattern }

    func encoded() -> [UInt8] {
        var bytes = [Self.version]
        bytes.appendVarint(UInt64(times.count))
        bytes.appendVarint(UInt64(columns.count))
        var (before, step): (Int64, Int64) = (0, 0)
        for time in times {
            bytes.appendSigned((time - before) - step)
            step = before == 0 ? 0 : time - before
            before = time
        }
        var body: [UInt8] = []
        var last: UInt32 = 0
        for id in columns.keys.sorted() {
            let column = ColumnCodec.encode(columns[id] ?? [])
            bytes.appendVarint(UInt64(id - last))
            bytes.appendVarint(UInt64(column.count))
            body += column
            last = id
        }
        return bytes + body
    }

    /// Reads the moments and the columns of the series wanted (nil: all); nil when the bytes are damaged.
    static func decode(_ bytes: [UInt8], only wanted: Set<UInt32>? = nil) -> SampleBlock? {
        var reader = ByteReader(bytes[...])
        guard reader.slice(1)?.first == version, let count = reader.varint(), let series = reader.varint() else {
            return nil
        }
        guard count <= 100_000, series <= 10_000_000, Int(series) <= bytes.count else { return nil }
        var block = SampleBlock()
        var (before, step): (Int64, Int64) = (0, 0)
        for _ in 0..<count {
            guard let change = reader.signed() else { return nil }
            let time = before &+ step &+ change
            step = before == 0 ? 0 : time &- before
            before = time
            block.times.append(time)
        }
        var directory: [(id: UInt32, length: Int)] = []
        directory.reserveCapacity(Int(series))
        var last: UInt64 = 0
        for _ in 0..<series {
            guard let difference = reader.varint(), let length = reader.varint(), length <= UInt64(bytes.count) else {
                return nil
            }
            last &+= difference
            guard last <= UInt32.max else { return nil }
            directory.append((UInt32(last), Int(length)))
        }
        for (id, length) in directory {
            guard let column = reader.slice(length) else { return nil }
            guard wanted?.contains(id) ?? true else { continue }
            guard let values = ColumnCodec.decode(column, count: Int(count)) else { return nil }
            block.columns[id] = values
        }
        return block
    }

    /// Adds a moment; one not after the last is refused.
    mutating func append(_ time: Int64, _ values: [(UInt32, Double)]) -> Bool {
        if let last = times.last, time <= last { return false }
        let filled = times.count
        times.append(time)
        for (id, value) in values {
            var column = columns.removeValue(forKey: id) ?? []
            if column.count < filled { column += repeatElement(Self.missing, count: filled - column.count) }
            if column.count == filled { column.append(value) }
            columns[id] = column
        }
        return true
    }

    /// Makes every column as long as `times`.
    mutating func fill() {
        for id in columns.keys where columns[id, default: []].count < times.count {
            columns[id, default: []] += repeatElement(Self.missing, count: times.count - columns[id, default: []].count)
        }
    }
}
