import PitModel
import PitStatistics
import PitStore

/// Makes a queue's items of exchanges: chooses, orders, and sets answers beside each other where a rubric compares.
struct QueueBuilding {
    var queue: LabelQueue
    var rubric: Rubric
    /// When releases of each model began, oldest first.
    var releases: [ModelName: [(at: Timestamp, name: String)]] = [:]

    func items(of kept: [KeptInteraction]) -> [NewLabelItem] {
        let usable = kept.filter { exchange in
            guard exchange.interaction.response?.isEmpty == false else { return false }
            return queue.releases.isEmpty || release(of: exchange.interaction).map(queue.releases.contains) == true
        }
        let ordered = ordered(usable)
        let compared = rubric.answersCompared
        let items = compared > 1 ? sets(ordered, of: compared) : ordered.map(single)
        return Array(sampled(items).prefix(queue.sample ?? .max))
    }

    // MARK: order

    private func ordered(_ kept: [KeptInteraction]) -> [KeptInteraction] {
        switch queue.order {
        case .newest, .uncertainty: return kept
        case .random(let seed):
            // By a hash of each one's own name: the same seed gives the same order, whatever came in between.
            return kept.map { ($0, Self.draw($0.interaction.id, seed)) }.sorted { $0.1 < $1.1 }.map(\.0)
        case .coverage:
            var seen = Set<UInt64>()
            var (first, rest): ([KeptInteraction], [KeptInteraction]) = ([], [])
            for exchange in kept {
                let keys = Self.keys(exchange.interaction.response ?? "")
                if keys.contains(where: seen.contains) { rest.append(exchange) } else { first.append(exchange) }
                seen.formUnion(keys)
            }
            return first + rest
        }
    }

    static func draw(_ text: String, _ seed: UInt64) -> UInt64 {
        text.utf8.reduce(MinHash.mix(seed ^ 0x6c61_6265_6c00)) { MinHash.mix($0 ^ UInt64($1)) }
    }

    private static func keys(_ text: String) -> [UInt64] {
        let words = text.prefix(bytes: 20_000).split(whereSeparator: \.isWhitespace).map { draw(String($0), 0) }
        return MinHash(Shingles.of(words)).keys()
    }

    /// Equally many of each value of what is stratified by, taken in turn.
    private func sampled(_ items: [NewLabelItem]) -> [NewLabelItem] {
        guard let by = queue.stratifyBy else { return items }
        var strata: [(key: String, items: [NewLabelItem])] = []
        var places: [String: Int] = [:]
        for item in items {
            let key = by == "release" ? item.target.release ?? "" : item.target.model?.description ?? ""
            if let place = places[key] {
                strata[place].items.append(item)
            } else {
                places[key] = strata.count
                strata.append((key, [item]))
            }
        }
        let longest = strata.map(\.items.count).max() ?? 0
        return (0..<longest).flatMap { turn in
            strata.compactMap { $0.items.indices.contains(turn) ? $0.items[turn] : nil }
        }
    }

    // MARK: items

    private func release(of interaction: Interaction) -> String? {
        if case .text(let name)? = interaction.attributes["release"] { return name }
        guard let model = interaction.model else { return nil }
        return releases[model]?.last { $0.at <= interaction.at }?.name
    }

    private func single(_ kept: KeptInteraction) -> NewLabelItem {
        let it = kept.interaction
        return NewLabelItem(
            id: "\(it.connection)/\(it.id)",
            target: JudgedTarget(
                connection: it.connection, interaction: it.id, model: it.model, release: release(of: it), at: it.at,
                textHash: "", messages: it.messages, answers: [it.response ?? ""]))
    }

    /// Answers to the same messages, `count` of them different from each other; which stands where is drawn by lot.
    private func sets(_ kept: [KeptInteraction], of count: Int) -> [NewLabelItem] {
        var groups: [[Interaction.Message]: [Interaction]] = [:]
        var order: [[Interaction.Message]] = []
        for exchange in kept.map(\.interaction) {
            if groups[exchange.messages] == nil { order.append(exchange.messages) }
            let known = groups[exchange.messages] ?? []
            if known.count < count, !known.contains(where: { $0.response == exchange.response }) {
                groups[exchange.messages] = known + [exchange]
            }
        }
        return order.compactMap { messages in
            guard let group = groups[messages], group.count == count, let first = group.first else { return nil }
            let id = group.map { "\($0.connection)/\($0.id)" }.joined(separator: "|")
            return NewLabelItem(
                id: id,
                target: JudgedTarget(
                    connection: first.connection, interaction: first.id, model: first.model, release: nil, at: first.at,
                    textHash: "", messages: messages, answers: group.map { $0.response ?? "" },
                    sources: group.map { source($0) }),
                order: (0..<count).map { ($0, Self.draw("\($0)", Self.draw(id, 1))) }.sorted { $0.1 < $1.1 }.map(\.0))
        }
    }

    private func source(_ it: Interaction) -> String {
        [it.model?.description ?? it.servedModel, release(of: it)].compactMap { $0 }.joined(separator: " ")
    }
}
