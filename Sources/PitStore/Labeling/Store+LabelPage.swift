import Foundation
import GRDB
public import PitModel

extension Store {
    /// A queue as it is for one person: what to judge next, and how far they are. Nil when there is no such queue.
    ///
    /// - Parameter since: when this sitting began; what was judged before it does not count as pace.
    public func labelPage(
        _ name: String, rubric: Rubric, author: String, since: Timestamp
    ) throws(StoreFault) -> LabelPage? {
        let found: (page: LabelPage, next: Int64)? = try readState { db -> (page: LabelPage, next: Int64)? in
            guard let (queue, total) = try Self.queue(name, db) else { return nil }
            var page = LabelPage(queue: queue, rubric: rubric, author: author, total: total)
            let counts = try Row.fetchOne(
                try db.cachedStatement(sql: "SELECT * FROM label_count WHERE queue = ? AND author = ?"),
                arguments: [name, author])
            (page.judged, page.skipped, page.flagged) = (
                counts?["judged"] ?? 0, counts?["skipped"] ?? 0, counts?["flagged"] ?? 0
            )
            let place: Int64 = counts?["place"] ?? 0
            let open = try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT i.* FROM label_item i
                        LEFT JOIN label_state s ON s.queue = i.queue AND s.author = ? AND s.item = i.item
                        WHERE i.queue = ? AND i.number >= ? AND COALESCE(s.state, '') = ''
                        ORDER BY i.number LIMIT ?
                        """), arguments: [author, name, place, LabelPage.ahead])
            var rows = open
            if rows.count < LabelPage.ahead {
                rows += try Row.fetchAll(
                    try db.cachedStatement(
                        sql: """
                            SELECT i.* FROM label_state s JOIN label_item i ON i.queue = s.queue AND i.item = s.item
                            WHERE s.queue = ? AND s.author = ? AND s.state = 'skipped' ORDER BY s.number LIMIT ?
                            """), arguments: [name, author, LabelPage.ahead - rows.count])
            }
            page.items = try rows.map { try Self.item($0, author, db) }
            let acts = try db.cachedStatement(
                sql:
                    "SELECT item FROM label_act WHERE queue = ? AND author = ? AND undone = ? ORDER BY seq DESC LIMIT 1"
            )
            if let latest = try String.fetchOne(acts, arguments: [name, author, 0]) {
                page.canUndo = true
                let row = try Row.fetchOne(
                    try db.cachedStatement(sql: "SELECT * FROM label_item WHERE queue = ? AND item = ?"),
                    arguments: [name, latest])
                page.latest = try row.map { try Self.item($0, author, db) }
            }
            page.canRedo = try String.fetchOne(acts, arguments: [name, author, 1]) != nil
            let sitting = try Row.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT COUNT(*) AS count, TOTAL(seconds) AS seconds FROM label_act
                        WHERE queue = ? AND author = ? AND undone = 0 AND at >= ? AND kind = 'judge'
                        """), arguments: [name, author, since.milliseconds])
            (page.sitting, page.activeSeconds) = (sitting?["count"] ?? 0, sitting?["seconds"] ?? 0)
            let first: Int64? = open.first?["number"]
            let next = first ?? Int64(total)
            return (page, next > place + 256 ? next : place)
        }
        guard let found else { return nil }
        try remember(found.next, of: found.page)
        return found.page
    }

    /// Where to look for the next item from: so that those judged long ago are not gone through again. It may be
    /// behind, never ahead.
    private func remember(_ place: Int64, of page: LabelPage) throws(StoreFault) {
        guard place > 0 else { return }
        let names: StatementArguments = [page.queue.name, page.author]
        let known = try readState {
            try Int64.fetchOne(
                $0, sql: "SELECT place FROM label_count WHERE queue = ? AND author = ?", arguments: names)
        }
        guard let known, known < place else { return }
        try writeState { db in
            // Only while nothing before it was opened again meanwhile.
            try db.execute(
                sql: """
                    UPDATE label_count SET place = ? WHERE queue = ? AND author = ? AND NOT EXISTS (
                        SELECT 1 FROM label_item i LEFT JOIN label_state s
                        ON s.queue = i.queue AND s.author = label_count.author AND s.item = i.item
                        WHERE i.queue = label_count.queue AND i.number >= label_count.place AND i.number < ?
                        AND COALESCE(s.state, '') = '')
                    """, arguments: [place] + names + [place])
        }
    }

    private static func item(_ row: Row, _ author: String, _ db: Database) throws -> LabelItem {
        let kept = try Store.decode(NewLabelItem.self, row["body"])
        let queue: String = row["queue"]
        var item = LabelItem(id: kept.id, target: kept.target, order: kept.order)
        let held = try db.cachedStatement(
            sql: """
                SELECT n.author, n.question, j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                WHERE n.queue = ? AND n.item = ?
                """)
        var others = Set<String>()
        for row in try Row.fetchAll(held, arguments: [queue, kept.id]) {
            let judgement = try Store.decode(Judgement.self, row["body"])
            switch judgement.origin {
            case .machine: item.prelabels.append(judgement)
            case _ where judgement.author == author: item.own[judgement.question] = judgement
            default: others.insert(judgement.author)
            }
        }
        item.others = others.count
        let state = try db.cachedStatement(
            sql: "SELECT state, flagged FROM label_state WHERE queue = ? AND author = ? AND item = ?")
        if let row = try Row.fetchOne(state, arguments: [queue, author, kept.id]) {
            item.mark = row["flagged"] ? .flagged : row["state"] == "skipped" ? .skipped : nil
        }
        return item
    }
}
