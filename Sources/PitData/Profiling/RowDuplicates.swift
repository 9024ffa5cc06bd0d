import Crypto
import Foundation
import PitParse
import PitStatistics

/// Keeps of rows that say the same, or nearly the same, the first. Memory grows with the rows that are kept: some
/// twenty bytes for each that is compared exactly, and its signature and keys where near ones are looked for.
public struct RowDuplicates {
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
    private var exact: [TextDuplicates.Digest: Int32] = [:]
    private var signatures: [MinHash] = []
    private var signatureLines: [Int32] = []
    private var index: [UInt64: [Int32]] = [:]
    private var sizes: [Int32: Int32] = [:]
    public private(set) var found = Found()

    /// Candidates of one key that are compared.
    private static let mostCandidates = 64

    public init(by fields: [String], near threshold: Double?, permutations: Int = 128) {
        (self.fields, self.threshold, self.permutations) = (fields, threshold, permutations)
        band = Self.band(permutations, threshold ?? 1)
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
        found.rows += 1
        let texts = fields.compactMap { row[$0] }.map { $0.text ?? $0.json }
        guard !texts.isEmpty else {
            found.kept += 1
            found.without += 1
            return true
        }
        var hash = SHA256()
        for text in texts { hash.update(data: Data("\(text.utf8.count):\(text)".utf8)) }
        let digest = TextDuplicates.Digest(hash.finalize())
        if let first = exact[digest] {
            found.exact += 1
            sizes[first, default: 1] += 1
            return false
        }
        exact[digest] = Int32(truncatingIfNeeded: line)
        guard let threshold else {
            found.kept += 1
            return true
        }
        var words: [UInt64] = []
        for text in texts { TextDuplicates.words(of: text, &words) }
        // Texts without a word have nothing in common that could be compared.
        guard !words.isEmpty else {
            found.kept += 1
            return true
        }
        let signature = MinHash(Shingles.of(words), size: permutations)
        let keys = signature.keys(rows: band)
        for key in keys {
            for candidate in index[key] ?? []
            where signatures[Int(candidate)].likeness(to: signature) >= threshold {
                found.near += 1
                let first = signatureLines[Int(candidate)]
                sizes[first, default: 1] += 1
                exact[digest] = first
                return false
            }
        }
        for key in keys where (index[key]?.count ?? 0) < Self.mostCandidates {
            index[key, default: []].append(Int32(signatures.count))
        }
        signatures.append(signature)
        signatureLines.append(Int32(truncatingIfNeeded: line))
        found.kept += 1
        return true
    }

    public mutating func finish() -> Found {
        found.largest = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10).map {
            (Int($0.key), Int($0.value))
        }
        return found
    }
}
