import GRDB

/// Golden laps, and since when a person takes a model's answers to them as they are.
enum StateMigration12 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE golden_lap (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, connection TEXT NOT NULL,
                    at INTEGER NOT NULL, body BLOB NOT NULL);
                CREATE INDEX golden_lap_by_model ON golden_lap (model, connection, at);
                CREATE TABLE golden_accepted (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, at INTEGER NOT NULL,
                    author TEXT NOT NULL, reason TEXT NOT NULL);
                """)
    }
}
