import PitModel

extension Console {
    /// Seconds after which the list is read again: another process may collect. What is in a dataset never changes; only
    /// what could not be read is asked for again.
    private static let datasetPatience = 5.0

    mutating func datasetLoads() -> [Effect] {
        guard let query = top.surveys(world) else { return [] }
        if let last = surveyed[query] {
            let isKnown = query.dataset != nil && world.datasets[query]?.fault == nil
            if isKnown || world.now.since(last) < Self.datasetPatience { return [] }
        }
        if surveyed.count > 32 { surveyed = [:] }
        surveyed[query] = world.now
        return [.survey(query)]
    }

    mutating func take(_ census: TokenCensus) {
        if world.tokens.count > 16 { world.tokens = world.tokens.filter { $0.value.isOpen } }
        world.tokens[census.dataset] = census
    }

    mutating func take(_ query: DatasetQuery, _ page: DatasetPage) {
        if world.datasets.count > 8, world.datasets[query] == nil {
            let list = world.datasets[DatasetQuery()]
            world.datasets = [:]
            world.datasets[DatasetQuery()] = list
            surveyed = surveyed.filter { $0.key == query || $0.key == DatasetQuery() }
        }
        world.datasets[query] = page
        settle()
    }
}
