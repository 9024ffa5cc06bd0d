import Foundation
import GRDB
public import PitModel

/// What other people judged elsewhere, and what was changed there of ours.
extension Store {
    /// Exchanges that are judged here and may be judged there, too, a page at a time in the order in which they came
    /// into queues; begins again after the last.
    public func exchangesToRead(_ route: AssessmentRoute, limit: Int) throws(StoreFault) -> [String] {
        guard !route.from.isEmpty else { return [] }
        return try writeState { db in
            let name = route.to.description
            let cursor =
                try Int64.fetchOne(
                    try db.cachedStatement(sql: "SELECT cursor FROM label_route WHERE destination = ?"),
                    arguments: [name]) ?? 0
            let places = Array(repeating: "?", count: route.from.count).joined(separator: ", ")
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, interaction FROM label_target
                    WHERE id > ? AND isRepeat = 0 AND connection IN (\(places)) ORDER BY id LIMIT ?
                    """,
                arguments: [cursor] + StatementArguments(route.from.map(\.description)) + [max(1, limit)])
            let end: Int64 = rows.count < limit ? 0 : rows.last?["id"] ?? 0
            try db.cachedStatement(sql: "UPDATE label_route SET cursor = ? WHERE destination = ?").execute(
                arguments: [end, name])
            var seen: Set<String> = []
            return rows.map { $0["interaction"] as String }.filter { seen.insert($0).inserted }
        }
    }

    /// Takes in what people judged of these exchanges elsewhere: new answers, changed ones, and those that are no longer
    /// there. Only answers that fit a queue's rubric are; ours that come back are not. Gives how many judgements were
    /// written.
    public func take(
        _ all: [RemoteAssessment], of exchanges: [String], from route: AssessmentRoute, at now: Timestamp
    ) throws(StoreFault) -> Int {
        try writeState { db in
            let name = route.to.description
            let byExchange = Dictionary(grouping: all, by: \.interaction)
            var written = 0
            for exchange in exchanges {
                let told = (byExchange[exchange] ?? []).compactMap { $0.told(route) }
                for place in try Self.places(exchange, route, db) {
                    for one in told where one.fits(place.rubric) {
                        if let key = one.key, try Self.isOurs(key, name, db) { continue }
                        if try Self.take(one, place, name, now, db) { written += 1 }
                    }
                }
                written += try Self.forget(exchange, keeping: Set(told.map(\.remote)), name, now, db)
            }
            try db.cachedStatement(sql: "UPDATE label_route SET readAt = ? WHERE destination = ?").execute(
                arguments: [now.milliseconds, name])
            return written
        }
    }

    /// An exchange in one queue.
    private struct Place {
        var item: String
        var target: JudgedTarget
        var queue: String
        var rubric: Rubric
    }

    private static func places(_ exchange: String, _ route: AssessmentRoute, _ db: Database) throws -> [Place] {
        try route.from.flatMap { connection in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT t.item, t.body, q.name, r.body AS rules FROM label_target t
                        JOIN label_item i ON i.target = t.id JOIN label_queue q ON q.id = i.queue
                        JOIN label_rubric r ON r.name = q.rubric AND r.version = q.version
                        WHERE t.connection = ? AND t.interaction = ? AND t.isRepeat = 0
                        """), arguments: [connection.description, exchange]
            ).map {
                Place(
                    item: $0["item"], target: try Store.decode(JudgedTarget.self, $0["body"]), queue: $0["name"],
                    rubric: try Store.decode(Rubric.self, $0["rules"]))
            }
        }
    }

    private static func isOurs(_ key: String, _ destination: String, _ db: Database) throws -> Bool {
        try Int.fetchOne(
            try db.cachedStatement(sql: "SELECT 1 FROM label_outbox WHERE destination = ? AND key = ?"),
            arguments: [destination, key]) != nil
    }

    private static func take(
        _ one: RemoteAssessment, _ place: Place, _ destination: String, _ now: Timestamp, _ db: Database
    ) throws -> Bool {
        let held = HeldAssessment(one.valueFor(place.rubric), comment: one.comment)
        let known = try Data.fetchOne(
            try db.cachedStatement(
                sql: "SELECT held FROM label_pulled WHERE destination = ? AND remote = ? AND queue = ?"),
            arguments: [destination, one.remote, place.queue]
        ).map { try Store.decode(HeldAssessment.self, $0) }
        guard known != held else { return false }
        let judgement = Judgement(
            id: lastingID(
                destination, one.remote, place.queue, "\(one.at.milliseconds)", held.value?.words ?? "", held.comment),
            at: one.at.milliseconds > 0 ? one.at : now, author: one.author, origin: .imported(destination),
            queue: place.queue, item: place.item, rubric: place.rubric.reference, question: one.name,
            value: held.value, comment: one.comment)
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO label_pulled
                (destination, remote, interaction, item, queue, question, author, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            destination, one.remote, one.interaction, place.item, place.queue, one.name, one.author,
            try Store.encode(held),
        ])
        return try bring(
            judgement, JudgedItem(id: place.item, queue: place.queue, target: place.target, judgements: []), db)
    }

    /// What was there and no longer is was taken back by its author.
    private static func forget(
        _ exchange: String, keeping there: Set<String>, _ destination: String, _ now: Timestamp, _ db: Database
    ) throws -> Int {
        let known = try Row.fetchAll(
            try db.cachedStatement(sql: "SELECT * FROM label_pulled WHERE destination = ? AND interaction = ?"),
            arguments: [destination, exchange])
        var written = 0
        for row in known where !there.contains(row["remote"]) {
            let body = try Row.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT t.body, q.rubric, q.version FROM label_target t, label_queue q
                        WHERE t.item = ? AND q.name = ?
                        """), arguments: [row["item"] as String, row["queue"] as String])
            if let body {
                let judgement = Judgement(
                    id: UUID().uuidString.lowercased(), at: now, author: row["author"],
                    origin: .imported(destination), queue: row["queue"], item: row["item"],
                    rubric: Rubric.Reference(body["rubric"], version: body["version"]), question: row["question"],
                    value: nil)
                let item = JudgedItem(
                    id: row["item"], queue: row["queue"], target: try Store.decode(JudgedTarget.self, body["body"]),
                    judgements: [])
                if try bring(judgement, item, db) { written += 1 }
            }
            try db.cachedStatement(
                sql: "DELETE FROM label_pulled WHERE destination = ? AND remote = ? AND queue = ?"
            ).execute(arguments: [destination, row["remote"] as String, row["queue"] as String])
        }
        return written
    }

    /// The same for the same: what is read twice is written once, whoever reads it.
    private static func lastingID(_ parts: String...) -> String {
        let hex = assessmentKey(of: parts)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(hex.dropFirst(range.lowerBound).prefix(range.count))
        }.joined(separator: "-")
    }

    /// Whose word holds where somebody changed ours: `ours` tells it again, `theirs` writes it down here.
    public func resolve(
        _ key: String, at destination: ConnectionName, keepsOurs: Bool, by author: String, now: Timestamp
    ) throws(StoreFault) {
        try writeState { db in
            let row = try Row.fetchOne(
                db, sql: "\(Self.errandColumns) WHERE o.destination = ? AND o.key = ? AND o.stage = 'conflict'",
                arguments: [destination.description, key])
            guard let errand = try row.map({ try Self.errand($0, db) }) else {
                throw StoreFault.refused(
                    "there is no conflict `\(key)` at \(destination)", hint: "See them: pitwall sync conflicts")
            }
            let held = HeldAssessment(errand.theirs)
            let judgement = errand.change.judgement
            if !keepsOurs {
                if let value = held.value, let rubric = try Self.rubric(judgement.rubric, db),
                    let refusal = rubric.refusal(of: value, to: judgement.question)
                {
                    throw StoreFault.refused(refusal, hint: "Keep ours, or change it there to one of the rubric's.")
                }
                var taken = judgement
                (taken.id, taken.at) = (UUID().uuidString.lowercased(), now)
                (taken.origin, taken.value) = (.imported(destination.description), held.value)
                (taken.comment, taken.supersedes, taken.seconds) = (held.comment, nil, 0)
                let item = JudgedItem(
                    id: judgement.item, queue: judgement.queue, target: errand.change.target, judgements: [])
                _ = try Self.bring(taken, item, db)
            }
            try db.execute(
                sql: """
                    UPDATE label_outbox SET stage = ?, told = ?, tried = NULL, theirs = NULL, fault = NULL, remote = ?
                    WHERE destination = ? AND key = ?
                    """,
                arguments: [
                    keepsOurs ? "waiting" : "told", try Store.encode(held),
                    errand.theirs?.remote, destination.description, key,
                ])
            try AuditLink.append(
                db, now, author, identity: "", "judgement conflict settled", judgement.item,
                "\(judgement.question) by \(judgement.author) at \(destination): "
                    + "\(keepsOurs ? "ours" : "theirs") holds, ours \(judgement.value?.words ?? "none"), "
                    + "theirs \(held.value?.words ?? "none")")
        }
    }
}

extension RemoteAssessment {
    /// Under the name that it has here, where a person said it. What users say arrives by a program's hand, and often
    /// without a name of theirs: where the configuration names it, it is taken for a person's.
    func told(_ route: AssessmentRoute) -> RemoteAssessment? {
        var one = self
        if let own = route.names[name] {
            one.name = own
            if author.isEmpty { one.author = "user" }
            return kind == .judge ? nil : one
        }
        return kind == .human && !author.isEmpty ? one : nil
    }

    func fits(_ rubric: Rubric) -> Bool {
        valueFor(rubric).map { rubric.refusal(of: $0, to: name) == nil } ?? false
    }

    /// The value as a rubric's question has it: what came as a word may be its text, and the other way round.
    func valueFor(_ rubric: Rubric) -> JudgedValue? {
        guard let value, let question = rubric.questions.first(where: { $0.id == name }) else { return nil }
        switch (question.kind, value) {
        case (.text, .choice(let word)): return .text(word)
        case (.correction, .choice(let word)), (.correction, .text(let word)): return .correction(word)
        case (.preference, .choice(let word)): return JudgedValue.Preference(rawValue: word).map { .preference($0) }
        case (.choices, .choice(let word)): return .choices([word])
        case (.choice(let choices), _): return Self.chosen(value, choices)
        default: return value
        }
    }

    /// Thumbs come as flags, or as 1 and 0: where one word of a question is good and one bad, they mean these.
    private static func chosen(_ value: JudgedValue, _ choices: [RubricChoice]) -> JudgedValue {
        let (good, bad) = (choices.filter { $0.isGood == true }, choices.filter { $0.isGood == false })
        guard good.count == 1, bad.count == 1, let yes = good.first, let no = bad.first else { return value }
        switch value {
        case .choice("true"), .number(1): return .choice(yes.value)
        case .choice("false"), .number(0): return .choice(no.value)
        default: return value
        }
    }
}
