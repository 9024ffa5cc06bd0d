import Foundation
import GRDB
import PitModel
import PitStore
import Testing

@Suite struct StateTests {
    private func operation(_ id: String, at moment: Double) -> PitModel.Operation {
        PitModel.Operation(
            id: id, connection: ConnectionName("am"), request: .expireSilence(id: "s\(id)"), author: "ana",
            reason: "done", at: at(moment), expecting: .silenceExpired(connection: ConnectionName("am"), id: "s\(id)"))
    }

    @Test("the journal shows each operation once, at its latest stage; stages are all there, in order")
    func journal() throws {
        let store = try Store.inMemory()
        for i in 0..<5 {
            try store.record(JournalEntry(operation("\(i)", at: Double(i)), stage: .recorded, at: at(Double(i))))
        }
        try store.record(JournalEntry(operation("1", at: 1), stage: .sent, at: at(6)))
        try store.record(JournalEntry(operation("1", at: 1), stage: .acknowledged, at: at(7), detail: "yes"))
        try store.record(JournalEntry(operation("3", at: 3), stage: .verified, at: at(8)))
        try store.record(JournalEntry(operation("4", at: 4), stage: .refused, at: at(8), detail: "no"))
        #expect(
            try store.journal().map { "\($0.operation.id) \($0.stage.rawValue)" }
                == ["0 recorded", "1 acknowledged", "2 recorded", "3 verified", "4 refused"])
        #expect(try store.journal(limit: 2).map(\.operation.id) == ["3", "4"])
        #expect(try store.journal(limit: -1).isEmpty)
        #expect(try store.openOperations().map(\.operation.id) == ["0", "1", "2"])
        #expect(
            try store.stages().filter { $0.operation.id == "1" }.map(\.stage) == [.recorded, .sent, .acknowledged])
    }

    @Test("everything that people do stands in the audit trail, in order")
    func audit() throws {
        let store = try Store.inMemory()
        try store.record(Act(at: at(1), author: "ana", kind: .claim, subject: "f1", text: "mine"))
        try store.record(JournalEntry(operation("x", at: 2), stage: .recorded, at: at(2)))
        try store.record(JournalEntry(operation("x", at: 2), stage: .refused, at: at(3), detail: "no"))
        let trail = try store.auditTrail()
        #expect(trail.map(\.what) == ["claim", "expireSilence recorded", "expireSilence refused"])
        #expect(trail.map(\.subject) == ["f1", "x", "x"])
        #expect(trail.map(\.detail) == ["mine", "done", "no"])
        #expect(trail.map(\.author) == ["ana", "ana", "ana"])
    }

    @Test("acts are found by time and by what they are about")
    func acts() throws {
        let store = try Store.inMemory()
        let all = (0..<10).map {
            Act(at: at(Double($0)), author: "ana", kind: .note, subject: "f\($0 % 3)", text: "\($0)")
        }
        for act in all { try store.record(act) }
        #expect(try store.acts() == all)
        #expect(try store.acts(since: at(3), until: at(5)) == Array(all[3...5]))
        #expect(try store.acts(subject: "f1").map(\.text) == ["1", "4", "7"])
        #expect(try store.acts(limit: 2) == Array(all.suffix(2)))
    }

    @Test("the newest events are given, a model's own and those that concern all")
    func events() throws {
        let store = try Store.inMemory()
        let all = (0..<90).map { i in
            Event(
                at: at(Double(i / 2)), kind: .note, model: [nil, ModelName("a"), ModelName("b")][i % 3], title: "\(i)",
                key: String(UnicodeScalar(UInt8(33 + i))))
        }
        try store.record(all.shuffled())
        #expect(try store.events(from: at(0), to: at(99)) == all)
        #expect(try store.events(from: at(10), to: at(12), limit: 4) == Array(all[22...25]))
        let own = all.filter { $0.model != ModelName("b") }
        #expect(try store.events(from: at(0), to: at(99), model: ModelName("a"), limit: 7) == own.suffix(7))
        #expect(try store.events(from: at(9), to: at(0)).isEmpty)
    }

    @Test("a cache that was removed knows again what people did")
    func rebuilt() throws {
        let folder = Folder()
        do {
            let store = try Store.open(folder: folder.path)
            try store.record(Act(at: at(1), author: "ana", kind: .acknowledge, subject: "f1", text: "mine"))
            for stage in [JournalEntry.Stage.recorded, .sent, .verified] {
                try store.record(JournalEntry(operation("x", at: 2), stage: stage, at: at(2)))
            }
        }
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.path + "/cache.db" + suffix)
        }
        let store = try Store.open(folder: folder.path)
        let events = try store.events(from: at(0), to: at(9))
        #expect(events.map(\.kind) == [.acknowledgement, .operation, .operation])
        #expect(events.map(\.title) == ["acknowledge f1 by ana", "expireSilence recorded", "expireSilence verified"])
        try store.rebuildEvents()
        #expect(try store.events(from: at(0), to: at(9)) == events)
    }

    @Test("lines of a newer pitwall in the state file are passed over")
    func newerLines() throws {
        let folder = Folder()
        let store = try Store.open(folder: folder.path)
        try store.record(JournalEntry(operation("x", at: 2), stage: .recorded, at: at(2)))
        try DatabaseQueue(path: folder.path + "/state.db").write { db in
            try db.execute(
                sql: """
                    INSERT INTO operation VALUES ('new', 1700000009000, 'ana', 'k', '{"verb":"scale"}');
                    INSERT INTO operation_stage (operation, stage, at, detail) VALUES ('new', 'recorded', 1, '');
                    INSERT INTO act (at, author, kind, subject, text) VALUES (1, 'ana', 'relabel', 'f', '');
                    """)
        }
        #expect(try store.journal().map(\.operation.id) == ["x"])
        #expect(try store.acts().isEmpty)
    }
}
