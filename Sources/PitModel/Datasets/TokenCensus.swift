/// How many tokens a dataset's members have, as a served model counts them: what is known of it by now.
public struct TokenCensus: Equatable, Sendable {
    public enum Stage: Equatable, Sendable {
        /// Rows are read; the share of the file, 0...1.
        case reading(Double)
        /// Texts that were counted, of so many.
        case counting(Int, of: Int)
        case done
        case stopped
        /// Why nothing more is counted, and what to do.
        case broken(String)
    }

    /// What one member's texts are like.
    public struct Member: Equatable, Sendable {
        public var name: String
        public var texts: Int
        /// Tokens of a text.
        public var (mean, median, p95): (Double, Double, Double)
        public var most: Int
        /// Tokens of all rows; an estimate where not every row was looked at.
        public var total: Int
        /// What the model takes at most, and how many texts are longer; nil where its server does not say.
        public var (limit, over): (Int?, Int?)
        public init(
            _ name: String, texts: Int, mean: Double, median: Double, p95: Double, most: Int, total: Int, limit: Int?,
            over: Int?
        ) {
            (self.name, self.texts, self.mean, self.median, self.p95) = (name, texts, mean, median, p95)
            (self.most, self.total, self.limit, self.over) = (most, total, limit, over)
        }
    }

    /// `chats@2`.
    public var dataset: String
    public var target: PromptTrial.Target
    public var stage = Stage.reading(0)
    public var members: [Member] = []
    /// Rows there are, and those of them that texts were taken from.
    public var (rows, lookedAt) = (0, 0)
    public init(dataset: String, target: PromptTrial.Target) { (self.dataset, self.target) = (dataset, target) }

    public var isOpen: Bool {
        switch stage {
        case .reading, .counting: true
        case .done, .stopped, .broken: false
        }
    }
    /// Whether totals are estimates.
    public var isSample: Bool { lookedAt < rows }

    /// Rows that are looked at where nobody says how many.
    public static let usualRows = 1000
}
