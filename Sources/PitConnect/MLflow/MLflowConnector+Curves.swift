import PitModel
import PitParse

/// Whole courses of many runs. The server finds those of many at once as fast as those of one, so this is several times
/// faster than asking for samples; but a reply ends after a number of points, and does not say so.
extension MLflowConnector {
    private static let path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
    /// Runs of one request, points of one reply, and requests that are under way at once.
    private static let (mostRuns, mostPoints, lanes) = (100, 25_000, 4)

    /// Courses by run id, thinned to about `points` of each, and the runs whose course is too long for one reply.
    ///
    /// - Parameter runs: sorted, as the server gives them.
    func whole(
        _ runs: [String], _ metric: String, _ points: Int
    ) async throws(ConnectorFault) -> (found: [String: [MetricPoint]], tooLong: [String]) {
        // The first reply tells how many fit.
        var part = try await part(runs.prefix(Self.mostRuns), metric, points)
        let size = part.rest.isEmpty ? Self.mostRuns : max(1, part.found.count)
        let left = Array(part.rest) + runs.dropFirst(Self.mostRuns)
        let slices = stride(from: 0, to: left.count, by: size).map { left[$0..<min(left.count, $0 + size)] }
        let outcome = await withTaskGroup(of: Result<CurvePart, ConnectorFault>.self) { group in
            var waiting = slices.makeIterator()
            func next() -> ArraySlice<String>? { waiting.next() }
            for _ in 0..<Self.lanes {
                guard let slice = next() else { break }
                group.addTask { await self.all(slice, metric, points) }
            }
            var sum = CurvePart()
            for await result in group {
                switch result {
                case .success(let one): sum.take(one)
                case .failure(let fault):
                    group.cancelAll()
                    return Result<CurvePart, ConnectorFault>.failure(fault)
                }
                if let slice = next() { group.addTask { await self.all(slice, metric, points) } }
            }
            return .success(sum)
        }
        part.take(try outcome.get())
        return (part.found, part.tooLong)
    }

    /// Asks until nothing is left of a slice.
    private func all(
        _ slice: ArraySlice<String>, _ metric: String, _ points: Int
    ) async -> Result<CurvePart, ConnectorFault> {
        var (sum, rest) = (CurvePart(), slice)
        do throws(ConnectorFault) {
            while !rest.isEmpty {
                let one = try await part(rest, metric, points)
                rest = one.rest
                sum.take(one)
            }
            return .success(sum)
        } catch { return .failure(error) }
    }

    private func part(
        _ runs: ArraySlice<String>, _ metric: String, _ points: Int
    ) async throws(ConnectorFault) -> CurvePart {
        let query = runs.map { ("run_id", $0) } + [("metric_key", metric), ("max_results", "\(Self.mostPoints)")]
        let values = try await get(Self.path, query)["metrics"]?.list ?? []
        var part = CurvePart()
        for value in values {
            guard let run = value["run_id"]?.text, let point = RunWire.point(value) else { continue }
            part.found[run, default: []].append(point)
        }
        // The last one of a full reply may go on.
        if values.count >= Self.mostPoints, let last = values.last?["run_id"]?.text,
            let place = runs.firstIndex(of: last)
        {
            part.found[last] = nil
            part.rest = runs[place...]
            if place == runs.startIndex {
                part.tooLong = [last]
                part.rest = part.rest.dropFirst()
            }
        }
        part.found = part.found.mapValues { RunWire.thinned($0, to: points) }
        return part
    }
}

/// What some requests for courses gave.
private struct CurvePart: Sendable {
    var found: [String: [MetricPoint]] = [:]
    var tooLong: [String] = []
    /// What was asked for and has not come.
    var rest: ArraySlice<String> = []

    mutating func take(_ other: CurvePart) {
        found.merge(other.found) { $1 }
        tooLong += other.tooLong
    }
}
