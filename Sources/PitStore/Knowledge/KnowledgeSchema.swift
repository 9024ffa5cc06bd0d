import GRDB

/// The steps of knowledge.db. All in it can be made again from the folder.
enum KnowledgeSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 baseline") { db in
            try db.execute(
                sql: """
                    CREATE TABLE folder (
                        id INTEGER PRIMARY KEY CHECK (id = 1), path TEXT NOT NULL, indexed INTEGER,
                        skips BLOB NOT NULL, skip_count INTEGER NOT NULL);
                    CREATE TABLE document (
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, bytes INTEGER NOT NULL,
                        changed INTEGER);
                    CREATE TABLE passage (
                        id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
                        headings BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, text TEXT NOT NULL);
                    CREATE INDEX passage_of ON passage (document);
                    CREATE TABLE passage_vector (
                        id INTEGER PRIMARY KEY REFERENCES passage (id) ON DELETE CASCADE, model TEXT NOT NULL,
                        vector BLOB NOT NULL);
                    CREATE VIRTUAL TABLE passage_words USING fts5(
                        document, headings, text, tokenize='porter unicode61 remove_diacritics 2');
                    """)
        }
        return migrator
    }
}
