import Foundation
import GRDB
public import PitModel

/// Distributions that people saved. Every call that writes returns after the disk has it.
extension Store {
    /// Saves a baseline; one of the same model and name is removed by it.
    public func save(_ baseline: DriftBaseline) throws(StoreFault) {
        let model = baseline.model.description
        try writeState { db in
            try db.execute(
                sql: "UPDATE baseline SET removed = ? WHERE model = ? AND name = ? AND removed IS NULL",
                arguments: [baseline.at.milliseconds, model, baseline.name])
            try db.execute(
                sql: "INSERT INTO baseline (model, name, at, author, body) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    model, baseline.name, baseline.at.milliseconds, baseline.author, try Self.encode(baseline),
                ])
            try AuditLink.append(db, baseline.at, baseline.author, identity: "", "baseline saved", model, baseline.name)
        }
    }

    /// Removes a baseline; false when there is none of that name.
    public func removeBaseline(
        _ name: String, of model: ModelName, author: String, at: Timestamp
    ) throws(StoreFault) -> Bool {
        try writeState { db in
            try db.execute(
                sql: "UPDATE baseline SET removed = ? WHERE model = ? AND name = ? AND removed IS NULL",
                arguments: [at.milliseconds, model.description, name])
            guard db.changesCount > 0 else { return false }
            try AuditLink.append(db, at, author, identity: "", "baseline removed", model.description, name)
            return true
        }
    }

    /// The baselines of a model, or of all, by model and name.
    public func baselines(of model: ModelName? = nil) throws(StoreFault) -> [DriftBaseline] {
        try readState { db in
            let about: StatementArguments = model.map { [$0.description] } ?? []
            let rows = try Data.fetchAll(
                db,
                sql: """
                    SELECT body FROM baseline WHERE removed IS NULL \(model == nil ? "" : "AND model = ?")
                    ORDER BY model, name
                    """, arguments: about)
            return try rows.map { try Self.decode(DriftBaseline.self, $0) }
        }
    }
}
