import GRDB

/// The past of one alert is found without reading that of all.
enum CacheMigration4 {
    static func migrate(_ db: Database) throws {
        try db.execute(sql: "CREATE INDEX fact_of_alert ON fact (key, since) WHERE kind = 'alert'")
    }
}
