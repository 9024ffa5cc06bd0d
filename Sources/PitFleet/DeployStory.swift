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
                changedBy: "", serving: Array(repeating: (cast.release, -86400), count: cast.replicas))
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
        name(&all)
        return all
    }

    /// The number of the run that the newest of them came from. The one before it did not come through its gate.
    private static let newestRun = 775

    /// Says which run of the pipeline each release came from.
    private static func name(_ all: inout [String: DemoDeployment]) {
        let places = all.keys.sorted().flatMap { model in
            (all[model]?.releases ?? []).enumerated().map { (model: model, place: $0.offset, at: $0.element.at) }
        }.sorted { ($0.at, $1.model) > ($1.at, $0.model) }
        for (age, each) in places.enumerated() {
            let number = newestRun - age - (age > 0 ? 1 : 0)
            all[each.model]?.releases[each.place].author = "release #\(number)"
        }
        for (model, deployment) in all where deployment.changedBy.isEmpty {
            all[model]?.changedBy = deployment.release(deployment.current)?.author ?? ""
        }
    }

    /// The releases before the demo began, three of them at most.
    private static func past(_ cast: Story.Cast, _ number: Int) -> [DemoRelease] {
        (max(1, number - 2)...number).map { each in
            let age = Double(number - each) * 5 * 86400 + 86400
            return release(cast, each, at: -age, cause: each == number ? "weights of the month" : "prefix caching")
        }
    }

    static func release(
        _ cast: Story.Cast, _ number: Int, at: Double, by author: String = "", cause: String,
        effect: DemoRelease.Effect = .none, badFrom: Double = -1e9
    ) -> DemoRelease {
        let isSlow = if case .slow = effect { true } else { false }
        return DemoRelease(
            id: "r\(number)", at: at, author: author, cause: cause,
            image: "vllm/vllm-openai:v0.\(number % 2 == 0 ? 33 : 32).0", model: "models:/\(cast.name)/\(number)",
            arguments: [
                ("--max-num-seqs", isSlow ? "16" : "256"), ("--max-model-len", "32768"),
                ("--gpu-memory-utilization", isSlow ? "0.55" : "0.90"),
            ], effect: effect, badFrom: badFrom)
    }

    /// What is decided at this second of the story. What a person decided it leaves.
    static func tell(_ all: inout [String: DemoDeployment], at now: Double) {
        guard now >= 0 else { return }
        let chapter = (now / Story.length).rounded(.down)
        switch Int(now - chapter * Story.length) {
        case 0: for name in all.keys { all[name]?.isInHand = false }
        case 370:
            guard let canary = all["rag-answers"], !canary.isInHand, canary.isCanary, canary.releases.count > 1 else {
                return
            }
            all["rag-answers"]?.want(canary.releases[canary.releases.count - 2].id, by: "kenji", at: now)
        default: break
        }
    }

    /// Whether it serves what the story would mend, and no person has acted.
    static func isToBeMended(_ deployment: DemoDeployment?) -> Bool {
        guard let deployment, !deployment.isInHand, let served = deployment.release(deployment.current) else {
            return false
        }
        return served.effect != .none
    }

    /// Deploys what a run of the pipeline has made.
    ///
    /// - Returns: what was done, or why nothing was.
    static func ship(
        _ run: DemoPipelineRun, _ all: inout [String: DemoDeployment], at now: Double
    ) -> (deed: String, failure: String) {
        let model = run.text("model")
        guard let cast = Story.cast.first(where: { $0.name == model }), var deployment = all[model],
            let number = deployment.releases.last.flatMap({ Int($0.id.dropFirst()) })
        else { return ("", "nothing is called \(model)") }
        if run.mends, !isToBeMended(deployment) { return ("\(deployment.current) stays: somebody has decided so", "") }
        if let manager = deployment.managedBy { return ("", "\(manager) manages \(model): commit the release there") }
        if deployment.isSideBySide { return ("", "\(model) has a canary: promote or abort it first") }
        if deployment.isPaused { return ("", "\(model) is paused by \(deployment.changedBy): resume it first") }
        let isCheap = run.text("weights") == "int4"
        let made = release(
            cast, number + 1, at: now, by: run.name, cause: run.cause,
            effect: isCheap ? .slow(now < Story.length ? 1 : 0.6) : .none)
        deployment.releases = deployment.releases.suffix(mostReleases - 1) + [made]
        deployment.want(made.id, by: made.author, at: now)
        if run.isByPerson { deployment.isInHand = true }
        all[model] = deployment
        return ("\(made.id) of \(model) is wanted, \(deployment.serving.count) replicas follow", "")
    }

    /// Releases of a model that are kept.
    private static let mostReleases = 100
}
