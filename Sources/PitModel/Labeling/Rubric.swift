/// What people are asked about an answer, and with which keys they say it. Versioned: a judgement names the version
/// that it was made under, and a version that was used is never changed.
public struct Rubric: Equatable, Codable, Sendable, Identifiable {
    public struct Reference: Hashable, Codable, Sendable, CustomStringConvertible {
        public var name: String
        public var version: Int
        public init(_ name: String, version: Int) { (self.name, self.version) = (name, version) }
        public var description: String { "\(name) v\(version)" }
    }

    public var name: String
    public var version: Int
    public var title: String
    /// How to judge, in Markdown: shown on one key.
    public var guidelines: String
    public var questions: [RubricQuestion]
    /// Hides which model and release answered.
    public var isBlind: Bool
    /// Shows what a detector or a judge says before a person has said anything.
    public var showsPrelabels: Bool
    /// Stars out what is private until it is revealed.
    public var isMasked: Bool

    public init(
        name: String, version: Int = 1, title: String, guidelines: String = "", questions: [RubricQuestion],
        isBlind: Bool = false, showsPrelabels: Bool = false, isMasked: Bool = false
    ) {
        (self.name, self.version, self.title, self.guidelines) = (name, version, title, guidelines)
        (self.questions, self.isBlind) = (questions, isBlind)
        (self.showsPrelabels, self.isMasked) = (showsPrelabels, isMasked)
    }

    public var id: String { name }
    public var reference: Reference { Reference(name, version: version) }
    /// How many answers stand beside each other: 2 where a question compares two, n where it ranks n, else 1.
    public var answersCompared: Int {
        questions.reduce(1) { count, question in
            switch question.kind {
            case .preference: max(count, 2)
            case .ranking(let n): max(count, n)
            default: count
            }
        }
    }

    /// The questions that are asked, given the answers so far.
    public func asked(given values: [String: JudgedValue]) -> [RubricQuestion] {
        questions.filter { question in question.condition.map { $0.holds(of: values[$0.question]) } ?? true }
    }

    /// Whether every required question that is asked has an answer.
    public func isComplete(_ values: [String: JudgedValue]) -> Bool {
        asked(given: values).allSatisfy { !$0.isRequired || values[$0.id] != nil }
    }
}

/// One question of a rubric.
public struct RubricQuestion: Equatable, Codable, Sendable, Identifiable {
    public enum Kind: Equatable, Codable, Sendable {
        /// One of some words, or several.
        case choice([RubricChoice])
        case choices([RubricChoice])
        /// A number of steps, both ends included.
        case rating(from: Int, to: Int)
        case text
        /// Pieces of the response, each with a tag.
        case spans([RubricChoice])
        /// The answer as it should have been.
        case correction
        /// Which of two answers is better.
        case preference
        /// All of n answers in order.
        case ranking(Int)
    }

    /// Is asked only where an earlier question was answered with one of these words.
    public struct Condition: Equatable, Codable, Sendable {
        public var question: String
        public var values: [String]
        public init(question: String, values: [String]) { (self.question, self.values) = (question, values) }

        public func holds(of value: JudgedValue?) -> Bool {
            switch value {
            case .choice(let word)?: values.contains(word)
            case .choices(let words)?: words.contains { values.contains($0) }
            case .number(let number)?:
                values.contains("\(number)") || Int(exactly: number).map { values.contains("\($0)") } ?? false
            case .preference(let preference)?: values.contains(preference.rawValue)
            default: false
            }
        }
    }

    /// The question's name: what an assessment of it is called elsewhere.
    public var id: String
    public var title: String
    public var kind: Kind
    public var isRequired: Bool
    public var condition: Condition?
    /// The key that begins to answer it, where no key of its choices does: `e` edits, `m` marks, `c` comments.
    public var key: String?

    public init(
        _ id: String, title: String, kind: Kind, isRequired: Bool = true, condition: Condition? = nil,
        key: String? = nil
    ) {
        (self.id, self.title, self.kind, self.isRequired) = (id, title, kind, isRequired)
        (self.condition, self.key) = (condition, key)
    }

    public var choices: [RubricChoice] {
        switch kind {
        case .choice(let choices), .choices(let choices), .spans(let choices): choices
        default: []
        }
    }
}

/// A word that can be chosen, with what is finer below it where there is something.
public struct RubricChoice: Equatable, Codable, Sendable {
    public var value: String
    public var title: String
    public var key: String?
    /// Whether it speaks for the answer; nil where it says nothing of that.
    public var isGood: Bool?
    /// Finer words: the value of one is `above/below`.
    public var below: [RubricChoice]
    public init(
        _ value: String, title: String? = nil, key: String? = nil, isGood: Bool? = nil, below: [RubricChoice] = []
    ) {
        (self.value, self.title, self.key) = (value, title ?? value, key)
        (self.isGood, self.below) = (isGood, below)
    }

    /// This one and all below it, with their whole values.
    public var all: [RubricChoice] {
        [self]
            + below.flatMap(\.all).map { finer in
                var whole = finer
                whole.value = "\(value)/\(finer.value)"
                return whole
            }
    }
}

extension Rubric {
    /// Whether an answer speaks for the response: by the first question that says so. A rating does in its upper half,
    /// its middle says nothing.
    public func isGood(_ values: [String: JudgedValue]) -> Bool? {
        for question in questions {
            guard let value = values[question.id] else { continue }
            switch (question.kind, value) {
            case (.choice(let choices), .choice(let word)):
                if let known = choices.flatMap(\.all).first(where: { $0.value == word })?.isGood { return known }
            case (.rating(let low, let high), .number(let number)):
                let middle = Double(low + high) / 2
                if number != middle { return number > middle }
            default: continue
            }
        }
        return nil
    }
}
