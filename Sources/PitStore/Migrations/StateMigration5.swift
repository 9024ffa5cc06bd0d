import GRDB

/// Deployments: who acts on one, who approved, what came of it, which versions were bad, specs that nobody else keeps.
/// From here on the audit trail is a chain, and can only grow.
enum StateMigration5 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE deployment_lock (
                    deployment TEXT PRIMARY KEY, operation TEXT NOT NULL, driver TEXT NOT NULL, beat INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE approval (
                    operation TEXT NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL,
                    PRIMARY KEY (operation, author)) WITHOUT ROWID;
                CREATE TABLE receipt (
                    operation TEXT PRIMARY KEY, deployment TEXT NOT NULL, at INTEGER NOT NULL, isOpen INTEGER NOT NULL,
                    body BLOB NOT NULL) WITHOUT ROWID;
                CREATE INDEX receipt_by_deployment ON receipt (deployment, at);
                CREATE TABLE quarantine (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL,
                    body BLOB NOT NULL, lifted INTEGER);
                CREATE TABLE rollout (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, deployment TEXT NOT NULL, at INTEGER NOT NULL,
                    seconds REAL NOT NULL);
                CREATE INDEX rollout_by_deployment ON rollout (deployment, seq);
                CREATE TABLE guard_word (
                    deployment TEXT NOT NULL, revision TEXT NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL,
                    PRIMARY KEY (deployment, revision)) WITHOUT ROWID;
                CREATE TABLE spec (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, deployment TEXT NOT NULL, revision TEXT NOT NULL,
                    at INTEGER NOT NULL, body BLOB NOT NULL);
                CREATE UNIQUE INDEX spec_by_revision ON spec (deployment, revision);
                ALTER TABLE audit ADD COLUMN identity TEXT NOT NULL DEFAULT '';
                """)
        try AuditLink.chainAll(db)
        try db.execute(
            sql: """
                CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
                    SELECT RAISE(ABORT, 'the audit trail is not changed'); END;
                CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
                    SELECT RAISE(ABORT, 'the audit trail is not cut'); END;
                """)
    }
}
