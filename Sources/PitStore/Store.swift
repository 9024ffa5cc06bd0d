import Foundation
import GRDB
import PitModel
import Synchronization

/// The two files of a state folder: cache.db, what was polled, and state.db, what people did.
///
/// Samples wait in memory and reach the disk as blocks, at the latest when `flush` is called; all else is written
/// before the call returns. Every call may come from any thread.
public final class Store: Sendable {
    public let limits: StoreLimits
    /// What a person should know about the opening.
    public let notes: [String]
    let sources = Mutex<[String: SourceState]>([:])
    let openFacts = Mutex<[FactKind: [String: UInt64]]>([:])
    /// Held while samples are written.
    let flushing = Mutex(())
    private let cache: Mutex<OpenFile>
    private let state: OpenFile

    init(cache: OpenFile, state: OpenFile, limits: StoreLimits, notes: [String]) {
        self.cache = Mutex(cache)
        (self.state, self.limits, self.notes) = (state, limits, notes)
    }

    /// Opens, and makes if need be, the files in `folder`. A cache that cannot be written is none: then polled data is
    /// kept in memory, and a note says so.
    public static func open(folder: String, limits: StoreLimits = StoreLimits()) throws(StoreFault) -> Store {
        try Opened(folder: folder).store(limits: limits)
    }

    /// The files of a folder, open, before it is known how much is to be kept in them.
    public struct Opened: Sendable {
        private let cache: OpenFile
        private let state: OpenFile
        private let notes: [String]
        private let isCacheNew: Bool

        public init(folder: String) throws(StoreFault) {
            var files = StoreFiles(folder: folder)
            (cache, state) = try files.open()
            (notes, isCacheNew) = (files.notes, files.isCacheNew)
        }

        public func store(limits: StoreLimits) throws(StoreFault) -> Store {
            let store = Store(cache: cache, state: state, limits: limits, notes: notes)
            if isCacheNew { try store.rebuildEvents() }
            return store
        }
    }

    /// A store without files: for tests, and for when the folder cannot be used and a person goes on without.
    public static func inMemory(limits: StoreLimits = StoreLimits(), notes: [String] = []) throws(StoreFault) -> Store {
        do {
            let cache = try OpenFile.inMemory(CacheMigrations.migrator)
            let state = try OpenFile.inMemory(StateMigrations.migrator)
            return Store(cache: cache, state: state, limits: limits, notes: notes)
        } catch {
            throw StoreFault(error, OpenFile.memory)
        }
    }

    var cacheFile: OpenFile { cache.withLock { $0 } }

    /// When cache.db has been removed while it is open, makes a new one: it may be removed at any time.
    func reopenCacheIfGone() throws(StoreFault) {
        let old = cacheFile
        guard old.isGone else { return }
        var files = StoreFiles(folder: String(old.path.dropLast("/cache.db".count)))
        let new = try files.reopenCache()
        try flushing.withLock { _ throws(StoreFault) in try move(from: old, to: new) }
        try rebuildEvents()
    }

    /// Gives every source that is known its row and its series in the new file.
    private func move(from old: OpenFile, to new: OpenFile) throws(StoreFault) {
        do {
            let names = sources.withLock { Array($0.keys) }
            for name in names {
                let loaded = try old.database.read { db in
                    try Self.row(of: name, db).map { try Self.roster($0, db) } ?? []
                }
                let fresh = sources.withLock { $0[name]?.fresh ?? [] }
                let top = (loaded + fresh).map(\.0).max() ?? 0
                let moved = try new.database.write { db in
                    let moved = try Self.load(name, db)
                    try db.execute(
                        sql: "UPDATE source SET next = MAX(next, ?) WHERE id = ?",
                        arguments: [Int64(top) + 1, moved.row])
                    return moved
                }
                sources.withLock { $0[name]?.move(to: moved.row, with: loaded) }
            }
        } catch {
            throw StoreFault(error, new.path)
        }
        cache.withLock { $0 = new }
        openFacts.withLock { $0 = [:] }
    }

    func writeCache<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T { try cacheFile.write(body) }

    func readCache<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T { try cacheFile.read(body) }

    /// What people did is not written to a file that nobody will find again.
    func writeState<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        guard !state.isGone else { throw .gone(state.path) }
        return try state.write(body)
    }

    func readState<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T { try state.read(body) }

    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try encoder.encode(value)
    }

    static func decode<T: Decodable>(_: T.Type, _ data: Data) throws -> T {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try decoder.decode(T.self, from: data)
    }
}
