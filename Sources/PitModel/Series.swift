/// One label of a series. An empty value means the label is absent, as in Prometheus.
public struct Label: Hashable, Comparable, Codable, Sendable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    public static func < (a: Self, b: Self) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

/// What makes a series that series: the metric's name and its labels, sorted by name.
public struct SeriesKey: Hashable, Codable, Sendable {
    public let name: String
    public let labels: [Label]

    /// Labels may come in any order; empty values are dropped.
    public init(_ name: String, _ labels: [Label] = []) {
        self.name = name
        self.labels = labels.filter { !$0.value.isEmpty }.sorted()
    }

    public init(_ name: String, _ labels: KeyValuePairs<String, String>) {
        self.init(name, labels.map { Label($0.key, $0.value) })
    }

    /// The value of a label, or nil when the series has none of that name.
    public subscript(label: String) -> String? { labels.first { $0.name == label }?.value }

    /// The key without the labels named: what series are merged by.
    public func dropping(_ names: Set<String>) -> SeriesKey {
        SeriesKey(name, labels.filter { !names.contains($0.name) })
    }
}

/// One value of one series. `timestamp` is nil when the page gave none: then it is the scrape's time.
public struct Sample: Equatable, Sendable {
    public var series: SeriesKey
    public var value: Double
    public var timestamp: Timestamp?
    public init(_ series: SeriesKey, _ value: Double, at timestamp: Timestamp? = nil) {
        (self.series, self.value, self.timestamp) = (series, value, timestamp)
    }
}

/// A time and a value.
public struct DataPoint: Equatable, Codable, Sendable {
    public var at: Timestamp
    public var value: Double
    public init(_ at: Timestamp, _ value: Double) { (self.at, self.value) = (at, value) }
}

/// A series and its points, oldest first.
public struct SeriesPoints: Equatable, Codable, Sendable {
    public var series: SeriesKey
    public var points: [DataPoint]
    public init(_ series: SeriesKey, _ points: [DataPoint]) { (self.series, self.points) = (series, points) }
}

/// What kind of number a metric is.
public enum MetricKind: String, Codable, Sendable, CaseIterable {
    case counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown
}

/// The metadata of a metric family.
public struct MetricFamily: Equatable, Codable, Sendable {
    public var name: String
    public var kind: MetricKind
    public var help: String?
    public var unit: String?
    public init(name: String, kind: MetricKind, help: String? = nil, unit: String? = nil) {
        (self.name, self.kind, self.help, self.unit) = (name, kind, help, unit)
    }
}

/// A line of an exposition page that could not be read: it costs its own sample and no other.
public struct BadLine: Equatable, Codable, Sendable {
    /// Counted from 1.
    public var number: Int
    public var reason: String
    /// At most 120 bytes of the line; not sanitized.
    public var excerpt: String
    public init(number: Int, reason: String, excerpt: String) {
        (self.number, self.reason, self.excerpt) = (number, reason, excerpt)
    }
}

/// One exposition page, parsed. The names and labels stay where they are in `bytes`, so that a page of a
/// hundred megabytes costs no string; `PitParse` turns a row's text into a `SeriesKey` when it is wanted.
public struct MetricsPage: Sendable {
    public struct Row: Equatable, Sendable {
        /// Where the series' text (`name{labels}`) starts in `bytes`.
        public var start: UInt32
        /// Bytes of the series' text.
        public var length: UInt32
        public var value: Double
        /// Milliseconds since the epoch, or `noTimestamp`.
        public var timestamp: Int64

        public static let noTimestamp = Int64.min
        public init(start: UInt32, length: UInt32, value: Double, timestamp: Int64 = noTimestamp) {
            (self.start, self.length, self.value, self.timestamp) = (start, length, value, timestamp)
        }
    }

    public var bytes: [UInt8]
    public var rows: [Row]
    public var families: [MetricFamily]
    /// The first bad lines, at most `badLineLimit` of them.
    public var badLines: [BadLine]
    /// How many lines were bad, all counted.
    public var badLineCount: Int

    /// Samples that were not read, because there are more than were asked for.
    public var leftOut = 0
    /// The room of the reply whose body `bytes` is.
    public var room: (any AnyObject & Sendable)?

    public static let badLineLimit = 100

    public init(
        bytes: [UInt8], rows: [Row], families: [MetricFamily] = [], badLines: [BadLine] = [], badLineCount: Int = 0
    ) {
        (self.bytes, self.rows, self.families) = (bytes, rows, families)
        (self.badLines, self.badLineCount) = (badLines, badLineCount)
    }
}
