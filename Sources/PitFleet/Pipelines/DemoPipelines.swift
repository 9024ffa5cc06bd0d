import PitModel
import PitParse

/// All that the demo's pipeline engine keeps, and the four GPUs of its cluster, for which runs wait.
struct DemoPipelines: Sendable {
    /// The oldest first.
    private(set) var runs: [DemoPipelineRun] = []
    private var made = 0
    let seed: UInt64

    /// What it keeps and lets run before it forgets, or refuses more.
    static let (mostRuns, mostOpen) = (200, 40)
    static let gpus = 4

    init(seed: UInt64) { self.seed = seed }

    func run(_ id: String) -> DemoPipelineRun? { runs.last { $0.id == id } }
    var openCount: Int { runs.count { !$0.state.isOver } }
    var freeGPUs: Int { Self.gpus - runs.reduce(0) { $0 + $1.gpusInUse } }

    /// The newest number of runs whose names begin so.
    func newestNumber(_ prefix: String) -> Int {
        runs.filter { $0.name.hasPrefix(prefix) }.map(\.number).max() ?? 0
    }

    /// Takes in a run. Where there are too many, the oldest that is over is forgotten.
    ///
    /// - Returns: its id.
    @discardableResult
    mutating func add(
        _ pipeline: DemoPipeline, _ name: String, number: Int = 0, by author: String, cause: String,
        _ values: [String: JSONValue] = [:], at: Double, _ adjust: (inout DemoPipelineRun) -> Void = { _ in }
    ) -> String {
        made += 1
        var random = SeededRandom(seed: seed &+ UInt64(made) &+ 0x9B)
        var run = DemoPipelineRun(
            id: Self.uuid(&random), number: number, pipeline, name: name, author: author, cause: cause, values: values,
            begunAt: at, seed: random.next())
        adjust(&run)
        runs.append(run)
        while runs.count > Self.mostRuns, let old = runs.firstIndex(where: \.state.isOver) { runs.remove(at: old) }
        return run.id
    }

    private static func uuid(_ random: inout SeededRandom) -> String {
        let digits = (0..<2).map { _ in String(random.next() | 1 << 63, radix: 16) }.joined()
        var (text, rest) = ("", Substring(digits))
        for length in [8, 4, 4, 4, 12] {
            text += (text.isEmpty ? "" : "-") + rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        return text
    }

    mutating func change(_ id: String, _ body: (inout DemoPipelineRun) -> Void) {
        guard let index = runs.lastIndex(where: { $0.id == id }) else { return }
        body(&runs[index])
    }

    /// Lets everything come as far as it is by now: from one end of a step to the next.
    mutating func live(until now: Double, _ deployments: inout [String: DemoDeployment]) {
        while let next = runs.compactMap(\.nextAt).min(), next <= now { settle(at: next, &deployments) }
    }

    /// What is through ends, then what has room begins.
    mutating func settle(at now: Double, _ deployments: inout [String: DemoDeployment]) {
        for index in runs.indices where !runs[index].state.isOver { runs[index].finish(at: now) }
        var gpus = freeGPUs
        for index in runs.indices where !runs[index].state.isOver {
            for step in runs[index].begin(at: now, gpus: &gpus) where runs[index].pipeline.steps[step].name == "deploy"
            {
                guard runs[index].deploys else { continue }
                let (deed, failure) = DeployStory.ship(runs[index], &deployments, at: now)
                runs[index].say(step, deed: deed, failure: failure)
            }
        }
    }
}
