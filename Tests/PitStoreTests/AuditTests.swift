import Foundation
import GRDB
import PitModel
import PitStore
import Testing

@Suite struct AuditTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func filled(_ folder: String, lines: Int = 5) throws -> Store {
        let store = try Store.open(folder: folder)
        for index in 0..<lines {
            try store.record(
                Act(at: now, author: "ana", kind: .note, subject: "f\(index)", text: "note \(index)"))
        }
        return store
    }

    private func scratch(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func eachLineHoldsTheHashOfTheOneBefore() throws {
        try scratch { folder in
            let store = try filled(folder)
            try store.audit(at: now, author: "ben", identity: "system:ben", what: "configuration", subject: "x")
            #expect(try store.verifyAudit() == .whole(entries: 6))
            let entries = try store.auditEntries()
            #expect(entries.map(\.sequence) == [1, 2, 3, 4, 5, 6] && entries.last?.identity == "system:ben")
            #expect(Set(entries.map(\.hash)).count == 6 && entries.allSatisfy { $0.hash.count == 64 })
            #expect(try store.auditEntries(after: 4).map(\.sequence) == [5, 6])
        }
    }

    /// Each way to tamper, and the line that is named. Triggers keep the program from it; a person with the file can.
    @Test(arguments: [
        ("UPDATE audit SET detail = 'nothing' WHERE seq = 3", Int64(3)),
        ("UPDATE audit SET author = 'mallory' WHERE seq = 1", 1), ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq = 5", 5), ("UPDATE audit SET hash = NULL WHERE seq = 4", 4),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 9),
    ])
    func theFirstBrokenLinkIsNamed(sql: String, line: Int64) throws {
        try scratch { folder in
            let store = try filled(folder)
            let other = try DatabaseQueue(path: folder + "/state.db")
            #expect(throws: DatabaseError.self) { try other.write { try $0.execute(sql: sql) } }
            try other.write {
                try $0.execute(sql: "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept")
                try $0.execute(sql: sql)
            }
            guard case .broken(let at, _) = try store.verifyAudit() else {
                Issue.record("\(sql) was not noticed")
                return
            }
            #expect(at == line)
        }
    }

    @Test func oneOperationAtATimeHasADeployment() throws {
        let store = try Store.inMemory()
        let id = DeploymentID(connection: ConnectionName("c"), kind: .deployment, name: "chat")
        func entry(_ name: String, _ stage: JournalEntry.Stage) -> JournalEntry {
            let plan = DeploymentPlan(
                request: DeploymentRequest(.rollback, id, author: "ana", reason: "bad"),
                before: Deployment(id: id, uid: "u"), expectation: .paused(true))
            return JournalEntry(
                Operation(
                    id: name, connection: id.connection, request: .deploy(plan), author: "ana", reason: "bad", at: now,
                    expecting: .deployed(id, plan.expectation)), stage: stage, at: now)
        }
        let other = OperationDriver("elsewhere boot 1 1")
        #expect(try store.begin(entry("one", .recorded), on: id) == nil)
        #expect(try store.begin(entry("two", .recorded), on: id, driver: other) == "one")
        #expect(try store.entry(of: "two") == nil, "what did not begin leaves nothing")
        #expect(try !store.advance(entry("one", .sent), from: [.recorded], driver: other), "it is another's")
        #expect(try store.advance(entry("one", .sent), from: [.recorded]))
        #expect(try !store.advance(entry("one", .sent), from: [.recorded]), "a step is taken once")
        #expect(try !store.adopt("one", at: now, driver: other), "its driver lives")
        #expect(try store.adopt("one", at: now, always: true, driver: other))
        #expect(try !store.adopt("one", at: now), "a machine that has just given a sign is not gone")
        #expect(try store.adopt("one", at: now.advanced(by: 61)))
        #expect(try store.advance(entry("one", .refused), from: [.sent]))
        #expect(try store.begin(entry("two", .recorded), on: id, driver: other) == nil)
    }
}
