import Foundation
import GRDB
public import PitModel

/// What people said of answers, with what the exchanges told of themselves.
extension Store {
    /// One answer, without its text.
    public struct JudgedAnswer: Sendable {
        public var item: String
        public var release: String?
        /// As it was judged, or as the exchange still tells it.
        public var attributes: [String: String]
        /// People's answers that hold, oldest first.
        public var judgements: [Judgement]
    }

    /// Answers that people judged, the first judged first, with the rubrics that were judged by.
    ///
    /// - Parameters:
    ///   - model: nil: of every model.
    ///   - releases: empty: of every release.
    ///   - told: what an exchange that is still kept tells of itself, where that was not kept with what was judged.
    public func judgedAnswers(
        model: ModelName? = nil, releases: [String] = [], limit: Int = 50_000, told: (Interaction) -> [String: String]
    ) throws(StoreFault) -> (answers: [JudgedAnswer], rubrics: [Rubric.Reference: Rubric]) {
        struct Place {
            var connection: String
            var interaction: String
        }
        var missing: [Int: Place] = [:]
        var (answers, rubrics): ([JudgedAnswer], [Rubric.Reference: Rubric]) = ([], [:])
        try readState { db in
            let own = model == nil ? "" : " AND t.model = ?"
            let of = releases.isEmpty ? "" : " AND t.release IN (\(databaseQuestionMarks(count: releases.count)))"
            let arguments = StatementArguments((model.map { [$0.description] } ?? []) + releases) + [max(0, limit)]
            let rows = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: """
                        SELECT t.id, t.item, t.connection, t.interaction, t.release, t.attributes, j.body FROM
                        (SELECT t.id, t.item, t.connection, t.interaction, t.release,
                        json_extract(CAST(t.body AS TEXT), '$.attributes') AS attributes FROM label_target t
                        WHERE t.isRepeat = 0\(own)\(of) ORDER BY t.id LIMIT ?) t
                        JOIN label_now n ON n.target = t.id JOIN judgement j ON j.seq = n.judgement
                        ORDER BY t.id, j.at, j.seq
                        """), arguments: arguments)
            var last: Int64?
            while let row = try rows.next() {
                let judgement = try Store.decode(Judgement.self, row["body"])
                if case .machine = judgement.origin { continue }
                let id: Int64 = row["id"]
                if id != last {
                    let text: String? = row["attributes"]
                    let known = try text.map { try Store.decode([String: String].self, Data($0.utf8)) }
                    if known == nil {
                        missing[answers.count] = Place(connection: row["connection"], interaction: row["interaction"])
                    }
                    answers.append(
                        JudgedAnswer(
                            item: row["item"], release: row["release"], attributes: known ?? [:], judgements: []))
                    last = id
                }
                answers[answers.count - 1].judgements.append(judgement)
                if rubrics[judgement.rubric] == nil {
                    rubrics[judgement.rubric] = try Self.rubric(judgement.rubric, db)
                }
            }
        }
        guard !missing.isEmpty else { return (answers, rubrics) }
        try readCache { db in
            let statement = try db.cachedStatement(
                sql: "SELECT body FROM interaction WHERE connection = ? AND key = ?")
            for (index, place) in missing {
                let body = try Data.fetchOne(statement, arguments: [place.connection, place.interaction])
                guard let body else { continue }
                answers[index].attributes = told(try Store.decode(Interaction.self, body))
            }
        }
        return (answers, rubrics)
    }
}
