import Glibc
import PitModel

/// How the demo's trainings go: losses that fall, one that diverges, one that is under way.
enum TrainingStory {
    /// The course of one training: the same from the same seed.
    struct Course: Sendable {
        var seed: UInt64
        var steps: Int
        /// Seconds from one step to the next.
        var pace: Double
        var rate: Double
        var rank: Double
        private(set) var next = 0
        private var random: SeededRandom

        init(seed: UInt64, steps: Int, pace: Double, rate: Double, rank: Double) {
            (self.seed, self.steps, self.pace, self.rate, self.rank) = (seed, steps, pace, rate, rank)
            random = SeededRandom(seed: seed)
        }

        /// A rate at which the loss is no number in the end.
        private var diverges: Bool { rate > 8e-4 }
        /// What the loss falls to: best near a rate of 2e-4, and a little better with a higher rank.
        private var floor: Double { 0.52 + 0.09 * pow(log10(rate / 2e-4), 2) - 0.012 * log2(rank / 8) }

        /// Adds what has come by a moment, and the end.
        mutating func tell(_ run: inout TrackedRun, until now: Timestamp) {
            while next < steps {
                let at = run.startedAt.advanced(by: Double(next + 1) * pace)
                guard at <= now else { return }
                step(&run, at)
                next += 1
                if diverges, next > steps * 6 / 10 {
                    add(&run, "train/loss", .nan, at)
                    return end(&run, "FAILED", at)
                }
            }
            end(&run, "FINISHED", run.startedAt.advanced(by: Double(steps) * pace))
        }

        private mutating func step(_ run: inout TrackedRun, _ at: Timestamp) {
            let share = Double(next) / Double(steps)
            let speed = 9 * (rate / (rate + 1e-4))
            var loss = floor + (2.4 - floor) * exp(-speed * share)
            if diverges { loss += 0.4 * exp(14 * (share - 0.5)) }
            add(&run, "train/loss", loss * random.logNormal(median: 1, spread: 0.025), at)
            add(&run, "train/grad_norm", (0.6 + loss / 4) * random.logNormal(median: 1, spread: 0.2), at)
            add(&run, "train/learning_rate", rate * (1 + cos(.pi * share)) / 2, at)
            guard (next + 1).isMultiple(of: max(1, steps / 12)) || next + 1 == steps else { return }
            // Past the half it begins to learn by heart, the more the higher its rank is.
            let heart = max(0, share - 0.5) * 0.05 * log2(rank / 4)
            add(&run, "eval/loss", (loss + 0.06 + heart) * random.logNormal(median: 1, spread: 0.01), at)
            add(&run, "eval/rouge_l", max(0, 0.74 - 0.25 * (loss + heart)), at)
        }

        private func add(_ run: inout TrackedRun, _ metric: String, _ value: Double, _ at: Timestamp) {
            run.metrics[metric, default: []].append(MetricPoint(step: next + 1, at: at, value: value))
        }

        private func end(_ run: inout TrackedRun, _ status: String, _ at: Timestamp) {
            (run.status, run.endedAt, run.growth) = (status, at, nil)
        }
    }

    /// The experiments as they are when the demo begins: a sweep, a distillation, and a run that goes on for ten minutes.
    static func begin(_ state: inout TrackingState, seed: UInt64, at now: Timestamp) {
        _ = state.experiment("Default", at: now.advanced(by: -30 * 86400))
        let sweep = state.experiment("support-lora", at: now.advanced(by: -6 * 86400))
        var number = 0
        for rank in [8.0, 32] {
            for rate in [5e-5, 2e-4, 4e-4, 1e-3] {
                number += 1
                add(
                    &state, sweep, "lora-\(number)", "ana", at: now.advanced(by: -90_000 + Double(number) * 5400),
                    Course(seed: seed &+ UInt64(number), steps: 120, pace: 40, rate: rate, rank: rank),
                    base: "qwen2.5-7b-instruct", data: "demo-talk@1")
            }
        }
        let code = state.experiment("code-distill", at: now.advanced(by: -3 * 86400))
        for (place, rate) in [1e-4, 3e-4].enumerated() {
            add(
                &state, code, "distill-\(place + 1)", "kenji", at: now.advanced(by: -60_000 + Double(place) * 9000),
                Course(seed: seed &+ UInt64(40 + place), steps: 80, pace: 90, rate: rate, rank: 16),
                base: "qwen2.5-coder-3b", data: "demo-code@4")
        }
        add(
            &state, sweep, "nightly", "jenkins", at: now.advanced(by: -240),
            Course(seed: seed &+ 99, steps: 420, pace: 2, rate: 2e-4, rank: 16), base: "qwen2.5-7b-instruct",
            data: "demo-talk@2")
    }

    private static func add(
        _ state: inout TrackingState, _ experiment: String, _ name: String, _ user: String, at: Timestamp,
        _ course: Course, base: String, data: String
    ) {
        state.runs.append(
            TrackedRun(
                id: state.freshID(), experiment: experiment, name: name, user: user, startedAt: at,
                parameters: [
                    "base_model": base, "learning_rate": "\(course.rate)", "lora_rank": "\(Int(course.rank))",
                    "steps": "\(course.steps)", "optimizer": "adamw",
                ],
                tags: ["mlflow.runName": name, "mlflow.user": user, "dataset": data], growth: course))
    }
}
