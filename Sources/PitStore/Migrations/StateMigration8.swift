import GRDB

/// What other systems are to hold of the judgements: how far each is told, what waits, and what was read there.
enum StateMigration8 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE label_route (
                    destination TEXT NOT NULL PRIMARY KEY, sources TEXT NOT NULL, seq INTEGER NOT NULL,
                    cursor INTEGER NOT NULL, attempts INTEGER NOT NULL, next INTEGER NOT NULL, fault TEXT,
                    toldAt INTEGER, readAt INTEGER) WITHOUT ROWID;
                CREATE TABLE label_outbox (
                    destination TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
                    stage TEXT NOT NULL, fault TEXT, remote TEXT, told BLOB, tried BLOB, theirs BLOB,
                    PRIMARY KEY (destination, key)) WITHOUT ROWID;
                CREATE INDEX label_outbox_open ON label_outbox (destination, stage, seq) WHERE stage <> 'told';
                CREATE TABLE label_pulled (
                    destination TEXT NOT NULL, remote TEXT NOT NULL, interaction TEXT NOT NULL, item TEXT NOT NULL,
                    queue TEXT NOT NULL, question TEXT NOT NULL, author TEXT NOT NULL, held BLOB NOT NULL,
                    PRIMARY KEY (destination, remote, queue)) WITHOUT ROWID;
                CREATE INDEX label_pulled_by_exchange ON label_pulled (destination, interaction);
                CREATE TABLE label_review (
                    destination TEXT NOT NULL, remote TEXT NOT NULL, queue TEXT NOT NULL UNIQUE,
                    PRIMARY KEY (destination, remote)) WITHOUT ROWID;
                CREATE TABLE label_review_done (
                    queue TEXT NOT NULL, interaction TEXT NOT NULL, author TEXT NOT NULL,
                    PRIMARY KEY (queue, interaction)) WITHOUT ROWID;
                """)
    }
}
