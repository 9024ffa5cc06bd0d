import Glibc
import PitSafety
import PitStatistics

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
        var lines = 0
        for result in found {
            let part = try result.get()
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
                if let base = bytes.baseAddress { scanner.take(base, base + bytes.count) }
            }
            count += 1
            if count.isMultiple(of: 1024) { tell(file.consumed, before.bytes) }
        }
        var profile = FileProfile(path: path)
        profile.rows = scanner.rows
        profile.bad = file.bad
        try profile.note(before)
        try profile.take(scanner.columns, isWhole: isWhole)
        return profile
    }

    private static func size(_ path: String) throws(DataFault) -> (bytes: Int, changed: Int) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, why: "it is no plain file") }
        return (Int(facts.st_size), facts.st_mtim.tv_sec * 1_000_000_000 + facts.st_mtim.tv_nsec)
    }
}

extension FileProfile.Column {
    init(_ tally: ColumnTally, rows: Int, isWhole: Bool) {
        name = tally.name
        (count, missing) = (tally.count, max(0, rows - tally.count))
        (strings, numbers, flags, nested) = (tally.strings, tally.numbers, tally.flags, tally.nested)
        empty = tally.empty
        (distinct, distinctIsExact) = (tally.distinct.estimate, tally.distinct.isExact)
        if numbers > 0 { (mean, least, most) = (tally.sum / Double(numbers), tally.least, tally.most) }
        if strings > 0 {
            lengthMean = Double(tally.characters) / Double(strings)
            (lengthLeast, lengthMost) = (tally.shortest, tally.longest)
        }
        guard isWhole else { return }
        quantiles = tally.sample.quantiles([0.05, 0.5, 0.95])
        sizes = tally.sample.values
        if numbers == 0 { outlierShare = Self.outliers(tally.sample.values) }
        top = tally.words.values.sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(10).map {
            ($0.text, $0.count)
        }
        if top.first.map({ $0.count < 2 }) ?? true { top = [] }
        if tally.wordsAreAll, tally.words.count <= Self.mostLabels, !top.isEmpty {
            balance = Self.balance(tally.words.values.map { Double($0.count) })
        }
        phrases = Phrases.most(of: tally.texts)
        look(tally.texts)
    }

    /// Of more different values it is no label.
    private static let mostLabels = 100

    /// Shannon's entropy over its largest value; 1 of labels that come equally often, 0 of a single one.
    private static func balance(_ counts: [Double]) -> Double {
        let all = counts.reduce(0, +)
        guard counts.count > 1, all > 0 else { return 0 }
        let entropy = counts.reduce(0) { $0 - ($1 > 0 ? $1 / all * log($1 / all) : 0) }
        return entropy / log(Double(counts.count))
    }

    /// Iglewicz and Hoaglin, 1993: 0.6745 times the distance from the median over the median of the distances.
    private static func outliers(_ values: [Double]) -> Double? {
        guard values.count >= 30 else { return nil }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let middle = median(values)
        let spread = median(values.map { abs($0 - middle) })
        guard spread > 0 else { return nil }
        return Double(values.count { 0.6745 * abs($0 - middle) / spread > 3.5 }) / Double(values.count)
    }

    private mutating func look(_ texts: [String]) {
        sampled = texts.count
        guard sampled > 0 else { return }
        let words = texts.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
        wordsMean = Double(words) / Double(sampled)
        var said: [String: Int] = [:]
        for text in texts where text.utf8.count >= 20 {
            if let language = Language.of(ReadText(text)) { said[language, default: 0] += 1 }
        }
        let known = said.values.reduce(0, +)
        languages = said.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map {
            ($0.key, Double($0.value) / Double(max(1, known)))
        }
        for kind in Redaction.Kind.allCases {
            let redaction = Redaction([kind])
            let hits = texts.count { redaction.apply($0) != $0 }
            if hits > 0 { findings.append((kind.rawValue, hits)) }
        }
    }
}

/// Reads one part of a file: the lines that begin in it.
private struct PartReader {
    private let file: Int32
    private let path: String
    private let range: Range<Int>
    private static let piece = 4 << 20

    init(_ path: String, _ range: Range<Int>) throws(DataFault) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        (self.path, self.range) = (path, range)
    }

    /// Bytes of what some editors put before the first line.
    private func mark(_ line: UnsafePointer<UInt8>, _ length: Int, _ place: Int) -> Int {
        place == 0 && length >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF ? 3 : 0
    }

    mutating func run(isWhole: Bool, tell: (Int) -> Void) throws(DataFault) -> RowScanner {
        defer { close(file) }
        var scanner = RowScanner(isWhole: isWhole)
        var buffer = [UInt8](repeating: 0, count: Self.piece + FileProfile.longestLine)
        var (offset, kept) = (range.lowerBound, 0)
        // The line that a part begins within is the one before's.
        var isWithin = range.lowerBound > 0
        if isWithin { offset -= 1 }
        var isTooLong = false
        while true {
            let got = buffer.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { pread(file, $0 + kept, Self.piece, off_t(offset)) } ?? 0
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
            offset += got
            let filled = kept + got
            let (used, isDone) = buffer.withUnsafeBufferPointer { bytes -> (Int, Bool) in
                guard let base = bytes.baseAddress else { return (0, true) }
                var at = 0
                while at < filled {
                    // Where this line began: behind the part it is another's.
                    if offset - filled + at >= range.upperBound { return (at, true) }
                    guard let end = memchr(base + at, 0x0A, filled - at) else {
                        if got == 0 {
                            if !isWithin, !isTooLong { scanner.take(base + at, base + filled) }
                            return (filled, true)
                        }
                        return (at, false)
                    }
                    let stop = UnsafeRawPointer(end) - UnsafeRawPointer(base)
                    if isWithin {
                        isWithin = false
                    } else if isTooLong {
                        isTooLong = false
                    } else if stop - at > FileProfile.longestLine {
                        scanner.skip("longer than \(FileProfile.longestLine >> 20) MiB")
                    } else {
                        scanner.take(base + at + mark(base + at, stop - at, offset - filled + at), base + stop)
                    }
                    at = stop + 1
                }
                return (at, got == 0)
            }
            if isDone { return scanner }
            kept = filled - used
            if kept > FileProfile.longestLine {
                if !isTooLong, !isWithin { scanner.skip("longer than \(FileProfile.longestLine >> 20) MiB") }
                isTooLong = true
                kept = 0
            } else if kept > 0, used > 0 {
                buffer.withUnsafeMutableBytes { bytes in
                    if let base = bytes.baseAddress { memmove(base, base + used, kept) }
                }
            }
            tell(offset - range.lowerBound)
        }
    }
}
