import Foundation
import GRDB
public import PitModel

/// What was judged, for those that use it: exports, comparisons, other systems.
extension Store {
    /// Items with every answer that holds, by their ids: those after one, so many of them or a few more.
    public func judgedItems(
        queue: String? = nil, after last: String? = nil, limit: Int = 500
    ) throws(StoreFault) -> [JudgedItem] {
        try readState { db in
            let ids = try String.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT DISTINCT item FROM label_now WHERE item > ?1 AND (?2 IS NULL OR queue = ?2)
                        ORDER BY item LIMIT ?3
                        """), arguments: [last ?? "", queue, max(1, limit)])
            return try ids.flatMap { id in
                let queues = try String.fetchAll(
                    try db.cachedStatement(
                        sql: """
                            SELECT DISTINCT queue FROM label_now WHERE item = ?1 AND (?2 IS NULL OR queue = ?2)
                            ORDER BY queue
                            """), arguments: [id, queue])
                return try queues.compactMap { try Self.judged(id, $0, db) }
            }
        }
    }

    private static func judged(_ id: String, _ queue: String, _ db: Database) throws -> JudgedItem? {
        let body = try Data.fetchOne(
            try db.cachedStatement(sql: "SELECT body FROM label_item WHERE queue = ? AND item = ?"),
            arguments: [queue, id])
        guard let body else { return nil }
        let judgements = try Data.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                    WHERE n.queue = ? AND n.item = ? ORDER BY j.at, j.id
                    """), arguments: [queue, id]
        ).map { try Store.decode(Judgement.self, $0) }
        return JudgedItem(
            id: id, queue: queue, target: try Store.decode(NewLabelItem.self, body).target, judgements: judgements)
    }

    /// Facts of whatever process that were written after one, in that order, with what each is about.
    public func judgements(
        after last: Int64, limit: Int = 1000
    ) throws(StoreFault) -> [(sequence: Int64, judgement: Judgement, target: JudgedTarget)] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.seq, j.body, i.body AS item FROM judgement j
                        JOIN label_item i ON i.queue = j.queue AND i.item = j.item
                        WHERE j.seq > ? ORDER BY j.seq LIMIT ?
                        """), arguments: [last, max(1, limit)]
            ).map { row in
                (
                    row["seq"], try Store.decode(Judgement.self, row["body"]),
                    try Store.decode(NewLabelItem.self, row["item"]).target
                )
            }
        }
    }

    /// Brings in what was judged elsewhere, all of it or nothing; what is here already is left as it is. Gives how many
    /// answers were new.
    public func importJudged(_ items: [JudgedItem]) throws(StoreFault) -> Int {
        try writeState { db in
            var added = 0
            for item in items {
                if try !Self.hasQueue(item.queue, db) {
                    let first = item.judgements.first
                    try Self.insert(
                        LabelQueue(
                            name: item.queue, rubric: first?.rubric.name ?? "thumbs", author: first?.author ?? "",
                            at: first?.at ?? item.target.at), total: 0, db)
                }
                let isThere = try db.cachedStatement(sql: "SELECT number FROM label_item WHERE queue = ? AND item = ?")
                var number = try Int64.fetchOne(isThere, arguments: [item.queue, item.id])
                if number == nil {
                    let next = try db.cachedStatement(
                        sql: "SELECT COALESCE(MAX(number), -1) + 1 FROM label_item WHERE queue = ?")
                    number = try Int64.fetchOne(next, arguments: [item.queue])
                    try Self.insert(NewLabelItem(id: item.id, target: item.target), item.queue, number ?? 0, db)
                    try db.cachedStatement(sql: "UPDATE label_queue SET total = total + 1 WHERE name = ?").execute(
                        arguments: [item.queue])
                }
                for judgement in item.judgements where try !Self.has(judgement, db) {
                    try LabelDeskRows.insert(judgement, db)
                    added += 1
                    guard judgement.origin == .person || !judgement.origin.isMachine else { continue }
                    try db.cachedStatement(
                        sql: """
                            INSERT INTO label_state (queue, author, item, number, state, flagged, good, model, release)
                            VALUES (?, ?, ?, ?, 'judged', 0, NULL, ?, ?) ON CONFLICT DO NOTHING
                            """
                    ).execute(arguments: [
                        item.queue, judgement.author, item.id, number, item.target.model?.description,
                        item.target.release,
                    ])
                    if db.changesCount > 0 {
                        try db.cachedStatement(
                            sql: """
                                INSERT INTO label_count (queue, author, judged, skipped, flagged, place)
                                VALUES (?, ?, 1, 0, 0, 0) ON CONFLICT DO UPDATE SET judged = judged + 1
                                """
                        ).execute(arguments: [item.queue, judgement.author])
                    }
                }
            }
            return added
        }
    }

    private static func has(_ judgement: Judgement, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT 1 FROM judgement WHERE id = ?")
        return try Bool.fetchOne(select, arguments: [judgement.id]) ?? false
    }
}

extension JudgementOrigin {
    var isMachine: Bool { if case .machine = self { true } else { false } }
}
