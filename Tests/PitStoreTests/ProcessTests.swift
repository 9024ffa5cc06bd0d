import Foundation
import GRDB
import Glibc
import PitModel
import PitStore
import PitTestKit
import Testing

/// What one process does to another's files.
@Suite struct ProcessTests {
    /// Not a test of its own: what the child does in the tests below.
    @Test(.enabled(if: ChildProcess.folder("ACTS") != nil))
    func childRecordsForEver() throws {
        let folder = try #require(ChildProcess.folder("ACTS"))
        let store = try Store.open(folder: folder)
        let ids = try (0..<40).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "c") }
        let start = try store.acts().count
        for i in start..<start + 100_000 {
            let act = Act(at: at(Double(i)), author: "ana", kind: .acknowledge, subject: "f\(i)", text: "mine")
            try store.record(act)
            ChildProcess.say("act \(i)")
            let operation = PitModel.Operation(
                id: "o\(i)", connection: ConnectionName("am"), request: .expireSilence(id: "s"), author: "ana",
                reason: "", at: at(Double(i)),
                expecting: .silenceExpired(connection: ConnectionName("am"), id: "s"))
            try store.record(JournalEntry(operation, stage: .recorded, at: at(Double(i))))
            ChildProcess.say("operation \(i)")
            try store.append(source: "c", at: at(Double(i)), ids.map { ($0, Double(i)) })
            try store.record([Event(at: at(Double(i)), kind: .note, title: "e\(i)")])
            if i % 3 == 0 {
                try store.flush()
                ChildProcess.say("samples \(i)")
            }
        }
    }

    @Test("nothing that was said to be kept is lost when the process is killed, and nothing has to be repaired")
    func killed() throws {
        let folder = Folder()
        var random = Seeded(state: 11)
        var (acts, samples) = (0, -1)
        var operations: Set<String> = []
        for _ in 0..<6 {
            let child = try ChildProcess("ACTS", test: "childRecordsForEver", folder: folder.path)
            let lines = Int.random(in: 1...120, using: &random)
            for _ in 0..<lines {
                let words = try #require(child.line()).split(separator: " ")
                let number = try #require(Int(words[1]))
                switch words[0] {
                case "act": acts = number + 1
                case "operation": operations.insert("o\(number)")
                default: samples = number
                }
            }
            child.kill()
            for file in ["cache.db", "state.db"] {
                let verdict = try DatabaseQueue(path: folder.path + "/" + file).read {
                    try String.fetchAll($0, sql: "PRAGMA integrity_check")
                }
                #expect(verdict == ["ok"], "\(file)")
            }
            let store = try Store.open(folder: folder.path)
            #expect(store.notes.isEmpty)
            let kept = try store.acts()
            #expect(kept.count >= acts)
            #expect(kept.enumerated().allSatisfy { $1.subject == "f\($0)" })
            #expect(operations.isSubset(of: try store.journal(limit: 1_000_000).map(\.operation.id)))
            #expect(try store.auditTrail(limit: 1_000_000).count >= acts + operations.count)
            guard samples >= 0 else { continue }
            let id = try #require(try store.series(source: "c").first { $0.key.name == "m0" }).id
            let points = try store.points(source: "c", id, from: at(0), to: at(1e6))
            #expect((points.last?.value ?? -1) >= Double(samples))
        }
    }

    @Test(.enabled(if: ChildProcess.folder("LOCK") != nil))
    func childHoldsTheLock() throws {
        let lock = PollerLock(folder: try #require(ChildProcess.folder("LOCK")))
        ChildProcess.say(lock.tryAcquire() ? "held" : "not held")
        while true { pause() }
    }

    @Test("the lock of a process that was killed is free at once, and until then its holder is known")
    func takeover() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let child = try ChildProcess("LOCK", test: "childHoldsTheLock", folder: folder.path)
        #expect(child.line() == "held")
        let lock = PollerLock(folder: folder.path)
        #expect(!lock.tryAcquire())
        #expect(lock.otherHolder?.pid == child.pid)
        #expect(
            lock.otherHolder?.host == ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init)
                || lock.otherHolder?.host == ProcessInfo.processInfo.hostName)
        child.kill()
        #expect(lock.otherHolder == nil)
        #expect(lock.tryAcquire())
    }

    @Test(.enabled(if: ChildProcess.folder("FULL") != nil))
    func childFillsTheDisk() throws {
        let store = try Store.open(folder: try #require(ChildProcess.folder("FULL")))
        // No file may grow beyond this: what a full disk does, without one.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 700_000, rlim_max: 700_000)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        var random = Seeded(state: 2)
        let ids = try (0..<50).map { try store.seriesID(for: SeriesKey("m\($0)"), source: "c") }
        var failures = 0
        for i in 0..<2000 where failures < 3 {
            do {
                try store.append(
                    source: "c", at: at(Double(i)), ids.map { ($0, Double.random(in: 0...1, using: &random)) })
                try store.flush()
            } catch {
                failures += 1
                ChildProcess.say(error.hint)
            }
        }
        let id = ids[0]
        ChildProcess.say("\(try store.points(source: "c", id, from: at(0), to: at(1e6)).count > 10)")
    }

    @Test("a disk that takes no more is told in words, and what was kept can still be read")
    func fullDisk() throws {
        let folder = Folder()
        let child = try ChildProcess("FULL", test: "childFillsTheDisk", folder: folder.path)
        for _ in 0..<3 { #expect(child.line()?.contains("disk") == true) }
        #expect(child.line() == "true")
        #expect(child.wait() == 0)
        #expect(try Store.open(folder: folder.path).notes.isEmpty)
    }
}
