import PitModel
import PitStore
import Testing

/// What is packed on disk, through a store that is opened again.
@Suite struct CodecTests {
    /// Values of every nature that servers send, and some they should not.
    static func column(_ kind: Int, _ count: Int, _ random: inout Seeded) -> [Double] {
        if kind < 8 { return PitStoreTests.column(kind, count, &random) }
        var value = 0.0
        return (0..<count).map { i in
            switch kind {
            case 8: Double(bitPattern: 0x7FF8_0000_0000_0000 | UInt64.random(in: 0...0xFFFF, using: &random))
            case 9: Double(bitPattern: UInt64.random(in: 0...0xF_FFFF_FFFF, using: &random))
            case 10: [0.1, 0.2, 0.3, 1e-6, 123_456.789, 1e15, -1e15, 4e15][Int.random(in: 0...7, using: &random)]
            case 11:
                {
                    value += i % 50 == 49 ? 1e9 : Double(Int.random(in: 0...1, using: &random)); return value
                }()
            case 12: i % 37 == 0 ? 0 : 1_700_000_000.123
            default: Double(Int64.random(in: .min ... .max, using: &random))
            }
        }
    }

    @Test("values of every nature come back bit by bit, whatever their number", arguments: 0..<14)
    func roundTrip(kind: Int) throws {
        var random = Seeded(state: UInt64(kind) + 100)
        let folder = Folder()
        var expected: [String: [Double]] = [:]
        do {
            let store = try Store.open(folder: folder.path)
            for round in 0..<12 {
                let values = Self.column(kind, Int.random(in: 1...(round < 6 ? 9 : 700), using: &random), &random)
                let source = "s\(round)"
                let id = try store.seriesID(for: SeriesKey("m"), source: source)
                for (i, value) in values.enumerated() {
                    try store.append(source: source, at: at(Double(i)), [(id, value)])
                    if Int.random(in: 0...40, using: &random) == 0 { try store.flush() }
                }
                expected[source] = values
            }
            try store.flush()
            try store.prune(now: at(86400))
        }
        let store = try Store.open(folder: folder.path)
        for (source, values) in expected {
            let id = try #require(try store.series(source: source).first).id
            let points = try store.points(source: source, id, from: at(0), to: at(86400))
            #expect(points.map(\.value.bitPattern) == values.map(\.bitPattern))
        }
    }

    @Test("times of any pace come back exactly, and senseless ones are left out")
    func times() throws {
        var random = Seeded(state: 7)
        let store = try Store.inMemory()
        let id = try store.seriesID(for: SeriesKey("m"), source: "s")
        var times: Set<Int64> = [0, 1, -1, 1 << 51, -(1 << 51)]
        for _ in 0..<500 {
            times.insert(Int64.random(in: -(1 << 51)...(1 << 51), using: &random))
            times.insert(1_700_000_000_000 + Int64.random(in: 0...10_000_000, using: &random))
        }
        for (i, time) in times.shuffled(using: &random).enumerated() {
            try store.append(source: "s", at: Timestamp(milliseconds: time), [(id, Double(time))])
            if i % 97 == 0 { try store.flush() }
        }
        for time in [Int64.min, .max, 1 << 52, -(1 << 52), .min + 1] {
            try store.append(source: "s", at: Timestamp(milliseconds: time), [(id, 1)])
        }
        try store.flush()
        let points = try store.points(
            source: "s", id, from: Timestamp(milliseconds: .min), to: Timestamp(milliseconds: .max))
        #expect(points.map(\.at.milliseconds) == times.sorted())
        #expect(points.allSatisfy { $0.value == Double($0.at.milliseconds) })
    }

    @Test("names and labels of any text come back as they were")
    func names() throws {
        var random = Seeded(state: 9)
        let folder = Folder()
        let texts = ["", "a", "é", "\u{0}", "\u{1F525}", "a\u{1}b", "\"", "\n", String(repeating: "x", count: 70_000)]
        var keys: Set<SeriesKey> = []
        for i in 0..<300 {
            let labels = (0..<Int.random(in: 0...5, using: &random)).map { j in
                Label(
                    "l\(j)" + texts[Int.random(in: 0...7, using: &random)], texts[Int.random(in: 0...7, using: &random)]
                )
            }
            keys.insert(SeriesKey("m\(i % 40)" + texts[i % 8], labels))
        }
        keys.insert(SeriesKey(texts[8], [Label("l", texts[8])]))
        do {
            let store = try Store.open(folder: folder.path)
            for key in keys {
                let id = try store.seriesID(for: key, source: "s")
                #expect(try store.seriesID(for: key, source: "s") == id)
            }
            try store.flush()
        }
        let store = try Store.open(folder: folder.path)
        let found = try store.series(source: "s")
        #expect(Set(found.map(\.key)) == keys)
        #expect(Set(found.map(\.id)).count == keys.count)
    }

    @Test("series like those of a server take few bytes")
    func density() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        var fleet = SyntheticServer(seed: 4)
        let ids = try fleet.keys.map { try store.seriesID(for: $0, source: "c") }
        for i in 0..<528 {
            try store.append(source: "c", at: at(Double(i) * 15), Array(zip(ids, fleet.next())))
            if i % 2 == 1 { try store.flush() }
        }
        try store.flush()
        try store.prune(now: at(528 * 15 + 7300))
        let statistics = try store.statistics()
        #expect(statistics.samples == 528 * ids.count)
        #expect(Double(statistics.blockBytes) / Double(statistics.samples) < 1.3)
    }
}
