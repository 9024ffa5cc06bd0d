import Foundation
import GRDB
import PitModel
import Synchronization

/// How much polled data is kept.
public struct StoreLimits: Equatable, Sendable {
    /// Bytes that cache.db may take.
    public var maxBytes: Int
    /// Seconds that samples and events are kept.
    public var maxAge: Double
    public init(maxBytes: Int = 1 << 30, maxAge: Double = 15 * 86400) {
        (self.maxBytes, self.maxAge) = (maxBytes, maxAge)
    }
}

/// The two files of a state folder: cache.db, what was polled, and state.db, what people did.
///
/// Samples wait in memory and reach the disk as blocks, at the latest when `flush` is called; all else is written
/// before the call returns. Every call may come from any thread.
public final class Store: Sendable {
    public let limits: StoreLimits
    /// What a person should know about the opening.
    public let notes: [String]
    let cache: any DatabaseWriter
    let state: any DatabaseWriter
    let sources = Mutex<[String: SourceState]>([:])
    let openFacts = Mutex<[String: [String: Int]]>([:])
    private let cachePath: String

    init(cache: any DatabaseWriter, state: any DatabaseWriter, limits: StoreLimits, notes: [String], cachePath: String)
    {
        (self.cache, self.state, self.limits, self.notes) = (cache, state, limits, notes)
        self.cachePath = cachePath
    }

    /// Opens, and makes if need be, the files in `folder`.
    public static func open(folder: String, limits: StoreLimits = StoreLimits()) throws(StoreFault) -> Store {
        var files = StoreFiles(folder: folder)
        try files.prepareFolder()
        let state = try files.openState()
        let cache = try files.openCache()
        return Store(cache: cache, state: state, limits: limits, notes: files.notes, cachePath: files.cachePath)
    }

    /// A store without files: for tests, and for when the folder cannot be used and a person goes on without.
    public static func inMemory(limits: StoreLimits = StoreLimits(), notes: [String] = []) throws(StoreFault) -> Store {
        do {
            let (cache, state) = (try DatabaseQueue(), try DatabaseQueue())
            try CacheMigrations.migrator.migrate(cache)
            try StateMigrations.migrator.migrate(state)
            return Store(cache: cache, state: state, limits: limits, notes: notes, cachePath: ":memory:")
        } catch {
            throw StoreFiles.fault(error, ":memory:")
        }
    }

    func writeCache<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try cache.write(body) } catch { throw StoreFiles.fault(error, cachePath) }
    }

    func readCache<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try cache.read(body) } catch { throw StoreFiles.fault(error, cachePath) }
    }

    func writeState<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try state.write(body) } catch { throw StoreFiles.fault(error, "state.db") }
    }

    func readState<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try state.read(body) } catch { throw StoreFiles.fault(error, "state.db") }
    }

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
