import GRDB
import PitModel

/// How far a person is in a queue.
extension LabelLedger {
    struct Progress: Equatable {
        var judged = false
        /// The act that skipped it.
        var skipped: Int64?
        var flagged = false
        /// Whether it is no longer among those that come by themselves.
        var isTouched: Bool { judged || skipped != nil }
    }

    func progress(of number: Int64) throws -> Progress {
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT judged, skipped, flagged FROM label_progress WHERE queue = ? AND author = ? AND number = ?
                    """), arguments: [self.row, author, number])
        return row.map { Progress(judged: $0["judged"], skipped: $0["skipped"], flagged: $0["flagged"]) } ?? Progress()
    }

    /// Changes how far this person is with one item, and the counts with it.
    func progress(_ number: Int64, _ change: (inout Progress) -> Void) throws {
        let before = try progress(of: number)
        var after = before
        change(&after)
        guard after != before else { return }
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO label_progress (queue, author, number, judged, skipped, flagged)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [row, author, number, after.judged, after.skipped, after.flagged])
        func isSkipped(_ progress: Progress) -> Bool { progress.skipped != nil && !progress.judged }
        func step(_ was: Bool, _ isNow: Bool) -> Int { (isNow ? 1 : 0) - (was ? 1 : 0) }
        try db.cachedStatement(
            sql: """
                INSERT INTO label_count (queue, author, first, judged, skipped, flagged) VALUES (?, ?, 1, ?, ?, ?)
                ON CONFLICT DO UPDATE SET judged = judged + excluded.judged, skipped = skipped + excluded.skipped,
                flagged = flagged + excluded.flagged
                """
        ).execute(arguments: [
            row, author, step(before.judged, after.judged), step(isSkipped(before), isSkipped(after)),
            step(before.flagged, after.flagged),
        ])
        // Where to look for the next one: a later look need not go through all that is done.
        let first: Int64
        if before.isTouched, !after.isTouched {
            first = min(try self.first(), number)
        } else {
            first = try ahead(from: self.first(), limit: 1).first?.number ?? self.end()
        }
        try db.cachedStatement(sql: "UPDATE label_count SET first = ? WHERE queue = ? AND author = ?")
            .execute(arguments: [first, row, author])
    }

    /// The number behind the last: where items that are added later begin.
    private func end() throws -> Int64 {
        (try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT MAX(number) FROM label_item WHERE queue = ?"), arguments: [row]) ?? 0)
            + 1
    }

    /// No item before this number is left to this person.
    func first() throws -> Int64 {
        try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT first FROM label_count WHERE queue = ? AND author = ?"),
            arguments: [row, author]) ?? 1
    }

    /// An item as it lies in the queue.
    struct Place {
        var number: Int64
        var target: Int64
        var shown: String
        var judges: Int

        init(_ row: Row) {
            (number, target) = (row["number"], row["target"])
            (shown, judges) = (row["shown"], row["judges"])
        }
    }

    /// What is left to this person: neither judged nor skipped by them, and theirs to judge.
    ///
    /// Of a queue that is assigned to m people with overlap k, item n belongs to k of them in a row, beginning with the
    /// one at n * k; of one that is not, to whoever comes before enough have judged it.
    func ahead(from first: Int64, limit: Int) throws -> [Place] {
        guard limit > 0 else { return [] }
        let people = queue.assigned.count
        var theirs = "i.judges < ?"
        var arguments: StatementArguments = [author, row, first, max(1, queue.overlap)]
        if people > 0 {
            guard let place = queue.assigned.firstIndex(of: author) else { return [] }
            theirs = "((? - i.number * ?) % ? + ?) % ? < ?"
            let overlap = min(people, max(1, queue.overlap))
            arguments = [author, row, first, place, overlap, people, people, people, overlap]
        }
        return try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT i.number, i.target, i.shown, i.judges FROM label_item i
                    LEFT JOIN label_progress p ON p.queue = i.queue AND p.author = ? AND p.number = i.number
                    WHERE i.queue = ? AND i.number >= ? AND COALESCE(p.judged, 0) = 0 AND p.skipped IS NULL
                    AND \(theirs) ORDER BY i.number LIMIT ?
                    """), arguments: arguments + [limit]
        ).map(Place.init)
    }

    /// What this person skipped and has not judged since, in the order of skipping.
    func skipped(limit: Int) throws -> [Place] {
        guard limit > 0 else { return [] }
        return try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT i.number, i.target, i.shown, i.judges FROM label_progress p
                    JOIN label_item i ON i.queue = p.queue AND i.number = p.number
                    WHERE p.queue = ? AND p.author = ? AND p.skipped IS NOT NULL AND p.judged = 0
                    ORDER BY p.skipped LIMIT ?
                    """), arguments: [row, author, limit]
        ).map(Place.init)
    }

    func place(of target: Int64) throws -> Place? {
        try Row.fetchOne(
            try db.cachedStatement(
                sql: "SELECT number, target, shown, judges FROM label_item WHERE target = ? AND queue = ?"),
            arguments: [target, row]
        ).map(Place.init)
    }
}
