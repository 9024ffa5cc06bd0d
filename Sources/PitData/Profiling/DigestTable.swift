import PitStatistics

/// Digests and a line for each: sixteen bytes a place, of which at most four in five are taken. Twelve bytes of a digest are
/// compared: among ten million different texts two have the same with a chance of one in 10^15.
struct DigestTable: Sendable {
    /// Two words a place: eight bytes of the digest; four more and the line, which is never 0.
    private var words: [UInt64]
    private var count = 0
    private var mask: Int

    init() {
        words = [UInt64](repeating: 0, count: 2 << 10)
        mask = (1 << 10) - 1
    }

    private static func slot(_ words: [UInt64], _ mask: Int, _ high: UInt64, _ low: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: high) & mask
        while words[2 * place + 1] != 0, words[2 * place] != high || words[2 * place + 1] >> 32 != low >> 32 {
            place = (place + 1) & mask
        }
        return place
    }

    /// The line of a digest; nil of one that is new.
    subscript(_ digest: TextDuplicates.Digest) -> Int32? {
        get {
            let word = words[2 * Self.slot(words, mask, digest.high, digest.low) + 1]
            return word == 0 ? nil : Int32(bitPattern: UInt32(truncatingIfNeeded: word))
        }
        set {
            guard let newValue else { return }
            let place = Self.slot(words, mask, digest.high, digest.low)
            if words[2 * place + 1] == 0 { count += 1 }
            words[2 * place] = digest.high
            words[2 * place + 1] = (digest.low >> 32) << 32 | UInt64(UInt32(bitPattern: max(1, newValue)))
            if count * 5 > (mask + 1) * 4 { grow() }
        }
    }

    private mutating func grow() {
        let size = (mask + 1) * 2
        var larger = [UInt64](repeating: 0, count: 2 * size)
        for place in 0...mask where words[2 * place + 1] != 0 {
            let to = Self.slot(larger, size - 1, words[2 * place], words[2 * place + 1])
            larger[2 * to] = words[2 * place]
            larger[2 * to + 1] = words[2 * place + 1]
        }
        (words, mask) = (larger, size - 1)
    }
}

/// Signatures of texts, to find those that are like another one.
struct SignatureIndex: Sendable {
    private let size: Int
    private let band: Int
    /// All values one after the other, `size` of each.
    private var values: [UInt32] = []
    private var lines: [Int32] = []
    /// Of each key the latest entry, and of each entry the one before it with the same key.
    private var heads: [UInt64: Int32] = [:]
    private var entries: [(row: Int32, before: Int32)] = []

    /// Candidates of one key that are compared.
    private static let mostCandidates = 64

    init(size: Int, band: Int) { (self.size, self.band) = (size, band) }

    var count: Int { lines.count }

    /// The line of one that is as like, from `threshold` on.
    func near(_ signature: MinHash, _ keys: [UInt64], _ threshold: Double) -> Int32? {
        let least = Int((threshold * Double(size)).rounded(.up))
        for key in keys {
            var (entry, looked) = (heads[key] ?? -1, 0)
            while entry >= 0, looked < Self.mostCandidates {
                let (row, before) = entries[Int(entry)]
                if same(signature, as: Int(row)) >= least { return lines[Int(row)] }
                (entry, looked) = (before, looked + 1)
            }
        }
        return nil
    }

    private func same(_ signature: MinHash, as row: Int) -> Int {
        signature.values.withUnsafeBufferPointer { one in
            values.withUnsafeBufferPointer { all in
                var same = 0
                for place in 0..<size where one[place] == all[row * size + place] { same += 1 }
                return same
            }
        }
    }

    mutating func add(_ signature: MinHash, _ keys: [UInt64], line: Int32) {
        let row = Int32(lines.count)
        for key in keys {
            entries.append((row, heads[key] ?? -1))
            heads[key] = Int32(entries.count - 1)
        }
        values += signature.values
        lines.append(line)
    }
}
