import PitModel
import PitParse

/// What the demo's pipeline engine can run: steps, each after others.
struct DemoPipeline: Sendable {
    struct Parameter: Sendable {
        var name: String
        /// As Kubeflow calls it: `STRING`, `NUMBER_DOUBLE`, `NUMBER_INTEGER`, `BOOLEAN`.
        var type: String
        var standard: JSONValue
        var words: String
    }
    struct Step: Sendable {
        var name: String
        /// Seconds of the story that it takes.
        var seconds: Double
        var after: [String] = []
        var gpus = 0
    }

    var id: String
    var name: String
    var words: String
    var parameters: [Parameter]
    var steps: [Step]

    func standards() -> [String: JSONValue] {
        Dictionary(parameters.map { ($0.name, $0.standard) }, uniquingKeysWith: { $1 })
    }

    static let all = [release, finetune, evaluation]
    static func named(_ id: String) -> DemoPipeline? { all.first { $0.id == id } }

    /// What every release of the demo's story came from: from the end of the evaluation on it is served.
    static let release = DemoPipeline(
        id: "5b1f1c0e-7a36-4d0b-9c55-2f6a3f0c1a01", name: "release",
        words: "Fetches a model's weights, quantizes and evaluates them, and deploys what passes the gate.",
        parameters: [
            Parameter(name: "model", type: "STRING", standard: .text("code-assist"), words: "what is served"),
            Parameter(name: "weights", type: "STRING", standard: .text("fp8"), words: "bf16, fp8, int8 or int4"),
            Parameter(
                name: "gate", type: "NUMBER_DOUBLE", standard: .number(0.75), words: "the least score that is deployed"),
        ],
        steps: [
            Step(name: "fetch-weights", seconds: 20), Step(name: "quantize", seconds: 35, after: ["fetch-weights"]),
            Step(name: "build-image", seconds: 30, after: ["fetch-weights"]),
            Step(name: "evaluate", seconds: 55, after: ["quantize"]),
            Step(name: "deploy", seconds: 14, after: ["evaluate", "build-image"]),
            Step(name: "smoke-test", seconds: 12, after: ["deploy"]),
            Step(name: "register", seconds: 4, after: ["deploy"]),
        ])

    /// Seconds from a release's beginning until its deployment begins.
    static let untilDeploy = 110.0

    static let finetune = DemoPipeline(
        id: "5b1f1c0e-7a36-4d0b-9c55-2f6a3f0c1a02", name: "finetune",
        words: "Trains an adapter on four GPUs, and evaluates it.",
        parameters: [
            Parameter(
                name: "base", type: "STRING", standard: .text("qwen2.5-7b-instruct"), words: "what is trained"),
            Parameter(name: "dataset", type: "STRING", standard: .text("demo-talk@2"), words: "on what"),
            Parameter(name: "epochs", type: "NUMBER_INTEGER", standard: .number(3), words: "how often"),
            Parameter(name: "learning_rate", type: "NUMBER_DOUBLE", standard: .number(0.0002), words: "how fast"),
        ],
        steps: [
            Step(name: "prepare-data", seconds: 60),
            Step(name: "train", seconds: 600, after: ["prepare-data"], gpus: 4),
            Step(name: "evaluate", seconds: 50, after: ["train"]),
            Step(name: "register", seconds: 4, after: ["evaluate"]),
        ])

    static let evaluation = DemoPipeline(
        id: "5b1f1c0e-7a36-4d0b-9c55-2f6a3f0c1a03", name: "evaluation",
        words: "Asks what is served the cases of a suite, and scores the answers.",
        parameters: [
            Parameter(name: "model", type: "STRING", standard: .text("support-chat"), words: "who is asked"),
            Parameter(name: "suite", type: "STRING", standard: .text("support"), words: "what is asked"),
            Parameter(name: "judge", type: "BOOLEAN", standard: .flag(true), words: "whether a model judges, too"),
        ],
        steps: [
            Step(name: "collect-cases", seconds: 10), Step(name: "ask", seconds: 45, after: ["collect-cases"]),
            Step(name: "score", seconds: 20, after: ["ask"]), Step(name: "judge", seconds: 30, after: ["ask"]),
            Step(name: "report", seconds: 5, after: ["score", "judge"]),
        ])

    /// What an evaluation before a release finds, by the weights; nil: nobody knows how to make those.
    static func score(of weights: String) -> Double? {
        ["bf16": 0.83, "fp8": 0.82, "int8": 0.80, "int4": 0.71][weights]
    }
}
