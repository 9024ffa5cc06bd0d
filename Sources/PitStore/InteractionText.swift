import GRDB

/// The index of what was said, kept in step with the exchanges.
enum InteractionText {
    /// Runs of three characters that are asked for at most; more only cost.
    private static let most = 24

    static func add(_ row: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO interaction_text (rowid, messages, response)
                SELECT id, messages, response FROM interaction WHERE id = ?
                """
        ).execute(arguments: [row])
    }

    /// Before the exchanges themselves go: the index must be told what was in it.
    static func remove(_ ids: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO interaction_text (interaction_text, rowid, messages, response)
                SELECT 'delete', id, messages, response FROM interaction
                WHERE id IN (\(ids)) AND id >= (SELECT first FROM interaction_indexed)
                """)
    }

    /// What exchanges that say this somewhere have in the index; nil where it is too short to be looked up.
    static func match(_ text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= 3, !scalars.contains("\0") else { return nil }
        var seen: Set<String> = []
        var runs: [String] = []
        for start in 0...(scalars.count - 3) where runs.count < most {
            var run = String.UnicodeScalarView()
            run.append(contentsOf: scalars[start..<(start + 3)])
            let quoted = "\"" + String(run).replacing("\"", with: "\"\"") + "\""
            if seen.insert(quoted).inserted { runs.append(quoted) }
        }
        return runs.joined(separator: " AND ")
    }
}
