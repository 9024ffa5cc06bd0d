import GRDB

/// What people say of findings. Each word is a line; the last one about a finding holds.
enum StateMigration4 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE finding_label (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL,
                    finding TEXT NOT NULL, connection TEXT NOT NULL, interaction TEXT NOT NULL, model TEXT,
                    detector TEXT NOT NULL, isTrue INTEGER);
                CREATE INDEX label_by_finding ON finding_label (finding, seq);
                CREATE INDEX label_by_interaction ON finding_label (connection, interaction);
                """)
    }
}
