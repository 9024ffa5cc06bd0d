import PitModel
import PitParse

/// Which pipelines run in the demo when nobody acts.
enum PipelineStory {
    /// How things are when the demo begins: every release that is served has its run, one did not pass its gate, one
    /// stumbled over a network, one trains, and one waits for its GPUs. The release that makes a model slow is under way.
    static func beginning(seed: UInt64, _ deployments: [String: DemoDeployment], at now: Double) -> DemoPipelines {
        var state = DemoPipelines(seed: seed)
        let releases = deployments.values.flatMap { one in one.releases.map { (one.model, $0) } }
            .filter { $0.1.at > -2 * 86400 }.sorted { ($0.1.at, $0.0) < ($1.1.at, $1.0) }
        for (model, release) in releases {
            let number = Int(release.author.split(separator: "#").last ?? "") ?? 0
            add(
                &state, model, number, by: "jenkins", release.cause, weights: "fp8",
                at: release.at - DemoPipeline.untilDeploy)
        }
        state.add(
            .evaluation, "evaluation #411", number: 411, by: "scheduler", cause: "every night", at: -17_000)
        state.add(
            .evaluation, "evaluation #412", number: 412, by: "scheduler", cause: "every night", at: -2600
        ) { run in
            run.stumble = ("ask", "connection reset by peer after 61 of 120 cases")
        }
        let newest = state.newestNumber("release ")
        add(&state, "code-assist", newest - 1, by: "ana", cheaper, weights: "int4", at: -1900)
        add(&state, "code-assist", newest + 1, by: "ana", cheaper, weights: "int4", gate: 0.7, at: firstRelease) {
            run in
            run.deploys = true
        }
        state.add(
            .finetune, "finetune #31", number: 31, by: "ana", cause: "the labels of this week", at: -300)
        state.add(
            .finetune, "finetune #32", number: 32, by: "kenji", cause: "for the pilot",
            ["base": .text("qwen2.5-coder-3b"), "dataset": .text("demo-code@4"), "learning_rate": .number(0.0001)],
            at: -200)
        var nothing: [String: DemoDeployment] = [:]
        state.live(until: now, &nothing)
        return state
    }

    /// It is deployed 40 seconds after the story has begun.
    private static let firstRelease = 40 - DemoPipeline.untilDeploy
    private static let cheaper = "4-bit weights, to save memory"

    /// What begins at this second of the story. What a person decided it leaves.
    static func tell(_ state: inout DemoPipelines, _ deployments: [String: DemoDeployment], at now: Double) {
        guard now >= 0 else { return }
        let chapter = (now / Story.length).rounded(.down)
        let next = state.newestNumber("release ") + 1
        switch Int(now - chapter * Story.length) {
        case 125:
            guard DeployStory.isToBeMended(deployments["code-assist"]) else { return }
            add(&state, "code-assist", next, by: "kenji", "batches as they were", weights: "fp8", at: now) { run in
                (run.deploys, run.mends) = (true, true)
            }
        case 150 where chapter > 0:
            let number = state.newestNumber("finetune ") + 1
            state.add(
                .finetune, "finetune #\(number)", number: number, by: "ana", cause: "the labels of today",
                at: now)
        case 410:
            add(&state, "code-assist", next, by: "ana", cheaper, weights: "int4", gate: 0.7, at: now) { run in
                run.deploys = true
            }
        default: break
        }
    }

    private static func add(
        _ state: inout DemoPipelines, _ model: String, _ number: Int, by author: String, _ cause: String,
        weights: String, gate: Double = 0.75, at: Double, _ adjust: (inout DemoPipelineRun) -> Void = { _ in }
    ) {
        state.add(
            .release, "release #\(number)", number: number, by: author, cause: cause,
            ["model": .text(model), "weights": .text(weights), "gate": .number(gate)], at: at, adjust)
    }
}
