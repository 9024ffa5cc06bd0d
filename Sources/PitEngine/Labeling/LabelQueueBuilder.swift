import PitModel
import PitStatistics
import PitStore

/// Makes a queue's items of exchanges: which, in which order, what beside what.
struct LabelQueueBuilder {
    let queue: LabelQueue
    let rubric: Rubric
    let releases: ReleaseTimes
    /// What people and machines said of exchanges before, by item.
    var judged: [String: [Judgement]] = [:]
    /// Whether what users said of an exchange makes it wanted.
    var isWantedByUsers: (([Judgement]) -> Bool)?
    /// Items whose truth is known, to be mixed in.
    var gold: [LabelItem] = []

    /// Of so many items one is a gold one.
    private static let goldEvery = 20
    /// A repeated item comes so many items after the first time at least.
    private static let repeatGap = 10

    struct Candidate {
        var exchange: KeptInteraction
        var release: String?
        var item: LabelItem
    }

    func items(_ exchanges: [KeptInteraction]) -> [LabelItem] {
        var random = seeded("order")
        var candidates = exchanges.compactMap(candidate).filter { isWanted($0.release) }
        if let isWantedByUsers { candidates = candidates.filter { isWantedByUsers(judged[$0.item.id] ?? []) } }
        if rubric.answersCompared > 1 {
            let items = sampled(compared(candidates, &random).shuffledIf(queue.order, &random))
            return mixed(items, &random)
        }
        candidates = ordered(candidates, &random)
        if let key = queue.stratifyBy { candidates = stratified(candidates, by: key) }
        if queue.releases.count == 2 { candidates = interleaved(candidates, &random) }
        return mixed(sampled(candidates.map(\.item)), &random)
    }

    func seeded(_ what: String) -> SplitMix {
        if case .random(let seed) = queue.order { return SplitMix("\(seed) \(what)") }
        return SplitMix("\(queue.name) \(what)")
    }

    private func isWanted(_ release: String?) -> Bool {
        queue.releases.isEmpty || release.map(queue.releases.contains) ?? false
    }

    private func candidate(_ kept: KeptInteraction) -> Candidate? {
        let release = releases.release(of: kept.interaction)
        return Self.item(kept.interaction, release: release, kept.features).map {
            Candidate(exchange: kept, release: release, item: $0)
        }
    }

    /// An exchange as an item; nil where nothing was answered.
    static func item(
        _ exchange: Interaction, release: String? = nil, _ features: [String: Interaction.Attribute] = [:]
    ) -> LabelItem? {
        guard let response = exchange.response else { return nil }
        var target = JudgedTarget(
            connection: exchange.connection, interaction: exchange.id, model: exchange.model, release: release,
            at: exchange.at, textHash: JudgedTarget.hash(messages: exchange.messages, answers: [response]),
            messages: exchange.messages, answers: [response])
        target.attributes = BiasFigures.attributes(of: exchange, features)
        return LabelItem(id: "\(exchange.connection)/\(exchange.id)", target: target)
    }

    private func sampled(_ items: [LabelItem]) -> [LabelItem] {
        queue.sample.map { Array(items.prefix(max(0, $0))) } ?? items
    }

    /// Answers to the same prompt beside each other, of different releases where there are such.
    private func compared(_ candidates: [Candidate], _ random: inout SplitMix) -> [LabelItem] {
        var groups: [[String]: [Candidate]] = [:]
        var order: [[String]] = []
        for each in candidates {
            let key = each.exchange.interaction.messages.flatMap { [$0.role, $0.text] }
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(each)
        }
        let count = rubric.answersCompared
        return order.compactMap { key in
            var chosen: [Candidate] = []
            // First one of each release, then others that say something else.
            for isOther in [true, false] {
                for each in groups[key] ?? [] where chosen.count < count {
                    let isNewRelease = !chosen.contains { source($0) == source(each) }
                    let saysElse = !chosen.contains { $0.item.target.answers == each.item.target.answers }
                    if saysElse, isNewRelease || !isOther && queue.releases.count != 2 { chosen.append(each) }
                }
            }
            guard chosen.count == count, let first = chosen.first else { return nil }
            // The left side must tell nothing: neither which is newer nor which release it is.
            var target = first.item.target
            target.answers = chosen.flatMap(\.item.target.answers)
            target.sources = chosen.map(source)
            target.release = nil
            target.textHash = JudgedTarget.hash(messages: target.messages, answers: target.answers)
            let others = chosen.dropFirst().map(\.item.target.interaction).joined(separator: "~")
            return LabelItem(
                id: "\(first.item.id)~\(others)", target: target, order: Array(0..<count).shuffled(using: &random))
        }
    }

    private func source(_ candidate: Candidate) -> String {
        candidate.release ?? candidate.exchange.interaction.servedModel ?? "unknown"
    }

    /// Both releases in turn, the first of each two by chance, so that nothing tells which it is.
    private func interleaved(_ candidates: [Candidate], _ random: inout SplitMix) -> [Candidate] {
        let arms = queue.releases.map { release in candidates.filter { $0.release == release } }
        var result: [Candidate] = []
        for place in 0..<(arms.map(\.count).max() ?? 0) {
            var block = arms.compactMap { place < $0.count ? $0[place] : nil }
            block.shuffle(using: &random)
            result += block
        }
        return result
    }

    /// Equally many of each value, as many as the rarest has or the sample allows, in turn.
    private func stratified(_ candidates: [Candidate], by key: String) -> [Candidate] {
        var groups: [String: [Candidate]] = [:]
        for each in candidates { groups[value(key, each), default: []].append(each) }
        let names = groups.keys.sorted()
        guard !names.isEmpty else { return [] }
        let share = queue.sample.map { ($0 + names.count - 1) / names.count } ?? Int.max
        let most = min(share, queue.sample == nil ? groups.values.map(\.count).min() ?? 0 : share)
        var result: [Candidate] = []
        for place in 0..<(groups.values.map(\.count).max() ?? 0) where place < most {
            for name in names {
                if let group = groups[name], place < group.count { result.append(group[place]) }
            }
        }
        return result
    }

    private func value(_ key: String, _ candidate: Candidate) -> String {
        let exchange = candidate.exchange.interaction
        switch key {
        case "model": return exchange.model?.description ?? exchange.servedModel ?? ""
        case "release": return candidate.release ?? ""
        case "connection": return exchange.connection.description
        default:
            switch candidate.exchange.features[key] ?? exchange.attributes[key] {
            case .text(let text)?: return text
            case .number(let number)?: return "\(number)"
            case nil: return ""
            }
        }
    }

    /// With gold items among them, and with some that come again.
    private func mixed(_ items: [LabelItem], _ random: inout SplitMix) -> [LabelItem] {
        var result = items
        let known = Set(items.map(\.id))
        let extra = gold.filter { !known.contains($0.id) }.shuffled(using: &random)
            .prefix((items.count + Self.goldEvery - 1) / Self.goldEvery)
        for item in extra { result.insert(item, at: Int.random(in: 0...result.count, using: &random)) }
        let share = min(0.5, max(0, queue.repeatShare.isFinite ? queue.repeatShare : 0))
        let count = Int((Double(items.count) * share).rounded())
        for original in items.indices.shuffled(using: &random).prefix(count).sorted().reversed() {
            var again = items[original]
            guard let place = result.firstIndex(where: { $0.id == again.id }) else { continue }
            again.id += "#2"
            again.isRepeat = true
            let least = min(result.count, place + 1 + Self.repeatGap)
            result.insert(again, at: Int.random(in: least...result.count, using: &random))
        }
        return result
    }
}

extension [LabelItem] {
    fileprivate func shuffledIf(_ order: LabelQueue.Order, _ random: inout SplitMix) -> [LabelItem] {
        if case .random = order { return sorted { $0.id < $1.id }.shuffled(using: &random) }
        return self
    }
}
