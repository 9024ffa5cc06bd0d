import Foundation
import GRDB
import Testing

@testable import PitStore

@Test("what people did is synced at each commit; what was polled is not waited for")
func syncs() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitstore-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for _ in 0..<2 {
        let store = try Store.open(folder: folder)
        // FULL is 2, NORMAL 1.
        #expect(try store.writeState { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.writeCache { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 1)
    }
}
