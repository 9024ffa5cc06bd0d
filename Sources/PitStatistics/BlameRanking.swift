public import PitModel

/// What a rise of the time to first token is consistent with, from the metrics alone. It ranks, it does not accuse.
public enum BlameRanking {
    /// A rise smaller than this, in seconds, is no rise.
    public static let smallestRise = 0.05
    /// Nor is one below this multiple.
    public static let smallestRatio = 1.3

    /// `before` and `now` hold a model's merged signals, before the rise and in it; `replicas` each one's own now.
    public static func rank(
        now: [Signal: Measure], before: [Signal: Measure], replicas: [(id: String, signals: [Signal: Measure])]
    ) -> [Blame] {
        let pairs = Pairs(now: now, before: before)
        guard let ttft = pairs(.ttftP95), ttft.now - ttft.was >= smallestRise, ttft.now >= ttft.was * smallestRatio
        else { return [] }
        let found = [
            queue(pairs), prompts(pairs), prefix(pairs), cache(pairs), replica(replicas), engine(pairs),
        ]
        return found.compactMap { $0 }.filter { $0.strength >= 0.05 }
            .sorted { ($1.strength, $0.kind.rawValue) < ($0.strength, $1.kind.rawValue) }
    }

    private struct Pairs {
        let now: [Signal: Measure]
        let before: [Signal: Measure]
        func callAsFunction(_ signal: Signal) -> (was: Double, now: Double)? {
            guard let was = earlier(signal), let isNow = latest(signal) else { return nil }
            return (was, isNow)
        }
        func latest(_ signal: Signal) -> Double? { known(now[signal]) }
        func earlier(_ signal: Signal) -> Double? { known(before[signal]) }
    }

    /// What a server says may be no number, or a senseless one: neither is evidence.
    private static func known(_ measure: Measure?) -> Double? {
        measure.flatMap { abs($0.value) < 1e15 ? $0.value : nil }
    }

    /// 0 at no growth, 1/2 when doubled, towards 1.
    private static func growth(_ was: Double, _ now: Double, floor: Double) -> Double {
        let base = max(was, floor)
        return now > base ? 1 - base / now : 0
    }

    private static func queue(_ pair: Pairs) -> Blame? {
        let waiting = pair(.waiting)
        let time = pair(.queueTimeP95)
        let strength = max(
            waiting.map { growth($0.was, $0.now, floor: 2) } ?? 0, time.map { growth($0.was, $0.now, floor: 0.1) } ?? 0)
        guard strength > 0 else { return nil }
        var evidence: [String] = []
        if let waiting { evidence.append("waiting \(figure(waiting.was)) → \(figure(waiting.now))") }
        if let time { evidence.append("queue time p95 \(seconds(time.was)) → \(seconds(time.now))") }
        return Blame(.queueLonger, strength: strength, evidence: evidence.joined(separator: ", "))
    }

    private static func prompts(_ pair: Pairs) -> Blame? {
        guard let length = pair(.promptLengthMean) else { return nil }
        let strength = growth(length.was, length.now, floor: 16)
        return strength > 0
            ? Blame(
                .promptsLonger, strength: strength,
                evidence: "prompt \(figure(length.was)) → \(figure(length.now)) tokens")
            : nil
    }

    private static func prefix(_ pair: Pairs) -> Blame? {
        guard let hits = pair(.prefixHitRatio), hits.was > 0.05, hits.now < hits.was else { return nil }
        // The work left is what was not a hit: that is what grew.
        let strength = growth(1 - hits.was, 1 - hits.now, floor: 0.05)
        return Blame(
            .prefixHitsDown, strength: strength, evidence: "prefix hits \(percent(hits.was)) → \(percent(hits.now))")
    }

    /// A cache that was as full before, and did not preempt, is no news.
    private static func cache(_ pair: Pairs) -> Blame? {
        let preemptions = pair(.preemptionRate)
        let thrash = preemptions.map { growth($0.was, $0.now, floor: 0.02) } ?? 0
        let fullness = pair.latest(.kvCacheUse).map(Self.fullness) ?? 0
        let rise = max(0, fullness - (pair.earlier(.kvCacheUse).map(Self.fullness) ?? 0))
        let strength = min(1, rise * 0.7 + thrash * 0.4)
        guard strength > 0 else { return nil }
        var evidence: [String] = []
        if let use = pair.latest(.kvCacheUse) {
            evidence.append("KV cache \(pair.earlier(.kvCacheUse).map { "\(percent($0)) → " } ?? "")\(percent(use))")
        }
        if let preemptions { evidence.append("preemptions \(figure(preemptions.was)) → \(figure(preemptions.now))/s") }
        return Blame(.kvCacheFull, strength: strength, evidence: evidence.joined(separator: ", "))
    }

    /// 0 up to 85 % of the blocks, 1 at all of them.
    private static func fullness(_ use: Double) -> Double { max(0, min(1, (use - 0.85) / 0.15)) }

    /// The slowest replica against the median of the others.
    private static func replica(_ replicas: [(id: String, signals: [Signal: Measure])]) -> Blame? {
        let timed = replicas.compactMap { replica in known(replica.signals[.ttftP95]).map { (replica.id, $0) } }
        guard timed.count >= 2, let worst = timed.max(by: { $0.1 < $1.1 }) else { return nil }
        guard let others = Quantiles.median(timed.filter { $0.0 != worst.0 }.map(\.1)), others > 0 else { return nil }
        guard worst.1 >= others * 1.5, worst.1 - others >= smallestRise else { return nil }
        return Blame(
            .replicaSlower, strength: growth(others, worst.1, floor: 0.01),
            evidence: "\(worst.0) \(seconds(worst.1)), the others \(seconds(others))")
    }

    /// Prefill time for each token of the prompt that had to be computed.
    private static func engine(_ pair: Pairs) -> Blame? {
        guard let time = pair(.prefillTimeP95), let length = pair(.promptLengthMean), length.was > 0, length.now > 0
        else { return nil }
        let missWas = 1 - (pair.earlier(.prefixHitRatio) ?? 0)
        let missNow = 1 - (pair.latest(.prefixHitRatio) ?? 0)
        let was = time.was / max(1, length.was * max(0.02, missWas))
        let isNow = time.now / max(1, length.now * max(0.02, missNow))
        guard isNow > was * smallestRatio else { return nil }
        return Blame(
            .engineSlower, strength: growth(was, isNow, floor: 1e-6),
            evidence: "prefill \(figure(was * 1e6)) → \(figure(isNow * 1e6)) µs a token")
    }

    private static func figure(_ value: Double) -> String {
        abs(value) >= 10 || value == value.rounded()
            ? "\(Int(max(-1e15, min(1e15, value.rounded()))))" : "\((value * 100).rounded() / 100)"
    }

    private static func seconds(_ value: Double) -> String {
        value < 1 ? "\(Int((value * 1000).rounded()))ms" : "\((value * 10).rounded() / 10)s"
    }

    private static func percent(_ ratio: Double) -> String { "\(Int((ratio * 100).rounded()))%" }
}
