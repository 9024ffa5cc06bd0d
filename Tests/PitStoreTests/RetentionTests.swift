import Foundation
import PitModel
import PitStore
import Testing

@Suite struct RetentionTests {
    @Test("what is too old goes: samples, facts that ended, events; what is open stays")
    func age() throws {
        let store = try Store.inMemory(limits: StoreLimits(maxAge: 1000))
        let id = try store.seriesID(for: SeriesKey("m"), source: "s")
        for i in 0..<10 {
            try store.append(source: "s", at: at(Double(i) * 100), [(id, Double(i))])
            try store.flush()
        }
        try store.replace(.alert, scope: "", with: [("old", [1]), ("open", [1])], at: at(0))
        try store.replace(.alert, scope: "", with: [("open", [1]), ("late", [1])], at: at(100))
        try store.replace(.alert, scope: "", with: [("open", [1])], at: at(800))
        try store.record((0..<10).map { Event(at: at(Double($0) * 100), kind: .note, title: "\($0)") })
        try store.prune(now: at(1500))
        #expect(try store.points(source: "s", id, from: at(0), to: at(9999)).map(\.value) == [5, 6, 7, 8, 9])
        #expect(try store.events(from: at(0), to: at(9999)).map(\.title) == ["5", "6", "7", "8", "9"])
        #expect(try store.facts(.alert, at: at(50)).map(\.key) == ["open"])
        #expect(try store.facts(.alert, at: at(600)).map(\.key).sorted() == ["late", "open"])
        try store.prune(now: at(99_999))
        #expect(try store.facts(.alert, at: nil).map(\.key) == ["open"])
    }

    @Test("events and facts alone cannot make the cache larger than allowed, and the file gives its room back")
    func size() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path, limits: StoreLimits(maxBytes: 500_000))
        for round in 0..<20 {
            try store.record(
                (0..<300).map {
                    Event(at: at(Double(round * 300 + $0)), kind: .note, title: "\(round)-\($0)", detail: "xxxxxxxxxx")
                })
            try store.replace(
                .alert, scope: "",
                with: (0..<50).map { ("\($0)", Array("\(round) a body of some length".utf8)) },
                at: at(Double(round * 300)))
        }
        let before = try store.statistics().bytes
        #expect(before > 500_000)
        try store.prune(now: at(6000))
        #expect(try store.statistics().bytes <= 500_000)
        // The newest are those that stay.
        #expect(try store.events(from: at(0), to: at(9999)).last?.title == "19-299")
        #expect(try store.facts(.alert, at: nil).count == 50)
    }

    @Test("the file shrinks when much has gone")
    func shrinks() throws {
        let folder = Folder()
        func bytes() throws -> Int {
            try FileManager.default.attributesOfItem(atPath: folder.path + "/cache.db")[.size] as? Int ?? 0
        }
        var random = Seeded(state: 1)
        do {
            let store = try Store.open(folder: folder.path, limits: StoreLimits(maxAge: 1000))
            let ids = try (0..<300).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "s") }
            for i in 0..<300 {
                try store.append(
                    source: "s", at: at(Double(i)), ids.map { ($0, Double.random(in: 0...1, using: &random)) })
            }
            try store.flush()
        }
        let before = try bytes()
        #expect(before > 400_000)
        do {
            let store = try Store.open(folder: folder.path, limits: StoreLimits(maxAge: 1000))
            try store.prune(now: at(9999))
        }
        #expect(try bytes() < before / 2)
    }

    @Test("sources of which nothing is left are forgotten, but not those that are written to")
    func unused() throws {
        let folder = Folder()
        do {
            let store = try Store.open(folder: folder.path, limits: StoreLimits(maxAge: 1000))
            let id = try store.seriesID(for: SeriesKey("m"), source: "gone")
            try store.append(source: "gone", at: at(0), [(id, 1)])
            try store.flush()
        }
        let store = try Store.open(folder: folder.path, limits: StoreLimits(maxAge: 1000))
        let id = try store.seriesID(for: SeriesKey("m"), source: "used")
        try store.append(source: "used", at: at(0), [(id, 1)])
        try store.flush()
        try store.prune(now: at(5000))
        #expect(try store.sampleSources() == ["used"])
        try store.append(source: "used", at: at(5000), [(id, 2)])
        try store.flush()
        #expect(
            try Store.open(folder: folder.path).points(source: "used", id, from: at(0), to: at(9999)).map(\.value) == [
                2
            ])
    }

    @Test("what waits in memory while nothing can be written stays small")
    func boundedMemory() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        let id = try store.seriesID(for: SeriesKey("m"), source: "s")
        for i in 0..<1000 { try store.append(source: "s", at: at(Double(i)), [(id, Double(i))]) }
        // Nobody flushed: what waited too long was written by itself.
        let reader = try Store.open(folder: folder.path)
        #expect(try reader.points(source: "s", id, from: at(0), to: at(9999)).count > 900)
    }

    @Test("a server that made up series without end is forgiven: those of which nothing is left go")
    func deadSeries() throws {
        let folder = Folder()
        let limits = StoreLimits(maxAge: 1000)
        func series(_ store: Store, _ names: Range<Int>, _ seconds: Double) throws {
            let ids = try names.map { try store.seriesID(for: SeriesKey("m", ["request": "\($0)"]), source: "s") }
            try store.append(source: "s", at: at(seconds), ids.map { ($0, seconds) })
            try store.flush()
        }
        do {
            let store = try Store.open(folder: folder.path, limits: limits)
            try series(store, 0..<20_500, 0)
            try series(store, 20_490..<20_510, 5000)
            try store.prune(now: at(5000))
        }
        let store = try Store.open(folder: folder.path, limits: limits)
        #expect(try store.statistics().series == 20_510)
        try series(store, 20_500..<20_520, 5010)
        #expect(try store.statistics().series == 30)
        let found = try store.latest(source: "s", at: at(5010), within: 100)
        #expect(Set(found.compactMap { $0.key["request"] }) == Set((20_490..<20_520).map(String.init)))
    }
}
