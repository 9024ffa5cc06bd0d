import PitModel
import PitStatistics
import Testing

private func signals(_ pairs: KeyValuePairs<Signal, Double>) -> [Signal: Measure] {
    Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, Measure($0.value)) })
}

private let calm = signals([
    .ttftP95: 0.2, .waiting: 2, .queueTimeP95: 0.05, .promptLengthMean: 400, .prefixHitRatio: 0.7, .kvCacheUse: 0.5,
    .preemptionRate: 0, .prefillTimeP95: 0.1,
])

private func rank(
    _ changed: KeyValuePairs<Signal, Double>, replicas: [(id: String, signals: [Signal: Measure])] = []
) -> [Blame] {
    BlameRanking.rank(now: calm.merging(signals(changed)) { $1 }, before: calm, replicas: replicas)
}

@Test("without a rise of the time to first token nothing is said, whatever else changed")
func noRise() {
    #expect(rank([.waiting: 400]) == [])
    #expect(rank([.ttftP95: 0.24, .waiting: 400]) == [])
    #expect(rank([.ttftP95: 0.19, .kvCacheUse: 1]) == [])
    // A third more of little is little.
    let quick = signals([.ttftP95: 0.01, .waiting: 1])
    #expect(BlameRanking.rank(now: signals([.ttftP95: 0.04, .waiting: 90]), before: quick, replicas: []) == [])
}

@Test("too little is known: nothing is said")
func tooLittleKnown() {
    #expect(BlameRanking.rank(now: [:], before: [:], replicas: []) == [])
    #expect(BlameRanking.rank(now: signals([.ttftP95: 2, .waiting: 90]), before: [:], replicas: []) == [])
    #expect(BlameRanking.rank(now: signals([.ttftP95: 2]), before: calm, replicas: []) == [])
}

@Test("a rise that nothing goes with is not explained")
func unexplained() {
    #expect(rank([.ttftP95: 3]) == [])
}

@Test("each change is found, with its figures")
func eachKind() throws {
    let queue = try #require(rank([.ttftP95: 2, .waiting: 41]).first)
    #expect(queue.kind == .queueLonger)
    #expect(queue.evidence.hasPrefix("waiting 2 → 41"))
    #expect(rank([.ttftP95: 2, .promptLengthMean: 4000]).first?.kind == .promptsLonger)
    #expect(rank([.ttftP95: 2, .promptLengthMean: 4000]).first?.evidence == "prompt 400 → 4000 tokens")
    let prefix = try #require(rank([.ttftP95: 2, .prefixHitRatio: 0.1]).first)
    #expect(prefix == Blame(.prefixHitsDown, strength: prefix.strength, evidence: "prefix hits 70% → 10%"))
    let cache = try #require(rank([.ttftP95: 2, .kvCacheUse: 0.99, .preemptionRate: 3]).first)
    #expect(cache.kind == .kvCacheFull)
    #expect(cache.evidence == "KV cache 50% → 99%, preemptions 0 → 3/s")
    let engine = try #require(rank([.ttftP95: 2, .prefillTimeP95: 0.8]).first)
    #expect(engine.kind == .engineSlower)
    for blame in [queue, prefix, cache, engine] {
        #expect(blame.strength > 0.3 && blame.strength <= 1)
        #expect(!blame.evidence.contains("because"))
    }
}

@Test("one slow replica stands out against the median of the others")
func slowReplica() throws {
    let replicas = [0.2, 0.22, 1.9, 0.21].enumerated().map {
        (id: "r\($0.offset)", signals: signals([.ttftP95: $0.element]))
    }
    let blame = try #require(rank([.ttftP95: 1.5], replicas: replicas).first)
    #expect(blame.kind == .replicaSlower)
    #expect(blame.evidence == "r2 1.9s, the others 210ms")
    let even = (0..<4).map { (id: "r\($0)", signals: signals([.ttftP95: 1.5])) }
    #expect(rank([.ttftP95: 1.5], replicas: even) == [])
    #expect(rank([.ttftP95: 1.5], replicas: [replicas[2]]) == [])
}

@Test("a cache that was as full before is no news")
func fullBefore() {
    let full = calm.merging(signals([.kvCacheUse: 0.98])) { $1 }
    let now = full.merging(signals([.ttftP95: 2, .waiting: 40])) { $1 }
    #expect(BlameRanking.rank(now: now, before: full, replicas: []).map(\.kind) == [.queueLonger])
}

@Test("a change that the prompts explain is not laid on the engine")
func engineOrPrompts() {
    let found = rank([.ttftP95: 1, .promptLengthMean: 4000, .prefillTimeP95: 1])
    #expect(found.map(\.kind) == [.promptsLonger])
    let missed = rank([.ttftP95: 1, .prefixHitRatio: 0.1, .prefillTimeP95: 0.3])
    #expect(missed.map(\.kind) == [.prefixHitsDown])
}

@Test("the stronger evidence comes first, and more of it never weakens it")
func strengthOrder() {
    let both = rank([.ttftP95: 2, .waiting: 200, .promptLengthMean: 600])
    #expect(both.map(\.kind) == [.queueLonger, .promptsLonger])
    var last = 0.0
    for waiting in stride(from: 4.0, through: 400, by: 4) {
        let strength = rank([.ttftP95: 2, .waiting: waiting]).first?.strength ?? 0
        #expect(strength >= last)
        last = strength
    }
}

@Test("senseless values are no evidence and never trap")
func senseless() {
    var random = Seeded(state: 4)
    let odd: [Double] = [.nan, .infinity, -.infinity, 0, -1, 1e300, -1e300, 1e18, 0.5, 3]
    for _ in 0..<4000 {
        func some() -> [Signal: Measure] {
            var all: [Signal: Measure] = [:]
            for signal in Signal.allCases where Bool.random(using: &random) {
                all[signal] = odd.randomElement(using: &random).map { Measure($0) }
            }
            all[.ttftP95] = Measure(Double.random(in: 0...9, using: &random))
            return all
        }
        let found = BlameRanking.rank(
            now: some(), before: some(), replicas: [("a", some()), ("b", some()), ("a", some())])
        for blame in found { #expect(blame.strength >= 0.05 && blame.strength <= 1, "\(blame)") }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.strength >= $1.strength })
    }
}
