import GRDB

/// Samples lie in parts and blocks, the names of a source's series in rosters. What the first layout held of samples
/// is dropped: it is polled again. Facts learn how long they held, so that those of a moment are found without
/// reading all that came after; events are found by model.
enum CacheMigration2 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE block;
                DROP TABLE series;
                ALTER TABLE source ADD COLUMN next INTEGER NOT NULL DEFAULT 1;
                CREATE TABLE roster (
                    id INTEGER PRIMARY KEY, source INTEGER NOT NULL, series INTEGER NOT NULL, bytes BLOB NOT NULL);
                CREATE INDEX roster_by_source ON roster (source);
                CREATE TABLE block (
                    id INTEGER PRIMARY KEY, source INTEGER NOT NULL, part INTEGER NOT NULL, first INTEGER NOT NULL,
                    last INTEGER NOT NULL, moments INTEGER NOT NULL, series INTEGER NOT NULL, samples INTEGER NOT NULL,
                    bytes BLOB NOT NULL);
                CREATE INDEX block_by_source ON block (source, part, last, first);
                CREATE INDEX block_by_age ON block (last);
                CREATE INDEX block_loose ON block (source, last) WHERE part = -1;

                DROP INDEX fact_closed;
                DELETE FROM fact WHERE until IS NOT NULL;
                ALTER TABLE fact ADD COLUMN scale INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE fact ADD COLUMN isNew INTEGER NOT NULL DEFAULT 1;
                CREATE INDEX fact_closed ON fact (kind, scale, since) WHERE until IS NOT NULL;
                CREATE INDEX fact_by_age ON fact (until) WHERE until IS NOT NULL;
                CREATE INDEX fact_new ON fact (kind, since, key) WHERE isNew = 1;

                CREATE INDEX event_by_model ON event (model, at);
                """)
    }
}
