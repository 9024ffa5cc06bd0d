import Glibc

/// What of the words in two sets of texts moved.
public enum WordShift {
    /// A word, and the shares of the texts that it stands in.
    public struct Move: Equatable, Sendable {
        public var word: String
        public var reference: Double
        public var current: Double
        /// As in the population stability index: (c - r) ln(c / r).
        public var contribution: Double
    }

    private static let (longest, shortest) = (4000, 3)

    /// The words whose share of the texts moved most, most first. Of each text the first 4,000 bytes count; words of
    /// three bytes at least.
    public static func moved(_ reference: [String], _ current: [String], most: Int) -> [Move] {
        guard !reference.isEmpty, !current.isEmpty else { return [] }
        let (a, b) = (counts(reference), counts(current))
        let (n, m) = (Double(reference.count), Double(current.count))
        // No word that hardly anybody uses: with very many words some always seem to have moved.
        let moves = Set(a.keys).union(b.keys).compactMap { word -> Move? in
            let (x, y) = (a[word] ?? 0, b[word] ?? 0)
            guard x + y >= 5 else { return nil }
            let (r, c) = (max(x, 0.5) / n, max(y, 0.5) / m)
            return Move(word: word, reference: x / n, current: y / m, contribution: (c - r) * log(c / r))
        }
        let order = moves.sorted {
            $0.contribution != $1.contribution ? $0.contribution > $1.contribution : $0.word < $1.word
        }
        return Array(order.prefix(most))
    }

    private static func counts(_ texts: [String]) -> [String: Double] {
        var counts: [String: Double] = [:]
        for text in texts { for word in Set(words(text)) { counts[word, default: 0] += 1 } }
        return counts
    }

    static func words(_ text: String) -> [String] {
        let bytes = Array(text.utf8.prefix(longest))
        let runs = bytes.split { byte in
            byte < 0x80 && (byte | 0x20) &- 0x61 >= 26 && byte &- 0x30 >= 10 || byte == 0xE2
        }
        return runs.filter { (shortest...40).contains($0.count) }.map {
            String(decoding: $0, as: UTF8.self).lowercased()
        }
    }
}

/// How many of a text's words were never met before.
public enum OutOfVocabulary {
    /// The shares of unknown words, text by text, of both sides. The vocabulary is that of every other reference text;
    /// those between stand for the reference, because a text knows all its own words. Texts of fewer than five words
    /// are left out.
    public static func shares(_ reference: [String], _ current: [String]) -> (reference: [Double], current: [Double]) {
        var known: Set<UInt64> = []
        var held: [[UInt64]] = []
        for (place, text) in reference.enumerated() {
            let words = ReadText(text).words
            if place % 2 == 0 { known.formUnion(words) } else { held.append(words) }
        }
        func share(_ words: [UInt64]) -> Double? {
            words.count < 5 ? nil : Double(words.count { !known.contains($0) }) / Double(words.count)
        }
        return (held.compactMap(share), current.compactMap { share(ReadText($0).words) })
    }
}

extension EmbeddingDrift {
    /// A distance between two sets of vectors, and how probable one as large is when nothing has changed.
    public struct Result: Equatable, Sendable {
        public var centroid: Double
        public var discrepancy: Double
        public var centroidP: Double
        public var discrepancyP: Double
    }

    /// Both distances. The probabilities come of shuffling who belongs to which side, `rounds` times in an order that is
    /// always the same, and reading how far out the true one is as on a normal curve: shuffles enough to count so small
    /// a share would take minutes. Nil with fewer than ten vectors on a side.
    public static func compare(_ a: [[Double]], _ b: [[Double]], rounds: Int = 60) -> Result? {
        guard a.count >= 10, b.count >= 10, let centroid = centroidDistance(a, b) else { return nil }
        let kernel = Kernel(a + b)
        let discrepancy = kernel.discrepancy(Array(0..<a.count), Array(a.count..<(a.count + b.count)))
        var random = SplitMix(0xE3BED)
        var (centroids, discrepancies): ([Double], [Double]) = ([], [])
        let all = a + b
        for _ in 0..<rounds {
            let order = all.indices.shuffled(using: &random)
            let (left, right) = (Array(order[..<a.count]), Array(order[a.count...]))
            centroids.append(centroidDistance(left.map { all[$0] }, right.map { all[$0] }) ?? 0)
            discrepancies.append(kernel.discrepancy(left, right))
        }
        return Result(
            centroid: centroid, discrepancy: discrepancy, centroidP: tail(centroid, among: centroids),
            discrepancyP: tail(discrepancy, among: discrepancies))
    }

    private static func tail(_ value: Double, among others: [Double]) -> Double {
        let mean = others.reduce(0, +) / Double(max(1, others.count))
        let variance = others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, others.count - 1))
        guard variance > 0 else { return value > mean ? 0 : 1 }
        return erfc((value - mean) / (2 * variance).squareRoot()) / 2
    }

    /// The Gaussian kernel between all, computed once.
    private struct Kernel {
        let count: Int
        let values: [Double]

        init(_ all: [[Double]]) {
            count = all.count
            var squares = [Double](repeating: 0, count: count * count)
            for i in all.indices {
                for j in 0..<i {
                    let square = zip(all[i], all[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                    squares[i * count + j] = square
                    squares[j * count + i] = square
                }
            }
            let apart = (0..<all.count).flatMap { i in (0..<i).map { squares[i * all.count + $0] } }
            let median = Quantiles.median(apart) ?? 0
            values = squares.map { median > 0 ? exp(-$0 / median) : 1 }
        }

        func discrepancy(_ left: [Int], _ right: [Int]) -> Double {
            func sum(_ rows: [Int], _ columns: [Int]) -> Double {
                rows.reduce(0) { total, i in
                    columns.reduce(total) { $1 == i ? $0 : $0 + values[i * count + $1] }
                }
            }
            let (n, m) = (Double(left.count), Double(right.count))
            return sum(left, left) / (n * (n - 1)) + sum(right, right) / (m * (m - 1)) - 2 * sum(left, right) / (n * m)
        }
    }
}
