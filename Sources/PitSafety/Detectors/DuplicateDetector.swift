public import PitModel
import PitStatistics
import Synchronization

/// Near-duplicates: the same prompt, hardly changed, again and again. A probe, a scraper, or a loop.
public final class DuplicateDetector: Detector {
    public static let about = DetectorInfo(
        id: "duplicate", owasp: "LLM10", summary: "prompts repeated again and again, hardly changed")

    /// Seconds that a prompt is remembered for, prompts remembered at most, values of the signature a key has, and keys.
    private static let memory = 3600.0
    private static let capacity = 4096
    private static let rows = 4
    private static let keys = 8
    /// Words that a prompt has at least: short ones are alike anyway.
    private static let least = 8

    /// Prompts that are alike.
    private struct Group {
        var signature: MinHash
        var count: Int
        var clients: Set<String>
        var firstAt: Double
        var lastAt: Double
        /// The count at which it is told next: each time twice as many.
        var tellAt: Int
    }

    private struct State {
        var groups: [Int: Group] = [:]
        var index: [UInt64: Int] = [:]
        /// Groups in the order that they began.
        var order: [Int] = []
        var next = 0
    }

    private let settings: DetectorSettings
    private let state = Mutex(State())

    public init(_ settings: DetectorSettings) { self.settings = settings }

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        guard let prompt = exchange.prompt, prompt.words.count >= Self.least else { return }
        let signature = MinHash(Shingles.of(prompt.words))
        let (at, client) = (exchange.interaction.at.seconds, exchange.interaction.client)
        guard let group = take(signature, client, at) else { return }
        let from =
            group.clients.count > 1 ? "\(group.clients.count) clients" : group.clients.isEmpty ? nil : "one client"
        let minutes = max(1, Int(((group.lastAt - group.firstAt) / 60).rounded(.up)))
        findings.append(
            Finding(
                detector: Self.about.id, kind: "near", owasp: Self.about.owasp, side: .prompt, message: prompt.message,
                score: 0.6,
                evidence: "\(group.count) prompts alike within \(minutes) min" + (from.map { " by \($0)" } ?? "")))
    }

    /// Adds a prompt to those like it; gives them when they are so many that it is told.
    private func take(_ signature: MinHash, _ client: String?, _ at: Double) -> Group? {
        let keys = signature.keys(rows: Self.rows, limit: Self.keys)
        return state.withLock { state in
            let number = keys.compactMap { state.index[$0] }.first { number in
                state.groups[number].map { $0.signature.likeness(to: signature) >= settings.likeness } ?? false
            }
            guard let number, var group = state.groups[number], abs(at - group.lastAt) < Self.memory else {
                if let number { Self.forget(number, &state) }
                Self.begin(signature, keys, client, at, settings.duplicates, &state)
                return nil
            }
            group.count += 1
            group.lastAt = max(group.lastAt, at)
            if let client, group.clients.count < 64 { group.clients.insert(client) }
            defer { state.groups[number] = group }
            guard group.count >= group.tellAt else { return nil }
            group.tellAt *= 2
            return group
        }
    }

    private static func begin(
        _ signature: MinHash, _ keys: [UInt64], _ client: String?, _ at: Double, _ tellAt: Int, _ state: inout State
    ) {
        let number = state.next
        state.next += 1
        state.groups[number] = Group(
            signature: signature, count: 1, clients: client.map { [$0] } ?? [], firstAt: at, lastAt: at,
            tellAt: max(2, tellAt))
        for key in keys { state.index[key] = number }
        state.order.append(number)
        // The oldest half goes at once, so that the index is walked seldom.
        guard state.order.count > capacity * 2 else { return }
        let gone = Set(state.order.prefix(capacity).filter { (state.groups[$0]?.count ?? 0) < tellAt })
        for number in gone { state.groups[number] = nil }
        state.index = state.index.filter { !gone.contains($0.value) }
        state.order.removeAll { gone.contains($0) }
        if state.order.count > capacity * 2 {
            let all = Set(state.order.prefix(capacity))
            for number in all { state.groups[number] = nil }
            state.index = state.index.filter { !all.contains($0.value) }
            state.order.removeFirst(capacity)
        }
    }

    private static func forget(_ number: Int, _ state: inout State) {
        guard let group = state.groups.removeValue(forKey: number) else { return }
        for key in group.signature.keys(rows: rows, limit: keys) where state.index[key] == number {
            state.index[key] = nil
        }
        state.order.removeAll { $0 == number }
    }
}
