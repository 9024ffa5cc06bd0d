import PitModel
import PitParse

/// A run of a pipeline of the demo. Times are seconds of the story.
struct DemoPipelineRun: Sendable {
    /// As Kubeflow calls what a run or a task does.
    enum State: String, Sendable {
        case pending = "PENDING"
        case running = "RUNNING"
        case succeeded = "SUCCEEDED"
        case skipped = "SKIPPED"
        case failed = "FAILED"
        case canceling = "CANCELING"
        case canceled = "CANCELED"
        var isOver: Bool { ![.pending, .running, .canceling].contains(self) }
    }

    struct Step: Sendable {
        var state = State.pending
        var startedAt: Double?
        var endedAt: Double?
        /// Why it failed.
        var note = ""
        /// What it did, for its log.
        var deed = ""
    }

    var id: String
    var number: Int
    var pipeline: DemoPipeline
    var name: String
    var author: String
    var cause: String
    var values: [String: JSONValue]
    var begunAt: Double
    /// Whether its deployment is to change what is served: what had come before the demo began has done so.
    var deploys = false
    /// Whether a person started it while the demo ran: the story does not undo that.
    var isByPerson = false
    /// Whether it mends what is served: there is nothing to deploy where somebody has done so.
    var mends = false
    /// A step that fails at the first attempt, and its words.
    var stumble: (step: String, words: String)?
    /// What its numbers are drawn from.
    var seed: UInt64

    private(set) var state = State.pending
    private(set) var steps: [Step]
    private(set) var attempt = 1
    private(set) var endedAt: Double?
    private(set) var note = ""
    private(set) var history: [(at: Double, state: State)] = []
    private var goneAt: Double?

    /// Seconds from when an end is asked for until it comes.
    private static let stopping = 3.0

    init(
        id: String, number: Int, _ pipeline: DemoPipeline, name: String, author: String, cause: String,
        values: [String: JSONValue] = [:], begunAt: Double, seed: UInt64
    ) {
        (self.id, self.number, self.pipeline, self.name, self.author) = (id, number, pipeline, name, author)
        (self.cause, self.begunAt, self.seed) = (cause, begunAt, seed)
        self.values = pipeline.standards().merging(values) { $1 }
        steps = pipeline.steps.map { _ in Step() }
    }

    func text(_ name: String) -> String { values[name]?.words ?? "" }

    /// The pod of a step that has begun, or would like to.
    func pod(of index: Int) -> String? {
        guard steps[index].startedAt != nil || isReady(index) && !state.isOver else { return nil }
        return "\(pipeline.name)-\(id.prefix(5))-\(pipeline.steps[index].name)"
    }

    /// Whether all that a step comes after is done.
    func isReady(_ index: Int) -> Bool {
        pipeline.steps[index].after.allSatisfy { name in
            zip(pipeline.steps, steps).contains { $0.name == name && $1.state == .succeeded }
        }
    }

    var gpusInUse: Int {
        zip(pipeline.steps, steps).reduce(0) { $0 + ($1.1.state == .running ? $1.0.gpus : 0) }
    }

    /// When it next changes by itself; nil: never, or when there is room.
    var nextAt: Double? {
        if state.isOver { return nil }
        if state == .pending { return begunAt }
        let ends = steps.indices.filter { steps[$0].state == .running }.map(end)
        return (ends + [goneAt].compactMap(\.self)).min()
    }

    private func end(of index: Int) -> Double {
        (steps[index].startedAt ?? begunAt) + pipeline.steps[index].seconds
    }

    // MARK: what happens

    /// Ends what is through by now.
    mutating func finish(at now: Double) {
        if state == .pending, begunAt <= now { turn(.running, begunAt) }
        if let gone = goneAt, gone <= now {
            for index in steps.indices where !steps[index].state.isOver {
                let began = steps[index].startedAt != nil
                (steps[index].state, steps[index].endedAt) = (began ? .canceled : .skipped, began ? gone : nil)
            }
            return close(.canceled, gone)
        }
        for index in steps.indices where steps[index].state == .running && end(of: index) <= now {
            let at = end(of: index)
            steps[index].endedAt = at
            if steps[index].note.isEmpty { steps[index].note = failure(index) ?? "" }
            steps[index].state = steps[index].note.isEmpty ? .succeeded : .failed
            if !steps[index].note.isEmpty { note = "\(pipeline.steps[index].name): \(steps[index].note)" }
        }
        guard state == .running, !steps.contains(where: { $0.state == .running }) else { return }
        let last = steps.compactMap(\.endedAt).max() ?? now
        if steps.contains(where: { $0.state == .failed }) {
            for index in steps.indices where steps[index].state == .pending { steps[index].state = .skipped }
            close(.failed, last)
        } else if steps.allSatisfy(\.state.isOver) {
            close(.succeeded, last)
        }
    }

    /// Begins steps whose turn is and that have room; gives their places.
    mutating func begin(at now: Double, gpus: inout Int) -> [Int] {
        guard state == .running, !steps.contains(where: { $0.state == .failed }) else { return [] }
        var begun: [Int] = []
        for index in steps.indices where steps[index].state == .pending && isReady(index) {
            guard pipeline.steps[index].gpus <= gpus else { continue }
            gpus -= pipeline.steps[index].gpus
            (steps[index].state, steps[index].startedAt) = (.running, now)
            begun.append(index)
        }
        return begun
    }

    mutating func say(_ index: Int, deed: String = "", failure: String = "") {
        (steps[index].deed, steps[index].note) = (deed, failure)
    }

    mutating func stop(at now: Double) {
        goneAt = now + Self.stopping
        turn(.canceling, now)
    }

    /// What failed or was stopped goes on; what is done stays done.
    mutating func retry(at now: Double) {
        for index in steps.indices where steps[index].state != .succeeded { steps[index] = Step() }
        (goneAt, endedAt, note) = (nil, nil, "")
        attempt += 1
        turn(.running, now)
    }

    private mutating func close(_ end: State, _ at: Double) {
        endedAt = at
        turn(end, at)
    }

    private mutating func turn(_ state: State, _ at: Double) {
        self.state = state
        history = history.suffix(40) + [(at, state)]
    }

    /// Why a step that is through has failed; nil: it has not.
    private func failure(_ index: Int) -> String? {
        let step = pipeline.steps[index].name
        if let stumble, stumble.step == step, attempt == 1 { return stumble.words }
        guard pipeline.id == DemoPipeline.release.id else { return nil }
        let score = DemoPipeline.score(of: text("weights"))
        switch step {
        case "fetch-weights" where !Story.cast.contains { $0.name == text("model") }:
            return "the registry has no model `\(text("model"))`"
        case "quantize" where score == nil: return "`\(text("weights"))` is none of bf16, fp8, int8, int4"
        case "evaluate":
            guard let score, let gate = values["gate"]?.number, score < gate else { return nil }
            return "the score \(score) is below the gate \(gate): nothing is deployed"
        default: return nil
        }
    }
}
