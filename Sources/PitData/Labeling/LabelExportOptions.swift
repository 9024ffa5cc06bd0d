public import PitModel
public import PitSafety

/// What is wanted of an export of judgements.
public struct LabelExportOptions: Sendable {
    public enum Deduplication: Equatable, Sendable {
        case none
        case exact
        /// Texts of which at least this share of word pairs is the same (Jaccard, estimated), 0...1.
        case near(Double)

        /// Reads `none`, `exact`, `near`, `near=0.9`.
        public init(_ text: String) throws(DataFault) {
            let halves = text.split(separator: "=", maxSplits: 1)
            switch (halves.first, halves.count) {
            case ("none", 1): self = .none
            case ("exact", 1): self = .exact
            case ("near", 1): self = .near(0.9)
            case ("near", 2):
                guard let share = Double(halves[1]), share > 0, share <= 1 else { fallthrough }
                self = .near(share)
            default: throw .refused("`\(text)` is no deduplication", hint: "There are: none, exact, near, near=0.9")
            }
        }

        public var words: String {
            switch self {
            case .none: "none"
            case .exact: "exact"
            case .near(let share): "near=\(share)"
            }
        }
    }

    /// What a document of knowledge is, for InstructLab.
    public struct Knowledge: Equatable, Sendable {
        public var domain: String
        public var outline: String
        public var repository: String
        public var commit: String
        public var patterns: [String]
        public init(domain: String, outline: String, repository: String, commit: String, patterns: [String]) {
            (self.domain, self.outline, self.repository) = (domain, outline, repository)
            (self.commit, self.patterns) = (commit, patterns)
        }
    }

    public var queue: String?
    public var split: DatasetSplit
    public var deduplication: Deduplication
    /// Kinds of private text that are taken out, as `Redaction` names them.
    public var redact: [Redaction.Kind]
    /// As Hugging Face names it: `apache-2.0`. `unknown` until somebody says.
    public var license: String
    /// Only these people's judgements; empty: everybody's.
    public var authors: [String]
    /// Whose word decides where people differ.
    public var adjudicators: [String]
    /// How many people must agree.
    public var leastAgreeing: Int
    /// Who made the dataset, for InstructLab.
    public var creator: String
    /// What the model is to do, for InstructLab's skills.
    public var task: String
    public var knowledge: Knowledge?
    /// Every rubric that was judged under, by version.
    public var rubrics: [Rubric]
    /// How a conversation becomes one text.
    public var template: ChatTemplate
    /// The program's.
    public var version: String

    public init(
        queue: String? = nil, split: DatasetSplit = .whole, deduplication: Deduplication = .none,
        redact: [Redaction.Kind] = [], license: String = "unknown", authors: [String] = [],
        adjudicators: [String] = [], leastAgreeing: Int = 1, creator: String = "", task: String = "",
        knowledge: Knowledge? = nil, rubrics: [Rubric] = [], template: ChatTemplate = .chatml, version: String
    ) {
        (self.queue, self.split, self.deduplication, self.redact) = (queue, split, deduplication, redact)
        (self.license, self.authors, self.adjudicators) = (license, authors, adjudicators)
        (self.leastAgreeing, self.creator, self.task) = (leastAgreeing, creator, task)
        (self.knowledge, self.rubrics, self.version) = (knowledge, rubrics, version)
        self.template = template
    }
}
