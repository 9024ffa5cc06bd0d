import PitModel
import PitParse

/// What the steps of the demo's pipelines write.
extension DemoPipelineRun {
    /// Lines by now: they come evenly while a step runs.
    func log(of index: Int, at now: Double) -> [String] {
        guard let started = steps[index].startedAt else { return [] }
        let all = lines(of: index)
        let share = ((steps[index].endedAt ?? now) - started) / pipeline.steps[index].seconds
        let isThrough = steps[index].state == .succeeded || steps[index].state == .failed
        let count = isThrough ? all.count : min(all.count, max(1, Int(share * Double(all.count))))
        var shown = Array(all.prefix(count))
        switch steps[index].state {
        case .failed: shown.append("error: \(steps[index].note)")
        case .canceled: shown.append("terminated: somebody asked for the end of the run")
        default: break
        }
        return shown
    }

    private func lines(of index: Int) -> [String] {
        let step = pipeline.steps[index].name
        var random = SeededRandom(seed: seed &+ UInt64(index) &+ UInt64(attempt) << 8)
        switch pipeline.id {
        case DemoPipeline.release.id: return releaseLines(step, index, &random)
        case DemoPipeline.finetune.id: return finetuneLines(step, &random)
        default: return evaluationLines(step, &random)
        }
    }

    private func releaseLines(_ step: String, _ index: Int, _ random: inout SeededRandom) -> [String] {
        let (model, weights) = (text("model"), text("weights"))
        switch step {
        case "fetch-weights":
            return ["pulling the weights of \(model)"]
                + (1...8).map { "shard \($0) of 8, 1.9 GiB" } + ["15.2 GiB, every sum is right"]
        case "quantize":
            guard weights != "bf16" else { return ["bf16: the weights stay as they are"] }
            return ["to \(weights), calibrated on 512 prompts"]
                + (1...28).map {
                    "layer \($0) of 28, error \(Self.figure(Double.random(in: 0.002...0.009, using: &random), 4))"
                }
                + ["written"]
        case "build-image":
            return [
                "FROM vllm/vllm-openai:v0.33.0", "COPY weights /models/\(model)", "pushing 3 layers",
                "digest sha256:\(String(random.next() | 1 << 63, radix: 16))",
            ]
        case "evaluate":
            let score = DemoPipeline.score(of: weights) ?? 0
            return ["120 cases, as many as 8 at once"]
                + (1...12).map {
                    "\($0 * 10) of 120, score \(Self.figure(score + .random(in: -0.02...0.02, using: &random), 2))"
                }
                + ["score \(Self.figure(score, 2)), gate \(values["gate"]?.words ?? "")"]
        case "deploy": return [steps[index].deed.isEmpty ? "\(model): deployed" : steps[index].deed]
        case "smoke-test": return ["GET /health: 200", "GET /v1/models: \(model)", "one question, one answer"]
        default: return ["a version of \(model) is registered"]
        }
    }

    private func finetuneLines(_ step: String, _ random: inout SeededRandom) -> [String] {
        switch step {
        case "prepare-data":
            return ["reading \(text("dataset"))", "1240 rows, 31 of them twice", "tokenizing", "train 1088, test 121"]
        case "train":
            let rate = values["learning_rate"]?.number ?? 2e-4
            return ["\(text("base")) on 4 GPUs, learning rate \(rate)"]
                + (1...120).map { step in
                    let share = Double(step) / 120
                    let loss = (0.55 + 1.8 * (1 - share) * (1 - share)) * random.logNormal(median: 1, spread: 0.03)
                    return "step \(step * 10) of 1200  loss \(Self.figure(loss, 3))"
                } + ["adapter written, 161 MiB"]
        case "evaluate": return ["eval/loss 0.612", "eval/rouge_l 0.581"]
        default: return ["registered as a candidate"]
        }
    }

    private func evaluationLines(_ step: String, _ random: inout SeededRandom) -> [String] {
        switch step {
        case "collect-cases": return ["suite \(text("suite"))", "120 cases"]
        case "ask":
            let until = stumble?.step == step && attempt == 1 ? 6 : 12
            return ["asking \(text("model")), 8 at once"]
                + (1...until).map { "\($0 * 10) of 120, \(Int.random(in: 640...900, using: &random)) ms each" }
        case "score": return ["120 answers, 97 right"]
        case "judge": return text("judge") == "true" ? ["120 answers, 4.1 of 5"] : ["nobody judges: judge is false"]
        default: return ["written"]
        }
    }

    private static func figure(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { all, _ in all * 10 }
        let whole = Int((value * scale).rounded())
        let rest = String(whole % Int(scale))
        return "\(whole / Int(scale))." + String(repeating: "0", count: places - rest.count) + rest
    }
}
