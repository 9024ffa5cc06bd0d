public import PitModel
import PitParse

extension KubeflowConnector {
    /// Seconds that two clocks may differ by.
    private static let clockPatience = 600.0

    /// A run bears the mark in its name, which the server can be asked for: what it does not list then is not there. A
    /// server that knows no filters is read back to when it was asked for.
    public func findStart(_ search: PipelineSearch) async throws(ConnectorFault) -> PipelineFinding {
        let predicate: JSONValue = .object([
            ("key", .text("name")), ("operation", .text("IS_SUBSTRING")), ("string_value", .text(search.mark)),
        ])
        let filter = JSONValue.object([("predicates", .list([predicate]))]).json
        var (runs, isWhole): ([PipelineRun], Bool)
        do throws(ConnectorFault) {
            (runs, isWhole) = try await read(search, [(name: "filter", value: filter)])
        } catch {
            guard case .rejected = error else { throw error }
            (runs, isWhole) = try await read(search, [])
        }
        if let own = runs.first(where: search.isBorne) { return .found(own) }
        guard isWhole else {
            return .uncertain(
                "there are more runs than are read, and none of these is called \(search.mark): look for it")
        }
        return .absent("no run is called \(search.mark)")
    }

    /// Runs since it was asked for, and whether these are all.
    private func read(
        _ search: PipelineSearch, _ query: [(name: String, value: String)]
    ) async throws(ConnectorFault) -> (runs: [PipelineRun], isWhole: Bool) {
        let earliest = search.at.advanced(by: -Self.clockPatience)
        func isEarlier(_ item: JSONValue) -> Bool {
            KubeflowRun.time(item, "created_at").map { $0 < earliest } ?? false
        }
        let found = try await list("/runs", "runs", query) { items in items.last.map(isEarlier) ?? false }
        let isWhole = !found.hasMore || found.items.last.map(isEarlier) ?? false
        return (found.items.compactMap { KubeflowRun.run($0, self) }, isWhole)
    }
}
