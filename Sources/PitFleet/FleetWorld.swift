import PitModel
import PitParse
import Synchronization

/// The simulated fleet and its monitoring, at the moment it was last looked at.
final class FleetWorld: Sendable {
    struct State {
        /// Seconds of the story lived through.
        var lived: Double
        var replicas: [ReplicaSimulation]
        var history: [SeriesKey: [DataPoint]] = [:]
        var recordedAt = -1e18
        var alerts: [String: DemoAlert] = [:]
        var silences: [String: DemoSilence] = [:]
        var nextSilence = 1
        var wasDown: Set<Int> = []
        /// By model.
        var deployments = DeployStory.beginning()
        var pipelines: DemoPipelines

        /// How it goes with a replica, by the story and by what its release does.
        func mood(of replica: ReplicaSimulation) -> Story.Mood {
            var mood = Story.mood(of: replica.cast.name, at: lived)
            guard let deployment = deployments[replica.cast.name] else { return mood }
            let (strain, failing) = deployment.effect(on: replica.index, at: lived)
            mood.strain = max(mood.strain, strain)
            mood.failing += failing + 0.004 * mood.strain
            return mood
        }

        /// How it goes with a model: the worst of its replicas, and the share of all its requests that fail.
        func mood(of model: String) -> Story.Mood {
            var all = Story.mood(of: model, at: lived)
            let own = replicas.filter { $0.cast.name == model }
            guard !own.isEmpty else { return all }
            all.failing = 0
            for replica in own {
                let mood = mood(of: replica)
                all.strain = max(all.strain, mood.strain)
                all.failing += mood.failing * (deployments[model]?.load(of: replica.index) ?? 1) / Double(own.count)
            }
            return all
        }
    }

    /// Simulated seconds in a real one.
    let speed: Double
    let seed: UInt64
    private let startedAt: Timestamp
    private let clock: any WallClock
    private let state: Mutex<State>

    /// Simulated seconds of quiet past before the story begins.
    static let past = 900.0
    /// Simulated seconds from one step to the next.
    static let step = 1.0

    /// Whether the simulated Prometheus scrapes.
    private let isScraped: Bool

    /// - Parameter isServed: whether there are servers; without them only what deploys and what runs pipelines lives.
    init(seed: UInt64, speed: Double, clock: any WallClock, isScraped: Bool = true, isServed: Bool = true) {
        (self.seed, self.speed, self.clock, startedAt) = (seed, speed, clock, clock.now())
        self.isScraped = isScraped
        var beginning = Self.beginning(seed)
        if !isServed { beginning.replicas = [] }
        state = Mutex(beginning)
    }

    private static func beginning(_ seed: UInt64) -> State {
        var replicas: [ReplicaSimulation] = []
        for cast in Story.cast {
            for index in 0..<cast.replicas {
                replicas.append(ReplicaSimulation(cast: cast, index: index, seed: seed, at: -past))
            }
        }
        return State(
            lived: -past, replicas: replicas,
            pipelines: PipelineStory.beginning(seed: seed, DeployStory.beginning(), at: -past))
    }

    var replicaCount: Int { state.withLock { $0.replicas.count } }
    func now() -> Timestamp { clock.now() }

    /// When, on the wall, a moment of the story is. The past is told at its own pace.
    func wall(_ seconds: Double) -> Timestamp {
        startedAt.advanced(by: seconds < 0 ? seconds : seconds / speed)
    }

    /// Lives up to now, then looks.
    func look<T: Sendable>(_ body: (inout State) -> T) -> T {
        let target = clock.now().since(startedAt) * speed
        return state.withLock { state in
            live(&state, until: target)
            return body(&state)
        }
    }

    /// Tells the quiet past, which is the same however often it is told: every page, each so many seconds.
    func tellPast(every seconds: Double, _ tell: (Int, Timestamp, String) -> Void) {
        var state = Self.beginning(seed)
        while state.lived < 0 {
            live(&state, until: min(0, state.lived + seconds), records: false)
            for index in state.replicas.indices { tell(index, wall(state.lived), page(of: state.replicas[index])) }
        }
    }

    func page(of replica: ReplicaSimulation) -> String {
        ExpositionWriter(replica, startedAt: wall(replica.startedAt).seconds).text
    }

    func isDown(_ index: Int) -> Bool {
        look { Story.mood(of: $0.replicas[index].cast.name, at: $0.lived).isDown }
    }

    private func live(_ state: inout State, until target: Double, records: Bool = true) {
        // A demo left alone for long does not catch up second by second.
        if target - state.lived > 4 * Story.length { state.lived = target - Story.length }
        while state.lived + Self.step <= target {
            deploy(&state)
            for index in state.replicas.indices {
                let mood = state.mood(of: state.replicas[index])
                if !mood.isDown, state.wasDown.contains(index) { restart(&state, index) }
                if mood.isDown { state.wasDown.insert(index) } else { state.wasDown.remove(index) }
                let share = state.deployments[state.replicas[index].cast.name]?.load(of: state.replicas[index].index)
                state.replicas[index].step(at: state.lived, length: Self.step, mood: mood, share: share ?? 1)
            }
            state.lived += Self.step
            guard records else { continue }
            updateAlerts(&state)
            guard isScraped else { continue }
            if state.lived - state.recordedAt >= 5 * max(1, speed) || state.recordedAt < -1e17 { record(&state) }
        }
    }

    /// What pipelines ship, and rollouts that are under way: a replica that gets another release begins anew.
    private func deploy(_ state: inout State) {
        DeployStory.tell(&state.deployments, at: state.lived)
        PipelineStory.tell(&state.pipelines, state.deployments, at: state.lived)
        state.pipelines.live(until: state.lived, &state.deployments)
        for name in state.deployments.keys {
            guard let replica = state.deployments[name]?.roll(at: state.lived),
                let index = state.replicas.firstIndex(where: { $0.cast.name == name && $0.index == replica })
            else { continue }
            restart(&state, index)
        }
    }

    private func restart(_ state: inout State, _ index: Int) {
        let old = state.replicas[index]
        state.replicas[index] = ReplicaSimulation(cast: old.cast, index: old.index, seed: seed, at: state.lived)
    }

    /// What the simulated Prometheus scrapes.
    private func record(_ state: inout State) {
        guard state.lived >= -300 else { return }
        state.recordedAt = state.lived
        let at = wall(state.lived)
        let oldest = at.advanced(by: -3600)
        for (index, replica) in state.replicas.enumerated() {
            let instance = "\(replica.cast.name)-\(replica.index):8000"
            let isDown = state.wasDown.contains(index)
            append(&state, SeriesKey("up", ["instance": instance, "job": "vllm"]), isDown ? 0 : 1, at, oldest)
            guard !isDown else { continue }
            for sample in ExpositionParser.parse(Array(page(of: replica).utf8)).samples {
                let key = SeriesKey(
                    sample.series.name, sample.series.labels + [Label("instance", instance), Label("job", "vllm")])
                append(&state, key, sample.value, at, oldest)
            }
        }
    }

    private func append(_ state: inout State, _ key: SeriesKey, _ value: Double, _ at: Timestamp, _ oldest: Timestamp) {
        state.history[key, default: []].append(DataPoint(at, value))
        if let first = state.history[key]?.first, first.at < oldest { state.history[key]?.removeFirst() }
    }
}
