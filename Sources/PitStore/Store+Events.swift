import GRDB
public import PitModel

extension Store {
    /// Adds events; one whose key is known already is kept as it was.
    public func record(_ events: [Event]) throws(StoreFault) {
        guard !events.isEmpty else { return }
        try writeCache { db in
            let insert = try db.cachedStatement(
                sql:
                    "INSERT OR IGNORE INTO event (key, at, kind, model, connection, title, detail) VALUES (?, ?, ?, ?, ?, ?, ?)"
            )
            for event in events {
                try insert.execute(arguments: [
                    event.key, event.at.milliseconds, event.kind.rawValue, event.model?.description,
                    event.connection?.description, event.title, event.detail,
                ])
            }
        }
    }

    /// Events with `from <= at <= to`, oldest first: the newest `limit` of them. With a model: its own, and those that
    /// concern all.
    public func events(from: Timestamp, to: Timestamp, model: ModelName? = nil, limit: Int = 1000) throws(StoreFault)
        -> [Event]
    {
        try readCache { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM event WHERE at BETWEEN ? AND ? AND (? IS NULL OR model IS NULL OR model = ?)
                    ORDER BY at DESC, key LIMIT ?
                    """,
                arguments: [from.milliseconds, to.milliseconds, model?.description, model?.description, limit])
            return rows.reversed().compactMap { row in
                guard let kind = Event.Kind(rawValue: row["kind"]) else { return nil }
                return Event(
                    at: Timestamp(milliseconds: row["at"]), kind: kind,
                    model: (row["model"] as String?).map(ModelName.init),
                    connection: (row["connection"] as String?).map(ConnectionName.init), title: row["title"],
                    detail: row["detail"], key: row["key"])
            }
        }
    }
}
