import GRDB

/// Trainings that were started from here, and what became known of them.
enum StateMigration14 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE training (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, template TEXT NOT NULL,
                    sweep TEXT, at INTEGER NOT NULL, author TEXT NOT NULL, body BLOB NOT NULL);
                CREATE INDEX training_by_template ON training (template, seq);
                CREATE TABLE training_fact (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, training TEXT NOT NULL, at INTEGER NOT NULL,
                    author TEXT NOT NULL, body BLOB NOT NULL);
                CREATE INDEX training_fact_by_training ON training_fact (training, seq);
                """)
    }
}
