import Foundation
import PitModel
import PitStore
import Testing

@Suite struct SampleTests {
    @Test("moments may come in any order; of two values at one moment the first counts")
    func anyOrder() throws {
        for flushes in [false, true] {
            let store = try Store.inMemory()
            let id = try store.seriesID(for: SeriesKey("a"), source: "s")
            for (seconds, value) in [(15.0, 1.0), (15, 2), (0, 3), (30, 4), (7, 5), (0, 6)] {
                try store.append(source: "s", at: at(seconds), [(id, value)])
                if flushes { try store.flush() }
            }
            let points = try store.points(source: "s", id, from: at(0), to: at(60))
            #expect(points.map(\.value) == [3, 5, 1, 4])
            #expect(points.map(\.at) == [at(0), at(7), at(15), at(30)])
        }
    }

    @Test("a moment's other series are added to it when they come later")
    func sameMoment() throws {
        let store = try Store.inMemory()
        let (a, b) = (
            try store.seriesID(for: SeriesKey("a"), source: "s"), try store.seriesID(for: SeriesKey("b"), source: "s")
        )
        try store.append(source: "s", at: at(0), [(a, 1)])
        try store.flush()
        try store.append(source: "s", at: at(0), [(b, 2)])
        try store.flush()
        #expect(try store.points(source: "s", a, from: at(0), to: at(0)).map(\.value) == [1])
        #expect(try store.points(source: "s", b, from: at(0), to: at(0)).map(\.value) == [2])
    }

    @Test("a clock that jumps a day back and forth loses nothing")
    func clockJumps() throws {
        let store = try Store.inMemory()
        let id = try store.seriesID(for: SeriesKey("a"), source: "s")
        var expected: Set<Double> = []
        for (leg, offset) in [86400.0, 0, 172_800, 90_000].enumerated() {
            for i in 0..<400 {
                let moment = offset + Double(i) * 15 + Double(leg)
                try store.append(source: "s", at: at(moment), [(id, moment)])
                expected.insert(moment)
                if i % 3 == 0 { try store.flush() }
            }
        }
        let points = try store.points(source: "s", id, from: at(0), to: at(1e6))
        #expect(points.map(\.value) == expected.sorted())
        #expect(points.allSatisfy { $0.at == at($0.value) })
    }

    @Test("many series over many blocks: each range gives exactly what was put in")
    func ranges() throws {
        var random = Seeded(state: 21)
        let folder = Folder()
        let count = 300
        do {
            let store = try Store.open(folder: folder.path)
            let ids = try (0..<count).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "s") }
            for i in 0..<600 {
                let present = ids.enumerated().filter { ($0.offset + i) % 7 != 0 }
                try store.append(source: "s", at: at(Double(i) * 5), present.map { ($1, Double($0 * 1000 + i)) })
                if i % 11 == 0 { try store.flush() }
            }
            try store.flush()
        }
        let store = try Store.open(folder: folder.path)
        let ids = Dictionary(
            uniqueKeysWithValues: try store.series(source: "s").map { (Int($0.key.name.dropFirst()) ?? -1, $0.id) })
        #expect(ids.count == count)
        for _ in 0..<60 {
            let series = Int.random(in: 0..<count, using: &random)
            let from = Int.random(in: -10..<600, using: &random)
            let to = Int.random(in: from..<620, using: &random)
            let expected = (max(0, from)...max(0, to, from)).filter {
                $0 < 600 && $0 >= from && $0 <= to && (series + $0) % 7 != 0
            }
            let id = try #require(ids[series])
            let points = try store.points(source: "s", id, from: at(Double(from) * 5), to: at(Double(to) * 5))
            #expect(points.map(\.value) == expected.map { Double(series * 1000 + $0) })
        }
        let all = try store.columns(source: "s", Set(ids.values), from: at(0), to: at(10))
        let present = (0..<count).map { series in (0...2).count { (series + $0) % 7 != 0 } }
        #expect(all.values.map(\.count).reduce(0, +) == present.reduce(0, +))
    }

    @Test("the latest points are those that are not too old, of the series asked for")
    func latest() throws {
        let store = try Store.inMemory()
        let keys = [SeriesKey("up", ["job": "a"]), SeriesKey("up", ["job": "b"]), SeriesKey("down")]
        let ids = try keys.map { try store.seriesID(for: $0, source: "s") }
        try store.append(source: "s", at: at(0), ids.map { ($0, 1) })
        try store.append(source: "s", at: at(300), [(ids[0], 2), (ids[2], 5)])
        let found = try store.latest(source: "s", at: at(310), within: 60) { $0.name == "up" }
        #expect(found.map(\.key) == [keys[0]])
        #expect(found.map(\.point) == [DataPoint(at(300), 2)])
        #expect(try store.latest(source: "s", at: at(310), within: 600).count == 3)
        #expect(try store.latest(source: "none", at: at(310), within: 600).isEmpty)
    }

    @Test("asking for what is not there makes nothing")
    func readingLeavesNoTrace() throws {
        let store = try Store.inMemory()
        #expect(try store.points(source: "s", SeriesID(1), from: at(0), to: at(9)).isEmpty)
        #expect(try store.series(source: "s").isEmpty)
        let query = HistoryQuery(model: ModelName("m"), signals: [.ttftP95], span: 100, points: 5)
        #expect(try store.history(query, now: at(0)).values[.ttftP95] == [nil, nil, nil, nil, nil])
        #expect(try store.sampleSources().isEmpty)
        #expect(try store.statistics().series == 0)
    }

    @Test("two processes that both write to one cache mix nothing up")
    func twoWriters() throws {
        let folder = Folder()
        let stores = [try Store.open(folder: folder.path), try Store.open(folder: folder.path)]
        for i in 0..<200 {
            for (n, store) in stores.enumerated() {
                let own = try store.seriesID(for: SeriesKey("own\(n)_\(i % 50)"), source: "s")
                try store.append(source: "s", at: at(Double(i * 2 + n)), [(own, Double(n * 1000 + i))])
                if i % 9 == 0 { try store.flush() }
            }
        }
        for store in stores { try store.flush() }
        let reader = try Store.open(folder: folder.path)
        let series = try reader.series(source: "s")
        #expect(Set(series.map(\.id)).count == 100)
        for (key, id) in series {
            let parts = key.name.dropFirst(3).split(separator: "_").compactMap { Int($0) }
            let points = try reader.points(source: "s", id, from: at(0), to: at(999))
            #expect(points.map(\.value) == [0, 50, 100, 150].map { Double(parts[0] * 1000 + parts[1] + $0) })
        }
    }

    @Test("a follower sees what the poller has flushed, and goes on with it when it takes over")
    func follower() throws {
        let folder = Folder()
        let poller = try Store.open(folder: folder.path)
        let follower = try Store.open(folder: folder.path)
        let model = ModelName("m")
        let query = HistoryQuery(model: model, signals: [.ttftP95, .waiting], span: 40, end: at(40), points: 4)
        #expect(try follower.history(query, now: at(40)).values[.ttftP95] == [nil, nil, nil, nil])
        try poller.record([.waiting: Measure(7)], of: model, at: at(0))
        try poller.record([.ttftP95: Measure(1), .waiting: Measure(8)], of: model, at: at(10))
        try poller.flush()
        #expect(try follower.history(query, now: at(40)).values[.ttftP95] == [nil, 1, nil, nil])
        #expect(try follower.history(query, now: at(40)).values[.waiting] == [7, 8, nil, nil])
        try follower.record([.ttftP95: Measure(2), .running: Measure(0.5)], of: model, at: at(20))
        try follower.flush()
        #expect(try follower.history(query, now: at(40)).values[.ttftP95] == [nil, 1, 2, nil])
        #expect(try follower.history(query, now: at(40)).values[.waiting] == [7, 8, nil, nil])
    }

    @Test("readers are served while another thread writes, and see whole moments")
    func readersWhileWriting() async throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        let ids = try (0..<5).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "s") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for i in 0..<600 {
                    try store.append(source: "s", at: at(Double(i)), ids.map { ($0, Double(i)) })
                    if i % 5 == 0 { try store.flush() }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    var last = 0
                    while last < 600 {
                        let columns = try store.columns(source: "s", Set(ids), from: at(0), to: at(999))
                        let counts = Set(columns.values.map(\.count))
                        #expect(counts.count <= 1)
                        let values = columns[ids[0]]?.map(\.value) ?? []
                        #expect(values == (0..<values.count).map(Double.init))
                        #expect(values.count >= last)
                        last = values.count
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a cache that is removed while it is open is made anew, and nothing that is polled later is lost")
    func removedUnderneath() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        try store.record(Act(at: at(0), author: "ana", kind: .note, subject: "f", text: "hm"))
        let ids = try (0..<5).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "s") }
        try store.append(source: "s", at: at(0), ids.map { ($0, 0) })
        for _ in 0..<3 { try store.flush() }
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.path + "/cache.db" + suffix)
        }
        try store.append(source: "s", at: at(10), ids.map { ($0, 1) })
        try store.flush()
        try store.append(source: "s", at: at(20), ids.map { ($0, 2) })
        let new = try store.seriesID(for: SeriesKey("new"), source: "s")
        try store.append(source: "s", at: at(30), [(new, 3)])
        try store.flush()
        let reader = try Store.open(folder: folder.path)
        let series = Dictionary(uniqueKeysWithValues: try reader.series(source: "s").map { ($0.key.name, $0.id) })
        #expect(series == ["m0": ids[0], "m1": ids[1], "m2": ids[2], "m3": ids[3], "m4": ids[4], "new": new])
        #expect(try reader.points(source: "s", ids[3], from: at(0), to: at(99)).map(\.value) == [1, 2])
        #expect(try reader.events(from: at(0), to: at(9)).map(\.detail) == ["hm"])
    }

    @Test("what people do is not written to a state file that was removed")
    func stateRemoved() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        try FileManager.default.removeItem(atPath: folder.path + "/state.db")
        let act = Act(at: at(0), author: "ana", kind: .note, subject: "f")
        #expect(throws: StoreFault.gone(folder.path + "/state.db")) { try store.record(act) }
    }
}
