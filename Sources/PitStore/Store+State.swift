import GRDB
public import PitModel

/// What people did that needs no server. Every call that writes returns after the disk has it.
extension Store {
    public func record(_ act: Act) throws(StoreFault) { try record([act]) }

    /// All of them, or none.
    public func record(_ acts: [Act]) throws(StoreFault) {
        try writeState { db in
            let insert = try db.cachedStatement(
                sql: "INSERT INTO act (at, author, kind, subject, text) VALUES (?, ?, ?, ?, ?)")
            for act in acts {
                try insert.execute(arguments: [
                    act.at.milliseconds, act.author, act.kind.rawValue, act.subject, act.text,
                ])
                try AuditLink.append(
                    db, act.at, act.author, identity: "", act.kind.rawValue, act.subject, act.text)
            }
        }
    }

    /// All acts with `since <= at <= until`, in the order they were written; the newest `limit`. With a subject: those
    /// about that alert.
    public func acts(
        since: Timestamp? = nil, until: Timestamp? = nil, subject: String? = nil, limit: Int = 100_000
    ) throws(StoreFault) -> [Act] {
        try readState { db in
            let about: StatementArguments = subject.map { [$0] } ?? []
            let span: StatementArguments = [
                since?.milliseconds ?? .min, until?.milliseconds ?? .max, max(0, limit),
            ]
            let statement = try db.cachedStatement(
                sql: """
                    SELECT * FROM act WHERE \(subject == nil ? "" : "subject = ? AND") at BETWEEN ? AND ?
                    ORDER BY seq DESC LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: about + span).reversed().compactMap(Self.act)
        }
    }

    /// Acts of whatever process that were written after one, in that order, and the number of the last.
    public func acts(after last: Int64, limit: Int = 10_000) throws(StoreFault) -> (acts: [Act], last: Int64) {
        try readState { db in
            let statement = try db.cachedStatement(sql: "SELECT * FROM act WHERE seq > ? ORDER BY seq LIMIT ?")
            let rows = try Row.fetchAll(statement, arguments: [last, max(1, limit)])
            return (rows.compactMap(Self.act), rows.last.map { $0["seq"] } ?? last)
        }
    }

    /// The number of the act that was written last; 0 before any was.
    public func lastAct() throws(StoreFault) -> Int64 {
        try readState { try Int64.fetchOne($0, sql: "SELECT MAX(seq) FROM act") ?? 0 }
    }

    private static func act(_ row: Row) -> Act? {
        Act.Kind(rawValue: row["kind"]).map {
            Act(
                at: Timestamp(milliseconds: row["at"]), author: row["author"], kind: $0, subject: row["subject"],
                text: row["text"])
        }
    }

    /// The audit trail, in the order it was written: the newest `limit` lines.
    public func auditTrail(limit: Int = 1000) throws(StoreFault) -> [AuditRow] {
        try readState { db in
            try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY seq DESC LIMIT ?", arguments: [max(0, limit)])
                .reversed().map { row in
                    AuditRow(
                        at: Timestamp(milliseconds: row["at"]), author: row["author"], what: row["what"],
                        subject: row["subject"], detail: row["detail"])
                }
        }
    }

    /// What the console was like when it was left.
    public func session(_ key: String) throws(StoreFault) -> String? {
        try readState { try String.fetchOne($0, sql: "SELECT value FROM session WHERE key = ?", arguments: [key]) }
    }

    public func saveSession(_ key: String, _ value: String) throws(StoreFault) {
        try writeState {
            try $0.execute(sql: "INSERT OR REPLACE INTO session (key, value) VALUES (?, ?)", arguments: [key, value])
        }
    }
}
