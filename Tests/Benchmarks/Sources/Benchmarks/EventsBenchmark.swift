import Foundation
import PitModel
import PitStore

/// A cache with a million events: what it costs to add one turn's, and to find those that a screen shows.
struct EventsBenchmark: Benchmark {
    static let name = "events"
    private static let (events, models, batch) = (1_000_000, 10_000, 1000)
    private static let start = Timestamp(seconds: 1_800_000_000)

    func run(_ bench: Bench) throws -> [Figure] {
        let store = try Store.open(folder: bench.room.appending(path: "events").path)
        let before = Bench.resident() ?? .nan
        let cpu = Bench.cpu
        for first in stride(from: 0, to: Self.events, by: Self.batch) {
            try store.record((first..<first + Self.batch).map(Self.event))
        }
        let insert = (Bench.cpu - cpu) / Double(Self.events) * 1e6
        try store.prune(now: Self.start.advanced(by: Double(Self.events) / 10))
        let end = Self.start.advanced(by: Double(Self.events) / 10)
        func time(_ work: String, _ model: ModelName?, _ limit: Int) throws -> Figure {
            var found = 0
            let times = try (0..<101).map { _ in
                let before = Bench.cpu
                found = try store.events(from: Self.start, to: end, model: model, limit: limit).count
                return (Bench.cpu - before) * 1000
            }
            return Figure(
                work: "\(work) of \(Self.events) cached events", unit: "ms CPU", ours: Bench.quantile(0.99, times),
                better: .lower, goal: .value(8), note: "\(found) found; median \(Table.short(Bench.median(times)))")
        }
        let more = (Bench.resident() ?? .nan) - before
        return [
            try time("the newest 200", nil, 200),
            try time("a model's newest 200", ModelName("model-77"), 200),
            Figure(
                work: "keep \(Self.events) events", unit: "us CPU an event", ours: insert, better: .lower, goal: .none,
                note: "\(Table.short(more / 1e6)) MB more resident"),
        ]
    }

    private static func event(_ index: Int) -> Event {
        Event(
            at: start.advanced(by: Double(index) / 10), kind: .alertFired, model: ModelName("model-\(index % models)"),
            connection: ConnectionName("am"), title: "HighTTFT fired",
            detail: "p95 is above 2 s on replica \(index % 7)",
            key: "fired|\(index)")
    }
}
