public import PitModel
import PitParse

/// MLflow's own review queues and label schemas (servers from 3.14 on), as queues and rubrics.
extension MLflowConnector: ReviewQueueKeeping {
    private static let mostPages = 20
    private static let mostSchemas = 50

    public func reviewQueues() async throws(ConnectorFault) -> [ReviewQueue] {
        var result: [ReviewQueue] = []
        for experiment in try await experimentIDs() {
            let told = try await pages("review-queues/list", [("experiment_id", experiment)], "review_queues")
            guard let told, !told.isEmpty else { continue }
            let schemas = try await pages("label-schemas/list", [("experiment_id", experiment)], "label_schemas") ?? []
            for queue in told { if let read = try await read(queue, schemas) { result.append(read) } }
        }
        return result
    }

    public func close(
        _ interaction: String, in queue: String, by author: String
    ) async throws(ConnectorFault) {
        do throws(ConnectorFault) {
            _ = try await post(
                "\(Self.base)/review-queues/items/set-status",
                .object([
                    ("queue_id", .text(queue)), ("item_id", .text(interaction)), ("status", .text("COMPLETE")),
                    ("completed_by", .text(author)),
                ]))
        } catch .rejected {
            // The item, or the whole queue, was taken away there.
        }
    }

    private static let base = "/api/3.0/mlflow"

    private func read(_ queue: JSONValue, _ schemas: [JSONValue]) async throws(ConnectorFault) -> ReviewQueue? {
        guard let id = queue["queue_id"]?.text, let name = queue["name"]?.text else { return nil }
        // A queue of one person asks all that the experiment asks.
        let wanted = Set((queue["schema_ids"]?.list ?? []).compactMap(\.text))
        let asked = schemas.filter { schema in
            wanted.isEmpty || schema["schema_id"]?.text.map(wanted.contains) ?? false
        }
        let items =
            try await pages("review-queues/items/list", [("queue_id", id), ("status", "PENDING")], "items") ?? []
        let people = (queue["users"]?.list ?? []).compactMap(\.text)
        let words = asked.compactMap { schema in
            schema["instruction"]?.text.flatMap { $0.isEmpty ? nil : "\(schema["name"]?.text ?? ""): \($0)" }
        }
        return ReviewQueue(
            id: id, name: name.prefix(bytes: 250), people: people.map { $0.prefix(bytes: 100) },
            questions: asked.prefix(Self.mostSchemas).compactMap(Self.question),
            guidelines: words.joined(separator: "\n\n"),
            open: items.compactMap { $0["item_id"]?.text })
    }

    /// All entries of a list, page by page; nil where the server does not know the call.
    private func pages(
        _ call: String, _ query: [(String, String)], _ member: String
    ) async throws(ConnectorFault) -> [JSONValue]? {
        var (all, token): ([JSONValue], String?) = ([], nil)
        for _ in 0..<Self.mostPages {
            let more = query + [("max_results", "100")] + (token.map { [("page_token", $0)] } ?? [])
            let reply = try await http.send(
                HTTPRequest(.get, "\(Self.base)/\(call)", query: more.map { (name: $0.0, value: $0.1) }))
            // Older servers have no such thing.
            if [404, 405, 501].contains(reply.status) { return all.isEmpty ? nil : all }
            let value = try open(reply)
            all += value[member]?.list ?? []
            token = value["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
            if token == nil { break }
        }
        return all
    }

    private static func question(_ schema: JSONValue) -> RubricQuestion? {
        guard let name = schema["name"]?.text, !name.isEmpty, let input = schema["input"] else { return nil }
        let isExpectation = schema["type"]?.text == "EXPECTATION"
        let kind: RubricQuestion.Kind
        if let told = input["pass_fail"], let yes = told["positive_label"]?.text, let no = told["negative_label"]?.text
        {
            kind = .choice([RubricChoice(yes, isGood: true), RubricChoice(no, isGood: false)])
        } else if let told = input["categorical"], let options = told["options"]?.list?.compactMap(\.text) {
            let choices = options.prefix(20).map { RubricChoice($0) }
            kind = told["multi_select"] == .flag(true) ? .choices(choices) : .choice(choices)
        } else if let told = input["numeric"], let low = whole(told["min_value"]), let high = whole(told["max_value"]),
            low < high, high - low <= 100
        {
            kind = .rating(from: low, to: high)
        } else {
            kind = isExpectation ? .correction : .text
        }
        return RubricQuestion(name, title: name, kind: kind)
    }

    private static func whole(_ value: JSONValue?) -> Int? {
        value?.number.flatMap { Int(exactly: $0) }.flatMap { (0...100).contains($0) ? $0 : nil }
    }
}
