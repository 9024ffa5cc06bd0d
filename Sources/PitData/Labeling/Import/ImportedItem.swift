import Crypto
import PitModel
import PitParse

/// An item on its way in: what an entry tells of it, checked and bounded.
struct ImportedItem {
    var item: String?
    var connection: String?
    var interaction: String?
    var model: String?
    var release: String?
    var at: Timestamp?
    var messages: [Interaction.Message] = []
    var answers: [String] = []
    var sources: [String] = []
    var judgements: [Draft] = []
    /// Annotations that say nothing.
    var passedOver = 0

    struct Draft {
        var author: String
        var question: String
        var value: JudgedValue
        var comment = ""
        var at: Timestamp?
        var seconds = 0.0
        var rubric = Rubric.Reference("imported", version: 1)
    }

    struct Found {
        var item: JudgedItem
        var passedOver: Int
    }

    /// Bytes of a name, and things of an item, at most.
    private static let longestName = 512
    private static let most = 10_000

    func finish(_ context: ImportContext) throws(ImportProblem) -> Found {
        guard !messages.isEmpty || !answers.isEmpty else { throw ImportProblem("neither a prompt nor a response") }
        guard messages.count <= Self.most, answers.count <= 100, judgements.count <= Self.most else {
            throw ImportProblem("more than \(Self.most) messages or judgements, or more than 100 answers")
        }
        let hash = JudgedText.hash(messages: messages, answers: answers)
        let connection = connection ?? context.source
        let interaction = interaction ?? String(hash.prefix(16))
        let id = item ?? "\(connection)/\(interaction)"
        for name in [id, connection, interaction, model ?? "", release ?? ""] { try Self.check(name) }
        let target = JudgedTarget(
            connection: ConnectionName(connection), interaction: interaction, model: model.map(ModelName.init),
            release: release, at: at ?? context.at, textHash: hash, messages: messages, answers: answers,
            sources: sources.count == answers.count ? sources : [])
        var made: [Judgement] = []
        for draft in judgements {
            try Self.check(draft.author)
            try Self.check(draft.question)
            try Self.check(draft.rubric.name)
            guard !draft.author.isEmpty, !draft.question.isEmpty else {
                throw ImportProblem("no author or no question")
            }
            made.append(
                Judgement(
                    id: Self.id(draft, of: id, context), at: draft.at ?? context.at, author: draft.author,
                    origin: .imported(context.source), queue: context.queue, item: id, rubric: draft.rubric,
                    question: draft.question, value: draft.value, comment: draft.comment,
                    seconds: min(max(0, draft.seconds), 86_400)))
        }
        made.sort { ($0.at, $0.id) < ($1.at, $1.id) }
        return Found(
            item: JudgedItem(id: id, queue: context.queue, target: target, judgements: made), passedOver: passedOver)
    }

    private static func check(_ name: String) throws(ImportProblem) {
        guard name.utf8.count <= longestName else { throw ImportProblem("a name longer than \(longestName) bytes") }
    }

    /// A UUID (version 8, RFC 9562) that the same judgement gets each time it is read.
    private static func id(_ draft: Draft, of item: String, _ context: ImportContext) -> String {
        let (kind, value) = CSVFormat.words(draft.value)
        let at = draft.at.map { "\($0.milliseconds)" } ?? ""
        let hash = JudgedText.hash([context.source, item, draft.author, draft.question, kind, value, at])
        var digits = Array(JudgedText.hex(hash.finalize()).prefix(32))
        digits[12] = "8"
        digits[16] = "a"
        for place in [8, 13, 18, 23] { digits.insert("-", at: place) }
        return String(digits)
    }
}

/// What JSON of others usually has.
extension ImportedItem {
    /// A list of messages, or a text that is what the user said.
    static func messages(_ value: JSONValue?) -> [Interaction.Message] {
        if let text = value?.text { return text.isEmpty ? [] : [Interaction.Message("user", text)] }
        return (value?.list ?? []).compactMap { message in
            let role = message["role"]?.text ?? message["from"]?.text ?? "user"
            return content(message["content"] ?? message["value"] ?? message["text"]).map {
                Interaction.Message(role, $0)
            }
        }
    }

    /// A text, or the texts of a list of parts.
    static func content(_ value: JSONValue?) -> String? {
        if let text = value?.words { return text }
        let parts = value?.list?.compactMap { $0["text"]?.text ?? $0.text }
        return parts.flatMap { $0.isEmpty ? nil : $0.joined(separator: "\n") }
    }

    /// An answer: a text, or a list of messages of which it is the last.
    static func answer(_ value: JSONValue?) -> String? {
        guard let list = value?.list else { return value?.words }
        return content(list.last?["content"] ?? list.last?["value"])
    }

    /// A moment as logs write it.
    static func moment(_ value: JSONValue?) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        return Moments.read(value)
    }
}
