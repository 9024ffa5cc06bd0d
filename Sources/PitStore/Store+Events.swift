import GRDB
public import PitModel

extension Store {
    /// Adds events; one whose key is known already is kept as it was.
    public func record(_ events: [Event]) throws(StoreFault) {
        guard !events.isEmpty else { return }
        try writeCache { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO event (key, at, kind, model, connection, title, detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
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
            func newest(_ condition: String, _ more: [String] = []) throws -> [Row] {
                let statement = try db.cachedStatement(
                    sql: "SELECT * FROM event WHERE \(condition) at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?")
                let rest: StatementArguments = [from.milliseconds, to.milliseconds, max(0, limit)]
                return try Row.fetchAll(statement, arguments: StatementArguments(more) + rest)
            }
            guard let model else { return try newest("").compactMap(Self.event).inOrder(limit) }
            let rows = try newest("model = ? AND", [model.description]) + newest("model IS NULL AND")
            return rows.compactMap(Self.event).inOrder(limit)
        }
    }

    /// Writes the events of what people did anew, from state.db: a new cache knows nothing of them. Those that are
    /// known already stay as they are.
    public func rebuildEvents() throws(StoreFault) {
        let acts = try acts(since: nil, until: nil, limit: 10_000).map { act in
            act.event()
        }
        let stages = try stages(limit: 10_000).filter { $0.stage != .sent }.map { entry in
            Event(
                at: entry.at, kind: .operation, connection: entry.operation.connection,
                title: "\(entry.operation.request.verb.rawValue) \(entry.stage.rawValue)", detail: entry.detail,
                key: "operation|\(entry.operation.id)|\(entry.stage.rawValue)")
        }
        try record(acts + stages + trainingEvents(since: Timestamp(milliseconds: 0)))
    }

    private static func event(_ row: Row) -> Event? {
        guard let kind = Event.Kind(rawValue: row["kind"]) else { return nil }
        return Event(
            at: Timestamp(milliseconds: row["at"]), kind: kind, model: (row["model"] as String?).map(ModelName.init),
            connection: (row["connection"] as String?).map(ConnectionName.init), title: row["title"],
            detail: row["detail"], key: row["key"])
    }
}

extension [Event] {
    /// Oldest first, the newest `limit` of them.
    fileprivate func inOrder(_ limit: Int) -> [Event] {
        sorted { ($0.at, $0.key) < ($1.at, $1.key) }.suffix(Swift.max(0, limit))
    }
}
