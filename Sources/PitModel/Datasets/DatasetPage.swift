/// What a screen wants to know of datasets.
public struct DatasetQuery: Hashable, Sendable {
    /// `chats@2`; nil: the list of them.
    public var dataset: String?
    /// What it is compared with.
    public var other: String?
    public init(dataset: String? = nil, other: String? = nil) { (self.dataset, self.other) = (dataset, other) }
}

/// Datasets, the newest first; of one that was asked for what is in it.
public struct DatasetPage: Equatable, Sendable {
    public var datasets: [Dataset]
    public var profile: DatasetProfile?
    /// The first rows, as JSON; long ones are cut.
    public var sample: [String]
    public var comparison: DatasetDifference?
    /// Why there is no profile, and what to do.
    public var fault: String?
    public init(
        datasets: [Dataset], profile: DatasetProfile? = nil, sample: [String] = [],
        comparison: DatasetDifference? = nil, fault: String? = nil
    ) {
        (self.datasets, self.profile, self.sample) = (datasets, profile, sample)
        (self.comparison, self.fault) = (comparison, fault)
    }
}

/// What is in a dataset. It follows from the rows alone, which never change.
public struct DatasetProfile: Equatable, Codable, Sendable {
    public struct Column: Equatable, Codable, Sendable, Identifiable {
        public var name: String
        /// `text`, `number`, `flag`, `nested`, or several joined by `+`.
        public var kind: String
        public var count: Int
        public var missing: Int
        public var distinct: Int
        public var distinctIsExact: Bool
        /// Of numbers; of texts their characters.
        public var mean: Double?
        public var least: Double?
        public var median: Double?
        public var most: Double?
        /// Shares of a sample by value, or by characters of texts.
        public var buckets: [Bucket] = []
        /// Of a sample of the texts, the most first.
        public var languages: [Share] = []
        /// Texts of the sample in which private text or a secret was found, by kind.
        public var findings: [Count] = []
        public var sampled = 0
        public var top: [Count] = []
        public var outlierShare: Double?
        /// By a model of the characters of the others: the median of a sample's texts, and those that are farthest from it.
        public var perplexity: Double?
        public var odd: [OddText] = []
        public var id: String { name }

        public init(
            name: String, kind: String, count: Int, missing: Int, distinct: Int, distinctIsExact: Bool,
            mean: Double? = nil, least: Double? = nil, median: Double? = nil, most: Double? = nil
        ) {
            (self.name, self.kind, self.count, self.missing) = (name, kind, count, missing)
            (self.distinct, self.distinctIsExact) = (distinct, distinctIsExact)
            (self.mean, self.least, self.median, self.most) = (mean, least, median, most)
        }
    }

    public struct Bucket: Equatable, Codable, Sendable {
        /// The last one has all above, too.
        public var upTo: Double
        public var share: Double
        public init(upTo: Double, share: Double) { (self.upTo, self.share) = (upTo, share) }
    }

    public struct Share: Equatable, Codable, Sendable {
        public var name: String
        public var share: Double
        public init(_ name: String, _ share: Double) { (self.name, self.share) = (name, share) }
    }

    public struct Count: Equatable, Codable, Sendable {
        public var name: String
        public var count: Int
        public init(_ name: String, _ count: Int) { (self.name, self.count) = (name, count) }
    }

    /// A text unlike the others; what is private is masked in its beginning.
    public struct OddText: Equatable, Codable, Sendable {
        public var line: Int
        public var perplexity: Double
        public var excerpt: String
        public init(line: Int, perplexity: Double, excerpt: String) {
            (self.line, self.perplexity, self.excerpt) = (line, perplexity, excerpt)
        }
    }

    /// Two columns that go together: by Spearman's correlation, Cramer's V or the correlation ratio.
    public struct Correlation: Equatable, Codable, Sendable {
        public var first: String
        public var second: String
        public var measure: String
        public var strength: Double
        public init(_ first: String, _ second: String, measure: String, strength: Double) {
            (self.first, self.second, self.measure, self.strength) = (first, second, measure, strength)
        }
    }

    /// Rows of which another one says the same, or nearly the same, by a text column.
    public struct Duplicates: Equatable, Codable, Sendable {
        public var column: String
        public var exact: Int
        public var near: Int
        /// The rows that were looked at.
        public var rows: Int
        public init(column: String, exact: Int, near: Int, rows: Int) {
            (self.column, self.exact, self.near, self.rows) = (column, exact, near, rows)
        }
    }

    public var rows: Int
    public var columns: [Column]
    /// Nil where it was not looked for: a large dataset, or one without texts.
    public var duplicates: Duplicates?
    /// The strongest first.
    public var correlations: [Correlation] = []
    public init(rows: Int, columns: [Column], duplicates: Duplicates? = nil) {
        (self.rows, self.columns, self.duplicates) = (rows, columns, duplicates)
    }
}

/// How two datasets differ, column by column.
public struct DatasetDifference: Equatable, Sendable {
    public struct Column: Equatable, Sendable, Identifiable {
        public var name: String
        public var method: String
        public var statistic: Double?
        public var pValue: Double?
        /// Nil where it is not known.
        public var drifted: Bool?
        public var counts: (Int, Int)
        public var id: String { name }
        public init(
            _ name: String, method: String, statistic: Double?, pValue: Double?, drifted: Bool?, counts: (Int, Int)
        ) {
            (self.name, self.method, self.statistic, self.pValue) = (name, method, statistic, pValue)
            (self.drifted, self.counts) = (drifted, counts)
        }
        public static func == (a: Self, b: Self) -> Bool {
            a.name == b.name && a.method == b.method && a.statistic == b.statistic && a.pValue == b.pValue
                && a.drifted == b.drifted && a.counts == b.counts
        }
    }
    public var columns: [Column]
    public var onlyInFirst: [String]
    public var onlyInSecond: [String]
    public init(columns: [Column], onlyInFirst: [String], onlyInSecond: [String]) {
        (self.columns, self.onlyInFirst, self.onlyInSecond) = (columns, onlyInFirst, onlyInSecond)
    }
}
