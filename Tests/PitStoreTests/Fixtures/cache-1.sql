CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1 baseline');
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE series (
    source INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL,
    PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE TABLE block (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    samples INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX block_by_source ON block (source, last);
CREATE INDEX block_by_age ON block (last);
CREATE TABLE fact (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER,
    body BLOB NOT NULL);
CREATE INDEX fact_open ON fact (kind, key) WHERE until IS NULL;
CREATE INDEX fact_closed ON fact (kind, until, since) WHERE until IS NOT NULL;
CREATE TABLE event (
    key TEXT PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, model TEXT, connection TEXT,
    title TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX event_by_time ON event (at);
CREATE TABLE latest (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO source VALUES (1, 'vllm');
INSERT INTO series VALUES (1, 1, 'm', '[]');
INSERT INTO block VALUES (1, 1, 1700000000000, 1700000015000, 2, x'010201');
INSERT INTO fact VALUES (1, 'alert', 'am/x', 1700000000000, NULL, x'7b7d');
INSERT INTO fact VALUES (2, 'alert', 'am/y', 1700000000000, 1700000005000, x'7b7d');
INSERT INTO event VALUES ('k', 1700000001000, 'release', 'm', NULL, 'v14', '');
INSERT INTO latest VALUES ('models', x'0102');
