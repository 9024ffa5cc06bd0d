import PitModel
import PitParse

/// A record of Argilla 2: as its API gives it, or as its SDK writes records to JSON. Drafts and discarded responses are
/// passed over, and so are suggestions.
enum ArgillaRecord {
    static func read(_ record: JSONValue, _ context: ImportContext) throws(ImportProblem) -> ImportedItem.Found {
        guard let fields = record["fields"], let members = fields.members else {
            throw ImportProblem("no record with `fields`")
        }
        var item = ImportedItem()
        item.interaction = record["external_id"]?.words ?? record["id"]?.words
        item.at = ImportedItem.moment(record["inserted_at"])
        item.model = record["metadata"]?["model"]?.text
        item.release = record["metadata"]?["release"]?.text
        let names = texts(fields, members, context.fields, &item)
        item.passedOver = suggestions(record["suggestions"])
        let at = ImportedItem.moment(record["updated_at"])
        if let responses = record["responses"]?.list {
            for response in responses {
                let status = response["status"]?.text ?? "submitted"
                guard status == "submitted", let values = response["values"]?.members else {
                    item.passedOver += 1
                    continue
                }
                for (question, given) in values {
                    add(given["value"], question, response["user_id"], names, at, &item)
                }
            }
        } else {
            for (question, given) in record["responses"]?.members ?? [] {
                for one in given.list ?? [] { add(one["value"], question, one["user_id"], names, at, &item) }
            }
        }
        return try item.finish(context)
    }

    private static func suggestions(_ value: JSONValue?) -> Int { value?.list?.count ?? value?.members?.count ?? 0 }

    /// Takes prompt and answers from the fields; gives the names of the fields that the answers were.
    private static func texts(
        _ fields: JSONValue, _ members: [(key: String, value: JSONValue)], _ paths: [String: String],
        _ item: inout ImportedItem
    ) -> [String] {
        func first(_ field: JudgedRow.Field, _ names: [String]) -> JSONValue? {
            if let path = paths[field.rawValue] { return fields.at(path) }
            return names.lazy.compactMap { fields[$0] }.first { !$0.isNull }
        }
        item.messages = ImportedItem.messages(
            first(.prompt, ["messages", "chat", "conversation", "prompt", "instruction", "question", "input"]))
        if let response = ImportedItem.answer(first(.response, [])) {
            item.answers = [response]
            return [paths[JudgedRow.Field.response.rawValue] ?? ""]
        }
        let names = members.map(\.key).filter { name in
            ["response", "answer", "completion", "output", "generation", "text"].contains {
                name.lowercased().hasPrefix($0)
            }
        }.sorted()
        item.answers = names.compactMap { ImportedItem.answer(fields[$0]) }
        if item.answers.isEmpty, item.messages.last?.role == "assistant", let last = item.messages.popLast() {
            item.answers = [last.text]
        }
        return names
    }

    private static func add(
        _ value: JSONValue?, _ question: String, _ user: JSONValue?, _ names: [String], _ at: Timestamp?,
        _ item: inout ImportedItem
    ) {
        guard let value, let read = read(value, question, names, item.answers) else {
            item.passedOver += 1
            return
        }
        item.judgements.append(
            .init(author: user?.words ?? "argilla", question: question, value: read, at: at))
    }

    private static func read(
        _ value: JSONValue, _ question: String, _ names: [String], _ answers: [String]
    ) -> JudgedValue? {
        switch value {
        case .number(let number): return .number(number)
        case .text(let text):
            if question.lowercased().contains("correct"), text.utf8.contains(0x20) { return .correction(text) }
            return text.utf8.count <= 64 && !text.utf8.contains(0x0A) && !text.utf8.contains(0x20)
                ? .choice(text) : .text(text)
        case .list(let list):
            if list.contains(where: { $0["rank"] != nil }) { return ranking(list, names, answers.count) }
            if list.contains(where: { $0["start"] != nil }) { return spans(list, answers.first ?? "") }
            let words = list.compactMap(\.text)
            return words.isEmpty ? nil : .choices(words)
        case .null, .flag, .object: return nil
        }
    }

    /// Of values that are the names of the fields with the answers; without equal ranks.
    private static func ranking(_ list: [JSONValue], _ names: [String], _ count: Int) -> JudgedValue? {
        let ranked = list.compactMap { entry -> (rank: Double, place: Int)? in
            guard let rank = entry["rank"]?.figure, let name = entry["value"]?.text,
                let place = names.firstIndex(of: name)
            else { return nil }
            return (rank, place)
        }.sorted { $0.rank < $1.rank }
        guard count > 1, ranked.count == count, Set(ranked.map(\.rank)).count == count,
            Set(ranked.map(\.place)).count == count
        else { return nil }
        return .ranking(ranked.map(\.place))
    }

    /// Python counts in characters of Unicode.
    private static func spans(_ list: [JSONValue], _ response: String) -> JudgedValue? {
        let bytes = Array(response.utf8)
        let spans = list.compactMap { span -> JudgedSpan? in
            guard let first = span["start"]?.figure.flatMap({ Int(exactly: $0) }),
                let last = span["end"]?.figure.flatMap({ Int(exactly: $0) }), let tag = span["label"]?.text,
                let start = TextPlaces.utf8(ofScalar: first, in: response),
                let end = TextPlaces.utf8(ofScalar: last, in: response), start < end
            else { return nil }
            return JudgedSpan(start, end, tag: tag, text: String(decoding: bytes[start..<end], as: UTF8.self))
        }
        return spans.isEmpty ? nil : .spans(spans)
    }
}
