import GRDB

/// What people decided about versions of models, and which of it their registry was told.
enum StateMigration11 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE review_fact (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL,
                    version TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL);
                CREATE INDEX review_fact_by_version ON review_fact (version, seq);
                CREATE TABLE review_told (fact INTEGER PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
                """)
    }
}
