import Foundation
import GRDB
public import PitModel

/// Golden laps: what models answered to the same prompts, lap by lap.
extension Store {
    /// Laps of a model at a connection that are kept: the oldest after these go, but for what is compared with.
    private static let mostLaps = 500

    public func keep(_ lap: GoldenLap) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: "INSERT INTO golden_lap (model, connection, at, body) VALUES (?, ?, ?, ?)",
                arguments: [
                    lap.model.description, lap.connection.description, lap.at.milliseconds, try Self.encode(lap),
                ])
            let accepted = try Self.accepted(lap.model, db)
            try db.execute(
                sql: """
                    DELETE FROM golden_lap WHERE model = ?1 AND connection = ?2 AND seq NOT IN (
                        SELECT seq FROM golden_lap WHERE model = ?1 AND connection = ?2 ORDER BY at DESC LIMIT ?3)
                    AND seq NOT IN (
                        SELECT seq FROM golden_lap WHERE model = ?1 AND connection = ?2 AND at >= ?4
                        ORDER BY at LIMIT ?5)
                    """,
                arguments: [
                    lap.model.description, lap.connection.description, Self.mostLaps, accepted,
                    4 * GoldenState.referenceLaps,
                ])
        }
    }

    private static func accepted(_ model: ModelName, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT MAX(at) FROM golden_accepted WHERE model = ?", arguments: [model.description]) ?? 0
    }

    /// From now on a model's answers are compared with those that follow: a person's word, in the audit trail.
    public func acceptGolden(
        _ model: ModelName, author: String, reason: String, at: Timestamp
    ) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: "INSERT INTO golden_accepted (model, at, author, reason) VALUES (?, ?, ?, ?)",
                arguments: [model.description, at.milliseconds, author, reason])
            try AuditLink.append(
                db, at, author, identity: "", "golden laps accepted", model.description, reason)
        }
    }

    /// Laps of a model at a connection since a person last accepted it: the first that are compared with, and the latest,
    /// the oldest first.
    public func goldenLaps(
        _ model: ModelName, at connection: ConnectionName, latest: Int = 60
    ) throws(StoreFault) -> [GoldenLap] {
        try readState { db in
            let accepted = try Self.accepted(model, db)
            return try Data.fetchAll(
                db,
                sql: """
                    SELECT body FROM golden_lap WHERE seq IN (
                        SELECT seq FROM golden_lap WHERE model = ?1 AND connection = ?2 AND at >= ?3
                        ORDER BY at LIMIT ?4)
                    OR seq IN (
                        SELECT seq FROM golden_lap WHERE model = ?1 AND connection = ?2 AND at >= ?3
                        ORDER BY at DESC LIMIT ?5)
                    ORDER BY at, seq
                    """,
                arguments: [
                    model.description, connection.description, accepted, 4 * GoldenState.referenceLaps, latest,
                ]
            ).map { try Self.decode(GoldenLap.self, $0) }
        }
    }

    /// The latest lap of a model at a connection.
    public func lastGoldenLap(_ model: ModelName, at connection: ConnectionName) throws(StoreFault) -> GoldenLap? {
        try readState { db in
            try Data.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT body FROM golden_lap WHERE model = ? AND connection = ? ORDER BY at DESC LIMIT 1"),
                arguments: [model.description, connection.description]
            ).map { try Self.decode(GoldenLap.self, $0) }
        }
    }

    /// Where laps were ever run, and the number of the one that was kept last.
    public func goldenCourses() throws(StoreFault) -> (courses: [(ModelName, ConnectionName)], last: Int64) {
        try readState { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT DISTINCT model, connection FROM golden_lap ORDER BY model, connection")
            let last = try Int64.fetchOne(
                db,
                sql: """
                    SELECT COALESCE((SELECT MAX(seq) FROM golden_lap), 0) * 1000
                        + COALESCE((SELECT MAX(seq) FROM golden_accepted), 0)
                    """)
            return (
                rows.map { (ModelName($0["model"] as String), ConnectionName($0["connection"] as String)) }, last ?? 0
            )
        }
    }
}
