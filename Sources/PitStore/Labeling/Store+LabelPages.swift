import Foundation
import GRDB
public import PitModel

/// What one person sees of a queue.
extension Store {
    /// The items to judge next, with how far this person is. What comes from elsewhere (findings, agreement, evidence)
    /// is left empty. Its cost does not grow with the queue.
    public func labelPage(
        _ queue: String, author: String, ahead: Int = LabelPage.ahead
    ) throws(StoreFault) -> LabelPage {
        try readState { db in
            let ledger = try LabelLedger(db, queue: queue, author: author, at: Timestamp(milliseconds: 0))
            guard let rubric = ledger.rubric else {
                throw StoreFault.refused(
                    "the rubric \(ledger.reference) of `\(queue)` is not known here",
                    hint: "Its judgements can be exported; to judge more, make a queue with a rubric of your own.")
            }
            var page = LabelPage(queue: ledger.queue, rubric: rubric, author: author)
            var places = try ledger.ahead(from: try ledger.first(), limit: ahead)
            places += try ledger.skipped(limit: ahead - places.count)
            page.items = try places.compactMap(ledger.labelItem)
            page.total =
                try Int.fetchOne(
                    try db.cachedStatement(sql: "SELECT total FROM label_queue WHERE id = ?"), arguments: [ledger.row])
                ?? 0
            if let count = try Row.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT judged, skipped, flagged FROM label_count WHERE queue = ? AND author = ?"),
                arguments: [ledger.row, author])
            {
                (page.judged, page.skipped, page.flagged) = (count["judged"], count["skipped"], count["flagged"])
            }
            let ends = try ledger.ends()
            (page.canUndo, page.canRedo) = (ends.undo != nil, ends.redo != nil)
            if let act = ends.undo,
                let target = try Int64.fetchOne(
                    try db.cachedStatement(sql: "SELECT target FROM label_act WHERE seq = ?"), arguments: [act])
            {
                page.latest = try ledger.place(of: target).flatMap(ledger.labelItem)
            }
            return page
        }
    }

    /// Items of a queue in its order, as one person sees them: for lists and for going through what is flagged.
    public func labelItems(
        _ queue: String, author: String, after number: Int64 = 0, onlyFlagged: Bool = false, limit: Int
    ) throws(StoreFault) -> [(number: Int64, item: LabelItem)] {
        try readState { db in
            let ledger = try LabelLedger(db, queue: queue, author: author, at: Timestamp(milliseconds: 0))
            let flagged =
                onlyFlagged
                ? """
                AND EXISTS (SELECT 1 FROM label_progress p
                WHERE p.queue = i.queue AND p.number = i.number AND p.flagged = 1)
                """ : ""
            let rows = try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT number, target, shown, judges FROM label_item i WHERE queue = ? AND number > ? \(flagged)
                        ORDER BY number LIMIT ?
                        """), arguments: [ledger.row, number, max(0, limit)])
            return try rows.map(LabelLedger.Place.init).compactMap { place in
                try ledger.labelItem(place).map { (place.number, $0) }
            }
        }
    }
}

extension LabelLedger {
    func labelItem(_ place: Place) throws -> LabelItem? {
        let row = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT item, isRepeat, body FROM label_target WHERE id = ?"),
            arguments: [place.target])
        guard let row else { return nil }
        var item = LabelItem(
            id: row["item"], target: try Store.decode(JudgedTarget.self, row["body"]),
            order: place.shown.split(separator: ",").compactMap { Int($0) }, isRepeat: row["isRepeat"])
        item.own = try answers(place.target, of: author)
        item.others = max(0, place.judges - (isComplete(item.values) ? 1 : 0))
        let progress = try progress(of: place.number)
        item.mark = progress.flagged ? .flagged : progress.skipped != nil ? .skipped : nil
        if rubric?.showsPrelabels == true {
            item.prelabels = try Data.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                        WHERE n.target = ? AND n.author <> ?
                        """), arguments: [place.target, author]
            ).map { try Store.decode(Judgement.self, $0) }.filter { judgement in
                if case .machine = judgement.origin { true } else { false }
            }
        }
        return item
    }
}
