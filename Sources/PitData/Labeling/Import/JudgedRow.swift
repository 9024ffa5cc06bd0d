import PitModel
import PitParse

/// A row of CSV or of JSON Lines with one judgement in it, as `export labels` writes it or nearly so; also TRL's
/// preference and unpaired rows.
enum JudgedRow {
    enum Field: String, CaseIterable {
        case item, connection, interaction, model, release, author, rubric, question, kind, value, comment, seconds
        case prompt, response, messages, answers, system, chosen, rejected
        case exchangedAt = "exchanged_at"
        case judgedAt = "judged_at"
        case rubricVersion = "rubric_version"

        /// What others call it.
        var others: [String] {
            switch self {
            case .author: ["annotator", "annotator_id", "labeler", "rater", "user", "completed_by"]
            case .value: ["label", "rating", "score", "judgement", "preference", "correction"]
            case .response: ["completion", "answer", "output"]
            case .prompt: ["input", "instruction"]
            case .interaction: ["trace_id", "id"]
            case .judgedAt: ["created_at", "timestamp"]
            case .comment: ["rationale", "reason"]
            case .seconds: ["lead_time"]
            default: []
            }
        }
    }

    private struct Row {
        var value: JSONValue
        var paths: [String: String]
        var isCSV: Bool

        /// Where a field stands; the name it has there.
        func find(_ field: Field) -> (name: String, value: JSONValue)? {
            if let path = paths[field.rawValue] {
                return value.at(path).flatMap { $0.isNull ? nil : (field.rawValue, read($0)) }
            }
            for name in [field.rawValue] + field.others {
                if let found = value[name], !found.isNull { return (name, read(found)) }
            }
            return nil
        }

        /// Undoes what keeps a spreadsheet from taking a text for a formula.
        private func read(_ value: JSONValue) -> JSONValue {
            guard isCSV, let text = value.text, text.utf8.first == 0x27,
                let second = text.utf8.dropFirst().first, [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x27].contains(second)
            else { return value }
            return .text(String(text.dropFirst()))
        }

        func text(_ field: Field) -> String? { find(field)?.value.words }

        /// What CSV has as a text of JSON.
        func json(_ field: Field) -> JSONValue? {
            guard let value = find(field)?.value else { return nil }
            guard isCSV, let text = value.text else { return value }
            return JSONReader.value(of: text) ?? value
        }
    }

    static func read(
        _ value: JSONValue, _ context: ImportContext, isCSV: Bool
    ) throws(ImportProblem) -> ImportedItem.Found {
        guard value.members != nil else { throw ImportProblem("no JSON object") }
        let row = Row(value: value, paths: context.fields, isCSV: isCSV)
        var item = ImportedItem()
        (item.item, item.connection, item.interaction) = (
            row.text(.item), row.text(.connection), row.text(.interaction)
        )
        (item.model, item.release) = (row.text(.model), row.text(.release))
        item.at = ImportedItem.moment(row.find(.exchangedAt)?.value)
        let isPromptNamed = read(texts: row, into: &item)
        let found = try judged(row, item.answers)
        var question = found.name
        if isPromptNamed || context.fields[Field.question.rawValue] != nil, let name = row.text(.question) {
            question = name
        }
        var draft = ImportedItem.Draft(
            author: row.text(.author) ?? context.source, question: question, value: found.value)
        draft.comment = row.text(.comment) ?? ""
        draft.at = ImportedItem.moment(row.find(.judgedAt)?.value)
        draft.seconds = row.find(.seconds)?.value.figure ?? 0
        if let name = row.text(.rubric) {
            let version = row.find(.rubricVersion)?.value.figure ?? 1
            draft.rubric = Rubric.Reference(name, version: Int(min(max(1, version), 1e6)))
        }
        item.judgements = [draft]
        return try item.finish(context)
    }

    /// What was said; whether `question` can only be the rubric's, not the prompt.
    private static func read(texts row: Row, into item: inout ImportedItem) -> Bool {
        item.messages = ImportedItem.messages(row.json(.messages))
        if item.messages.isEmpty { item.messages = ImportedItem.messages(promptValue(row)) }
        let isPromptNamed = !item.messages.isEmpty
        if !isPromptNamed, let question = row.text(.question) {
            item.messages = [Interaction.Message("user", question)]
        }
        if let system = row.text(.system), !item.messages.contains(where: { $0.role == "system" }) {
            item.messages.insert(Interaction.Message("system", system), at: 0)
        }
        item.answers = row.json(.answers)?.list?.compactMap { ImportedItem.answer($0) } ?? []
        if item.answers.isEmpty, let chosen = ImportedItem.answer(row.find(.chosen)?.value),
            let rejected = ImportedItem.answer(row.find(.rejected)?.value)
        {
            item.answers = [chosen, rejected]
        }
        if item.answers.isEmpty, let response = ImportedItem.answer(row.find(.response)?.value) {
            item.answers = [response]
        }
        if item.answers.isEmpty, item.messages.last?.role == "assistant", let last = item.messages.popLast() {
            item.answers = [last.text]
        }
        return isPromptNamed
    }

    private static func promptValue(_ row: Row) -> JSONValue? { row.find(.prompt)?.value }

    private static func judged(
        _ row: Row, _ answers: [String]
    ) throws(ImportProblem) -> (name: String, value: JudgedValue) {
        if let found = row.find(.value) {
            let name = found.name == "value" ? "judgement" : found.name
            guard let value = read(found.value, kind: row.text(.kind), row, answers) else {
                throw ImportProblem("the value is no \(row.text(.kind) ?? "judgement")")
            }
            return (name, value)
        }
        guard answers.count == 2, row.find(.chosen) != nil else { throw ImportProblem("no value") }
        return ("preference", .preference(.first))
    }

    private static func read(_ value: JSONValue, kind: String?, _ row: Row, _ answers: [String]) -> JudgedValue? {
        let structured = row.json(.value) ?? value
        switch kind {
        case "choice"?: return value.words.map(JudgedValue.choice)
        case "text"?: return value.words.map(JudgedValue.text)
        case "correction"?: return value.words.map(JudgedValue.correction)
        case "number"?: return value.figure.map(JudgedValue.number)
        case "choices"?: return structured.list.map { .choices($0.compactMap(\.words)) }
        case "preference"?: return value.text.flatMap(JudgedValue.Preference.init).map(JudgedValue.preference)
        case "ranking"?: return ranking(structured, answers)
        case "spans"?: return spans(structured, answers.first ?? "")
        default: break
        }
        switch value {
        case .number(let number): return .number(number)
        case .flag(let flag): return .choice(flag ? "good" : "bad")
        case .list(let list):
            if answers.count > 1, let ranking = ranking(value, answers) { return ranking }
            return list.isEmpty ? nil : .choices(list.compactMap(\.words))
        case .text(let text):
            if row.isCSV, let number = value.figure { return .number(number) }
            if answers.count == 2, let preference = JudgedValue.Preference(rawValue: text) {
                return .preference(preference)
            }
            return text.utf8.count <= 64 && !text.utf8.contains(0x0A) ? .choice(text) : .text(text)
        case .null, .object: return nil
        }
    }

    private static func ranking(_ value: JSONValue, _ answers: [String]) -> JudgedValue? {
        let places = value.list?.compactMap { $0.number.flatMap { Int(exactly: $0) } } ?? []
        guard places.count == answers.count, Set(places) == Set(0..<answers.count) else { return nil }
        return .ranking(places)
    }

    private static func spans(_ value: JSONValue, _ response: String) -> JudgedValue? {
        let bytes = Array(response.utf8)
        let spans = (value.list ?? []).compactMap { span -> JudgedSpan? in
            guard let start = span["start"]?.number.flatMap({ Int(exactly: $0) }),
                let end = span["end"]?.number.flatMap({ Int(exactly: $0) }), let tag = span["tag"]?.text,
                start >= 0, start < end, end <= bytes.count
            else { return nil }
            return JudgedSpan(start, end, tag: tag, text: String(decoding: bytes[start..<end], as: UTF8.self))
        }
        return spans.isEmpty ? nil : .spans(spans)
    }
}
