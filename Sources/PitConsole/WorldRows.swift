import PitGrid
public import PitModel
import Synchronization

/// What large tables and every frame take from a snapshot, made once when it comes: a key has no time to walk over a
/// hundred thousand alerts. It can be made anywhere; the UI thread is the worst place.
public final class WorldRows: Sendable {
    let counts: WorldCounts
    let models: TableIndex
    let alerts: TableIndex
    let deployments: TableIndex
    /// Positions of the deployments of each model.
    let deploymentsByModel: [ModelName: [Int]]
    /// For each alert, in which of the lists it is shown.
    let shows: [UInt8]
    /// Open alerts that a person chose to be called for.
    let calling: [CallingAlert]
    private let attention: Attention?
    private let alertStates: [AlertState]
    private let deploymentStates: [DeploymentState]

    /// - Parameter previous: those of an earlier snapshot; what has not changed since is taken from there.
    public init(_ snapshot: Snapshot, after previous: WorldRows? = nil, attention: Attention? = nil) {
        self.attention = attention
        models = TableIndex(FleetScreen.fleetTable(), snapshot.models) {
            [$0.name.description, $0.health.word, $0.why, $0.release ?? ""]
        }
        deploymentStates = snapshot.deployments
        if let previous, previous.deploymentStates.sharesStorage(with: snapshot.deployments) {
            (deployments, deploymentsByModel) = (previous.deployments, previous.deploymentsByModel)
        } else {
            deployments = TableIndex(DeployScreen.deployTable(), snapshot.deployments) { state in
                let deployment = state.deployment
                return [
                    state.id.description, deployment.release, deployment.artifactWords, deployment.status.word,
                    deployment.model?.description ?? "", deployment.changedBy ?? "", state.proof?.verdict.word ?? "",
                ]
            }
            deploymentsByModel = Dictionary(grouping: snapshot.deployments.indices) {
                snapshot.deployments[$0].deployment.model
            }
            .reduce(into: [:]) { found, entry in if let model = entry.key { found[model] = entry.value } }
        }
        alertStates = snapshot.alerts
        if let previous, previous.alertStates.sharesStorage(with: snapshot.alerts) {
            (alerts, shows, counts) = (previous.alerts, previous.shows, WorldCounts(snapshot, alerts: previous.counts))
            calling = previous.attention == attention ? previous.calling : CallingAlert.all(snapshot, attention)
            return
        }
        calling = CallingAlert.all(snapshot, attention)
        alerts = TableIndex(AlertsScreen.alertTable(), snapshot.alerts) {
            [
                $0.alert.name, $0.model?.description ?? "", $0.alert.summary, $0.alert.severity.word,
                $0.owner ?? "",
            ]
        }
        shows = snapshot.alerts.map { state in
            AlertsScreen.Show.allCases.enumerated().reduce(0) { $0 | ($1.element.shows(state) ? 1 << $1.offset : 0) }
        }
        counts = WorldCounts(snapshot)
    }
}

/// Makes the rows of one snapshot after another, each from what the one before left, on whatever thread.
public final class WorldRowsMaker: Sendable {
    private let last = Mutex<WorldRows?>(nil)
    private let attention: Mutex<Attention?>

    /// - Parameter attention: which alerts call for attention.
    public init(attention: Attention? = nil) { self.attention = Mutex(attention) }

    public func heed(_ new: Attention?) { attention.withLock { $0 = new } }

    public func rows(_ snapshot: Snapshot) -> WorldRows {
        let rows = WorldRows(
            snapshot, after: last.withLock { $0 }, attention: attention.withLock { $0 })
        last.withLock { $0 = rows }
        return rows
    }
}

extension Array {
    /// Whether both are the very same elements, which is known without looking at one.
    func sharesStorage(with other: Self) -> Bool {
        count == other.count
            && withUnsafeBufferPointer { mine in other.withUnsafeBufferPointer { mine.baseAddress == $0.baseAddress } }
    }
}

/// What the top and the bottom line tell of a snapshot.
struct WorldCounts: Equatable, Sendable {
    private(set) var sick = 0
    private(set) var firing = 0
    private(set) var acknowledged = 0
    /// When each of those was acknowledged, the longest ago first.
    private(set) var acknowledgedAt: [Timestamp] = []
    private(set) var suppressed = 0
    private(set) var pending = 0
    private(set) var failing = 0
    private(set) var drifting = 0
    private(set) var failedRollouts = 0
    private(set) var rolling = 0
    /// When the first of the guards that count down will act.
    private(set) var guardDue: Timestamp?
    /// When anything was last seen.
    private(set) var freshest: Timestamp?

    /// - Parameter known: counts of the same alerts.
    init(_ snapshot: Snapshot, alerts known: WorldCounts? = nil) {
        if let known {
            (firing, acknowledged) = (known.firing, known.acknowledged)
            acknowledgedAt = known.acknowledgedAt
            (suppressed, pending) = (known.suppressed, known.pending)
        }
        for model in snapshot.models {
            if ![.ok, .unknown, .stale].contains(model.health) { sick += 1 }
            if (model.drift?.drifted ?? 0) > 0 { drifting += 1 }
            see(model.seenAt)
        }
        for alert in snapshot.alerts where known == nil {
            if alert.alert.state == .suppressed { suppressed += 1 }
            if alert.alert.state == .pending { pending += 1 }
            guard alert.isOpen else { continue }
            firing += 1
            guard let act = alert.acknowledgement else { continue }
            acknowledged += 1
            acknowledgedAt.append(act.at)
        }
        if known == nil { acknowledgedAt.sort() }
        for state in snapshot.deployments {
            if state.deployment.status == .failed { failedRollouts += 1 }
            if state.deployment.status == .progressing { rolling += 1 }
            if let due = state.guardDue { guardDue = min(due, guardDue ?? due) }
        }
        for connection in snapshot.connections {
            if connection.status == .failing { failing += 1 }
            see(connection.lastSuccess)
        }
    }

    /// Alerts that were acknowledged so many seconds ago and still fire.
    func forgotten(after seconds: Double, _ now: Timestamp) -> Int {
        let edge = now.advanced(by: -seconds)
        var (low, high) = (0, acknowledgedAt.count)
        while low < high {
            let middle = (low + high) / 2
            if acknowledgedAt[middle] > edge { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func see(_ at: Timestamp?) {
        guard let at else { return }
        freshest = max(at, freshest ?? at)
    }
}
