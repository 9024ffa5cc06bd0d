import Foundation
import GRDB
public import PitModel

/// What models judge, beside what people do.
extension Store {
    /// Items of a queue of which `author` says nothing, in the queue's order, from the place after `number`: no more is
    /// read than is given.
    public func unjudged(
        by author: String, in queue: String, after number: Int64, limit: Int
    ) throws(StoreFault) -> [(number: Int64, item: LabelItem)] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT i.number, t.item, t.body FROM label_item i JOIN label_target t ON t.id = i.target
                        WHERE i.queue = (SELECT id FROM label_queue WHERE name = ?) AND i.number > ? AND t.isRepeat = 0
                        AND NOT EXISTS (SELECT 1 FROM label_now n
                        WHERE n.target = i.target AND n.queue = i.queue AND n.author = ?)
                        ORDER BY i.number LIMIT ?
                        """), arguments: [queue, number, author, max(0, limit)]
            ).map { row in
                let target = try Store.decode(JudgedTarget.self, row["body"])
                return (row["number"], LabelItem(id: row["item"], target: target))
            }
        }
    }
}
