import GRDB

/// The steps of state.db, oldest first. A step that has shipped is never changed.
enum StateMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 baseline", migrate: StateMigration1.migrate)
        migrator.registerMigration("2 indexes", migrate: StateMigration2.migrate)
        migrator.registerMigration("3 baselines", migrate: StateMigration3.migrate)
        migrator.registerMigration("4 labels of findings", migrate: StateMigration4.migrate)
        migrator.registerMigration("5 deployments and the audit chain", migrate: StateMigration5.migrate)
        migrator.registerMigration("6 notices", migrate: StateMigration6.migrate)
        migrator.registerMigration("7 judgements", migrate: StateMigration7.migrate)
        migrator.registerMigration("8 outbox of judgements", migrate: StateMigration8.migrate)
        migrator.registerMigration("9 comparisons", migrate: StateMigration9.migrate)
        migrator.registerMigration("10 evaluations", migrate: StateMigration10.migrate)
        migrator.registerMigration("11 reviews of versions", migrate: StateMigration11.migrate)
        migrator.registerMigration("12 golden laps", migrate: StateMigration12.migrate)
        migrator.registerMigration("13 where aliases pointed", migrate: StateMigration13.migrate)
        migrator.registerMigration("14 trainings", migrate: StateMigration14.migrate)
        migrator.registerMigration("15 datasets", migrate: StateMigration15.migrate)
        migrator.registerMigration("16 sweeps", migrate: StateMigration16.migrate)
        migrator.registerMigration("17 acts on pipelines", migrate: StateMigration17.migrate)
        return migrator
    }
}
