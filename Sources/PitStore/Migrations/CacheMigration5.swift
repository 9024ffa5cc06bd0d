import GRDB

/// On which side of an exchange a finding was made.
enum CacheMigration5 {
    static func migrate(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE finding ADD COLUMN side TEXT")
    }
}
