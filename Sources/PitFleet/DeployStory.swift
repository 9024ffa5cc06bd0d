/// Who deploys what in the demo, when nobody acts.
enum DeployStory {
    /// How things are when the demo begins.
    static func beginning() -> [String: DemoDeployment] {
        var all: [String: DemoDeployment] = [:]
        for cast in Story.cast {
            let number = Int(cast.release.dropFirst()) ?? 1
            var deployment = DemoDeployment(
                namespace: Story.careful.contains(cast.name) ? "prod" : "serving", model: cast.name,
                releases: past(cast, number), current: cast.release, generation: number * 2, since: -86400,
                changedBy: "jenkins", serving: Array(repeating: (cast.release, -86400), count: cast.replicas))
            switch cast.name {
            case "rag-answers":
                deployment.releases.append(
                    release(
                        cast, number + 1, at: -1500, cause: "rag-ft-22: answers quote their sources",
                        effect: .failing(0.12), badFrom: 300))
                deployment.serving[1] = ("r\(number + 1)", -1500)
                (deployment.weight, deployment.current) = (20, "r\(number + 1)")
                (deployment.since, deployment.shiftedAt) = (-1500, -1500)
            case "translate-ja":
                deployment.releases.append(release(cast, number + 1, at: -5400, cause: "new tokenizer"))
                deployment.serving[0] = ("r\(number + 1)", -5300)
                (deployment.current, deployment.isPaused) = ("r\(number + 1)", true)
                (deployment.since, deployment.changedBy) = (-5000, "kenji")
                deployment.note(-5000, deployment.path, "Paused", "by kenji: looks at the first replica till tomorrow")
            case "summarise": deployment.managedBy = "Argo CD"
            default: break
            }
            all[cast.name] = deployment
        }
        return all
    }

    /// The releases before the demo began, three of them at most.
    private static func past(_ cast: Story.Cast, _ number: Int) -> [DemoRelease] {
        (max(1, number - 2)...number).map { each in
            let age = Double(number - each) * 5 * 86400 + 86400
            return release(cast, each, at: -age, cause: each == number ? "weights of the month" : "prefix caching")
        }
    }

    static func release(
        _ cast: Story.Cast, _ number: Int, at: Double, cause: String, effect: DemoRelease.Effect = .none,
        badFrom: Double = -1e9
    ) -> DemoRelease {
        let isSlow = if case .slow = effect { true } else { false }
        return DemoRelease(
            id: "r\(number)", at: at, author: "jenkins #\(760 + number * 4)", cause: cause,
            image: "vllm/vllm-openai:v0.\(number % 2 == 0 ? 33 : 32).0", model: "models:/\(cast.name)/\(number)",
            arguments: [
                ("--max-num-seqs", isSlow ? "16" : "256"), ("--max-model-len", "32768"),
                ("--gpu-memory-utilization", isSlow ? "0.55" : "0.90"),
            ], effect: effect, badFrom: badFrom)
    }

    /// What the pipeline does at this second of the story. What a person decided it leaves.
    static func tell(_ all: inout [String: DemoDeployment], at now: Double) {
        guard now >= 0 else { return }
        let chapter = (now / Story.length).rounded(.down)
        switch Int(now - chapter * Story.length) {
        case 0: for name in all.keys { all[name]?.isInHand = false }
        case 40: ship(&all, at: now, cause: "4-bit weights, to save memory", effect: .slow(chapter == 0 ? 1 : 0.6))
        case 235:
            guard let bad = all["code-assist"], !bad.isInHand,
                bad.release(bad.current)?.effect != DemoRelease.Effect.none
            else { return }
            ship(&all, at: now, cause: "batches as they were", effect: .none)
        case 370:
            guard let canary = all["rag-answers"], !canary.isInHand, canary.isCanary, canary.releases.count > 1 else {
                return
            }
            all["rag-answers"]?.want(canary.releases[canary.releases.count - 2].id, by: "kenji", at: now)
        default: break
        }
    }

    private static func ship(
        _ all: inout [String: DemoDeployment], at now: Double, cause: String, effect: DemoRelease.Effect
    ) {
        guard let cast = Story.cast.first(where: { $0.name == "code-assist" }),
            let newest = all[cast.name]?.releases.last,
            let number = Int(newest.id.dropFirst()), all[cast.name]?.isPaused == false
        else { return }
        let made = release(cast, number + 1, at: now, cause: cause, effect: effect)
        all[cast.name]?.releases.append(made)
        all[cast.name]?.want(made.id, by: made.author, at: now)
    }
}
