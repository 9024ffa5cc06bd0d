import Foundation
import PitStatistics

/// Keeps of rows that say the same, or nearly the same, the first. Memory grows with the rows that are kept: 7 bytes for
/// each, so that fifty million take less than 400 MB, and half a kilobyte for its signature and keys where near ones are
/// looked for, up to a window.
public struct RowDuplicates: Sendable {
    public struct Found: Equatable, Sendable {
        public var rows = 0
        public var kept = 0
        public var exact = 0
        public var near = 0
        public var bad = BadRows()
        /// Rows that have none of the members compared.
        public var without = 0
        /// The largest clusters: the line of the first, and how many rows are like it, itself among them. Of those that begin
        /// among the first eight million different rows.
        public var largest: [(line: Int, count: Int)] = []
        public static func == (a: Self, b: Self) -> Bool {
            a.rows == b.rows && a.kept == b.kept && a.exact == b.exact && a.near == b.near && a.bad == b.bad
                && a.largest.map(\.line) == b.largest.map(\.line) && a.largest.map(\.count) == b.largest.map(\.count)
        }
    }

    /// What is compared, and how.
    public struct Options: Sendable {
        /// Members whose texts are compared.
        public var fields: [String]
        /// Jaccard of pairs of words from which on two texts are nearly the same; nil looks for exact ones alone.
        public var near: Double?
        /// Values of a signature.
        public var permutations: Int
        public init(by fields: [String], near: Double? = nil, permutations: Int = 128) {
            (self.fields, self.near, self.permutations) = (fields, near, permutations)
        }

        var traces: TextTraces {
            near.map { TextTraces(size: permutations, band: RowDuplicates.band(permutations, $0)) }
                ?? TextTraces(size: 0, band: 1)
        }
    }

    private let least: Int
    private let isNear: Bool
    private var exact: DigestTable
    /// Those behind the first millions, without their lines.
    private var later: DigestTable?
    /// Rows that were kept, to be compared with; beyond a window the older half is forgotten.
    private var recent: SignatureIndex
    private var earlier: SignatureIndex
    private let window: Int
    private var sizes: [Int32: Int32] = [:]
    public internal(set) var found = Found()
    private var finder: MemberFinder
    private var traces: TextTraces

    private let countsClusters: Bool
    /// Clusters that are counted; when there are more, the smaller ones are forgotten, and begin anew.
    private static let mostClusters = 1 << 18
    private static let mostLines = 8 << 20

    /// - Parameters:
    ///   - window: how many of the rows kept are compared with for near ones, the latest; all without it.
    ///   - countsClusters: whether the largest clusters are wanted, which takes memory for each that there is.
    public init(_ options: Options, window: Int = .max, countsClusters: Bool = true) {
        (self.window, self.countsClusters) = (window, countsClusters)
        isNear = options.near != nil
        least = Int(((options.near ?? 1) * Double(options.permutations)).rounded(.up))
        exact = DigestTable(hasLines: countsClusters)
        recent = SignatureIndex(size: options.permutations)
        earlier = recent
        finder = MemberFinder(options.fields)
        traces = options.traces
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
        traces.removeAll()
        bytes.withUnsafeBufferPointer { traces.add(line: $0, &finder) }
        return take(traces, 0, line: line).map { $0 == .first }
    }

    /// What a row is beside those before it.
    public enum Kind: Equatable, Sendable {
        case first, same, near
    }

    /// - Parameter texts: what of the row is compared, nil what it has not; a row of none is the first of its kind.
    public mutating func kind(of texts: [String?], line: Int) -> Kind {
        traces.removeAll()
        traces.add(texts)
        return take(traces, 0, line: line) ?? .first
    }

    /// What a row is by its trace; nil of a line that is no row.
    mutating func take(_ traces: TextTraces, _ row: Int, line: Int) -> Kind? {
        let state = traces.states[row]
        switch state {
        case .blank: return nil
        case .bad:
            found.bad.add(line, "no JSON object")
            return nil
        case .without:
            found.rows += 1
            found.kept += 1
            found.without += 1
            return .first
        case .wordless, .whole: found.rows += 1
        }
        let (digest, number) = (traces.digests[row], Int32(truncatingIfNeeded: line))
        if let first = known(digest) {
            found.exact += 1
            count(first)
            return .same
        }
        // Texts without a word have nothing in common that could be compared.
        if isNear, state == .whole {
            let first = traces.withSignature(row) { signature, keys in
                recent.near(signature, keys, least: least) ?? earlier.near(signature, keys, least: least)
            }
            if let first = first ?? nil {
                found.near += 1
                count(first)
                note(digest, first)
                return .near
            }
            remember(traces, row, number)
        }
        note(digest, number)
        found.kept += 1
        return .first
    }

    /// The line of a text that came before; 0 where it is not known any more.
    private func known(_ digest: TextDuplicates.Digest) -> Int32? {
        exact.line(of: digest) ?? later?.line(of: digest).map { _ in 0 }
    }

    private mutating func note(_ digest: TextDuplicates.Digest, _ line: Int32) {
        guard countsClusters, exact.count >= Self.mostLines else { return exact.add(digest, line: line) }
        if later == nil { later = DigestTable(hasLines: false) }
        later?.add(digest, line: line)
    }

    private mutating func count(_ first: Int32) {
        guard countsClusters, first > 0 else { return }
        sizes[first, default: 1] += 1
        guard sizes.count > Self.mostClusters else { return }
        let middle = sizes.values.sorted()[sizes.count / 2]
        sizes = sizes.filter { $0.value > middle }
    }

    private mutating func remember(_ traces: TextTraces, _ row: Int, _ line: Int32) {
        if recent.count >= window / 2 {
            earlier = recent
            recent = SignatureIndex(size: traces.size)
        }
        _ = traces.withSignature(row) { recent.add($0, $1, line: line) }
    }

    public mutating func finish() -> Found {
        found.largest = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10).map {
            (Int($0.key), Int($0.value))
        }
        return found
    }
}
