import GRDB

/// Datasets: names, versions, and what they were collected from. Their rows are in files of their own.
enum StateMigration15 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE dataset (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, version INTEGER NOT NULL,
                    hash TEXT NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL, body BLOB NOT NULL,
                    UNIQUE (name, version));
                CREATE INDEX dataset_by_hash ON dataset (hash);
                """)
    }
}
