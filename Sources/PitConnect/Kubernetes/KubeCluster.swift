import PitModel
import PitParse
import Synchronization

/// One API server and what is followed on it.
final class KubeCluster: Sendable {
    private typealias Holders = KubeFeed<HolderCollection>
    private typealias ReplicaSets = KubeFeed<ReplicaSetCollection>

    private struct State {
        var holders: [(kind: DeploymentKind, feed: KubeFeed<HolderCollection>)] = []
        var replicaSets: [KubeFeed<ReplicaSetCollection>] = []
        var discoveredAt: ContinuousClock.Instant?
        var kinds: [DeploymentKind] = []
        var found: [any KubeDialect] = []
        /// The digest of the spec that was kept last.
        var kept: [DeploymentID: String] = [:]
    }
    /// Seconds after which it is looked again for kinds that were installed meanwhile.
    private static let discoverAfter = 600.0

    let api: KubeAPI
    let connection: ConnectionName
    /// Empty: all of them.
    let namespaces: [String]
    private let state = Mutex(State())

    init(api: KubeAPI, connection: ConnectionName, namespaces: [String]) {
        (self.api, self.connection, self.namespaces) = (api, connection, namespaces)
    }

    func dialect(_ kind: DeploymentKind) async throws(ConnectorFault) -> any KubeDialect {
        // Of some kinds there are several versions, and a server has one of them.
        if Self.dialects.filter({ $0.kind == kind }).count > 1 { try await discover() }
        let versions = state.withLock { $0.found }
        let known = versions.first { $0.kind == kind } ?? Self.dialects.first { $0.kind == kind }
        guard let dialect = known else {
            throw .rejected("a cluster holds no \(kind.rawValue)")
        }
        return dialect
    }

    /// Everything that holds a release. What may not be read is left out as long as something may.
    func deployments() async throws(ConnectorFault) -> [Deployment] {
        try await discover()
        let (holders, sets) = state.withLock { ($0.holders, $0.replicaSets) }
        var (all, faults): ([Deployment], [ConnectorFault]) = ([], [])
        for (_, feed) in holders {
            do throws(ConnectorFault) { all += try await feed.read { Array($0.all.values) } } catch {
                guard case .forbidden = error else { throw error }
                faults.append(error)
            }
        }
        if all.isEmpty, let fault = faults.first, faults.count == holders.count { throw fault }
        for feed in sets {
            let found = all
            do throws(ConnectorFault) {
                all = try await feed.read { sets in
                    found.map { each in
                        var deployment = each
                        guard each.kind.hasReplicaSets, each.current == nil else { return each }
                        if let current = sets.current(of: each.uid, release: each.release) {
                            deployment.settle(current)
                        }
                        return deployment
                    }
                }
            } catch {
                guard case .forbidden = error else { throw error }
            }
        }
        return all.sorted { $0.id < $1.id }
    }

    /// Has specs kept that nobody else keeps, each once.
    func keepSpecs() async {
        guard let shelf = api.shelf.shelf else { return }
        let holders = state.withLock { $0.holders }
        for (_, feed) in holders {
            for (id, spec) in feed.peek({ $0.specs }) {
                let isNew = state.withLock { state in
                    defer { state.kept[id] = spec.digest }
                    return state.kept[id] != spec.digest
                }
                if isNew { await shelf.keep(spec) }
            }
        }
    }

    /// Which of the kinds this server has: those that come with every one, and those that were installed.
    private func discover() async throws(ConnectorFault) {
        let isFresh = state.withLock { state in
            state.discoveredAt.map { ContinuousClock().now - $0 < .seconds(Self.discoverAfter) } ?? false
        }
        if isFresh { return }
        let groups = try await api.get("/apis")["groups"]?.list ?? []
        let served = Set(
            groups.flatMap { group in
                (group["versions"]?.list ?? []).compactMap { $0["groupVersion"]?.text }
            })
        var kinds: Set<DeploymentKind> = []
        let found = Self.dialects.filter { dialect in
            served.contains("\(dialect.resource.group)/\(dialect.resource.version)")
                && kinds.insert(dialect.kind).inserted
        }
        guard !found.isEmpty else {
            throw .notWhatItSays(expected: "an API server of Kubernetes", got: "one without apps/v1")
        }
        var places: [String?] = namespaces
        if places.isEmpty { places = [nil] }
        let (api, connection, wanted) = (api, connection, places)
        state.withLock { state in
            state.discoveredAt = ContinuousClock().now
            guard state.kinds != found.map(\.kind) else { return }
            (state.kinds, state.found) = (found.map(\.kind), found)
            state.holders = found.flatMap { dialect in
                wanted.map { place in
                    (
                        dialect.kind,
                        KubeFeed(api, dialect.resource, place) { HolderCollection(dialect, connection) }
                    )
                }
            }
            state.replicaSets = wanted.map { place in
                KubeFeed(api, .replicaSets, place, metadataOnly: true) { ReplicaSetCollection() }
            }
        }
    }
}

extension Deployment {
    var kind: DeploymentKind { id.kind }

    /// Sets the current revision, and names it by the same identity where traffic is split.
    mutating func settle(_ revision: RevisionID) {
        current = revision
        for index in traffic.indices where traffic[index].revision?.hash == revision.hash && !revision.hash.isEmpty {
            traffic[index].revision = revision
        }
    }
}

extension DeploymentKind {
    /// Whether its revisions are ReplicaSets.
    var hasReplicaSets: Bool { self == .deployment || self == .rollout }
}
