import Foundation
import GRDB
import Glibc

/// A database file that is open, and which file on the disk that was.
struct OpenFile: Sendable {
    static let memory = ":memory:"

    let database: any DatabaseWriter
    let path: String
    private let inode: UInt64?

    init(_ database: any DatabaseWriter, path: String) {
        (self.database, self.path) = (database, path)
        inode = Self.inode(of: path)
    }

    static func inMemory(_ migrator: DatabaseMigrator) throws -> OpenFile {
        let queue = try DatabaseQueue()
        try migrator.migrate(queue)
        return OpenFile(queue, path: memory)
    }

    /// Whether the file has been removed, or another one put in its place.
    var isGone: Bool { inode != nil && Self.inode(of: path) != inode }

    func write<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try database.write(body) } catch { throw told(error) }
    }

    func read<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try database.read(body) } catch { throw told(error) }
    }

    /// A cache that turns out to be damaged is marked, so that the next start sets it aside.
    private func told(_ error: any Error) -> StoreFault {
        let fault = StoreFault(error, path)
        if case .corruptCache = fault { close(open(StoreFiles.mark(path), O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)) }
        return fault
    }

    private static func inode(of path: String) -> UInt64? {
        var facts = stat()
        return stat(path, &facts) == 0 ? UInt64(facts.st_ino) : nil
    }
}
