import Crypto
import Foundation
import GRDB
public import PitModel

/// Judgements on their way to other systems. Every call that writes returns after the disk has it.
extension Store {
    /// Names the answer of one person to one question of one item in one queue, for good: the first half of a SHA-256.
    public static func assessmentKey(_ judgement: Judgement) -> String {
        assessmentKey(of: [judgement.item, judgement.queue, judgement.author, judgement.question])
    }

    public static func assessmentKey(of parts: [String]) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
        }
        return hash.finalize().prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Takes in what was judged since, a page at a time; gives how many judgements were looked at. Of several answers to
    /// the same only the latest waits.
    public func fillOutbox(_ route: AssessmentRoute, limit: Int = 500) throws(StoreFault) -> Int {
        let sources = route.from.map(\.description).sorted().joined(separator: "\n")
        // Most often there is nothing new: then nothing is written, and no judgement waits for this.
        let isDone = try readState { db in
            let known = try Row.fetchOne(
                try db.cachedStatement(sql: "SELECT seq, sources FROM label_route WHERE destination = ?"),
                arguments: [route.to.description])
            let last = try Int64.fetchOne(try db.cachedStatement(sql: "SELECT MAX(seq) FROM judgement")) ?? 0
            return known.map { $0["sources"] as String == sources && $0["seq"] as Int64 >= last } ?? false
        }
        if isDone { return 0 }
        return try writeState { db in
            let name = route.to.description
            let known = try Row.fetchOne(
                try db.cachedStatement(sql: "SELECT seq, sources FROM label_route WHERE destination = ?"),
                arguments: [name])
            // Where it reads from other connections now, what was judged of those before is told, too.
            let isSame = known.map { $0["sources"] as String == sources } ?? false
            let start: Int64 = isSame ? known?["seq"] ?? 0 : 0
            let rows = try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.seq, j.at, j.body, t.connection, t.isRepeat FROM judgement j
                        JOIN label_target t ON t.id = j.target WHERE j.seq > ? ORDER BY j.seq LIMIT ?
                        """), arguments: [start, max(1, limit)])
            let enter = try db.cachedStatement(
                sql: """
                    INSERT INTO label_outbox (destination, key, seq, at, stage) VALUES (?, ?, ?, ?, 'waiting')
                    ON CONFLICT DO UPDATE SET seq = excluded.seq, at = excluded.at, fault = NULL,
                    stage = CASE stage WHEN 'conflict' THEN stage ELSE 'waiting' END
                    WHERE excluded.seq > seq AND excluded.at >= at
                    """)
            let taken = Set(route.from.map(\.description))
            for row in rows where taken.contains(row["connection"]) && row["isRepeat"] == false {
                let judgement = try Store.decode(Judgement.self, row["body"])
                guard judgement.origin == .person else { continue }
                try enter.execute(arguments: [
                    name, Self.assessmentKey(judgement), row["seq"] as Int64, row["at"] as Int64,
                ])
            }
            if !isSame || !rows.isEmpty {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO label_route (destination, sources, seq, cursor, attempts, next)
                        VALUES (?, ?, ?, 0, 0, 0)
                        ON CONFLICT DO UPDATE SET sources = excluded.sources, seq = excluded.seq
                        """
                ).execute(arguments: [name, sources, rows.last?["seq"] as Int64? ?? start])
            }
            return rows.count
        }
    }

    /// What waits for a server, in the order in which it was judged; or what stands still for a reason.
    public func errands(
        to destination: ConnectionName, _ stage: AssessmentErrand.Stage = .waiting, after seq: Int64 = 0,
        limit: Int = 100
    ) throws(StoreFault) -> [AssessmentErrand] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql:
                        "\(Self.errandColumns) WHERE o.destination = ? AND o.stage = ? AND o.seq > ? ORDER BY o.seq LIMIT ?"
                ), arguments: [destination.description, stage.rawValue, seq, max(0, limit)]
            ).map { try Self.errand($0, db) }
        }
    }

    static let errandColumns = """
        SELECT o.*, j.body AS judgement, t.body AS target FROM label_outbox o JOIN judgement j ON j.seq = o.seq
        JOIN label_target t ON t.id = j.target
        """

    static func errand(_ row: Row, _ db: Database) throws -> AssessmentErrand {
        let judgement = try Store.decode(Judgement.self, row["judgement"])
        var change = AssessmentChange(
            key: row["key"], judgement: judgement, target: try Store.decode(JudgedTarget.self, row["target"]),
            remote: row["remote"])
        if let value = judgement.value, let rubric = try Self.rubric(judgement.rubric, db) {
            change.isGood = rubric.isGood([judgement.question: value])
        }
        var errand = AssessmentErrand(
            destination: ConnectionName(row["destination"]), change: change, seq: row["seq"],
            stage: AssessmentErrand.Stage(rawValue: row["stage"]) ?? .waiting)
        errand.told = try (row["told"] as Data?).map { try Store.decode(HeldAssessment.self, $0) }
        errand.tried = try (row["tried"] as Data?).map { try Store.decode(HeldAssessment.self, $0) }
        errand.theirs = try (row["theirs"] as Data?).map { try Store.decode(RemoteAssessment.self, $0) }
        errand.fault = row["fault"]
        return errand
    }

    /// Writes down what is about to be sent: after a crash it is known that it may have arrived.
    public func begin(_ errand: AssessmentErrand) throws(StoreFault) {
        try writeState { db in
            try db.cachedStatement(sql: "UPDATE label_outbox SET tried = ? WHERE destination = ? AND key = ?").execute(
                arguments: [try Store.encode(errand.wanted), errand.destination.description, errand.id])
        }
    }

    /// Writes down what became of it. What was judged anew meanwhile goes on waiting.
    public func settle(_ errand: AssessmentErrand, at: Timestamp) throws(StoreFault) {
        try writeState { db in
            try db.cachedStatement(
                sql: """
                    UPDATE label_outbox SET stage = CASE WHEN seq = ?1 OR ?2 = 'conflict' THEN ?2 ELSE 'waiting' END,
                    fault = ?3, remote = ?4, told = ?5, tried = ?6, theirs = ?7 WHERE destination = ?8 AND key = ?9
                    """
            ).execute(arguments: [
                errand.seq, errand.stage.rawValue, errand.fault, errand.change.remote,
                try errand.told.map { try Store.encode($0) }, try errand.tried.map { try Store.encode($0) },
                try errand.theirs.map { try Store.encode($0) }, errand.destination.description, errand.id,
            ])
            if errand.stage == .told {
                try db.cachedStatement(sql: "UPDATE label_route SET toldAt = ? WHERE destination = ?").execute(
                    arguments: [at.milliseconds, errand.destination.description])
            }
        }
    }

    /// Lets what a server refused be tried again.
    public func retryRefused(_ destination: ConnectionName) throws(StoreFault) -> Int {
        try writeState { db in
            try db.execute(
                sql:
                    "UPDATE label_outbox SET stage = 'waiting', fault = NULL WHERE destination = ? AND stage = 'refused'",
                arguments: [destination.description])
            return db.changesCount
        }
    }

    /// Writes down how a round with a server ended: a fault, and when it is tried again.
    public func routeEnded(
        _ destination: ConnectionName, fault: String?, attempts: Int, next: Timestamp?
    ) throws(StoreFault) {
        try writeState { db in
            try db.cachedStatement(
                sql: "UPDATE label_route SET fault = ?, attempts = ?, next = ? WHERE destination = ?"
            ).execute(arguments: [fault, attempts, next?.milliseconds ?? 0, destination.description])
        }
    }

    /// How far each server is told. Its cost grows with what waits, not with what was told.
    public func routeStates(_ routes: [AssessmentRoute]) throws(StoreFault) -> [AssessmentRouteState] {
        try readState { db in
            let last = try Int64.fetchOne(db, sql: "SELECT MAX(seq) FROM judgement") ?? 0
            return try routes.map { route in
                let name = route.to.description
                var state = AssessmentRouteState(destination: route.to, waiting: Int(last))
                if let row = try Row.fetchOne(
                    try db.cachedStatement(sql: "SELECT * FROM label_route WHERE destination = ?"), arguments: [name])
                {
                    state.waiting = Int(last - (row["seq"] as Int64))
                    (state.attempts, state.fault) = (row["attempts"], row["fault"])
                    state.next = (row["next"] as Int64) > 0 ? Timestamp(milliseconds: row["next"]) : nil
                    state.toldAt = (row["toldAt"] as Int64?).map { Timestamp(milliseconds: $0) }
                    state.readAt = (row["readAt"] as Int64?).map { Timestamp(milliseconds: $0) }
                }
                for row in try Row.fetchAll(
                    try db.cachedStatement(
                        sql: """
                            SELECT stage, COUNT(*) AS n FROM label_outbox
                            WHERE destination = ? AND stage <> 'told' GROUP BY stage
                            """), arguments: [name])
                {
                    switch AssessmentErrand.Stage(rawValue: row["stage"]) {
                    case .waiting: state.waiting += row["n"]
                    case .refused: state.refused = row["n"]
                    case .conflict: state.conflicts = row["n"]
                    case .told, nil: break
                    }
                }
                return state
            }
        }
    }
}
