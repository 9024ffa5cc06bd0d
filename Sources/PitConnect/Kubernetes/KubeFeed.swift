import PitModel
import PitParse
import Synchronization

/// What is kept of the objects of one kind.
protocol KubeCollection: Sendable {
    mutating func put(_ object: KubeObject)
    mutating func remove(_ object: KubeObject)
}

/// Keeps up with all objects of one kind in one namespace, or in every one: a list first, then a watch from where the
/// list ended, and a list again when the server no longer knows that place. What is kept of an object is what the
/// collection takes from it; the object itself is let go at once.
final class KubeFeed<Collection: KubeCollection>: Sendable {
    private let core: FeedCore<Collection>

    init(
        _ api: KubeAPI, _ resource: KubeResource, _ namespace: String?, metadataOnly: Bool = false,
        _ make: @escaping @Sendable () -> Collection
    ) {
        core = FeedCore(
            source: FeedSource(api: api, resource: resource, namespace: namespace, metadataOnly: metadataOnly),
            make: make)
    }

    /// The watch outlives no one who reads it.
    deinit { core.stop() }

    /// What there is now, read by `use`. The first call lists; from the second on a watch keeps it current.
    func read<T: Sendable>(_ use: @Sendable (borrowing Collection) -> T) async throws(ConnectorFault) -> T {
        try await core.read(use)
    }

    /// What was last known, without asking.
    func peek<T: Sendable>(_ use: @Sendable (borrowing Collection) -> T) -> T { core.peek(use) }
}

/// Which objects a feed is of.
struct FeedSource: Sendable {
    var api: KubeAPI
    var resource: KubeResource
    var namespace: String?
    var metadataOnly: Bool
}

private final class FeedCore<Collection: KubeCollection>: Sendable {
    /// Seconds after which a list is made anew though a watch is open: one that is silent proves nothing.
    private static var relistAfter: Double { 600 }
    private static var watchSeconds: Int { 290 }

    private struct State {
        var collection: Collection
        /// Where the next watch begins.
        var version = ""
        /// When the last list was made; nil before the first, and once it is known to be too old.
        var listedAt: ContinuousClock.Instant?
        /// Counts the lists: a watch that began at an older one has nothing more to say.
        var epoch = 0
        var asked = 0
        var watch: Task<Void, Never>?
        var canWatch = true
    }

    private let source: FeedSource
    private let make: @Sendable () -> Collection
    private let state: Mutex<State>

    init(source: FeedSource, make: @escaping @Sendable () -> Collection) {
        (self.source, self.make) = (source, make)
        state = Mutex(State(collection: make()))
    }

    func stop() {
        let watch = state.withLock { state in
            state.canWatch = false
            return state.watch
        }
        watch?.cancel()
    }

    func peek<T: Sendable>(_ use: @Sendable (borrowing Collection) -> T) -> T {
        state.withLock { use($0.collection) }
    }

    func read<T: Sendable>(_ use: @Sendable (borrowing Collection) -> T) async throws(ConnectorFault) -> T {
        let isFresh = state.withLock { state in
            state.asked += 1
            guard let listedAt = state.listedAt, state.canWatch else { return false }
            let isFollowed = state.watch != nil || state.asked == 2
            return isFollowed && ContinuousClock().now - listedAt < .seconds(Self.relistAfter)
        }
        if !isFresh { try await list() }
        state.withLock { state in
            guard state.watch == nil, state.canWatch, state.asked > 1 else { return }
            let epoch = state.epoch
            state.watch = Task { await self.follow(epoch) }
        }
        return state.withLock { use($0.collection) }
    }

    private func list() async throws(ConnectorFault) {
        for attempt in 1...3 {
            do throws(ConnectorFault) {
                let (collection, version) = try await all()
                let old = state.withLock { state in
                    (state.collection, state.version, state.listedAt) = (collection, version, ContinuousClock().now)
                    state.epoch += 1
                    defer { state.watch = nil }
                    return state.watch
                }
                old?.cancel()
                return
            } catch {
                // The place in the list has become too old while it was read: from the start.
                guard case .status(410, _) = error, attempt < 3 else { throw error }
            }
        }
    }

    private func all() async throws(ConnectorFault) -> (Collection, String) {
        var (collection, token, version) = (make(), String?.none, "")
        repeat {
            let page = try await source.api.page(
                source.resource, source.namespace, metadataOnly: source.metadataOnly, after: token)
            for item in page.items {
                if let object = KubeObject(item) { collection.put(object) }
            }
            (token, version) = (page.next, page.version)
        } while token != nil
        return (collection, version)
    }

    // MARK: watching

    private func follow(_ epoch: Int) async {
        while !Task.isCancelled {
            let place = state.withLock { $0.epoch == epoch && $0.canWatch ? $0.version : "" }
            guard !place.isEmpty else { return }
            let request = KubeAPI.watchRequest(
                source.resource, source.namespace, from: place, seconds: Self.watchSeconds,
                metadataOnly: source.metadataOnly)
            let lines = WatchLines()
            do throws(ConnectorFault) {
                let reply = try await source.api.http.stream(request) { bytes in
                    lines.take(bytes) { self.apply($0, epoch) }
                }
                if reply.status == 403 || reply.status == 405 {
                    // It may be listed and not be watched: then it is listed at every reading.
                    state.withLock { $0.canWatch = false }
                    return
                }
                // One that ends at once and without an event would be asked again and again.
                let isIdle = reply.total < 1 && state.withLock { $0.version == place }
                guard reply.status == 200, !lines.isBroken, !isIdle else {
                    lose(epoch)
                    return
                }
            } catch {
                lose(epoch)
                return
            }
        }
    }

    /// What is kept can no longer be trusted: the next reading lists anew, and tells what is wrong if that fails.
    private func lose(_ epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            (state.listedAt, state.watch) = (nil, nil)
        }
    }

    /// Takes one line of a watch; false ends it.
    private func apply(_ line: ArraySlice<UInt8>, _ epoch: Int) -> Bool {
        guard let event = JSONReader.value(of: line), let type = event["type"]?.text, let json = event["object"] else {
            return false
        }
        var object: KubeObject?
        switch type {
        case "BOOKMARK": break
        case "ADDED", "MODIFIED", "DELETED":
            object = KubeObject(json)
            if object == nil { return false }
        default: return false
        }
        return state.withLock { state in
            guard state.epoch == epoch else { return false }
            if let object {
                if type == "DELETED" { state.collection.remove(object) } else { state.collection.put(object) }
            }
            if let version = json["metadata"]?["resourceVersion"]?.text, !version.isEmpty { state.version = version }
            return true
        }
    }
}

/// Cuts what a watch sends into lines.
final class WatchLines: Sendable {
    private static let longest = 16 << 20
    private struct State {
        var rest: [UInt8] = []
        var isBroken = false
    }
    private let state = Mutex(State())

    /// Whether an event said that the watch cannot go on, or could not be read.
    var isBroken: Bool { state.withLock { $0.isBroken } }

    func take(_ bytes: [UInt8], _ line: (ArraySlice<UInt8>) -> Bool) -> Bool {
        // Only one thread brings the bytes of a watch; the lock is not held while a line is looked at.
        var rest = state.withLock { state in
            defer { state.rest = [] }
            return state.rest
        }
        rest += bytes
        var start = 0
        var isGood = true
        while isGood, let end = rest[start...].firstIndex(of: 0x0A) {
            isGood = start == end || line(rest[start..<end])
            start = end + 1
        }
        rest.removeFirst(start)
        let (left, isFine) = (rest, isGood && rest.count <= Self.longest)
        return state.withLock { state in
            (state.rest, state.isBroken) = (left, !isFine)
            return isFine
        }
    }
}
