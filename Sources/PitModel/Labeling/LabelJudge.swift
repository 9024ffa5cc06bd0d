/// A model that judges as people do: what it says is shown where a rubric says so, and counts for nothing else.
public struct LabelJudge: Hashable, Sendable {
    public var name: String
    public var connection: ConnectionName
    public var model: String
    /// Only of these queues; empty: of every one whose rubric shows it.
    public var queues: [String]
    /// Questions a minute at most.
    public var perMinute: Double
    public init(
        name: String, connection: ConnectionName, model: String, queues: [String] = [], perMinute: Double = 30
    ) {
        (self.name, self.connection, self.model) = (name, connection, model)
        (self.queues, self.perMinute) = (queues, perMinute)
    }
    /// Under which its judgements stand: not a person's name, so that they take the place of nobody's.
    public var author: String { "judge/\(name)" }
}

/// What a judge is asked, and how its answer is read.
public struct JudgeQuestion: Equatable, Sendable {
    public var question: RubricQuestion
    private let words: [(word: String, value: JudgedValue)]
    private let guidelines: String

    public static func == (a: Self, b: Self) -> Bool { a.question == b.question && a.guidelines == b.guidelines }

    /// The first question of a rubric that a word answers; nil where there is none.
    public init?(_ rubric: Rubric) {
        for question in rubric.questions where question.condition == nil {
            switch question.kind {
            case .choice(let choices):
                words = choices.flatMap(\.all).map { ($0.value, .choice($0.value)) }
            case .rating(let low, let high):
                words = (low...high).map { ("\($0)", .number(Double($0))) }
            default: continue
            }
            (self.question, guidelines) = (question, rubric.guidelines)
            return
        }
        return nil
    }

    /// Bytes of each message that a judge is shown.
    private static let shown = 16 << 10

    /// The chat that asks for one word.
    public func messages(_ target: JudgedTarget) -> [ChatMessage] {
        var text = guidelines.isEmpty ? "" : guidelines + "\n\n"
        text += "\(question.title)\nAnswer with one of these words and nothing else: "
        text += words.map(\.word).joined(separator: ", ") + "."
        var chat = ""
        for message in target.messages { chat += "<\(message.role)>\n\(message.text.prefix(bytes: Self.shown))\n" }
        for answer in target.answers { chat += "<answer to be judged>\n\(answer.prefix(bytes: Self.shown))\n" }
        return [ChatMessage("system", text), ChatMessage("user", chat)]
    }

    /// The value that a judge's words come to; nil where it said anything but one of the words.
    public func value(_ reply: String) -> JudgedValue? {
        // What a model thinks aloud is no answer.
        var rest = reply.ranges(of: "</think>").last.map { reply[$0.upperBound...] } ?? Substring(reply)
        func isOutside(_ character: Character) -> Bool {
            character.isWhitespace || "\"'`*.".contains(character)
        }
        while let first = rest.first, isOutside(first) { rest.removeFirst() }
        while let last = rest.last, isOutside(last) { rest.removeLast() }
        guard rest.utf8.count <= 100 else { return nil }
        let said = rest.lowercased()
        return words.first { $0.word.lowercased() == said }?.value
    }
}
