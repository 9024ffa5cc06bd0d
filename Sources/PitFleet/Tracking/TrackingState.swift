import PitModel

/// A run that the demo's tracking server keeps.
struct TrackedRun: Sendable {
    var id: String
    var experiment: String
    var name: String
    var user: String
    var status = "RUNNING"
    var startedAt: Timestamp
    var endedAt: Timestamp?
    var parameters: [String: String] = [:]
    var tags: [String: String] = [:]
    var metrics: [String: [MetricPoint]] = [:]
    /// Where it goes on by itself: what is still to come, each at its moment.
    var growth: TrainingStory.Course?

    var artifacts: String { "mlflow-artifacts:/\(experiment)/\(id)/artifacts" }
}

/// A version of a model or of a prompt.
struct TrackedVersion: Sendable {
    var number: Int
    var at: Timestamp
    var user = ""
    var description = ""
    var source = ""
    var run = ""
    var tags: [String: String] = [:]
}

/// A registered model, or a prompt: those are models with a tag.
struct TrackedModel: Sendable {
    var name: String
    var at: Timestamp
    var description = ""
    var tags: [String: String] = [:]
    var aliases: [String: Int] = [:]
    var versions: [TrackedVersion] = []

    static let promptTag = "mlflow.prompt.is_prompt"
    var isPrompt: Bool { tags[Self.promptTag] == "true" }
    var changedAt: Timestamp { versions.last?.at ?? at }
}

/// All that the demo's tracking server keeps.
struct TrackingState: Sendable {
    struct Experiment: Sendable {
        var id: String
        var name: String
        var at: Timestamp
    }
    var experiments: [Experiment] = []
    /// The oldest first.
    var runs: [TrackedRun] = []
    var models: [String: TrackedModel] = [:]
    private var made = 0

    /// What a demo may take in before it refuses more.
    static let (mostRuns, mostModels, mostVersions, mostPoints) = (2000, 500, 500, 200_000)

    mutating func experiment(_ name: String, at: Timestamp) -> String {
        if let known = experiments.first(where: { $0.name == name }) { return known.id }
        experiments.append(Experiment(id: "\(experiments.count)", name: name, at: at))
        return experiments[experiments.count - 1].id
    }

    mutating func freshID() -> String {
        made += 1
        var random = SeededRandom(seed: UInt64(made) &+ 0x1D)
        let digits = (0..<2).map { _ in String(random.next() | 1 << 63, radix: 16) }
        return digits.joined()
    }

    mutating func change(run id: String, _ body: (inout TrackedRun) -> Void) -> Bool {
        guard let index = runs.lastIndex(where: { $0.id == id }) else { return false }
        body(&runs[index])
        return true
    }

    /// Lets runs that go on by themselves come as far as they are by now.
    mutating func live(until now: Timestamp) {
        for index in runs.indices {
            guard var course = runs[index].growth else { continue }
            course.tell(&runs[index], until: now)
            // One that has ended does not go on.
            if runs[index].endedAt == nil { runs[index].growth = course }
        }
    }

    /// Takes in versions of models that are released.
    mutating func follow(_ released: [String: [TrackedVersion]]) {
        for (name, versions) in released {
            for version in versions where version.number > models[name]?.versions.last?.number ?? .max {
                models[name]?.versions.append(version)
            }
        }
    }
}
