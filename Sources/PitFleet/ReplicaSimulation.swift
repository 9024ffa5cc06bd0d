/// One simulated inference server: what it counted since it started.
struct ReplicaSimulation {
    let cast: Story.Cast
    let index: Int
    private(set) var startedAt: Double
    private var random: SeededRandom

    private(set) var running = 0
    private(set) var waiting = 0
    private(set) var cacheUse = 0.0
    private(set) var finished: [String: Int] = ["stop": 0, "length": 0, "abort": 0, "error": 0]
    private(set) var promptTokens = 0
    private(set) var generatedTokens = 0
    private(set) var prefixQueries = 0
    private(set) var prefixHits = 0
    private(set) var preemptions = 0
    private(set) var ttft = LatencyHistogram(LatencyHistogram.ttft)
    private(set) var itl = LatencyHistogram(LatencyHistogram.itl)
    private(set) var e2e = LatencyHistogram(LatencyHistogram.request)
    private(set) var queueTime = LatencyHistogram(LatencyHistogram.request)
    private(set) var prefillTime = LatencyHistogram(LatencyHistogram.request)
    private(set) var promptLength = LatencyHistogram(LatencyHistogram.tokens)
    private(set) var responseLength = LatencyHistogram(LatencyHistogram.tokens)

    init(cast: Story.Cast, index: Int, seed: UInt64, at seconds: Double) {
        (self.cast, self.index, startedAt) = (cast, index, seconds)
        let name = cast.name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) }
        random = SeededRandom(seed: name &+ UInt64(index) &* 7919 &+ UInt64(bitPattern: Int64(seconds)))
    }

    /// Lives through `length` seconds that begin at `seconds`, with a share of the requests: 1 is as many as others have.
    mutating func step(at seconds: Double, length: Double, mood: Story.Mood, share: Double) {
        guard !mood.isDown else { return }
        let strain = mood.strain
        let load = cast.load * share * (1 + 0.12 * wave(seconds, 240, Double(index))) * (1 - 0.25 * strain)
        let prompt = cast.prompt * (1 + 2.6 * mood.drift)
        waiting = Int((strain * strain * 46 * (0.85 + 0.15 * wave(seconds, 17, 1))).rounded())
        let latency = cast.firstToken * (1 + 1.1 * mood.drift)
        let whole = latency + cast.response * cast.betweenTokens
        running = max(0, Int((load * whole * (1 + strain)).rounded()))
        cacheUse = min(0.998, 0.38 + 0.1 * wave(seconds, 310, Double(index)) + 0.6 * strain)
        preemptions += random.poisson(strain > 0.6 ? 0.9 * strain * length : 0)
        for _ in 0..<random.poisson(load * length) { finishRequest(mood, prompt: prompt, latency: latency) }
    }

    private mutating func finishRequest(_ mood: Story.Mood, prompt: Double, latency: Double) {
        let strain = mood.strain
        let tokens = max(4, Int(random.logNormal(median: prompt, spread: 0.55)))
        let words = max(1, Int(random.logNormal(median: cast.response, spread: 0.6)))
        let queued = strain * random.logNormal(median: 2.4, spread: 0.5) * strain
        let prefill = random.logNormal(median: latency * 0.8, spread: 0.35)
        let first = prefill + queued + random.logNormal(median: latency * 0.2, spread: 0.3)
        let between = random.logNormal(median: cast.betweenTokens * (1 + 0.7 * strain), spread: 0.25)
        let chance = Double.random(in: 0..<1, using: &random)
        let reason =
            chance < mood.failing ? (chance < mood.failing / 2 ? "error" : "abort") : chance < 0.12 ? "length" : "stop"
        finished[reason, default: 0] += 1
        promptTokens += tokens
        generatedTokens += words
        prefixQueries += tokens
        prefixHits += Int(Double(tokens) * (0.62 - 0.38 * mood.drift) * Double.random(in: 0.85...1.15, using: &random))
        ttft.observe(first)
        queueTime.observe(queued)
        prefillTime.observe(prefill)
        if words > 1 { itl.observe(between, times: min(words - 1, 64)) }
        e2e.observe(first + between * Double(words))
        promptLength.observe(Double(tokens))
        responseLength.observe(Double(words))
    }

    /// A slow swing between -1 and 1, made of triangles.
    private func wave(_ t: Double, _ period: Double, _ phase: Double) -> Double {
        let x = (t / period + phase * 0.37).truncatingRemainder(dividingBy: 1)
        let y = x < 0 ? x + 1 : x
        return y < 0.5 ? 4 * y - 1 : 3 - 4 * y
    }
}
