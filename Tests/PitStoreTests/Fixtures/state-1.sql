CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1 baseline');
CREATE TABLE operation (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, author TEXT NOT NULL, connection TEXT NOT NULL,
    body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE operation_stage (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL REFERENCES operation (id),
    stage TEXT NOT NULL, at INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE INDEX stage_by_operation ON operation_stage (operation, seq);
CREATE TABLE act (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL,
    subject TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX act_by_time ON act (at);
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, what TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL, previous BLOB, hash BLOB);
CREATE TABLE session (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO act VALUES (1, 1700000001000, 'ana', 'acknowledge', 'f', 'mine');
INSERT INTO audit VALUES (1, 1700000001000, 'ana', 'acknowledge', 'f', 'mine', NULL, NULL);
INSERT INTO session VALUES ('console', '{}');
