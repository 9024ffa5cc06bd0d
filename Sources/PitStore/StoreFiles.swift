import Foundation
import GRDB
import Glibc

/// Opens the two files: what is done when one is missing, newer, damaged or not writable.
struct StoreFiles {
    let folder: String
    private(set) var notes: [String] = []

    init(folder: String) { self.folder = folder }

    var cachePath: String { folder + "/cache.db" }
    var statePath: String { folder + "/state.db" }

    func prepareFolder() throws(StoreFault) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(folder, reason: String(cString: strerror(errno)))
        }
        guard access(folder, W_OK | X_OK) == 0 else { throw .folder(folder, reason: String(cString: strerror(errno))) }
    }

    /// The cache may be thrown away: a damaged or newer one is set aside and made anew.
    mutating func openCache() throws(StoreFault) -> any DatabaseWriter {
        do {
            return try open(cachePath, CacheMigrations.migrator, synchronous: "NORMAL")
        } catch let fault {
            guard case .corruptState = fault else { throw fault }
            let aside = "\(cachePath).corrupt-\(Int(Date().timeIntervalSince1970))"
            for suffix in ["", "-wal", "-shm"] { rename(cachePath + suffix, aside + suffix) }
            notes.append("cache.db was damaged; it was set aside as \(aside) and is built anew")
            return try open(cachePath, CacheMigrations.migrator, synchronous: "NORMAL")
        }
    }

    /// What people did is never overwritten: a damaged file is refused.
    func openState() throws(StoreFault) -> any DatabaseWriter {
        let state = try open(statePath, StateMigrations.migrator, synchronous: "FULL")
        for suffix in ["", "-wal", "-shm"] { chmod(statePath + suffix, 0o600) }
        return state
    }

    private func open(_ path: String, _ migrator: DatabaseMigrator, synchronous: String) throws(StoreFault)
        -> any DatabaseWriter
    {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = \(synchronous)")
            try db.execute(sql: "PRAGMA secure_delete = OFF")
            try db.execute(sql: "PRAGMA cache_size = -4096")
        }
        do {
            let isNew = access(path, F_OK) != 0
            if isNew { close(Glibc.open(path, O_CREAT | O_RDWR, 0o600)) }
            let pool = try DatabasePool(path: path, configuration: configuration)
            guard try pool.read(migrator.hasBeenSuperseded) == false else { throw StoreFault.newer(file: path) }
            if isNew {
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM") }
            }
            try migrator.migrate(pool)
            return pool
        } catch {
            throw Self.fault(error, path)
        }
    }

    static func fault(_ error: any Error, _ path: String) -> StoreFault {
        if let fault = error as? StoreFault { return fault }
        guard let database = error as? DatabaseError else { return .other("\(path): \(error)") }
        switch database.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corruptState(path: path)
        case .SQLITE_FULL: return .full(path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: return .readOnly(path)
        case .SQLITE_IOERR: return .full(path)
        default: return .other("\(path): \(database.message ?? "SQLite error \(database.resultCode.rawValue)")")
        }
    }
}
