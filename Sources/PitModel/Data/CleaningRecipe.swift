/// What a step of cleaning is, for the reader of recipes and the documentation.
public struct CleaningStepInfo: Equatable, Sendable {
    /// The `step` in a recipe.
    public var id: String
    public var summary: String
    public var options: [OptionInfo]
    /// The options without which it does nothing.
    public var required: [String]
    /// A mapping of words to words that it takes, under the option's name.
    public var pairs: OptionInfo?
    /// Whether all rows are read once more before it can be done.
    public var needsSurvey: Bool

    public init(
        id: String, summary: String, options: [OptionInfo] = [], required: [String] = [], pairs: OptionInfo? = nil,
        needsSurvey: Bool = false
    ) {
        (self.id, self.summary, self.options, self.required) = (id, summary, options, required)
        (self.pairs, self.needsSurvey) = (pairs, needsSurvey)
    }
}

/// A step as a recipe asks for it.
public struct CleaningStepSpec: Equatable, Sendable {
    /// Its id in the catalog.
    public var step: String
    /// What its counts are told under: the id, unless the recipe names it.
    public var name: String
    /// The columns that it works on; nil: the recipe's.
    public var columns: [String]?
    public var options: [String: OptionValue]
    /// Words and what they become.
    public var pairs: [String: String]
    public init(
        _ step: String, name: String? = nil, columns: [String]? = nil, options: [String: OptionValue] = [:],
        pairs: [String: String] = [:]
    ) {
        (self.step, self.name, self.columns) = (step, name ?? step, columns)
        (self.options, self.pairs) = (options, pairs)
    }
}

/// How a file of rows is cleaned, step by step. The same recipe and file give the same bytes.
public struct CleaningRecipe: Equatable, Sendable {
    /// What a recipe's `version` is.
    public static let version = 1

    /// How the bytes of lines that are no UTF-8 are read.
    public enum Encoding: String, CaseIterable, Sendable { case utf8, cp1252, latin1 }

    public var name: String
    /// Paths of the texts that are cleaned: `prompt`, `answer.text`, `messages.*.content`. Nil: every text of a row.
    public var columns: [String]?
    public var encoding: Encoding
    public var steps: [CleaningStepSpec]
    public init(
        name: String = "", columns: [String]? = nil, encoding: Encoding = .utf8, steps: [CleaningStepSpec] = []
    ) {
        (self.name, self.columns, self.encoding, self.steps) = (name, columns, encoding, steps)
    }
}
