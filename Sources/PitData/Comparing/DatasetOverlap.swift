import Crypto
import Foundation
import PitModel
import PitStatistics

/// What of one file stands in another: rows that are the same, rows that are nearly the same, and rows that share runs of
/// words, as a test set does that got into the training set. The second file is indexed and the first one streamed: memory
/// grows with the second, up to a bound.
public struct DatasetOverlap: Equatable, Sendable {
    public enum Kind: String, Equatable, Sendable { case exact, near, shared }

    /// A row of the second file that the first one has, or parts of it.
    public struct Example: Equatable, Sendable {
        public var kind: Kind
        public var line: Int
        /// In the first file.
        public var lineInFirst: Int
        /// Of its runs of words, how many the first file has; of near ones the likeness.
        public var share: Double
        /// The longest passage that both have, cut to 300 bytes.
        public var passage: String
    }

    public struct Options: Equatable, Sendable {
        /// Paths of the texts that are compared; nil: all.
        public var columns: [String]?
        /// Words of a run (Brown and others, 2020, appendix C, take 13).
        public var words = 13
        /// Jaccard of pairs of words from which on two rows are nearly the same.
        public var near = 0.8
        public init(columns: [String]? = nil, words: Int = 13, near: Double = 0.8) {
            (self.columns, self.words, self.near) = (columns, words, near)
        }
    }

    public var options: Options
    public var rowsInFirst = 0
    public var rows = 0
    public var badInFirst = BadRows()
    public var bad = BadRows()
    /// Rows of the second file that the first has, too.
    public var exact = 0
    /// Rows that are nearly as one of the first, and not exact; of `nearCompared` that were looked at.
    public var near = 0
    public var nearCompared = 0
    /// Rows that share at least one run of words, half of theirs, and nine in ten.
    public var shared = 0
    public var sharedHalf = 0
    public var sharedMost = 0
    /// Rows of fewer words than a run has: only being exact can be told of them.
    public var short = 0
    /// The share of runs that was looked at; below 1 the counts of shared ones are a lower bound.
    public var sampled = 1.0
    /// The worst first.
    public var examples: [Example] = []

    public static func run(
        first: String, second: String, _ options: Options = Options(), tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> DatasetOverlap {
        var index = OverlapIndex(options)
        var overlap = DatasetOverlap(options: options)
        let paths = ColumnPaths(options.columns)
        var seen: Set<String> = []
        var rows = try RowFile.open(second, paths)
        while let row = try rows.next() {
            for text in row.texts where !seen.contains(text.column) { seen.insert(text.column) }
            index.add(row)
            overlap.rows += 1
            if overlap.rows.isMultiple(of: 256) { tell(rows.consumed, rows.size * 4) }
        }
        try rows.check()
        overlap.bad = rows.bad
        guard overlap.rows > 0 else { throw .empty(path: second) }
        try check(options, seen, second)
        index.finish()
        try stream(first, paths, options, &index, &overlap, tell)
        var again = try RowFile.open(second, paths)
        while let row = try again.next() { index.judge(row, &overlap) }
        try again.check()
        overlap.finish(index)
        return overlap
    }

    private static func stream(
        _ path: String, _ paths: ColumnPaths, _ options: Options, _ index: inout OverlapIndex,
        _ overlap: inout DatasetOverlap, _ tell: (Int, Int) -> Void
    ) throws(DataFault) {
        var seen: Set<String> = []
        var rows = try RowFile.open(path, paths)
        while let row = try rows.next() {
            for text in row.texts where !seen.contains(text.column) { seen.insert(text.column) }
            index.look(row)
            overlap.rowsInFirst += 1
            if overlap.rowsInFirst.isMultiple(of: 256) { tell(rows.size / 4 + rows.consumed * 3 / 4, rows.size) }
        }
        try rows.check()
        overlap.badInFirst = rows.bad
        guard overlap.rowsInFirst > 0 else { throw .empty(path: path) }
        try check(options, seen, path)
    }

    private static func check(_ options: Options, _ seen: Set<String>, _ path: String) throws(DataFault) {
        guard let missing = options.columns?.first(where: { !seen.contains($0) }) else { return }
        throw .refused(
            "no row of \(path) has a text `\(missing)`", hint: "See what there is: pitwall data profile \(path)")
    }

    private mutating func finish(_ index: OverlapIndex) {
        index.count(into: &self)
        let order: [Kind: Int] = [.exact: 0, .near: 2, .shared: 1]
        examples.sort {
            ($1.share, order[$0.kind] ?? 3, $0.line) < ($0.share, order[$1.kind] ?? 3, $1.line)
        }
        examples = Array(examples.prefix(Self.mostExamples))
    }

    static let mostExamples = 20
}
