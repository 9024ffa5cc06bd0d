import Foundation
import GRDB
import PitModel
import PitStore
import Testing

@Test("what was appended comes back bit by bit, from memory, from disk, and after reopening")
func roundTrip() throws {
    var random = Seeded(state: 3)
    let folder = Folder()
    var expected: [Int: [Double]] = [:]
    for kind in 0..<8 { expected[kind] = column(kind, 300, &random) }
    func check(_ store: Store) throws {
        for kind in 0..<8 {
            let id = try store.seriesID(for: SeriesKey("m\(kind)", ["a": "b"]), source: "c")
            let points = try store.points(source: "c", id, from: at(0), to: at(9999))
            #expect(points.map(\.value.bitPattern) == expected[kind]?.map(\.bitPattern), "kind \(kind)")
            #expect(points.first?.at == at(0))
            #expect(points.last?.at == at(299 * 15))
        }
    }
    do {
        let store = try Store.open(folder: folder.path)
        for i in 0..<300 {
            var values: [(SeriesID, Double)] = []
            for kind in 0..<8 {
                values.append(
                    (try store.seriesID(for: SeriesKey("m\(kind)", ["a": "b"]), source: "c"), expected[kind]?[i] ?? 0))
            }
            try store.append(source: "c", at: at(Double(i) * 15), values)
        }
        try check(store)
        try store.flush()
        try check(store)
    }
    try check(try Store.open(folder: folder.path))
}

@Test("series that come and go leave gaps, not zeros")
func gaps() throws {
    let store = try Store.inMemory()
    let (a, b) = (
        try store.seriesID(for: SeriesKey("a"), source: "s"), try store.seriesID(for: SeriesKey("b"), source: "s")
    )
    try store.append(source: "s", at: at(0), [(a, 1)])
    try store.append(source: "s", at: at(15), [(b, 2)])
    try store.append(source: "s", at: at(30), [(a, 3), (b, 4)])
    try store.flush()
    #expect(try store.points(source: "s", a, from: at(0), to: at(60)) == [DataPoint(at(0), 1), DataPoint(at(30), 3)])
    #expect(try store.points(source: "s", b, from: at(0), to: at(60)) == [DataPoint(at(15), 2), DataPoint(at(30), 4)])
    #expect(try store.points(source: "s", a, from: at(1), to: at(29)) == [])
}

@Test("a model's history has a value a step, and nil where nothing was known")
func history() throws {
    let store = try Store.inMemory()
    let model = ModelName("m")
    for i in [0, 1, 2, 7, 8] {
        try store.record([.ttftP95: Measure(Double(i)), .requestRate: Measure(10)], of: model, at: at(Double(i) * 10))
    }
    let query = HistoryQuery(
        model: model, signals: [.ttftP95, .requestRate, .waiting], span: 100, end: at(100), points: 10)
    let history = try store.history(query, now: at(500))
    #expect(history.values[.ttftP95] == [0, 1, 2, nil, nil, nil, nil, 7, 8, nil])
    #expect(history.values[.requestRate] == [10, 10, 10, nil, nil, nil, nil, 10, 10, nil])
    #expect(history.values[.waiting]?.allSatisfy { $0 == nil } == true)
    #expect(try store.signals(of: model, at: at(75), within: 60)?.1[.ttftP95] == Measure(7))
    #expect(try store.signals(of: model, at: at(60), within: 10) == nil)
}

@Test("facts are known for any moment")
func facts() throws {
    let store = try Store.inMemory()
    func set(_ seconds: Double, _ now: [String: String]) throws {
        try store.replace(.alert, scope: "am/", with: now.map { ("am/\($0)", Array($1.utf8)) }, at: at(seconds))
    }
    func seen(_ seconds: Double?) throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try store.facts(.alert, at: seconds.map(at)).map {
                ($0.key, String(decoding: $0.body, as: UTF8.self))
            })
    }
    try set(10, ["x": "1"])
    try set(20, ["x": "1", "y": "2"])
    try set(30, ["y": "3"])
    try set(40, ["x": "1", "y": "3"])
    #expect(try seen(5) == [:])
    #expect(try seen(15) == ["am/x": "1"])
    #expect(try seen(25) == ["am/x": "1", "am/y": "2"])
    #expect(try seen(35) == ["am/y": "3"])
    #expect(try seen(nil) == ["am/x": "1", "am/y": "3"])
    #expect(try store.appearances(.alert, since: at(0)) == ["am/x": 2, "am/y": 1])
}

@Test("acts and the journal survive; an operation shows at its latest stage")
func stateSurvives() throws {
    let folder = Folder()
    let operation = PitModel.Operation(
        id: "1", connection: ConnectionName("am"), request: .expireSilence(id: "s"), author: "ana", reason: "done",
        at: at(1),
        expecting: .silenceExpired(connection: ConnectionName("am"), id: "s"))
    let act = Act(at: at(2), author: "ana", kind: .acknowledge, subject: "f", text: "mine")
    do {
        let store = try Store.open(folder: folder.path)
        try store.record(JournalEntry(operation, stage: .recorded, at: at(1)))
        try store.record(JournalEntry(operation, stage: .sent, at: at(2)))
        try store.record(act)
        try store.saveSession("console", "{}")
    }
    let store = try Store.open(folder: folder.path)
    #expect(try store.journal() == [JournalEntry(operation, stage: .sent, at: at(2))])
    #expect(try store.acts() == [act])
    #expect(try store.acts(until: at(1)) == [])
    #expect(try store.session("console") == "{}")
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/state.db")[.posixPermissions] as? Int
    #expect(mode == 0o600)
}

@Test("events are kept once, in order, with those that concern all")
func events() throws {
    let store = try Store.inMemory()
    let all = [
        Event(at: at(1), kind: .release, model: ModelName("m"), title: "v14"),
        Event(at: at(2), kind: .configuration, title: "reloaded"),
        Event(at: at(3), kind: .restart, model: ModelName("other"), title: "restart"),
    ]
    try store.record(all)
    try store.record(all)
    #expect(try store.events(from: at(0), to: at(9)) == all)
    #expect(try store.events(from: at(0), to: at(9), model: ModelName("m")) == Array(all[..<2]))
    #expect(try store.events(from: at(0), to: at(9), limit: 1) == [all[2]])
}

@Test("a damaged cache is set aside and built anew; people's work is untouched")
func corruptCache() throws {
    let folder = Folder()
    do {
        try Store.open(folder: folder.path).record(Act(at: at(1), author: "a", kind: .note, subject: "f", text: "keep"))
    }
    try? FileManager.default.removeItem(atPath: folder.path + "/cache.db-wal")
    try Data(repeating: 0x41, count: 20000).write(to: URL(filePath: folder.path + "/cache.db"))
    let store = try Store.open(folder: folder.path)
    #expect(store.notes.contains { $0.contains("set aside") })
    #expect(try store.acts().map(\.text) == ["keep"])
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.contains { $0.hasPrefix("cache.db.corrupt-") })
}

@Test("a damaged state file is refused, left as it is, and the words say how to recover")
func corruptState() throws {
    let folder = Folder()
    do { _ = try Store.open(folder: folder.path) }
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.path + "/state.db" + suffix) }
    let junk = Data(repeating: 0x42, count: 20000)
    try junk.write(to: URL(filePath: folder.path + "/state.db"))
    let fault = #expect(throws: StoreFault.self) { try Store.open(folder: folder.path) }
    #expect(fault?.hint.contains(".recover") == true)
    #expect(try Data(contentsOf: URL(filePath: folder.path + "/state.db")) == junk)
}

@Test("files of a newer pitwall are refused", arguments: ["state.db", "cache.db"])
func newer(file: String) throws {
    let folder = Folder()
    do { _ = try Store.open(folder: folder.path) }
    try DatabaseQueue(path: folder.path + "/" + file).write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 future')")
    }
    #expect(throws: StoreFault.newer(file: folder.path + "/" + file)) { try Store.open(folder: folder.path) }
}

@Test("a folder that cannot be made is told")
func badFolder() {
    let fault = #expect(throws: StoreFault.self) { try Store.open(folder: "/proc/nowhere/pitwall") }
    #expect(fault?.summary.contains("/proc/nowhere/pitwall") == true)
}

@Test("one poller at a time; the lock goes with its holder")
func pollerLock() throws {
    let folder = Folder()
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    let first = PollerLock(folder: folder.path)
    let second = PollerLock(folder: folder.path)
    #expect(first.tryAcquire())
    #expect(first.tryAcquire())
    #expect(!second.tryAcquire())
    #expect(second.otherHolder?.pid == ProcessInfo.processInfo.processIdentifier)
    first.release()
    #expect(second.otherHolder == nil)
    #expect(second.tryAcquire())
}

@Test("old samples go by age, then the oldest by size")
func retention() throws {
    let folder = Folder()
    let store = try Store.open(folder: folder.path, limits: StoreLimits(maxBytes: 400_000, maxAge: 86400))
    var random = Seeded(state: 5)
    for source in ["old", "new"] {
        let ids = try (0..<50).map { try store.seriesID(for: SeriesKey("m\($0)"), source: source) }
        for i in 0..<480 {
            let moment = source == "old" ? at(Double(i) * 15) : at(200_000 + Double(i) * 15)
            try store.append(source: source, at: moment, ids.map { ($0, Double.random(in: 0...1, using: &random)) })
        }
    }
    try store.flush()
    let id = try store.seriesID(for: SeriesKey("m0"), source: "old")
    #expect(try store.points(source: "old", id, from: at(0), to: at(9999)).count == 480)
    try store.prune(now: at(210_000))
    #expect(try store.points(source: "old", id, from: at(0), to: at(9999)).isEmpty)
    #expect(try store.statistics().bytes <= 400_000)
}
