import Foundation
import GRDB
public import PitModel

/// How far a person's answers can be relied on.
extension Store {
    /// How many judgements each person made since a moment, those who made the most first; what was taken back again is
    /// not counted.
    public func judgedSince(_ at: Timestamp) throws(StoreFault) -> [(author: String, count: Int)] {
        try readState { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT a.author, COUNT(*) AS n FROM label_act a
                    JOIN label_stack s ON s.queue = a.queue AND s.author = a.author AND s.act = a.seq AND s.state = 0
                    WHERE a.kind = 'judge' AND a.at >= ? GROUP BY a.author ORDER BY n DESC, a.author
                    """, arguments: [at.milliseconds]
            ).map { ($0["author"], $0["n"]) }
        }
    }

    /// How often a person answered an item that came again as the first time.
    public func repeatShare(queue: String, author: String) throws(StoreFault) -> LabelShare {
        try readState { db in
            try Self.share(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body, o.body AS other FROM label_queue q
                        JOIN label_item i ON i.queue = q.id JOIN label_target t ON t.id = i.target AND t.isRepeat = 1
                        JOIN label_target f ON f.item = substr(t.item, 1, length(t.item) - 2)
                        JOIN label_now n ON n.target = t.id AND n.queue = q.id AND n.author = ?
                        JOIN label_now m ON m.target = f.id AND m.queue = q.id AND m.author = ?
                        AND m.question = n.question
                        JOIN judgement j ON j.seq = n.judgement JOIN judgement o ON o.seq = m.judgement
                        WHERE q.name = ?
                        """), [author, author, queue])
        }
    }

    /// How often a person answered a gold item as the gold queue does. Where people differ there, any of them is right.
    public func goldShare(queue: String, gold: String, author: String) throws(StoreFault) -> LabelShare {
        try readState { db in
            try Self.share(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body, o.body AS other FROM label_queue g JOIN label_item i ON i.queue = g.id
                        JOIN label_now m ON m.target = i.target AND m.queue = g.id
                        JOIN label_queue q ON q.name = ?
                        JOIN label_now n ON n.target = m.target AND n.queue = q.id AND n.author = ?
                        AND n.question = m.question
                        JOIN judgement j ON j.seq = n.judgement JOIN judgement o ON o.seq = m.judgement
                        WHERE g.name = ?
                        """), [queue, author, gold])
        }
    }

    private static func share(_ statement: Statement, _ arguments: StatementArguments) throws -> LabelShare {
        var isSame: [[String]: Bool] = [:]
        for row in try Row.fetchAll(statement, arguments: arguments) {
            let (own, other) = (try decode(Judgement.self, row["body"]), try decode(Judgement.self, row["other"]))
            if case .text = own.value { continue }
            let key = [own.item, own.question]
            isSame[key] = isSame[key] ?? false || own.value == other.value
        }
        return LabelShare(isSame.values.count { $0 }, of: isSame.count)
    }

    /// What a person said of the same exchange in another queue, where it differs; nil where nothing does.
    public func contradiction(_ item: LabelItem, queue: String, author: String) throws(StoreFault) -> Judgement? {
        guard !item.own.isEmpty else { return nil }
        return try readState { db in
            let earlier = try Data.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body FROM label_target t JOIN label_now n ON n.target = t.id AND n.author = ?
                        JOIN label_queue q ON q.id = n.queue AND q.name <> ? JOIN judgement j ON j.seq = n.judgement
                        WHERE t.connection = ? AND t.interaction = ?
                        """),
                arguments: [author, queue, item.target.connection.description, item.target.interaction]
            ).map { try Self.decode(Judgement.self, $0) }
            return earlier.last { judgement in
                guard let own = item.own[judgement.question], own.rubric == judgement.rubric else { return false }
                if case .text = own.value { return false }
                return own.value != judgement.value
            }
        }
    }
}
