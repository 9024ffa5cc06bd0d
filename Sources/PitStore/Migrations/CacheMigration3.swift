import GRDB

/// Exchanges with models, what was found in them, and how far each source was read.
enum CacheMigration3 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE interaction (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, connection TEXT NOT NULL, key TEXT NOT NULL, model TEXT,
                    at INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL, messages TEXT NOT NULL,
                    response TEXT, features TEXT NOT NULL, UNIQUE (connection, key));
                CREATE INDEX interaction_by_model ON interaction (model, at);
                CREATE INDEX interaction_by_time ON interaction (at);
                CREATE TABLE finding (
                    interaction INTEGER NOT NULL, number INTEGER NOT NULL, detector TEXT NOT NULL, kind TEXT NOT NULL,
                    at INTEGER NOT NULL, model TEXT, body BLOB NOT NULL,
                    PRIMARY KEY (interaction, number)) WITHOUT ROWID;
                CREATE INDEX finding_by_time ON finding (at, detector);
                CREATE TABLE reading (connection TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE interaction_size (id INTEGER PRIMARY KEY CHECK (id = 1), rows INTEGER, bytes INTEGER);
                INSERT INTO interaction_size (id, rows, bytes) VALUES (1, 0, 0);
                """)
    }
}
