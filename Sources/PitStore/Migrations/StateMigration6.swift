import GRDB

/// What receivers are to be told of alerts: written down before it is sent, so that it is told once and not forgotten.
enum StateMigration6 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE notice (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, id TEXT NOT NULL,
                    subject TEXT NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL, next INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, stage TEXT NOT NULL, fault TEXT, body BLOB NOT NULL,
                    UNIQUE (receiver, id));
                CREATE INDEX notice_waiting ON notice (receiver, seq) WHERE stage = 'waiting';
                CREATE INDEX notice_by_time ON notice (since);
                """)
    }
}
