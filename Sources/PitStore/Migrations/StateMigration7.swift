import GRDB

/// What people judged. `judgement` only grows; `label_now` says which of its lines hold, and `label_state` how far each
/// person is with each item. One press of a key is one line of `label_act`, which undo and redo go by.
enum StateMigration7 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE label_queue (
                    name TEXT PRIMARY KEY, at INTEGER NOT NULL, total INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE label_item (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, number INTEGER NOT NULL,
                    item TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (queue, item), UNIQUE (queue, number));
                CREATE TABLE label_act (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL,
                    queue TEXT NOT NULL, item TEXT NOT NULL, kind TEXT NOT NULL, undone INTEGER NOT NULL,
                    seconds REAL NOT NULL, body BLOB NOT NULL);
                CREATE INDEX label_act_open ON label_act (queue, author, undone, seq) WHERE undone < 2;
                CREATE TABLE judgement (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
                    author TEXT NOT NULL, queue TEXT NOT NULL, item TEXT NOT NULL, question TEXT NOT NULL,
                    body BLOB NOT NULL);
                CREATE TABLE label_now (
                    queue TEXT NOT NULL, item TEXT NOT NULL, author TEXT NOT NULL, question TEXT NOT NULL,
                    judgement INTEGER NOT NULL, PRIMARY KEY (queue, item, author, question)) WITHOUT ROWID;
                CREATE INDEX label_now_by_item ON label_now (item, queue);
                CREATE TABLE label_state (
                    queue TEXT NOT NULL, author TEXT NOT NULL, item TEXT NOT NULL, number INTEGER NOT NULL,
                    state TEXT NOT NULL, flagged INTEGER NOT NULL, good INTEGER, model TEXT, release TEXT,
                    PRIMARY KEY (queue, author, item)) WITHOUT ROWID;
                CREATE INDEX label_state_skipped ON label_state (queue, author, number) WHERE state = 'skipped';
                CREATE INDEX label_state_by_item ON label_state (queue, item);
                CREATE TABLE label_count (
                    queue TEXT NOT NULL, author TEXT NOT NULL, judged INTEGER NOT NULL, skipped INTEGER NOT NULL,
                    flagged INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (queue, author)) WITHOUT ROWID;
                """)
    }
}
