import Foundation
public import PitModel

extension DatasetFolder {
    /// A profile is made again where what it tells has changed.
    private static let version = 2
    /// Rows up to which doubles are looked for.
    private static let mostCompared = 20_000

    private struct Kept: Codable {
        var version: Int
        var profile: DatasetProfile
    }

    private func profileFile(_ hash: String) -> String { "\(path)/\(hash).profile.json" }

    /// What is in a dataset: read once, then kept beside the rows, from which it follows.
    public func profile(_ dataset: Dataset) async throws(DataFault) -> DatasetProfile {
        let beside = profileFile(dataset.hash)
        if let data = FileManager.default.contents(atPath: beside),
            let kept = try? JSONDecoder().decode(Kept.self, from: data), kept.version == Self.version
        {
            return kept.profile
        }
        let read = try await FileProfile.read(file(dataset.hash))
        var profile = DatasetProfile(rows: read.rows, columns: read.columns.map { DatasetProfile.Column($0) })
        profile.correlations = read.correlations.prefix(50).map {
            .init($0.first, $0.second, measure: $0.measure.words, strength: $0.strength)
        }
        if read.rows <= Self.mostCompared {
            let texts = read.columns.filter { $0.strings > 0 && $0.distinct > 20 }
            let longest = texts.max { ($0.lengthMean ?? 0) < ($1.lengthMean ?? 0) }
            if let longest { profile.duplicates = try await duplicates(dataset.hash, by: longest.name) }
        }
        // What cannot be kept is read again the next time.
        if let data = try? JSONEncoder().encode(Kept(version: Self.version, profile: profile)) {
            try? data.write(to: URL(filePath: beside), options: .atomic)
        }
        return profile
    }

    private func duplicates(
        _ hash: String, by column: String
    ) async throws(DataFault) -> DatasetProfile.Duplicates {
        let found = try await RowDuplicates.run(file(hash), .init(by: [column], near: 0.8))
        return .init(column: column, exact: found.exact, near: found.near, rows: found.rows)
    }

    /// The first rows as texts, each of so many bytes at most.
    public func sample(_ hash: String, rows: Int, bytes: Int = 8192) throws(DataFault) -> [String] {
        var texts: [String] = []
        try eachRow(of: hash, limit: rows) { texts.append(String(decoding: $0.prefix(bytes), as: UTF8.self)) }
        return texts
    }

    /// Bytes of a dataset up to which it is compared with another here: both are held in memory by columns.
    public static let mostComparedBytes = 256 << 20

    /// How two datasets differ, column by column, with p-values corrected for their number.
    public func compare(_ first: Dataset, _ second: Dataset) async throws(DataFault) -> DatasetDifference {
        for each in [first, second] where each.bytes > Self.mostComparedBytes {
            throw .refused(
                "\(each.id) is too large to be compared here",
                hint: "Compare a part: pitwall data split \(each.id) --split part=0.01,rest=0.99 --out parts")
        }
        var (found, _, _) = try await TableComparison.run(reference: file(first.hash), current: file(second.hash))
        found.adjust()
        return DatasetDifference(
            columns: found.columns.map {
                .init(
                    $0.column, method: $0.method, statistic: $0.statistic, pValue: $0.pValue, drifted: $0.drifted,
                    counts: ($0.nReference, $0.nCurrent))
            }, onlyInFirst: found.onlyInReference, onlyInSecond: found.onlyInCurrent)
    }
}

extension DatasetProfile.Column {
    init(_ column: FileProfile.Column) {
        let isText = column.numbers == 0
        self.init(
            name: column.name, kind: column.kind, count: column.count, missing: column.missing,
            distinct: column.distinct, distinctIsExact: column.distinctIsExact,
            mean: isText ? column.lengthMean : column.mean,
            least: isText ? column.lengthLeast.map(Double.init) : column.least, median: column.quantiles?[1],
            most: isText ? column.lengthMost.map(Double.init) : column.most)
        buckets = Self.buckets(column.sizes)
        languages = column.languages.map { .init($0.language, $0.share) }
        findings = column.findings.map { .init($0.kind, $0.count) }
        top = column.top.map { .init(String($0.value.prefix(200)), $0.count) }
        (sampled, outlierShare) = (column.sampled, column.outlierShare)
        perplexity = column.perplexity
        odd = column.odd.map { .init(line: $0.line, perplexity: $0.perplexity, excerpt: $0.excerpt) }
    }

    /// A dozen of the same width from the least to the 99th percentile: one very long text is not to squeeze all others
    /// into one.
    private static func buckets(_ values: [Double]) -> [DatasetProfile.Bucket] {
        let sorted = values.filter(\.isFinite).sorted()
        guard sorted.count >= 2, let least = sorted.first else { return [] }
        let most = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        guard most > least else { return [] }
        let count = 12
        let width = (most - least) / Double(count)
        guard width.isFinite, width > 0 else { return [] }
        var tally = [Int](repeating: 0, count: count)
        for value in sorted { tally[min(count - 1, max(0, Int((value - least) / width)))] += 1 }
        return tally.enumerated().map {
            .init(upTo: least + width * Double($0.offset + 1), share: Double($0.element) / Double(sorted.count))
        }
    }
}
