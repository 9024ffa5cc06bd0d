/// Rows as they stand in a file, evenly many of all (Vitter's algorithm R), in bounded room and the same each time.
struct RowSample: Sendable {
    struct Row: Sendable {
        var line: Int
        var bytes: [UInt8]
    }

    static let most = 2000
    /// Bytes of a row that is kept, and of all of them: of longer rows nothing is told.
    private static let longest = 64 << 10
    private static let room = 16 << 20

    private(set) var rows: [Row] = []
    private(set) var seen = 0
    private var size = 0
    private var random: UInt64 = 0x2545_f491_4f6c_dd1d

    @inline(__always)
    mutating func add(_ start: UnsafePointer<UInt8>, _ count: Int, line: Int) {
        seen += 1
        if rows.count < Self.most { return put(start, count, line, at: nil) }
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        let place = Int(random.multipliedFullWidth(by: UInt64(seen)).high)
        if place < Self.most { put(start, count, line, at: place) }
    }

    @inline(never)
    private mutating func put(_ start: UnsafePointer<UInt8>, _ count: Int, _ line: Int, at place: Int?) {
        guard count <= Self.longest, size + count <= Self.room else { return }
        let row = Row(line: line, bytes: Array(UnsafeBufferPointer(start: start, count: count)))
        size += count
        if let place {
            size -= rows[place].bytes.count
            rows[place] = row
        } else {
            rows.append(row)
        }
    }

    /// Takes in the sample of a part that begins behind so many lines: what each has seen decides how many of it stay.
    mutating func merge(_ part: RowSample, behind lines: Int) {
        guard part.seen > 0 else { return }
        let all = seen + part.seen
        let moved = part.rows.map { Row(line: lines + $0.line, bytes: $0.bytes) }
        if rows.count + moved.count <= Self.most {
            rows += moved
        } else {
            // Those that are in a sample are there in no order that matters.
            let share = Int((Double(Self.most) * Double(seen) / Double(all)).rounded())
            rows = Array(rows.prefix(max(share, Self.most - moved.count)))
            rows += moved.prefix(Self.most - rows.count)
        }
        (seen, size) = (all, size + part.size)
    }
}
