import PitModel
import PitStore

/// Looks after trainings while pitwall runs: sees their ends, has somebody stay with each, and tells the engine what
/// belongs under a model's charts.
public enum TrainingWatch {
    /// Seconds of the past whose events are told.
    private static let past = 86400.0

    /// Goes on until the task is cancelled.
    public static func run(
        _ engine: Engine, every seconds: Double = 10, _ desk: @escaping @Sendable () -> TrainingDesk?
    ) async {
        var told: Int64 = 0
        while !Task.isCancelled {
            if let desk = desk() { await look(desk, engine, &told) }
            try? await Task.sleep(for: .seconds(seconds))
        }
    }

    static func look(_ desk: TrainingDesk, _ engine: Engine, _ told: inout Int64) async {
        // What cannot be read now is read at the next turn, and told by whoever asks for it.
        _ = try? desk.trainings(limit: 50)
        guard let mark = try? desk.store.trainingMark(), mark != told,
            let events = try? desk.store.trainingEvents(since: desk.clock.now().advanced(by: -past))
        else { return }
        told = mark
        await engine.take(events)
    }
}

extension Engine {
    /// Takes events that were noticed beside it; those that are known already stay as they are.
    func take(_ new: [Event]) {
        let known = Set(events.map(\.key))
        let fresh = new.filter { !known.contains($0.key) }
        guard !fresh.isEmpty else { return }
        note(fresh)
        events.sort { $0.at < $1.at }
    }
}
