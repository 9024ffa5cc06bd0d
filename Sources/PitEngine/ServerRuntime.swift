import PitModel
import PitParse

/// A connection while the engine runs.
struct ServerRuntime {
    var server: ConnectedServer
    var schedule: PollSchedule
    var state: ConnectionState
    var target: TargetSeries
    /// Indices of the models that read it.
    var models: [Int] = []
    var isPolling = false
    /// The profile its names were recognised as.
    var detected: MetricProfile?
    var identifiedAt: Timestamp?
    var health: ServerHealth?
    var probe: LatencyProbe?
    /// What was last written down of it.
    var recorded: ConnectionFact?
    /// How far its exchanges were read and kept, and whether there is more to be had at once.
    var readingCursor: String?
    var hasMore = false
    /// When runs of pipelines were last asked for, and ends of them that were told.
    var pipelinesReadAt: Timestamp?
    var toldEnds: Set<String> = []
    /// Asked for while a poll was under way.
    var isWanted = false
    /// Seconds that a rule looks back at most.
    var lookBack = 0.0

    init(_ server: ConnectedServer) {
        self.server = server
        let connection = server.connection
        target = TargetSeries(interval: connection.interval)
        schedule = PollSchedule(name: connection.name.description, interval: connection.interval)
        state = ConnectionState(
            name: connection.name, kind: connection.kind, url: connection.url,
            capabilities: server.capabilities, interval: connection.interval)
    }

    /// Which series feed which model is decided anew: the models changed.
    mutating func rebind() { target = TargetSeries(interval: server.connection.interval, lookBack: lookBack) }

    var isUp: Bool { state.status == .ok }
}

extension ConnectedServer {
    var capabilities: [String] {
        var all: [String] = []
        if connector is any MetricsReading { all.append("metrics") }
        if connector is any HistoryReading { all.append("history") }
        if connector is any AlertReading { all.append("alerts") }
        if connector is any SilenceReading { all.append("silences") }
        if connector is any ModelListing { all.append("models") }
        if connector is any HealthReading { all.append("health") }
        if let probing = connector as? any LatencyProbing, probing.isProbing { all.append("probe") }
        if connector is any InteractionReading { all.append("interactions") }
        if connector is any Deploying { all.append("deployments") }
        if connector is any PipelineReading { all.append("pipelines") }
        if connector is any TextGuarding { all.append("guard") }
        if connector is any Operating { all.append("operate") }
        return all
    }
}

/// What the replicas on one server did at its last reading: it holds until the next.
struct FeedReading {
    /// How many series it was made of.
    var count: Int
    var target: ObjectIdentifier
    var generation: UInt32
    var isUp: Bool
    var at: Timestamp
    var replicas: [SignalEvaluation.Replica]
}

/// A model while the engine runs.
struct ModelRuntime {
    var config: ModelConfig
    var state: ModelState
    var trend: TrendRing
    /// The series that feed it, by server.
    var bound: [Int: FeedPlan] = [:]
    /// What each server's replicas did when it was last read.
    var feeds: [Int: FeedReading] = [:]
    /// Replicas seen, and when last; one that is gone for a quarter of an hour is forgotten.
    var replicasSeen: [String: Timestamp] = [:]
    var isDirty = true
    /// What was last written down of it.
    var recorded: ModelFact?
    /// What its signals are like when it is well: a slow average that stands still while it is not.
    var calm: [Signal: Measure] = [:]
    /// The same from the store, for a model that was never seen well by this process.
    var baseline: (at: Timestamp, signals: [Signal: Measure])?
    /// What its histograms counted; nil until first looked at.
    var drift: DriftBook?
    /// What its exchanges are like, as last compared.
    var responses = ResponseBook()

    init(_ config: ModelConfig, step: Double) {
        self.config = config
        trend = TrendRing(step: step)
        state = ModelState(name: config.name, slo: config.slo)
        state.trendStep = step
    }

    /// Forgets which series of a server feed it.
    mutating func unbind(_ server: Int) {
        bound[server] = nil
        feeds[server] = nil
    }

    /// Seconds in which `calm` takes up most of a change.
    static let calmTime = 600.0

    mutating func noteCalm() {
        let share = min(1, trend.step / Self.calmTime)
        for (signal, measure) in state.signals where measure.value.isFinite {
            let before = calm[signal]?.value ?? measure.value
            calm[signal] = Measure(before + (measure.value - before) * share)
        }
    }
}
