import Foundation
import GRDB
public import PitModel

/// What of trainings stands under the charts of the models that they are for.
extension Store {
    /// Rises with everything that becomes known of any training.
    public func trainingMark() throws(StoreFault) -> Int64 {
        try readState { db in
            let begun = try Int64.fetchOne(db, sql: "SELECT MAX(seq) FROM training") ?? 0
            let known = try Int64.fetchOne(db, sql: "SELECT MAX(seq) FROM training_fact") ?? 0
            return begun + known
        }
    }

    /// Starts, ends and registrations since a time, of trainings whose template names a model.
    public func trainingEvents(since: Timestamp, limit: Int = 1000) throws(StoreFault) -> [Event] {
        try readState { db in
            let begun = try Data.fetchAll(
                db, sql: "SELECT body FROM training WHERE at >= ? ORDER BY seq DESC LIMIT ?",
                arguments: [since.milliseconds, max(0, limit)])
            var events = try begun.compactMap { try Self.decode(Training.self, $0).begun }
            let facts = try Row.fetchAll(
                db,
                sql: """
                    SELECT f.at, f.body, t.body AS whole FROM training_fact f JOIN training t ON t.id = f.training
                    WHERE f.at >= ? ORDER BY f.seq DESC LIMIT ?
                    """, arguments: [since.milliseconds, max(0, limit)])
            for row in facts {
                let fact = try Self.decode(TrainingFact.self, row["body"] as Data)
                guard fact.isEvent else { continue }
                let training = try Self.decode(Training.self, row["whole"] as Data)
                if let event = training.event(of: fact, at: Timestamp(milliseconds: row["at"])) { events.append(event) }
            }
            return events
        }
    }
}

extension TrainingFact {
    /// Whether it changes something that a chart may show; what it is told by need not be read otherwise.
    fileprivate var isEvent: Bool {
        switch self {
        case .ended, .registered: true
        case .tracked, .placed, .started, .found, .stopAsked, .registering, .notRegistered: false
        }
    }
}

extension Training {
    fileprivate var begun: Event? {
        guard let model = template.model else { return nil }
        return Event(
            at: at, kind: .training, model: model, title: "training \(id) started by \(author)",
            detail: template.words, key: "training|\(id)|started")
    }

    fileprivate func event(of fact: TrainingFact, at: Timestamp) -> Event? {
        guard let model = template.model else { return nil }
        switch fact {
        case .ended(let end):
            return Event(
                at: end.at, kind: .training, model: model, title: "training \(id) \(end.kind.rawValue)",
                detail: end.words, key: "training|\(id)|ended")
        case .registered(let name, let version):
            return Event(
                at: at, kind: .training, model: model, title: "\(name) version \(version) registered from \(id)",
                key: "training|\(id)|registered|\(name)|\(version)")
        case .tracked, .placed, .started, .found, .stopAsked, .registering, .notRegistered: return nil
        }
    }
}
