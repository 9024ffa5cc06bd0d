import GRDB

/// Distributions that people saved to compare with. A removed one stays, with the time it was removed at.
enum StateMigration3 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE baseline (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
                    author TEXT NOT NULL, body BLOB NOT NULL, removed INTEGER);
                CREATE UNIQUE INDEX baseline_by_name ON baseline (model, name) WHERE removed IS NULL;
                """)
    }
}
