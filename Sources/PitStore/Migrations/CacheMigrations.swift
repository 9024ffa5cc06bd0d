import GRDB

/// The steps of cache.db, oldest first. A step that has shipped is never changed.
enum CacheMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 baseline", migrate: CacheMigration1.migrate)
        migrator.registerMigration("2 parts and rosters", migrate: CacheMigration2.migrate)
        migrator.registerMigration("3 exchanges", migrate: CacheMigration3.migrate)
        migrator.registerMigration("4 alerts by key", migrate: CacheMigration4.migrate)
        migrator.registerMigration("5 sides of findings", migrate: CacheMigration5.migrate)
        migrator.registerMigration("6 search", migrate: CacheMigration6.migrate)
        return migrator
    }
}
