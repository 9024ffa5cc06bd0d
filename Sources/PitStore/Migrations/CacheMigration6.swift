import GRDB

/// An index of what was said, by runs of three characters, so that any piece of a text is found without reading all.
///
/// It holds nothing of the texts themselves, and no places within them: what it finds is compared once more. Exchanges
/// that were kept before it was there are not in it; they are searched as before until they are gone.
enum CacheMigration6 {
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE VIRTUAL TABLE interaction_text USING fts5(
                    messages, response, content='', tokenize='trigram', detail=none, columnsize=0);
                CREATE TABLE interaction_indexed (id INTEGER PRIMARY KEY CHECK (id = 1), first INTEGER NOT NULL);
                INSERT INTO interaction_indexed (id, first)
                    SELECT 1, COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'interaction'), 0) + 1;
                """)
    }
}
