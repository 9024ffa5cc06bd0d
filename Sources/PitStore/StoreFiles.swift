import Foundation
import GRDB
import Glibc

/// Opens the two files: what is done when one is missing, newer, damaged or not writable.
struct StoreFiles {
    private let folder: String
    private(set) var notes: [String] = []
    /// Whether the cache began empty.
    private(set) var isCacheNew = false

    init(folder: String) { self.folder = folder }

    private var cachePath: String { folder + "/cache.db" }
    private var statePath: String { folder + "/state.db" }

    /// The file that says that a cache is damaged.
    static func mark(_ path: String) -> String { path + ".damaged" }

    /// The cache and the state.
    mutating func open() throws(StoreFault) -> (OpenFile, OpenFile) {
        try prepareFolder()
        // One process at a time makes, migrates or sets aside.
        let gate = OpeningGate(folder: folder)
        defer { gate.leave() }
        let state = try openState()
        do {
            return (try openCache(), state)
        } catch {
            switch error {
            case .full, .readOnly, .disk:
                notes.append("\(error.summary); polled data is kept in memory only. \(error.hint)")
                isCacheNew = true
                do { return (try OpenFile.inMemory(CacheMigrations.migrator), state) } catch {
                    throw StoreFault(error, OpenFile.memory)
                }
            default: throw error
            }
        }
    }

    /// A new cache, after the old one was removed.
    mutating func reopenCache() throws(StoreFault) -> OpenFile {
        try prepareFolder()
        let gate = OpeningGate(folder: folder)
        defer { gate.leave() }
        return try openCache()
    }

    func prepareFolder() throws(StoreFault) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(folder, reason: String(cString: strerror(errno)))
        }
        guard access(folder, W_OK | X_OK) == 0 else { throw .folder(folder, reason: String(cString: strerror(errno))) }
    }

    /// The cache may be thrown away: a damaged one is set aside and made anew.
    private mutating func openCache() throws(StoreFault) -> OpenFile {
        if access(Self.mark(cachePath), F_OK) == 0 { setCacheAside() }
        isCacheNew = access(cachePath, F_OK) != 0
        do {
            return try open(cachePath, CacheMigrations.migrator, synchronous: "NORMAL")
        } catch let fault {
            guard case .corruptCache = fault else { throw fault }
            setCacheAside()
            isCacheNew = true
            return try open(cachePath, CacheMigrations.migrator, synchronous: "NORMAL")
        }
    }

    private mutating func setCacheAside() {
        let aside = "\(cachePath).corrupt-\(Int(Date().timeIntervalSince1970))"
        for suffix in ["", "-wal", "-shm"] { rename(cachePath + suffix, aside + suffix) }
        unlink(Self.mark(cachePath))
        notes.append("cache.db was damaged; it was set aside as \(aside) and is built anew")
    }

    /// What people did is never overwritten: a damaged file is refused.
    private func openState() throws(StoreFault) -> OpenFile {
        let state = try open(statePath, StateMigrations.migrator, synchronous: "FULL")
        for suffix in ["", "-wal", "-shm"] { chmod(statePath + suffix, 0o600) }
        return state
    }

    func open(_ path: String, _ migrator: DatabaseMigrator, synchronous: String) throws(StoreFault)
        -> OpenFile
    {
        do {
            let isNew = access(path, F_OK) != 0
            if isNew { try make(path) }
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            // Opening a pool sets this to NORMAL, which syncs no commit: what people did must be on the disk.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(synchronous)") }
            guard try pool.read(migrator.hasBeenSuperseded) == false else { throw StoreFault.newer(file: path) }
            if isNew {
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM") }
            }
            try migrator.migrate(pool)
            return OpenFile(pool, path: path)
        } catch {
            throw StoreFault(error, path)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA secure_delete = OFF;
                    PRAGMA cache_size = -4096;
                    PRAGMA journal_size_limit = 33554432;
                    """)
        }
        return configuration
    }

    /// An empty file that only its owner may read, whose name is on the disk.
    private func make(_ path: String) throws(StoreFault) {
        let file = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let reason = String(cString: strerror(errno))
            throw errno == ENOSPC || errno == EDQUOT ? .full(path) : .folder(folder, reason: reason)
        }
        close(file)
        let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }
}
