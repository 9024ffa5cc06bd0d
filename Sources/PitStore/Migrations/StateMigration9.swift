import Foundation
import GRDB
import PitModel

/// Comparisons of two answers get a count of their own: until now they were counted among the good and bad ones of their
/// releases. What was judged tells both anew.
enum StateMigration9 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE label_meeting (
                    queue INTEGER NOT NULL, model TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL,
                    firstWins INTEGER NOT NULL, secondWins INTEGER NOT NULL, ties INTEGER NOT NULL,
                    PRIMARY KEY (queue, model, first, second)) WITHOUT ROWID;
                """)
        let answers = try Row.fetchCursor(
            db,
            sql: """
                SELECT n.queue, t.id AS target, t.body, t.model, j.body AS said FROM label_now n
                JOIN label_target t ON t.id = n.target JOIN judgement j ON j.seq = n.judgement WHERE t.isRepeat = 0
                AND n.queue IN (SELECT q.id FROM label_queue q JOIN label_rubric r
                ON r.name = q.rubric AND r.version = q.version WHERE CAST(r.body AS TEXT) LIKE '%"preference"%')
                """)
        var queues: Set<Int64> = []
        var meetings: [Meeting] = []
        while let row = try answers.next() {
            let judgement = try Store.decode(Judgement.self, row["said"])
            guard case .preference(let preference)? = judgement.value,
                let meeting = Meeting(preference, try Store.decode(JudgedTarget.self, row["body"]))
            else { continue }
            queues.insert(row["queue"])
            var one = meeting
            (one.queue, one.model) = (row["queue"], row["model"] ?? "")
            meetings.append(one)
        }
        for queue in queues { try db.execute(sql: "DELETE FROM label_tally WHERE queue = ?", arguments: [queue]) }
        for meeting in meetings { try meeting.add(1, db) }
    }
}

/// Two releases whose answers somebody compared, the names in order.
struct Meeting {
    var queue: Int64 = 0
    var model = ""
    var first: String
    var second: String
    var firstWins = 0
    var secondWins = 0
    var ties = 0

    /// Nil where it says nothing of two releases: both are bad, or both answers are of the same.
    init?(_ preference: JudgedValue.Preference, _ target: JudgedTarget) {
        guard target.sources.count == 2, target.sources[0] != target.sources[1], preference != .neither else {
            return nil
        }
        let isTurned = target.sources[0] > target.sources[1]
        (first, second) = isTurned ? (target.sources[1], target.sources[0]) : (target.sources[0], target.sources[1])
        switch preference {
        case .tie, .neither: ties = 1
        case .first: if isTurned { secondWins = 1 } else { firstWins = 1 }
        case .second: if isTurned { firstWins = 1 } else { secondWins = 1 }
        }
    }

    func add(_ step: Int, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO label_meeting (queue, model, first, second, firstWins, secondWins, ties)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET firstWins = firstWins + excluded.firstWins,
                secondWins = secondWins + excluded.secondWins, ties = ties + excluded.ties
                """
        ).execute(arguments: [queue, model, first, second, step * firstWins, step * secondWins, step * ties])
    }
}
