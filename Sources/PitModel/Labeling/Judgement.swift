/// What somebody answered to one question.
public enum JudgedValue: Hashable, Codable, Sendable {
    case choice(String)
    /// In the rubric's order.
    case choices([String])
    case number(Double)
    case text(String)
    case spans([JudgedSpan])
    case correction(String)
    case preference(Preference)
    /// The answers' places in `JudgedTarget.answers`, best first.
    case ranking([Int])

    /// Which of two answers is better: of `JudgedTarget.answers`, however they stood on the screen.
    public enum Preference: String, Codable, Sendable, CaseIterable { case first, second, tie, neither }

    /// The value in a few words, for tables: `bad`, `4`, `first`, `2 spans`.
    public var words: String {
        switch self {
        case .choice(let word): word
        case .choices(let words): words.joined(separator: ", ")
        case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        case .text(let text), .correction(let text): text
        case .spans(let spans): "\(spans.count) \(spans.count == 1 ? "span" : "spans")"
        case .preference(let preference): preference.rawValue
        case .ranking(let places): places.map { "\($0 + 1)" }.joined(separator: " > ")
        }
    }
}

/// A piece of a response that got a tag.
public struct JudgedSpan: Hashable, Codable, Sendable {
    /// UTF-8 offsets into the response that was judged, `start < end`.
    public var start: Int
    public var end: Int
    public var tag: String
    /// What stands there.
    public var text: String
    public init(_ start: Int, _ end: Int, tag: String, text: String) {
        (self.start, self.end, self.tag, self.text) = (start, end, tag, text)
    }
}

/// What was judged: for good, also after the exchange is no longer kept.
public struct JudgedTarget: Equatable, Codable, Sendable {
    /// The exchange: where it was read, and the source's own name for it (a trace, a span, a line).
    public var connection: ConnectionName
    public var interaction: String
    public var model: ModelName?
    public var release: String?
    /// When the exchange was.
    public var at: Timestamp
    /// SHA-256 in hex of exactly what was judged: each message's role and text, then each answer, as UTF-8, every piece
    /// preceded by its length in bytes as a decimal and a colon.
    public var textHash: String
    /// What was said, so that a judgement can be used when its exchange is gone.
    public var messages: [Interaction.Message]
    /// The response; with two or more, those that were compared.
    public var answers: [String]
    /// Who gave each of `answers`, where there are several: a model's name and release, or a person's file.
    public var sources: [String]
    /// What the exchange told of itself in few words, `language: de`, for those who compare groups when it is gone.
    public var attributes: [String: String]?

    public init(
        connection: ConnectionName, interaction: String, model: ModelName?, release: String?, at: Timestamp,
        textHash: String, messages: [Interaction.Message], answers: [String], sources: [String] = []
    ) {
        (self.connection, self.interaction, self.model, self.release) = (connection, interaction, model, release)
        (self.at, self.textHash, self.messages, self.answers) = (at, textHash, messages, answers)
        self.sources = sources
    }
}

/// Where an answer comes from.
public enum JudgementOrigin: Hashable, Codable, Sendable {
    case person
    /// A model that judges, or a detector, by its name.
    case machine(String)
    /// Read from a file or from another system, by its name.
    case imported(String)
}

/// One answer to one question: a fact. It is never changed; a later one takes its place.
public struct Judgement: Equatable, Codable, Sendable, Identifiable {
    /// A UUID in lower case.
    public var id: String
    public var at: Timestamp
    public var author: String
    public var origin: JudgementOrigin
    public var queue: String
    /// `LabelItem.id`.
    public var item: String
    public var rubric: Rubric.Reference
    public var question: String
    /// Nil takes the answer before it back.
    public var value: JudgedValue?
    /// Why, in the author's words.
    public var comment: String
    /// The judgement of the same author, item and question whose place it takes.
    public var supersedes: String?
    /// Seconds that the person looked at it, without the time that nobody touched a key.
    public var seconds: Double
    /// Whether it answers an item that the author had judged before and was shown again unannounced.
    public var isRepeat: Bool
    /// Whether it decides what others differed on.
    public var decides: Bool?

    public init(
        id: String, at: Timestamp, author: String, origin: JudgementOrigin = .person, queue: String, item: String,
        rubric: Rubric.Reference, question: String, value: JudgedValue?, comment: String = "",
        supersedes: String? = nil, seconds: Double = 0, isRepeat: Bool = false
    ) {
        (self.id, self.at, self.author, self.origin, self.queue) = (id, at, author, origin, queue)
        (self.item, self.rubric, self.question, self.value) = (item, rubric, question, value)
        (self.comment, self.supersedes, self.seconds, self.isRepeat) = (comment, supersedes, seconds, isRepeat)
    }
}

/// An item with every answer to it that holds, of all authors: what is exported, compared and counted.
public struct JudgedItem: Equatable, Codable, Sendable, Identifiable {
    /// `LabelItem.id`.
    public var id: String
    public var queue: String
    public var target: JudgedTarget
    /// Those that hold, oldest first.
    public var judgements: [Judgement]
    public init(id: String, queue: String, target: JudgedTarget, judgements: [Judgement]) {
        (self.id, self.queue, self.target, self.judgements) = (id, queue, target, judgements)
    }
}
