import GRDB

/// Where aliases of registries pointed, as it was seen: the registries keep no history of it. Lines are only added.
enum StateMigration13 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE pointer_move (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, name TEXT NOT NULL,
                    alias TEXT NOT NULL, version TEXT, at INTEGER NOT NULL, isFirst INTEGER NOT NULL, author TEXT);
                CREATE INDEX pointer_move_by_alias ON pointer_move (source, name, alias, seq);
                """)
    }
}
