import Foundation
import GRDB
public import PitModel

extension Store {
    /// What people answered to one question on items that two or more have judged: of the first `limit` such items.
    public func sharedAnswers(
        queue: String, question: String, limit: Int = 2000
    ) throws(StoreFault) -> [(item: String, author: String, value: JudgedValue)] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT n.item, n.author, j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                        WHERE n.queue = ?1 AND n.question = ?2 AND n.item IN (
                            SELECT item FROM label_state WHERE queue = ?1 AND state = 'judged'
                            GROUP BY item HAVING COUNT(*) > 1 LIMIT ?3)
                        """), arguments: [queue, question, limit]
            ).compactMap { row in
                let judgement = try Store.decode(Judgement.self, row["body"])
                return judgement.value.map { (row["item"], row["author"], $0) }
            }
        }
    }

    /// The queues that more than one person has judged in.
    public func sharedQueues() throws(StoreFault) -> [String] {
        try readState { db in
            try String.fetchAll(
                db, sql: "SELECT queue FROM label_count WHERE judged > 0 GROUP BY queue HAVING COUNT(*) > 1")
        }
    }

    /// A queue by its name; nil when there is none.
    public func labelQueue(_ name: String) throws(StoreFault) -> LabelQueue? {
        try readState { try Self.queue(name, $0)?.queue }
    }

    /// A number that changes whenever somebody judges, in whatever process.
    public func judgementMark() throws(StoreFault) -> Int64 {
        try readState {
            try Int64.fetchOne($0, sql: "SELECT COALESCE(MAX(seq), 0) FROM label_act") ?? 0
        }
    }
}
