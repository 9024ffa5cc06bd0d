import GRDB

/// Operations are found by time, acts by what they are about.
enum StateMigration2 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX operation_by_time ON operation (at);
                CREATE INDEX act_by_subject ON act (subject, at);
                """)
    }
}
