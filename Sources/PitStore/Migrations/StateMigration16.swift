import GRDB

/// Sweeps as they were planned; their trials are trainings.
enum StateMigration16 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE sweep (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, template TEXT NOT NULL,
                    at INTEGER NOT NULL, author TEXT NOT NULL, body BLOB NOT NULL);
                """)
    }
}
