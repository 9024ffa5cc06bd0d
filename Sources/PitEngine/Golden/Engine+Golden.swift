import PitModel
import PitStore

extension Engine {
    /// Seconds from one look at the laps to the next: another process may run them, too.
    private static let lapAge = 5.0

    /// Reads laps anew where there are new ones.
    func readGolden(_ now: Timestamp) {
        let age = now.since(golden.readAt)
        guard age < 0 || age >= Self.lapAge else { return }
        golden.readAt = now
        keep {
            let (courses, last) = try store.goldenCourses()
            guard last != golden.last else { return }
            golden.last = last
            golden.states = try courses.compactMap { model, connection in
                GoldenJudgement.state(try store.goldenLaps(model, at: connection))
            }
            for index in models.indices where golden.states.contains(where: { $0.model == models[index].config.name }) {
                noteDrift(index, now, hasNews: true)
            }
            needsPublishing = true
        }
    }

    /// How a model's answers to the same prompts changed, at each endpoint, as far as it is still asked.
    func goldenDrift(of model: ModelName) -> [FeatureDrift] {
        golden.states.filter { $0.model == model }.map(\.drift)
    }
}

/// What is known of golden laps.
struct GoldenBook {
    var states: [GoldenState] = []
    var last: Int64 = -1
    var readAt = Timestamp(milliseconds: .min)
}
