import Foundation
import GRDB
public import PitModel

/// What was judged, for those who use it: exports, agreement, other systems.
extension Store {
    /// Items with the answers that hold, a page in the order of their ids; begin behind `last`. Items that were shown a
    /// second time are left out: they tell of the person, not of the answer.
    ///
    /// Without a queue an answer that one person gave in several is the latest of them.
    public func judgedItems(
        queue: String? = nil, after last: String? = nil, limit: Int = 500
    ) throws(StoreFault) -> [JudgedItem] {
        try readState { db in
            // What was decided of a queue's items belongs to them.
            let own = """
                (SELECT id FROM label_queue
                WHERE name = ? OR json_extract(CAST(body AS TEXT), '$.adjudicates') = ?)
                """
            let within = queue.map { _ in " AND n.queue IN \(own)" } ?? ""
            let named: StatementArguments = queue.map { [$0, $0] } ?? []
            let targets = try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT t.id, t.item, t.body FROM label_target t WHERE t.item > ? AND t.isRepeat = 0
                        AND EXISTS (SELECT 1 FROM label_now n WHERE n.target = t.id\(within)) ORDER BY t.item LIMIT ?
                        """), arguments: [last ?? ""] + named + [max(0, limit)])
            let judgements = try db.cachedStatement(
                sql: """
                    SELECT j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                    WHERE n.target = ?\(within) ORDER BY j.at, j.seq
                    """)
            return try targets.map { row in
                let all = try Data.fetchAll(judgements, arguments: [row["id"] as Int64] + named).map {
                    try Store.decode(Judgement.self, $0)
                }
                let kept = queue == nil ? Self.latest(all) : all
                return JudgedItem(
                    id: row["item"], queue: queue ?? kept.last?.queue ?? "",
                    target: try Store.decode(JudgedTarget.self, row["body"]), judgements: kept)
            }
        }
    }

    private static func latest(_ judgements: [Judgement]) -> [Judgement] {
        var places: [[String]: Int] = [:]
        for (place, judgement) in judgements.enumerated() {
            // What somebody decided does not take the place of what the same person had judged.
            places[[judgement.author, judgement.question, judgement.decides == true ? "decides" : ""]] = place
        }
        return places.values.sorted().map { judgements[$0] }
    }

    /// Judgements in the order in which they were written, behind a number; those that take an answer back, too.
    public func judgements(
        after seq: Int64, limit: Int = 500
    ) throws(StoreFault) -> [(seq: Int64, judgement: Judgement, target: JudgedTarget)] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.seq, j.body, t.body AS target FROM judgement j JOIN label_target t ON t.id = j.target
                        WHERE j.seq > ? ORDER BY j.seq LIMIT ?
                        """), arguments: [seq, max(0, limit)]
            ).map {
                (
                    $0["seq"], try Store.decode(Judgement.self, $0["body"]),
                    try Store.decode(JudgedTarget.self, $0["target"])
                )
            }
        }
    }

    /// The number of the judgement that was written last; 0 before any was.
    public func lastJudgement() throws(StoreFault) -> Int64 {
        try readState { try Int64.fetchOne($0, sql: "SELECT MAX(seq) FROM judgement") ?? 0 }
    }

    /// Answers that hold, of the items that two people or more have judged: who said what of which item.
    public func sharedAnswers(
        queue: String, limit: Int = 200_000
    ) throws(StoreFault) -> [Judgement] {
        try readState { db in
            try Data.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body FROM label_item i JOIN label_now n ON n.target = i.target AND n.queue = i.queue
                        JOIN judgement j ON j.seq = n.judgement JOIN label_target t ON t.id = i.target
                        WHERE i.queue = (SELECT id FROM label_queue WHERE name = ?) AND i.judges > 1
                        ORDER BY i.number, j.seq LIMIT ?
                        """), arguments: [queue, limit]
            ).map { try Store.decode(Judgement.self, $0) }
        }
    }

    /// All answers that hold in a queue, of people and machines, what came again among them.
    public func answers(in queue: String, limit: Int = 200_000) throws(StoreFault) -> [Judgement] {
        try readState { db in
            try Data.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                        WHERE n.queue = (SELECT id FROM label_queue WHERE name = ?) ORDER BY n.target, j.seq LIMIT ?
                        """), arguments: [queue, limit]
            ).map { try Store.decode(Judgement.self, $0) }
        }
    }

    /// What was judged under an item's name; nil where no queue has it.
    public func judgedItem(_ id: String) throws(StoreFault) -> (id: String, target: JudgedTarget)? {
        try readState { db in
            try Data.fetchOne(
                try db.cachedStatement(sql: "SELECT body FROM label_target WHERE item = ?"), arguments: [id]
            ).map { (id, try Store.decode(JudgedTarget.self, $0)) }
        }
    }

    /// What people said of one item of a queue, that which holds: by person and question.
    public func answers(to item: String, in queue: String) throws(StoreFault) -> [Judgement] {
        try readState { db in
            try Data.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body FROM label_target t JOIN label_now n ON n.target = t.id
                        JOIN judgement j ON j.seq = n.judgement
                        WHERE t.item = ? AND n.queue = (SELECT id FROM label_queue WHERE name = ?)
                        ORDER BY n.author, n.question
                        """), arguments: [item, queue]
            ).map { try Store.decode(Judgement.self, $0) }
        }
    }

    /// All that holds of the items of a queue that a machine has judged: what it says, and what people do.
    public func answersBesideMachines(queue: String, limit: Int = 200_000) throws(StoreFault) -> [Judgement] {
        let all = try answers(in: queue, limit: limit)
        let judged = Set(all.filter { if case .machine = $0.origin { true } else { false } }.map(\.item))
        return all.filter { judged.contains($0.item) }
    }

    /// Keeps judgements that were made elsewhere; gives how many are new. Each id is kept once, and an answer holds
    /// unless the same person's later one is known. Queues that are not there are made.
    @discardableResult
    public func importJudged(_ items: [JudgedItem]) throws(StoreFault) -> Int {
        guard !items.isEmpty else { return 0 }
        return try writeState { db in
            var added = 0
            for item in items {
                for judgement in item.judgements.sorted(by: { $0.at < $1.at }) {
                    if try Self.bring(judgement, item, db) { added += 1 }
                }
            }
            return added
        }
    }

    static func bring(_ judgement: Judgement, _ item: JudgedItem, _ db: Database) throws -> Bool {
        let name = judgement.queue.isEmpty ? item.queue : judgement.queue
        if try Int.fetchOne(
            try db.cachedStatement(sql: "SELECT 1 FROM judgement WHERE id = ?"), arguments: [judgement.id]) != nil
        {
            return false
        }
        if try Int.fetchOne(
            try db.cachedStatement(sql: "SELECT 1 FROM label_queue WHERE name = ?"), arguments: [name]) == nil
        {
            let queue = LabelQueue(
                name: name, rubric: judgement.rubric.name, author: judgement.author, at: judgement.at)
            _ = try insert(queue, judgement.rubric, db)
            try AuditLink.append(
                db, judgement.at, judgement.author, identity: "", "queue created", name, "from outside")
        }
        let ledger = try LabelLedger(db, queue: name, author: judgement.author, at: judgement.at)
        try add([LabelItem(id: item.id, target: item.target, isRepeat: judgement.isRepeat)], to: ledger.row, db)
        let place = try ledger.item(item.id)
        let before = try ledger.answers(place.target, of: judgement.author)
        var judgement = judgement
        judgement.queue = name
        if let known = before[judgement.question] {
            // The later one holds, whichever came first.
            guard judgement.at >= known.at else {
                try ledger.file(judgement, place.target)
                return true
            }
            judgement.supersedes = judgement.supersedes ?? known.id
        }
        try ledger.keep(judgement, place.target, act: nil)
        // What a machine says counts for nobody's progress, nor for what people think of a release.
        if case .machine = judgement.origin { return true }
        var after = before.compactMapValues(\.value)
        after[judgement.question] = judgement.value
        try ledger.settle(place, before: before.compactMapValues(\.value), after: after)
        return true
    }
}

extension LabelLedger {
    /// Writes a judgement down that does not hold: a later one is known.
    func file(_ judgement: Judgement, _ target: Int64) throws {
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO judgement (id, act, queue, target, at, body) VALUES (?, NULL, ?, ?, ?, ?)"
        ).execute(arguments: [judgement.id, row, target, judgement.at.milliseconds, try Store.encode(judgement)])
    }
}
