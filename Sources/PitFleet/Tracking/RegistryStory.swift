import PitModel

/// What is in the demo's model registry when it begins: the models that are served, a candidate, and prompts.
enum RegistryStory {
    static func begin(_ state: inout TrackingState, at now: Timestamp) {
        beginModels(&state, now)
        for prompt in prompts(now) { state.models[prompt.name] = prompt }
    }

    private static func beginModels(_ state: inout TrackingState, _ now: Timestamp) {
        let best = state.runs.first { $0.name == "lora-2" }
        for (name, releases, owner) in [("support-chat", 12...14, "support"), ("code-assist", 1...3, "platform")] {
            var model = TrackedModel(
                name: name, at: now.advanced(by: -90 * 86400), description: "What customers and colleagues talk to.",
                tags: ["owner": owner])
            for number in releases {
                let age = Double(releases.upperBound - number) * 5 * 86400 + 90_000
                model.versions.append(version(number, of: name, by: "jenkins", at: now.advanced(by: -age)))
            }
            model.aliases["production"] = releases.upperBound
            state.models[name] = model
        }
        guard let best else { return }
        // Nobody has said under which licence its data are: the policy asks for it.
        state.models["support-chat"]?.versions.append(
            TrackedVersion(
                number: 15, at: now.advanced(by: -7200), user: "ana", description: "The best of the sweep of Monday.",
                source: "\(best.artifacts)/model", run: best.id,
                tags: ["base_model": "qwen2.5-7b-instruct", "quantization": "fp8", "pitwall.dataset": "demo-talk@1"]))
        state.models["support-chat"]?.aliases["candidate"] = 15
    }

    /// The weights of a release.
    static func version(_ number: Int, of name: String, by user: String, at: Timestamp) -> TrackedVersion {
        TrackedVersion(
            number: number, at: at, user: user,
            description: "The weights of r\(number), fine-tuned on answers that people found good.",
            source: "s3://models/\(name)/\(number)",
            tags: [
                "license": "apache-2.0", "base_model": "qwen2.5-7b-instruct", "quantization": "fp8",
                "release": "r\(number)",
            ])
    }

    /// What deploys in the demo, as versions.
    static func released(_ world: FleetWorld) -> [String: [TrackedVersion]] {
        let all = world.look { $0.deployments.mapValues(\.releases) }
        return all.reduce(into: [:]) { result, each in
            result[each.key] = each.value.compactMap { release in
                Int(release.id.dropFirst()).map {
                    version($0, of: each.key, by: release.author, at: world.wall(release.at))
                }
            }
        }
    }

    private static func prompts(_ now: Timestamp) -> [TrackedModel] {
        [
            prompt(
                "support-system", now, aliases: ["production": 3, "staging": 4],
                [
                    ("ana", "first", "You are the shop's assistant.\nQuestion: {{question}}"),
                    ("ana", "brief answers", "You are the shop's assistant. Be brief.\nQuestion: {{question}}"),
                    (
                        "bo", "no promises about delivery",
                        "You are {{company}}'s assistant. Be brief.\nNever promise a date of delivery.\n"
                            + "Question: {{question}}"
                    ),
                    (
                        "cem", "say so when it is not known",
                        "You are {{company}}'s assistant. Be brief, and say so when you do not know.\n"
                            + "Never promise a date of delivery.\nQuestion: {{question}}"
                    ),
                ]),
            prompt(
                "judge-rubric", now, aliases: ["production": 2],
                [
                    ("ana", "first", "Rate the answer from 1 to 5.\nQuestion: {{question}}\nAnswer: {{answer}}"),
                    (
                        "ana", "ask for a reason",
                        "Rate the answer from 1 to 5, and say why in one sentence.\n"
                            + "Question: {{question}}\nAnswer: {{answer}}"
                    ),
                ]),
            prompt(
                "code-review", now, aliases: ["staging": 1],
                [("kenji", "for the pilot", "Review this change as a careful colleague would.\n\n{{diff}}")]),
        ]
    }

    /// Values with which a version can be tried at once.
    private static let variables =
        #"{"company": {"type": "text", "default": "Kestrel"}, "question": {"type": "text", "default": "\#(DemoTalk.support[1].ask)"}, "answer": {"type": "text", "default": "Yes."}, "diff": {"type": "text", "default": "- a\n+ b"}}"#

    private static func prompt(
        _ name: String, _ now: Timestamp, aliases: [String: Int], _ texts: [(by: String, why: String, text: String)]
    ) -> TrackedModel {
        var model = TrackedModel(
            name: name, at: now.advanced(by: -40 * 86400), tags: [TrackedModel.promptTag: "true"], aliases: aliases)
        for (place, text) in texts.enumerated() {
            let age = Double(texts.count - place) * 4 * 86400 - 30_000
            model.versions.append(
                TrackedVersion(
                    number: place + 1, at: now.advanced(by: -age), user: text.by, description: text.why,
                    source: "prompt-template",
                    tags: [
                        TrackedModel.promptTag: "true", "_mlflow_prompt_type": "text", "mlflow.prompt.text": text.text,
                        "pitwall.author": text.by, "pitwall.variables": variables,
                    ]))
        }
        return model
    }
}
