public import PitModel
import PitStatistics
import Synchronization

/// Unbounded consumption: clients that flood, prompts out of proportion, answers that go round in circles.
public final class ConsumptionDetector: Detector {
    public static let about = DetectorInfo(
        id: "consumption", owasp: "LLM10", summary: "flooding and cost by client, oversized prompts, runaway answers")

    /// Seconds that rates are averaged over, and for which one client is told of once.
    private static let window = 60.0

    private struct State {
        var requests = HeavyHitters(timeConstant: window)
        var tokens = HeavyHitters(timeConstant: window)
        var toldAt: [String: Double] = [:]
    }

    private let settings: DetectorSettings
    private let state = Mutex(State())

    public init(_ settings: DetectorSettings) { self.settings = settings }

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        if let client = exchange.interaction.client { findings += flood(client, exchange) }
        let told = exchange.interaction.promptTokens
        let tokens = Double(told ?? exchange.interaction.textBytesSent / 4)
        if tokens > Double(settings.promptTokens) {
            findings.append(
                Self.finding(
                    "oversized", .prompt, 0.5,
                    "a prompt of \(told == nil ? "about " : "")\(Int(tokens)) tokens, limit \(settings.promptTokens)"
                ))
        }
        if let response = exchange.response, let share = Self.newShare(response.words) {
            let isCut = exchange.interaction.finishReason == "length"
            findings.append(
                Self.finding(
                    "repetition", .response, isCut ? 0.9 : 0.7,
                    "only \(Int((share * 100).rounded())) % of its word triples are said once or first\(isCut ? ", and it ran into the limit" : "")"
                ))
        }
    }

    private static func finding(_ kind: String, _ side: Finding.Side, _ score: Double, _ evidence: String) -> Finding {
        Finding(
            detector: about.id, kind: kind, owasp: about.owasp, side: side, score: score, evidence: evidence)
    }

    /// A client above a limit, once a minute. Rates are those that are sure: less what the sketch may be too high by.
    private func flood(_ client: String, _ exchange: ScannedExchange) -> [Finding] {
        let at = exchange.interaction.at.seconds
        let bytes = exchange.interaction.textBytes
        let spent = (exchange.interaction.promptTokens ?? 0) + (exchange.interaction.responseTokens ?? 0)
        let tokens = Double(spent > 0 ? spent : bytes / 4)
        return state.withLock { state in
            let requests = state.requests.add(client, 1, at: at)
            let cost = state.tokens.add(client, tokens, at: at)
            let perMinute = (requests.weight - requests.error) * 60 / Self.window
            let tokensPerMinute = (cost.weight - cost.error) * 60 / Self.window
            let isFlood = perMinute > settings.requestsPerMinute
            guard isFlood || tokensPerMinute > settings.tokensPerMinute else { return [] }
            if let last = state.toldAt[client], abs(at - last) < Self.window { return [] }
            if state.toldAt.count > 4096 { state.toldAt.removeAll() }
            state.toldAt[client] = at
            let share = cost.weight / max(1, state.tokens.total(at: at))
            let name = Evidence.words(Array(client.utf8), 0..<client.utf8.count)
            let words =
                isFlood
                ? "\(Int(perMinute)) requests a minute, limit \(Int(settings.requestsPerMinute))"
                : "\(Int(tokensPerMinute)) tokens a minute, limit \(Int(settings.tokensPerMinute))"
            return [
                Self.finding(
                    isFlood ? "flood" : "cost", .prompt, 0.8,
                    "\(name): \(words), \(Int((share * 100).rounded())) % of all tokens")
            ]
        }
    }

    /// The share of triples of words that are not said again; nil where that is usual, or there are too few.
    static func newShare(_ words: [UInt64]) -> Double? {
        guard words.count >= 80 else { return nil }
        // Counted by the bits that they set among many (linear counting, Whang and others, 1990).
        let size = 1 << max(10, (words.count * 8).bitWidth - (words.count * 8).leadingZeroBitCount)
        var bits = [UInt64](repeating: 0, count: size / 64)
        var set = 0
        for index in 2..<words.count {
            let hash = MinHash.mix(words[index] &+ 3 &* words[index - 1] &+ 7 &* words[index - 2])
            let bit = Int(truncatingIfNeeded: hash) & (size - 1)
            if bits[bit >> 6] & (1 << UInt64(bit & 63)) == 0 {
                bits[bit >> 6] |= 1 << UInt64(bit & 63)
                set += 1
            }
        }
        let share = Double(set) / Double(words.count - 2)
        return share < 0.3 ? share : nil
    }
}

extension Interaction {
    /// UTF-8 bytes of what was sent.
    fileprivate var textBytesSent: Int { messages.reduce(0) { $0 + $1.text.utf8.count } }
}
