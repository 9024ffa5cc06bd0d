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

    init(seed: UInt64, speed: Double, clock: any WallClock) {
        (self.seed, self.speed, self.clock, startedAt) = (seed, speed, clock, clock.now())
        state = Mutex(Self.beginning(seed))
    }

    private static func beginning(_ seed: UInt64) -> State {
        var replicas: [ReplicaSimulation] = []
        for cast in Story.cast {
            for index in 0..<cast.replicas {
                replicas.append(ReplicaSimulation(cast: cast, index: index, seed: seed, at: -past))
            }
        }
        return State(lived: -past, replicas: replicas)
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
            for index in state.replicas.indices {
                let isDown = Story.mood(of: state.replicas[index].cast.name, at: state.lived).isDown
                if !isDown, state.wasDown.contains(index) {
                    let cast = state.replicas[index].cast
                    state.replicas[index] = ReplicaSimulation(
                        cast: cast, index: state.replicas[index].index, seed: seed, at: state.lived)
                }
                if isDown { state.wasDown.insert(index) } else { state.wasDown.remove(index) }
                state.replicas[index].step(at: state.lived, length: Self.step)
            }
            state.lived += Self.step
            guard records else { continue }
            if state.lived - state.recordedAt >= 5 * max(1, speed) || state.recordedAt < -1e17 { record(&state) }
            updateAlerts(&state)
        }
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
