import PitModel

extension Console {
    /// The histories that the top screen wants and has not, or whose live answer has grown old.
    mutating func loads() -> [Effect] {
        var effects: [Effect] = []
        for query in top.wants(world) {
            let patience = query.end == nil ? max(2, query.span / Double(max(1, query.points))) : 3600
            if asked.noteIfDue(query, at: world.now, patience: patience) { effects.append(.load(query)) }
        }
        for query in top.reads(world) {
            if read.noteIfDue(query, at: world.now, patience: 60) { effects.append(.read(query)) }
        }
        for query in top.wantsAlerts(world) {
            if askedAlerts.noteIfDue(query, at: world.now, patience: 5) { effects.append(.loadAlert(query)) }
        }
        effects += labelLoads() + evaluationLoads() + reviewLoads() + knowledgeLoads() + runLoads()
        effects += promptLoads() + datasetLoads() + pipelineLoads()
        return effects + inspections()
    }

    /// What the top screen wants to know of deployments and does not, or not any more.
    private mutating func inspections() -> [Effect] {
        guard world.isLive else { return [] }
        var effects: [Effect] = []
        for query in top.inspects(world) {
            var (mark, patience) = world.patience(with: query)
            if case .failed = world.inspections[query] { patience = min(patience, 15) }
            if let last = inspected[query], last.mark == mark, world.now.since(last.at) < patience {
                continue
            }
            inspected[query] = (world.now, mark)
            effects.append(.inspect(query))
        }
        return effects
    }

    /// Keeps what was read, and little of what was read before.
    mutating func take(_ query: InteractionQuery, _ exchanges: [KeptInteraction]) {
        world.exchanges[query] = exchanges
        let wanted = Set(top.reads(world))
        if world.exchanges.count > 4 { world.exchanges = world.exchanges.filter { wanted.contains($0.key) } }
        settle()
    }
}

/// When each of several things was last asked for.
extension Dictionary where Value == Timestamp {
    /// Whether something is to be asked for: it was not in the last `patience` seconds. Then it counts as asked for now,
    /// and what was asked for `memory` seconds ago or before is forgotten.
    mutating func noteIfDue(_ query: Key, at now: Timestamp, patience: Double, memory: Double? = nil) -> Bool {
        if let last = self[query], now.since(last) < patience { return false }
        if let memory { self = filter { now.since($0.value) < memory } }
        self[query] = now
        return true
    }
}
