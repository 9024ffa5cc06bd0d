public import PitModel
public import PitStore

/// Exchanges that are kept, the newest first, a page after the other, each with the release that answered.
public struct InteractionPages: Sendable {
    private let store: Store
    private var query: InteractionQuery
    private let release: String?
    private let releases: ReleaseTimes
    private var isOver = false

    /// - Parameter release: only those that it answered; nil: all.
    public init(_ store: Store, _ query: InteractionQuery, release: String?, now: Timestamp) throws(StoreFault) {
        (self.store, self.query, self.release) = (store, query, release)
        self.query.limit = 200
        releases = try ReleaseTimes(store, until: now)
    }

    /// Nil behind the last; a page may be empty where none of it is of the release.
    public mutating func next() throws(StoreFault) -> [(exchange: Interaction, release: String?)]? {
        guard !isOver else { return nil }
        let page = try store.interactions(query)
        isOver = page.count < query.limit
        query.before = page.last?.row
        return page.map { ($0.interaction, releases.release(of: $0.interaction)) }
            .filter { release == nil || $0.1 == release }
    }
}
