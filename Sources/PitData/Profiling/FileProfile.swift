import Glibc

/// What is in a file of JSON Lines: each member's kinds, gaps, distinct values, sizes. Read in pieces on both cores,
/// whatever its size.
public struct FileProfile: Sendable {
    public struct Column: Sendable {
        public var name: String
        /// Rows in which it has a value, and in which it is missing or null.
        public var count = 0
        public var missing = 0
        public var strings = 0
        public var numbers = 0
        public var flags = 0
        public var nested = 0
        /// Strings of no character.
        public var empty = 0
        /// Of values as they are written; beyond some thousands an estimate with 0.8 % standard error.
        public var distinct = 0
        public var distinctIsExact = true
        public var mean: Double?
        public var least: Double?
        public var most: Double?
        /// Characters (Unicode scalars) of strings.
        public var lengthMean: Double?
        public var lengthLeast: Int?
        public var lengthMost: Int?
        /// At 0.05, 0.5 and 0.95, from 4096 values: of numbers, or of strings' lengths.
        public var quantiles: [Double]?
        /// Words of a string, divided by white space, on average of the sample.
        public var wordsMean: Double?
        /// The most frequent values and how often each comes; of a column with more than a thousand, of the first thousand.
        public var top: [(value: String, count: Int)] = []
        /// How even the values are, where `top` holds all of them: their entropy over the most it could be, 0...1.
        public var balance: Double?
        /// Runs of three words that come most often in the sample, and in how many of its texts.
        public var phrases: [(words: String, count: Int)] = []
        /// Languages of the sample, by share, the most first.
        public var languages: [(language: String, share: Double)] = []
        /// Private text in the sample: texts in which a kind was found, by kind.
        public var findings: [(kind: String, count: Int)] = []
        public var sampled = 0
        /// Strings whose length is farther than 3.5 robust deviations (of the median deviation) from the median, as a share
        /// of the sample; nil with too few.
        public var outlierShare: Double?
        /// Numbers, or the lengths of strings, of 4096 rows at most.
        public var sizes: [Double] = []
        /// The median of texts, each by a model of the characters of the column's others; of a sample. Nil with too few.
        public var perplexity: Double?
        /// Texts whose perplexity is farther than 3.5 robust deviations from the median, on a log scale: as a share of the
        /// sample, and those that are farthest.
        public var oddShare: Double?
        public var odd: [OddText] = []

        /// `text`, `number`, `flag`, `nested`, or several joined by `+`; `null` where nothing has a value.
        public var kind: String {
            let kinds = [("text", strings), ("number", numbers), ("flag", flags), ("nested", nested)]
            let kind = kinds.filter { $0.1 > 0 }.map(\.0).joined(separator: "+")
            return kind.isEmpty ? "null" : kind
        }
    }

    public var path: String
    public var rows = 0
    public var bytes = 0
    public var bad = BadRows()
    /// Strings that are no UTF-8: another encoding, or cut. Only counted where all is looked at.
    public var notTextCount = 0
    public var columns: [Column] = []
    /// Columns that go together in a sample of the rows, the most first.
    public var correlations: [Correlation] = []
    /// Whether it changed while it was read.
    public var hasChanged = false

    /// Bytes of one line; a longer one is passed over and told.
    static let longestLine = 16 << 20

    /// - Parameters:
    ///   - isWhole: false wants counts, lengths and distinct values alone, which is faster.
    ///   - tell: how many bytes of how many are read, now and then.
    public static func read(
        _ path: String, isWhole: Bool = true, cores: Int = 2, tell: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws(DataFault) -> FileProfile {
        let before = try size(path)
        guard before.bytes > 0 else { throw .empty(path: path) }
        if TableReader.format(of: path) == .csv { return try table(path, before, isWhole: isWhole, tell) }
        // Small files are one part: a part begins behind the first line that ends in it.
        let parts = before.bytes < 8 << 20 ? 1 : max(1, cores)
        let step = (before.bytes + parts - 1) / parts
        let found = await withTaskGroup(of: (Int, Result<RowScanner, DataFault>).self) { group in
            for part in 0..<parts {
                let range = part * step..<min(before.bytes, (part + 1) * step)
                group.addTask {
                    do throws(DataFault) {
                        var reader = try PartReader(path, range)
                        return (part, .success(try reader.run(isWhole: isWhole) { tell($0 * parts, before.bytes) }))
                    } catch { return (part, .failure(error)) }
                }
            }
            var all: [(Int, Result<RowScanner, DataFault>)] = []
            for await one in group { all.append(one) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var profile = FileProfile(path: path)
        var (tallies, places): ([ColumnTally], [[UInt8]: Int]) = ([], [:])
        var (lines, sample) = (0, RowSample())
        for result in found {
            let part = try result.get()
            sample.merge(part.sample, behind: lines)
            profile.rows += part.rows
            profile.bad.add(part.bad, behind: lines)
            lines += part.lines
            for column in part.columns {
                if let place = places[column.bytes] {
                    tallies[place].merge(column)
                } else {
                    places[column.bytes] = tallies.count
                    tallies.append(column)
                }
            }
        }
        try profile.note(before)
        if profile.rows == 0, let first = profile.bad.first.first {
            throw .refused(
                "\(path) is no file of JSON Lines: line \(first.line): \(first.why)",
                hint: "It wants one JSON object a line; a table is known by its name: NAME.csv")
        }
        try profile.take(tallies, isWhole: isWhole)
        if isWhole { profile.look(sample) }
        return profile
    }

    private mutating func note(_ before: (bytes: Int, changed: Int)) throws(DataFault) {
        bytes = before.bytes
        let after = try Self.size(path)
        hasChanged = after.bytes != before.bytes || after.changed != before.changed
    }

    private mutating func take(_ tallies: [ColumnTally], isWhole: Bool) throws(DataFault) {
        guard rows > 0 else { throw .empty(path: path) }
        notTextCount = tallies.reduce(0) { $0 + $1.notText }
        let rows = rows
        columns = tallies.map { Column($0, rows: rows, isWhole: isWhole) }
    }

    /// Records of CSV are counted as the objects that they would be: what is a number is one, what is empty is missing.
    private static func table(
        _ path: String, _ before: (bytes: Int, changed: Int), isWhole: Bool, _ tell: (Int, Int) -> Void
    ) throws(DataFault) -> FileProfile {
        var (scanner, count) = (RowScanner(isWhole: isWhole), 0)
        var json = JSONBytes()
        var file = try RowFile.open(path, ColumnPaths(nil))
        while let row = try file.next() {
            json.removeAll()
            json.object(of: row)
            json.withBytes { bytes in
                if let base = bytes.baseAddress { scanner.take(base, base + bytes.count, line: row.line) }
            }
            count += 1
            if count.isMultiple(of: 1024) { tell(file.consumed, before.bytes) }
        }
        var profile = FileProfile(path: path)
        profile.rows = scanner.rows
        profile.bad = file.bad
        try profile.note(before)
        try profile.take(scanner.columns, isWhole: isWhole)
        if isWhole { profile.look(scanner.sample) }
        return profile
    }

    private static func size(_ path: String) throws(DataFault) -> (bytes: Int, changed: Int) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, why: "it is no plain file") }
        return (Int(facts.st_size), facts.st_mtim.tv_sec * 1_000_000_000 + facts.st_mtim.tv_nsec)
    }
}
