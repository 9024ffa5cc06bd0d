import Crypto
import Foundation
import PitParse
import PitStatistics

/// Keeps of rows that say the same, or nearly the same, the first. Memory grows with the rows that are kept: 20 to
/// 40 bytes for each, and a kilobyte for its signature and keys where near ones are looked for, up to a window.
public struct RowDuplicates: Sendable {
    public struct Found: Equatable, Sendable {
        public var rows = 0
        public var kept = 0
        public var exact = 0
        public var near = 0
        public var bad = 0
        /// Lines that are no objects, the first ones.
        public var badLines: [Int] = []
        /// Rows that have none of the members compared.
        public var without = 0
        /// The largest clusters: the line of the first, and how many rows are like it, itself among them.
        public var largest: [(line: Int, count: Int)] = []
        public static func == (a: Self, b: Self) -> Bool {
            a.rows == b.rows && a.kept == b.kept && a.exact == b.exact && a.near == b.near && a.bad == b.bad
                && a.largest.map(\.line) == b.largest.map(\.line) && a.largest.map(\.count) == b.largest.map(\.count)
        }
    }

    private let fields: [String]
    /// Jaccard of pairs of words from which on two texts are nearly the same; nil looks for exact ones alone.
    private let threshold: Double?
    private let permutations: Int
    private let band: Int
    private var exact = DigestTable()
    /// Rows that were kept, to be compared with; beyond a window the older half is forgotten.
    private var recent: SignatureIndex
    private var earlier: SignatureIndex
    private let window: Int
    private var sizes: [Int32: Int32] = [:]
    public private(set) var found = Found()

    private let countsClusters: Bool

    /// - Parameters:
    ///   - window: how many of the rows kept are compared with for near ones, the latest; all without it.
    ///   - countsClusters: whether the largest clusters are wanted, which takes memory for each that there is.
    public init(
        by fields: [String], near threshold: Double?, permutations: Int = 128, window: Int = .max,
        countsClusters: Bool = true
    ) {
        (self.fields, self.threshold, self.permutations) = (fields, threshold, permutations)
        (self.window, self.countsClusters) = (window, countsClusters)
        band = Self.band(permutations, threshold ?? 1)
        recent = SignatureIndex(size: permutations, band: band)
        earlier = recent
    }

    /// Values of a signature that make a key: as many as still leave two texts of that likeness one in common in 99 of a
    /// hundred cases.
    static func band(_ size: Int, _ threshold: Double) -> Int {
        (1...16).last { rows in
            let missed = pow(1 - pow(threshold, Double(rows)), Double(size / rows))
            return missed <= 0.01
        } ?? 1
    }

    /// Whether a row is the first of its kind; a row without the fields is. Nil where the line is no JSON object.
    public mutating func isNew(_ bytes: ArraySlice<UInt8>, line: Int) -> Bool? {
        guard let row = JSONReader.value(of: bytes), row.members != nil else {
            found.bad += 1
            if found.badLines.count < 5 { found.badLines.append(line) }
            return nil
        }
        let texts = fields.compactMap { row[$0] }.map { $0.text ?? $0.json }
        return kind(of: texts, line: line) == .first
    }

    /// What a row is beside those before it.
    public enum Kind: Equatable, Sendable {
        case first, same, near
    }

    /// - Parameter texts: what of the row is compared; a row of none is the first of its kind.
    public mutating func kind(of texts: [String], line: Int) -> Kind {
        found.rows += 1
        guard !texts.isEmpty else {
            found.kept += 1
            found.without += 1
            return .first
        }
        var hash = SHA256()
        for text in texts { hash.update(data: Data("\(text.utf8.count):\(text)".utf8)) }
        let digest = TextDuplicates.Digest(hash.finalize())
        if let first = exact[digest] {
            found.exact += 1
            if countsClusters { sizes[first, default: 1] += 1 }
            return .same
        }
        exact[digest] = Int32(truncatingIfNeeded: line)
        guard let threshold else {
            found.kept += 1
            return .first
        }
        var words: [UInt64] = []
        for text in texts { TextDuplicates.words(of: text, &words) }
        // Texts without a word have nothing in common that could be compared.
        guard !words.isEmpty else {
            found.kept += 1
            return .first
        }
        let signature = MinHash(Shingles.of(words), size: permutations)
        let keys = signature.keys(rows: band)
        if let first = recent.near(signature, keys, threshold) ?? earlier.near(signature, keys, threshold) {
            found.near += 1
            if countsClusters { sizes[first, default: 1] += 1 }
            exact[digest] = first
            return .near
        }
        remember(signature, keys, line)
        found.kept += 1
        return .first
    }

    private mutating func remember(_ signature: MinHash, _ keys: [UInt64], _ line: Int) {
        if recent.count >= window / 2 {
            earlier = recent
            recent = SignatureIndex(size: permutations, band: band)
        }
        recent.add(signature, keys, line: Int32(truncatingIfNeeded: line))
    }

    public mutating func finish() -> Found {
        found.largest = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10).map {
            (Int($0.key), Int($0.value))
        }
        return found
    }
}
