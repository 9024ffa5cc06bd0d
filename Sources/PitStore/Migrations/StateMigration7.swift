import GRDB

/// What people judge: queues and their items, what was judged for good, every key as an act, and what follows from
/// those: where each person stands, which answer holds, how good each release was found.
enum StateMigration7 {
    static func migrate(_ db: Database) throws {
        try db.execute(sql: facts)
        try db.execute(sql: derived)
    }

    private static let facts = """
        CREATE TABLE label_rubric (
            name TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (name, version)) WITHOUT ROWID;
        CREATE TABLE label_queue (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
            author TEXT NOT NULL, rubric TEXT NOT NULL, version INTEGER NOT NULL, total INTEGER NOT NULL,
            done INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE label_target (
            id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL UNIQUE, connection TEXT NOT NULL,
            interaction TEXT NOT NULL, model TEXT, release TEXT, isRepeat INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX label_target_by_exchange ON label_target (connection, interaction);
        CREATE TABLE label_item (
            queue INTEGER NOT NULL, number INTEGER NOT NULL, target INTEGER NOT NULL, shown TEXT NOT NULL,
            judges INTEGER NOT NULL, PRIMARY KEY (queue, number)) WITHOUT ROWID;
        CREATE UNIQUE INDEX label_item_by_target ON label_item (target, queue);
        CREATE TABLE label_act (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, queue INTEGER NOT NULL,
            target INTEGER NOT NULL, kind TEXT NOT NULL, undoes INTEGER, seconds REAL NOT NULL);
        CREATE TABLE judgement (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, act INTEGER, queue INTEGER NOT NULL,
            target INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX judgement_by_act ON judgement (act) WHERE act IS NOT NULL;
        CREATE TABLE label_mark (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, act INTEGER NOT NULL, queue INTEGER NOT NULL,
            target INTEGER NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
            wasSkipped INTEGER, wasFlagged INTEGER NOT NULL);
        CREATE INDEX label_mark_by_act ON label_mark (act);
        CREATE TRIGGER judgement_stays BEFORE UPDATE ON judgement
            BEGIN SELECT RAISE(ABORT, 'a judgement is never changed'); END;
        CREATE TRIGGER judgement_remains BEFORE DELETE ON judgement
            BEGIN SELECT RAISE(ABORT, 'a judgement is never removed'); END;
        """

    private static let derived = """
        CREATE TABLE label_now (
            target INTEGER NOT NULL, queue INTEGER NOT NULL, author TEXT NOT NULL, question TEXT NOT NULL,
            judgement INTEGER NOT NULL, PRIMARY KEY (target, queue, author, question)) WITHOUT ROWID;
        CREATE TABLE label_stack (
            queue INTEGER NOT NULL, author TEXT NOT NULL, state INTEGER NOT NULL, act INTEGER NOT NULL,
            PRIMARY KEY (queue, author, state, act)) WITHOUT ROWID;
        CREATE TABLE label_progress (
            queue INTEGER NOT NULL, author TEXT NOT NULL, number INTEGER NOT NULL, judged INTEGER NOT NULL,
            skipped INTEGER, flagged INTEGER NOT NULL, PRIMARY KEY (queue, author, number)) WITHOUT ROWID;
        CREATE INDEX label_skipped ON label_progress (queue, author, skipped)
            WHERE skipped IS NOT NULL AND judged = 0;
        CREATE TABLE label_count (
            queue INTEGER NOT NULL, author TEXT NOT NULL, first INTEGER NOT NULL, judged INTEGER NOT NULL,
            skipped INTEGER NOT NULL, flagged INTEGER NOT NULL, PRIMARY KEY (queue, author)) WITHOUT ROWID;
        CREATE TABLE label_tally (
            queue INTEGER NOT NULL, model TEXT NOT NULL, release TEXT NOT NULL, good INTEGER NOT NULL,
            bad INTEGER NOT NULL, PRIMARY KEY (queue, model, release)) WITHOUT ROWID;
        """
}
