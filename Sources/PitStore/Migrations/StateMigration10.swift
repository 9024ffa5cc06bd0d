import GRDB

/// Evaluations: each run with its suite as it was, every answer as it came, and answers that may be taken again.
enum StateMigration10 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE evaluation_run (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, suite TEXT NOT NULL,
                    at INTEGER NOT NULL, author TEXT NOT NULL, head BLOB NOT NULL, cases BLOB NOT NULL);
                CREATE INDEX evaluation_run_by_suite ON evaluation_run (suite, seq);
                CREATE TABLE evaluation_result (
                    run TEXT NOT NULL, system TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
                    body BLOB NOT NULL, PRIMARY KEY (run, system, number)) WITHOUT ROWID;
                CREATE TABLE evaluation_answer (
                    key TEXT PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
                """)
    }
}
