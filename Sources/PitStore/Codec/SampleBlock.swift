/// What some series of one source were at some moments. The moments are kept once for all of them.
///
/// Bytes: version, number of moments, number of series; the first moment and the differences of differences (servers
/// are polled at a steady pace); for each series its id (as a difference) and the length of its column, 0 when the
/// column is that of the series before (the buckets of a histogram are often alike); then the columns.
struct SampleBlock {
    /// What stands where a series had no value at a moment: Prometheus' staleness marker.
    static let missing = Double(bitPattern: 0x7FF0_0000_0000_0002)
    private static let version: UInt8 = 2
    /// More moments than any block has.
    private static let mostMoments: UInt64 = 1 << 16

    /// Milliseconds, growing.
    let times: [Int64]
    /// Growing.
    let ids: [UInt32]
    /// Column after column, each as long as `times`.
    private(set) var values: [Double]

    static func isMissing(_ value: Double) -> Bool { value.bitPattern == missing.bitPattern }

    /// The values of the series at a place of `ids`.
    func column(_ place: Int) -> ArraySlice<Double> { values[place * times.count..<(place + 1) * times.count] }

    /// How many values of the series at some places are not missing.
    func samples(_ places: Range<Int>) -> Int {
        values[places.lowerBound * times.count..<places.upperBound * times.count].count { !Self.isMissing($0) }
    }

    private init(times: [Int64], ids: [UInt32], values: [Double]) {
        (self.times, self.ids, self.values) = (times, ids, values)
    }

    private init(times: [Int64], ids: [UInt32]) {
        self.init(times: times, ids: ids, values: Array(repeating: Self.missing, count: times.count * ids.count))
    }

    /// Turns moments into columns. Of two values of one series at one moment the first counts.
    init(_ moments: [Moment]) {
        // A page mostly has the same series in the same order as the last one: then the order is found once.
        let order = moments.first?.ids ?? []
        let isSteady = moments.dropFirst().allSatisfy { $0.ids == order }
        let ids = Set((isSteady ? order : moments.flatMap(\.ids)).map(\.number)).sorted()
        let placeOf = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        let places = order.map { placeOf[$0.number, default: 0] }
        self.init(times: moments.map(\.time), ids: ids)
        for (row, moment) in moments.enumerated() {
            for (index, value) in moment.values.enumerated() {
                put(value, isSteady ? places[index] : placeOf[moment.ids[index].number, default: 0], row)
            }
        }
    }

    /// One block of several, in any order. Where they say different things of one series at one moment, the first
    /// counts.
    init(merging blocks: [SampleBlock]) {
        let times = Set(blocks.flatMap(\.times)).sorted()
        let ids = Set(blocks.flatMap(\.ids)).sorted()
        let rows = Dictionary(uniqueKeysWithValues: zip(times, times.indices))
        let places = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        self.init(times: times, ids: ids)
        for block in blocks {
            let rowsOfBlock = block.times.map { rows[$0, default: 0] }
            for (place, id) in block.ids.enumerated() {
                let mine = places[id, default: 0]
                for (value, row) in zip(block.column(place), rowsOfBlock) { put(value, mine, row) }
            }
        }
    }

    private mutating func put(_ value: Double, _ place: Int, _ row: Int) {
        let at = place * times.count + row
        if Self.isMissing(values[at]) { values[at] = value }
    }

    /// The bytes of the series at some places of `ids`.
    func encoded(_ places: Range<Int>) -> [UInt8] {
        var bytes = [Self.version]
        bytes.appendVarint(UInt64(times.count))
        bytes.appendVarint(UInt64(places.count))
        var (before, step): (Int64, Int64) = (0, 0)
        for (row, time) in times.enumerated() {
            bytes.appendSigned(time &- before &- step)
            step = row == 0 ? 0 : time &- before
            before = time
        }
        var body: [UInt8] = []
        var (lastID, lastColumn): (UInt32, [UInt8]) = (0, [])
        for place in places {
            let packed = ColumnCodec.encode(column(place))
            bytes.appendVarint(UInt64(ids[place] - lastID))
            bytes.appendVarint(packed == lastColumn ? 0 : UInt64(packed.count))
            if packed != lastColumn { body += packed }
            (lastID, lastColumn) = (ids[place], packed)
        }
        return bytes + body
    }

    /// Reads the moments and the columns of the series wanted (nil: all); nil when the bytes are damaged.
    static func decode(_ bytes: [UInt8], only wanted: Set<UInt32>? = nil) -> SampleBlock? {
        var reader = ByteReader(bytes[...])
        guard let (times, directory) = head(&reader, bytes.count) else { return nil }
        var ids: [UInt32] = []
        var values: [Double] = []
        var column: ArraySlice<UInt8> = []
        for (id, length) in directory {
            if length > 0 {
                guard let next = reader.slice(length) else { return nil }
                column = next
            }
            guard wanted?.contains(id) ?? true else { continue }
            guard let unpacked = ColumnCodec.decode(column, count: times.count) else { return nil }
            ids.append(id)
            values += unpacked
        }
        return SampleBlock(times: times, ids: ids, values: values)
    }

    /// The series of a block, without reading their values; none when the bytes are damaged.
    static func ids(in bytes: [UInt8]) -> [UInt32] {
        var reader = ByteReader(bytes[...])
        return head(&reader, bytes.count)?.directory.map(\.id) ?? []
    }

    private static func head(
        _ reader: inout ByteReader, _ size: Int
    ) -> (times: [Int64], directory: [(id: UInt32, length: Int)])? {
        guard reader.byte() == version, let count = reader.varint(), let series = reader.varint(),
            count > 0, count <= mostMoments, series <= UInt64(size),
            let times = times(&reader, Int(count)), let directory = directory(&reader, Int(series))
        else { return nil }
        return (times, directory)
    }

    /// Nil when they do not grow.
    private static func times(_ reader: inout ByteReader, _ count: Int) -> [Int64]? {
        var times: [Int64] = []
        var (before, step): (Int64, Int64) = (0, 0)
        for row in 0..<count {
            guard let change = reader.signed() else { return nil }
            let time = before &+ step &+ change
            guard row == 0 || time > before else { return nil }
            step = row == 0 ? 0 : time &- before
            before = time
            times.append(time)
        }
        return times
    }

    /// Nil when the ids do not grow.
    private static func directory(_ reader: inout ByteReader, _ count: Int) -> [(id: UInt32, length: Int)]? {
        var entries: [(id: UInt32, length: Int)] = []
        entries.reserveCapacity(count)
        var last: UInt32 = 0
        for place in 0..<count {
            guard let difference = reader.varint().flatMap({ UInt32(exactly: $0) }), place == 0 || difference > 0,
                let length = reader.varint().flatMap({ Int(exactly: $0) })
            else { return nil }
            let (id, overflows) = last.addingReportingOverflow(difference)
            guard !overflows else { return nil }
            entries.append((id, length))
            last = id
        }
        return entries
    }
}
