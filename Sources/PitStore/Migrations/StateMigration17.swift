import GRDB

/// What people asked of pipeline engines, and what was seen of it.
enum StateMigration17 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE pipeline_act (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
                    author TEXT NOT NULL, is_open INTEGER NOT NULL DEFAULT 1, body BLOB NOT NULL);
                CREATE INDEX pipeline_act_by_open ON pipeline_act (is_open, seq);
                CREATE TABLE pipeline_fact (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, act TEXT NOT NULL, at INTEGER NOT NULL,
                    author TEXT NOT NULL, body BLOB NOT NULL);
                CREATE INDEX pipeline_fact_by_act ON pipeline_fact (act, seq);
                """)
    }
}
