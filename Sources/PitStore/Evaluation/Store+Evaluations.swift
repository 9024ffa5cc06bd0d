import Crypto
import Foundation
import GRDB
public import PitModel

/// Runs of evaluations. Every call that writes returns after the disk has it.
extension Store {
    /// Begins a run of a suite; it is named after it, and numbered.
    public func begin(_ suite: EvaluationSuite, author: String, at: Timestamp) throws(StoreFault) -> EvaluationRun {
        try writeState { db in
            let before = try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM evaluation_run WHERE suite = ?", arguments: [suite.name])
            let run = EvaluationRun(
                id: "\(suite.name)-\((before ?? 0) + 1)", suite: suite, at: at, author: author)
            try db.execute(
                sql: "INSERT INTO evaluation_run (id, suite, at, author, head, cases) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    run.id, suite.name, at.milliseconds, author, try Self.head(run), try Self.encode(suite.cases),
                ])
            try AuditLink.append(
                db, at, author, identity: "", "evaluation begun", run.id,
                "\(suite.cases.count) cases, \(suite.systems.map(\.name).joined(separator: ", "))")
            return run
        }
    }

    /// Keeps what came of a case; what was kept of it before, as a fault is, gives way.
    ///
    /// - Parameter key: under which the answer may be found by later runs.
    public func keep(
        _ result: CaseResult, of run: EvaluationRun, key: String?, at: Timestamp
    ) throws(StoreFault) {
        try writeState { db in
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO evaluation_result (run, system, number, at, body) VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                run.id, result.system, result.number, at.milliseconds, try Self.encode(result),
            ])
            if let key, let answer = result.answer, !result.isReused {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO evaluation_answer (key, at, body) VALUES (?, ?, ?)"
                ).execute(arguments: [key, at.milliseconds, try Self.encode(answer)])
            }
        }
    }

    /// Writes down how far a run is, and what was found.
    public func update(_ run: EvaluationRun, at: Timestamp) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: "UPDATE evaluation_run SET head = ? WHERE id = ?", arguments: [try Self.head(run), run.id])
            let words: (String, String)? =
                switch run.state {
                case .running: nil
                case .finished:
                    ("evaluation finished", run.verdict?.outcome.map { "thresholds: \($0.rawValue)" } ?? "no threshold")
                case .stopped(_, let why): ("evaluation stopped", why)
                }
            if let words {
                try AuditLink.append(db, at, run.author, identity: "", words.0, run.id, words.1)
            }
        }
    }

    /// Runs, the newest first, without their cases.
    public func evaluationRuns(suite: String? = nil, limit: Int = 200) throws(StoreFault) -> [EvaluationRun] {
        try readState { db in
            let about: StatementArguments = suite.map { [$0] } ?? []
            let rows = try Data.fetchAll(
                db,
                sql: """
                    SELECT head FROM evaluation_run \(suite == nil ? "" : "WHERE suite = ?") ORDER BY seq DESC LIMIT ?
                    """, arguments: about + [max(0, limit)])
            return try rows.map { try Self.decode(EvaluationRun.self, $0) }
        }
    }

    /// A run with its cases; nil when there is none of that name.
    public func evaluationRun(_ id: String) throws(StoreFault) -> EvaluationRun? {
        try readState { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT head, cases FROM evaluation_run WHERE id = ?", arguments: [id])
            else { return nil }
            var run = try Self.decode(EvaluationRun.self, row["head"])
            run.suite.cases = try Self.decode([EvaluationCase].self, row["cases"])
            return run
        }
    }

    /// What came of a run's cases, by system and place.
    public func evaluationResults(_ run: String) throws(StoreFault) -> [CaseResult] {
        try readState { db in
            try Data.fetchAll(
                db, sql: "SELECT body FROM evaluation_result WHERE run = ? ORDER BY system, number", arguments: [run]
            ).map { try Self.decode(CaseResult.self, $0) }
        }
    }

    /// An answer that was kept under a key at `since` or later.
    public func evaluationAnswer(_ key: String, since: Timestamp) throws(StoreFault) -> ChatAnswer? {
        try readState { db in
            try Data.fetchOne(
                try db.cachedStatement(sql: "SELECT body FROM evaluation_answer WHERE key = ? AND at >= ?"),
                arguments: [key, since.milliseconds]
            ).map { try Self.decode(ChatAnswer.self, $0) }
        }
    }

    /// Keeps an answer under a key alone, to be found by later runs.
    public func keepAnswer(_ answer: ChatAnswer, key: String, at: Timestamp) throws(StoreFault) {
        try writeState { db in
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO evaluation_answer (key, at, body) VALUES (?, ?, ?)"
            ).execute(arguments: [key, at.milliseconds, try Self.encode(answer)])
        }
    }

    /// The key of an answer: a hash of the server, the model, its settings and all that is said to it.
    public static func answerKey(
        _ address: String, _ model: String, _ settings: GenerationSettings, _ messages: [ChatMessage]
    ) -> String? {
        struct Content: Encodable {
            var address: String
            var model: String
            var settings: GenerationSettings
            var messages: [ChatMessage]
        }
        let content = Content(address: address, model: model, settings: settings, messages: messages)
        guard let data = try? encode(content) else { return nil }
        return SHA256.hash(data: data).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func head(_ run: EvaluationRun) throws -> Data {
        var head = run
        head.suite.cases = []
        return try encode(head)
    }
}
