import GRDB

/// What people did: operations, acts, the audit trail, the session.
enum StateMigration1 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE operation (
                    id TEXT PRIMARY KEY, at INTEGER NOT NULL, author TEXT NOT NULL, connection TEXT NOT NULL,
                    body BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE operation_stage (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL REFERENCES operation (id),
                    stage TEXT NOT NULL, at INTEGER NOT NULL, detail TEXT NOT NULL);
                CREATE INDEX stage_by_operation ON operation_stage (operation, seq);
                CREATE TABLE act (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL,
                    subject TEXT NOT NULL, text TEXT NOT NULL);
                CREATE INDEX act_by_time ON act (at);
                CREATE TABLE audit (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, what TEXT NOT NULL,
                    subject TEXT NOT NULL, detail TEXT NOT NULL, previous BLOB, hash BLOB);
                CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                """)
    }
}
