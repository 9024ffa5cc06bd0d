import Foundation
import GRDB
import PitModel
import PitStore
import Testing

@Suite struct FileTests {
    /// The files as the first version of pitwall made them.
    private func firstVersion(_ folder: Folder) throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        for file in ["cache", "state"] {
            let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(file)-1.sql")
            let sql = try String(contentsOf: fixture, encoding: .utf8)
            try DatabaseQueue(path: folder.path + "/\(file).db").write { try $0.execute(sql: sql) }
        }
    }

    @Test("files of the first version are carried forward: what people did, events and what is open are kept")
    func migration() throws {
        let folder = Folder()
        try firstVersion(folder)
        let store = try Store.open(folder: folder.path)
        #expect(store.notes.isEmpty)
        #expect(try store.acts().map(\.text) == ["mine"])
        #expect(try store.session("console") == "{}")
        #expect(try store.events(from: at(0), to: at(9)).map(\.title) == ["v14"])
        #expect(try store.facts(.alert, at: nil).map(\.key) == ["am/x"])
        #expect(try store.latest("models") == [1, 2])
        let id = try store.seriesID(for: SeriesKey("m"), source: "vllm")
        try store.append(source: "vllm", at: at(1), [(id, 1)])
        try store.flush()
        #expect(try Store.open(folder: folder.path).points(source: "vllm", id, from: at(0), to: at(9)).count == 1)
    }

    @Test("a cache that is damaged within costs no start: it is told, then set aside")
    func damagedWithin() throws {
        let folder = Folder()
        do {
            let store = try Store.open(folder: folder.path)
            let ids = try (0..<200).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "s") }
            for i in 0..<400 {
                try store.append(source: "s", at: at(Double(i)), ids.map { ($0, 1 / Double(i + Int($0.number))) })
                if i % 9 == 0 { try store.flush() }
            }
            try store.flush()
            try store.record(Act(at: at(1), author: "a", kind: .note, subject: "f", text: "keep"))
        }
        let path = folder.path + "/cache.db"
        var bytes = try Data(contentsOf: URL(filePath: path))
        for page in 60..<bytes.count / 4096 {
            bytes.replaceSubrange(page * 4096..<page * 4096 + 64, with: Data(repeating: 0xEE, count: 64))
        }
        try bytes.write(to: URL(filePath: path))
        var told: StoreFault?
        do {
            let store = try Store.open(folder: folder.path)
            #expect(store.notes.isEmpty)
            do throws(StoreFault) {
                for (_, id) in try store.series(source: "s") {
                    _ = try store.points(source: "s", id, from: at(0), to: at(999))
                }
                _ = try store.statistics()
            } catch { told = error }
        }
        #expect(told == .corruptCache(path: path))
        let store = try Store.open(folder: folder.path)
        #expect(store.notes.contains { $0.contains("set aside") })
        #expect(try store.statistics().samples == 0)
        #expect(try store.acts().map(\.text) == ["keep"])
        #expect(try Store.open(folder: folder.path).notes.isEmpty)
    }

    @Test("blocks with senseless bytes are passed over, whatever stands in them", arguments: [1, 2, 3] as [UInt64])
    func senselessBlocks(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        let ids = try (0..<20).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "s") }
        for i in 0..<60 {
            try store.append(source: "s", at: at(Double(i)), ids.map { ($0, Double(i) * 0.7) })
            if i % 7 == 0 { try store.flush() }
        }
        try store.flush()
        let other = try DatabaseQueue(path: folder.path + "/cache.db")
        for _ in 0..<150 {
            try other.write { db in
                for table in ["block", "roster"] {
                    for row in try Row.fetchAll(db, sql: "SELECT id, bytes FROM \(table)") {
                        var bytes = [UInt8](row["bytes"] as Data)
                        switch Int.random(in: 0...3, using: &random) {
                        case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                        case 1: bytes.append(UInt8.random(in: 0...255, using: &random))
                        default:
                            if let place = bytes.indices.randomElement(using: &random) {
                                bytes[place] = UInt8.random(in: 0...255, using: &random)
                            }
                        }
                        try db.execute(
                            sql: "UPDATE \(table) SET bytes = ? WHERE id = ?",
                            arguments: [Data(bytes), row["id"] as Int64])
                    }
                }
            }
            let reader = try Store.open(folder: folder.path)
            _ = try reader.series(source: "s")
            for points in try reader.columns(source: "s", Set(ids), from: at(-1e9), to: at(1e9)).values {
                #expect(zip(points, points.dropFirst()).allSatisfy { $0.at < $1.at })
            }
        }
    }

    @Test("a cache that cannot be opened is done without, and a note says so")
    func withoutCache() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/cache.db", withIntermediateDirectories: true)
        let store = try Store.open(folder: folder.path)
        #expect(store.notes.contains { $0.contains("in memory only") })
        let id = try store.seriesID(for: SeriesKey("m"), source: "s")
        try store.append(source: "s", at: at(0), [(id, 1)])
        try store.flush()
        #expect(try store.points(source: "s", id, from: at(0), to: at(1)).count == 1)
        try store.record(Act(at: at(1), author: "a", kind: .note, subject: "f", text: "keep"))
        #expect(try Store.open(folder: folder.path).acts().map(\.text) == ["keep"])
    }

    @Test("every fault says what happened and what to do")
    func words() {
        let faults: [StoreFault] = [
            .folder("/x", reason: "why"), .newer(file: "/x"), .corruptState(path: "/x"), .corruptCache(path: "/x"),
            .full("/x"), .readOnly("/x"), .disk("/x", reason: "why"), .gone("/x"), .busy("/x"),
            .tooManySeries(source: "/x", limit: 1), .other("/x"),
        ]
        for fault in faults {
            #expect(fault.summary.contains("/x"))
            #expect(fault.hint.hasSuffix(".") || fault.hint.contains("?"))
        }
        #expect(Set(faults.map(\.hint)).count == faults.count)
    }

    @Test("the files are for their owner only")
    func modes() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        try store.record(Act(at: at(1), author: "a", kind: .note, subject: "f"))
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(folder.path) == 0o700)
        for file in ["cache.db", "state.db", "cache.db-wal", "state.db-wal"] {
            #expect(try mode(folder.path + "/" + file) == 0o600, "\(file)")
        }
    }

    @Test("a lock whose file was removed is not held twice")
    func lockRemoved() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let (first, second) = (PollerLock(folder: folder.path), PollerLock(folder: folder.path))
        #expect(first.tryAcquire())
        try FileManager.default.removeItem(atPath: folder.path + "/poller.lock")
        #expect(second.tryAcquire())
        #expect(!first.tryAcquire())
        #expect(!first.isHeld)
    }
}
