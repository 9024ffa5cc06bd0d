import PitModel
import PitParse

/// A task of Label Studio's JSON export. Its predictions and what an annotator skipped are passed over.
enum LabelStudioTask {
    static func read(_ task: JSONValue, _ context: ImportContext) throws(ImportProblem) -> ImportedItem.Found {
        guard let data = task["data"], data.members != nil else { throw ImportProblem("no task with `data`") }
        var item = ImportedItem()
        item.item = data["item"]?.text
        item.connection = data["connection"]?.text
        item.interaction = data["interaction"]?.text ?? task["id"]?.words
        (item.model, item.release) = (data["model"]?.text, data["release"]?.text)
        item.at = ImportedItem.moment(data["at"] ?? task["created_at"])
        texts(data, context.fields, &item)
        item.passedOver = task["predictions"]?.list?.count ?? 0
        for annotation in task["annotations"]?.list ?? [] {
            guard annotation["was_cancelled"] != .flag(true), let results = annotation["result"]?.list, !results.isEmpty
            else {
                item.passedOver += 1
                continue
            }
            item.judgements += drafts(annotation, results, item.answers)
        }
        return try item.finish(context)
    }

    private static func texts(_ data: JSONValue, _ fields: [String: String], _ item: inout ImportedItem) {
        func first(_ field: JudgedRow.Field, _ names: [String]) -> JSONValue? {
            if let path = fields[field.rawValue] { return data.at(path) }
            return names.lazy.compactMap { data[$0] }.first { !$0.isNull }
        }
        item.messages = ImportedItem.messages(first(.messages, ["messages", "dialogue", "conversation"]))
        if item.messages.isEmpty {
            item.messages = ImportedItem.messages(first(.prompt, ["prompt", "question", "input", "instruction"]))
        }
        item.answers = first(.answers, ["answers", "responses"])?.list?.compactMap { ImportedItem.answer($0) } ?? []
        item.sources = data["sources"]?.list?.compactMap(\.text) ?? []
        if item.answers.isEmpty {
            let one = first(.response, ["response", "answer", "output", "completion", "text"])
            item.answers = ImportedItem.answer(one).map { [$0] } ?? []
        }
        if item.answers.isEmpty {
            item.answers = ["answer1", "answer2"].compactMap { data[$0]?.text }
        }
        if item.answers.isEmpty, item.messages.last?.role == "assistant", let last = item.messages.popLast() {
            item.answers = [last.text]
        }
    }

    private static func author(_ annotation: JSONValue) -> String {
        let by = annotation["completed_by"]
        return annotation["author"]?.text ?? by?["email"]?.text ?? by?["username"]?.text
            ?? (by?["id"]?.words ?? by?.words).map { "labelstudio-\($0)" } ?? "labelstudio"
    }

    private static func drafts(
        _ annotation: JSONValue, _ results: [JSONValue], _ answers: [String]
    ) -> [ImportedItem.Draft] {
        var (order, values): ([String], [String: JudgedValue]) = ([], [:])
        for result in results {
            guard let question = result["from_name"]?.text, let found = value(result, question, answers) else {
                continue
            }
            if case .spans(let more) = found, case .spans(let before)? = values[question] {
                values[question] = .spans(before + more)
                continue
            }
            if values[question] == nil { order.append(question) }
            values[question] = found
        }
        let (author, at) = (author(annotation), ImportedItem.moment(annotation["created_at"]))
        // The time went to the annotation as a whole.
        let seconds = (annotation["lead_time"]?.figure ?? 0) / Double(max(1, order.count))
        return order.compactMap { question in
            values[question].map {
                .init(
                    author: author, question: question, value: $0, comment: annotation["comment"]?.text ?? "", at: at,
                    seconds: seconds)
            }
        }
    }

    private static func value(_ result: JSONValue, _ question: String, _ answers: [String]) -> JudgedValue? {
        guard let type = result["type"]?.text, let value = result["value"] else { return nil }
        switch type {
        case "choices":
            let words = value["choices"]?.list?.compactMap(\.text) ?? []
            if answers.count == 2, words.count == 1, let preference = JudgedValue.Preference(rawValue: words[0]) {
                return .preference(preference)
            }
            return words.isEmpty ? nil : words.count == 1 ? .choice(words[0]) : .choices(words)
        case "taxonomy":
            let paths = value["taxonomy"]?.list?.map { ($0.list ?? []).compactMap(\.text).joined(separator: "/") } ?? []
            return paths.isEmpty ? nil : paths.count == 1 ? .choice(paths[0]) : .choices(paths)
        case "rating": return value["rating"]?.figure.map(JudgedValue.number)
        case "number": return value["number"]?.figure.map(JudgedValue.number)
        case "textarea":
            let text = value["text"]?.text ?? value["text"]?.list?.compactMap(\.text).joined(separator: "\n")
            return text.map { question.lowercased().contains("correct") ? .correction($0) : .text($0) }
        case "pairwise":
            return value["selected"]?.text.flatMap { ["left": .preference(.first), "right": .preference(.second)][$0] }
        case "ranker": return ranking(value["ranker"], answers.count)
        case "labels", "hypertextlabels": return span(value, value[type], answers.first ?? "")
        default: return nil
        }
    }

    private static func ranking(_ value: JSONValue?, _ count: Int) -> JudgedValue? {
        let names = (value?.list ?? value?.members?.first?.value.list ?? []).compactMap(\.words)
        // `answer-2`, or a number from 1 on.
        let places = names.compactMap { name in
            Int(name.split(whereSeparator: { !$0.isNumber }).last ?? "").map { $0 - 1 }
        }
        guard count > 1, places.count == count, Set(places) == Set(0..<count) else { return nil }
        return .ranking(places)
    }

    private static func span(_ value: JSONValue, _ labels: JSONValue?, _ response: String) -> JudgedValue? {
        let offsets = value["globalOffsets"] ?? value
        guard let first = offsets["start"]?.figure.flatMap({ Int(exactly: $0) }),
            let last = offsets["end"]?.figure.flatMap({ Int(exactly: $0) }), let tag = labels?.list?.first?.text,
            let start = TextPlaces.utf8(ofUTF16: first, in: response),
            let end = TextPlaces.utf8(ofUTF16: last, in: response), start < end
        else { return nil }
        let text = String(decoding: Array(response.utf8)[start..<end], as: UTF8.self)
        return .spans([JudgedSpan(start, end, tag: tag, text: text)])
    }
}
