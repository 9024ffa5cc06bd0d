/// What is measured, of which systems, by which metrics, and what must hold: one file of YAML.
public struct EvaluationSuite: Equatable, Codable, Sendable {
    public var name: String
    public var title: String
    /// A file of JSON Lines to read cases from, as the suite names it; nil when all cases stand in the suite.
    public var dataset: String?
    public var cases: [EvaluationCase]
    /// Fields of a dataset's lines that are slices.
    public var sliceFields: [String] = []
    public var systems: [EvaluatedSystem]
    public var metrics: [MetricSpec]
    public var thresholds: [EvaluationThreshold]
    /// Questions that are open at once, for each system.
    public var concurrency: Int
    /// Seconds one answer may take.
    public var timeout: Double
    /// Times that a question is asked again which a server did not answer.
    public var retries: Int
    /// Seconds for which an answer to the same question may be taken again by a later run; 0: each run asks anew.
    public var cache: Double
    /// Of the resampling.
    public var seed: UInt64
    /// The share of a system's cases that may stay without an answer before its figures no longer count.
    public var mostMissing: Double
    /// Who judges, by the metric's name in the suite; nil before they are looked up in a configuration.
    public var judges: [String: SuiteJudge]?

    public init(
        name: String, title: String = "", dataset: String? = nil, cases: [EvaluationCase] = [],
        systems: [EvaluatedSystem] = [], metrics: [MetricSpec] = [], thresholds: [EvaluationThreshold] = [],
        concurrency: Int = 4, timeout: Double = 120, retries: Int = 4, cache: Double = 0, seed: UInt64 = 1,
        mostMissing: Double = 0.02
    ) {
        (self.name, self.title, self.dataset, self.cases) = (name, title, dataset, cases)
        (self.systems, self.metrics, self.thresholds) = (systems, metrics, thresholds)
        (self.concurrency, self.timeout, self.cache, self.seed) = (concurrency, timeout, cache, seed)
        (self.mostMissing, self.retries) = (mostMissing, retries)
    }
}

/// One question, and what is known of its answer.
public struct EvaluationCase: Equatable, Codable, Sendable {
    public var id: String
    public var messages: [ChatMessage]
    public var references: [String]
    /// Fields by which figures are told apart: `language: de`.
    public var slices: [String: String]
    /// Passages that the answer is to rest on.
    public var contexts: [String]

    public init(
        id: String, messages: [ChatMessage], references: [String] = [], slices: [String: String] = [:],
        contexts: [String] = []
    ) {
        (self.id, self.messages, self.references) = (id, messages, references)
        (self.slices, self.contexts) = (slices, contexts)
    }

    /// The last thing that the user says.
    public var question: String { messages.last { $0.role == "user" }?.content ?? messages.last?.content ?? "" }

    /// Whether figures of two runs may be compared by this case.
    public func isSame(as other: EvaluationCase) -> Bool {
        messages == other.messages && references == other.references && contexts == other.contexts
    }
}

/// What answers: a model behind a connection, or answers that somebody wrote down.
public struct EvaluatedSystem: Equatable, Codable, Sendable {
    public enum Source: Equatable, Codable, Sendable {
        case server(ConnectionName, model: String, GenerationSettings)
        /// A file of JSON Lines, one `{"id": ..., "answer": ...}` a line.
        case answers(String)
        /// What a search through documents finds for the question, a place a line: by `words`, `meaning` or `both`. A
        /// folder of its own, as the suite names it; nil: the one of the configuration.
        case knowledge(by: String, path: String?)
    }
    public var name: String
    public var source: Source
    public init(name: String, source: Source) { (self.name, self.source) = (name, source) }
}

/// A metric as a suite asks for it.
public struct MetricSpec: Equatable, Codable, Sendable {
    /// Its id in the catalog.
    public var metric: String
    /// What its figures are called: the id, unless the suite asks for the same metric twice.
    public var name: String
    public var options: [String: OptionValue]
    public init(_ metric: String, name: String? = nil, options: [String: OptionValue] = [:]) {
        (self.metric, self.name, self.options) = (metric, name ?? metric, options)
    }
}

/// What must hold of a figure.
public struct EvaluationThreshold: Equatable, Codable, Sendable, CustomStringConvertible {
    public enum Bound: Equatable, Codable, Sendable {
        case atLeast(Double)
        case atMost(Double)
        /// How much worse than the baseline run it may be, in the metric's own unit.
        case worseBy(Double)
    }
    /// A metric's name in the suite.
    public var metric: String
    public var bound: Bound
    /// Nil: every system.
    public var system: String?
    /// Nil: all cases.
    public var slice: EvaluationSlice?
    public init(_ metric: String, _ bound: Bound, system: String? = nil, slice: EvaluationSlice? = nil) {
        (self.metric, self.bound, self.system, self.slice) = (metric, bound, system, slice)
    }

    public var description: String {
        let place = (slice.map { " where \($0)" } ?? "") + (system.map { " of \($0)" } ?? "")
        switch bound {
        case .atLeast(let least): return "\(metric)\(place) at least \(least)"
        case .atMost(let most): return "\(metric)\(place) at most \(most)"
        case .worseBy(let drop): return "\(metric)\(place) at most \(drop) worse than the baseline"
        }
    }
}

/// The cases with one value in one field.
public struct EvaluationSlice: Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    public var field: String
    public var value: String
    public init(_ field: String, _ value: String) { (self.field, self.value) = (field, value) }
    /// From `language=de`; nil for what is no such thing.
    public init?(_ words: String) {
        guard let mark = words.firstIndex(of: "="), mark != words.startIndex else { return nil }
        self.init(String(words[..<mark]), String(words[words.index(after: mark)...]))
    }
    public var description: String { "\(field)=\(value)" }
    public static func < (a: Self, b: Self) -> Bool { (a.field, a.value) < (b.field, b.value) }
}
