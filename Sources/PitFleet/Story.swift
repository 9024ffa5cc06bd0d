/// What happens in the demo, as a function of the seconds since it began. Before 0 all is well; after the first
/// chapter it begins again, a little calmer.
struct Story {
    /// Seconds of a chapter.
    static let length = 480.0

    /// One model of the fleet.
    struct Cast {
        var name: String
        var release: String
        var replicas: Int
        /// Requests a second of one replica.
        var load: Double
        /// Seconds to the first token, the median when all is well.
        var firstToken: Double
        /// Seconds between tokens.
        var betweenTokens: Double
        /// Tokens of a prompt, and of a response.
        var prompt: Double
        var response: Double
    }

    static let cast = [
        Cast(
            name: "support-chat", release: "r14", replicas: 4, load: 9.5, firstToken: 0.14, betweenTokens: 0.021,
            prompt: 420, response: 160),
        Cast(
            name: "code-assist", release: "r3", replicas: 2, load: 6.4, firstToken: 0.22, betweenTokens: 0.028,
            prompt: 1900, response: 240),
        Cast(
            name: "summarise", release: "r7", replicas: 1, load: 2.1, firstToken: 0.35, betweenTokens: 0.024,
            prompt: 3200, response: 180),
        Cast(
            name: "translate-ja", release: "r5", replicas: 2, load: 5.0, firstToken: 0.11, betweenTokens: 0.018,
            prompt: 350, response: 330),
        Cast(
            name: "rag-answers", release: "r21", replicas: 2, load: 7.2, firstToken: 0.28, betweenTokens: 0.022,
            prompt: 2600, response: 210),
        Cast(
            name: "embed-small", release: "r2", replicas: 1, load: 31, firstToken: 0.02, betweenTokens: 0.012,
            prompt: 96, response: 1),
    ]

    /// Models whose deployments the demo watches as one would in production: nothing may be changed there.
    static let careful: Set<String> = ["support-chat", "summarise", "embed-small"]

    /// Names of a model's servers.
    static func servers(of cast: Cast) -> [String] {
        if cast.replicas == 1 { return [cast.name] }
        // Two releases side by side: each server is called by its own.
        if cast.name == "rag-answers" { return ["rag-answers-r21", "rag-answers-r22"] }
        return (0..<cast.replicas).map { "\(cast.name)-\($0)" }
    }

    /// How it goes with a model at a moment, apart from what its release does.
    struct Mood: Equatable {
        /// 0 well ... 1 saturated: the queue, the cache and the time to first token follow.
        var strain = 0.0
        /// 0 usual prompts ... 1 drifted: longer, and fewer found in the prefix cache.
        var drift = 0.0
        var isDown = false
        /// The share of requests that fail.
        var failing = 0.0004
    }

    static func mood(of model: String, at seconds: Double) -> Mood {
        var mood = Mood()
        guard seconds >= 0 else { return mood }
        let chapter = (seconds / length).rounded(.down)
        let t = seconds - chapter * length
        let calm = chapter == 0 ? 1 : 0.6
        switch model {
        case "translate-ja": mood.drift = calm * ramp(t, from: 90, to: 170) * (1 - ramp(t, from: 420, to: 460))
        case "summarise": mood.isDown = t >= 150 && t < 270 && chapter == 0 || t >= 200 && t < 230 && chapter > 0
        default: break
        }
        return mood
    }

    private static func ramp(_ t: Double, from: Double, to: Double) -> Double {
        min(1, max(0, (t - from) / (to - from)))
    }
}
