/// How alike two sets are, from a few numbers of each (Broder, 1997). A signature has `size` bins; in rounds every member is
/// thrown into one of them with a value, and a bin keeps the least value of the first round in which it got one (fast
/// similarity sketching, Dahlgaard, Knudsen and Thorup, 2017): as exact as `size` hashes of every member are, for sets of
/// any size, in the time of about `n + size log size` of them.
public struct MinHash: Equatable, Sendable {
    public let values: [UInt32]

    /// - Parameters:
    ///   - members: hashes of the set's members; repetitions do not matter.
    ///   - size: of the signature; the standard error of the likeness is about `1 / sqrt(4 * size)` at most.
    public init(_ members: [UInt64], size: Int = 64) {
        let size = max(1, size)
        values = [UInt32](unsafeUninitializedCapacity: size) { values, count in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: size) { bins in
                bins.initialize(repeating: .max)
                members.withUnsafeBufferPointer { Self.sketch($0, into: bins) }
                for place in 0..<size { values[place] = UInt32(truncatingIfNeeded: bins[place]) }
            }
            count = size
        }
    }

    /// Fills the bins of a signature: the round in the upper half, the value in the lower one. Bins of no members stay at the
    /// largest number.
    public static func sketch(_ members: UnsafeBufferPointer<UInt64>, into bins: UnsafeMutableBufferPointer<UInt64>) {
        for place in bins.indices { bins[place] = .max }
        guard !members.isEmpty else { return }
        let size = UInt64(bins.count)
        for round in 0..<size {
            let (salt, first) = (mix(round &+ 0x9e37_79b9_7f4a_7c15), round << 32)
            for member in members {
                let spread = spread(member, salt)
                let bin = Int(truncatingIfNeeded: ((spread >> 32) &* size) >> 32)
                let value = first | spread & 0xFFFF_FFFF
                // In the first rounds a bin is as likely to change as not, then hardly ever.
                if round < 3 { bins[bin] = min(bins[bin], value) } else if value < bins[bin] { bins[bin] = value }
            }
            var isFull = true
            for bin in bins where bin == .max { isFull = false }
            if isFull { return }
        }
        // Of the few bins that no member came into each takes a round of its own.
        for bin in bins.indices where bins[bin] == .max {
            let (salt, first) = (mix(size &+ UInt64(bin) &+ 0x9e37_79b9_7f4a_7c15), (size &+ UInt64(bin)) << 32)
            for member in members { bins[bin] = min(bins[bin], first | spread(member, salt) & 0xFFFF_FFFF) }
        }
    }

    @inline(__always)
    private static func spread(_ member: UInt64, _ salt: UInt64) -> UInt64 {
        let wide = (member ^ salt).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        return wide.high ^ wide.low
    }

    /// Stafford's thirteenth mix of 64 bits.
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// The share of members that both sets have among those that either has (Jaccard), estimated.
    public func likeness(to other: MinHash) -> Double {
        guard values.count == other.values.count else { return 0 }
        var same = 0
        for (a, b) in zip(values, other.values) where a == b { same += 1 }
        return Double(same) / Double(values.count)
    }

    /// Keys of which alike sets share at least one, for an index: `rows` values of the signature make one key.
    ///
    /// Two sets of likeness `s` share one with probability `1 - (1 - s^rows)^(size / rows)`.
    ///
    /// - Parameter limit: of keys; fewer cost less and miss more.
    public func keys(rows: Int = 4, limit: Int = .max) -> [UInt64] {
        stride(from: 0, to: values.count - rows + 1, by: max(1, rows)).prefix(limit).map { start in
            var key = Self.mix(UInt64(start) &+ 0x9e37_79b9_7f4a_7c15)
            for place in start..<(start + rows) { key = Self.mix(key ^ UInt64(values[place])) }
            return key
        }
    }
}

/// Shingles: what of a text is compared as a set.
public enum Shingles {
    /// Hashes of `length` words in a row, given as hashes; of a shorter text all its words together.
    public static func of(_ words: [UInt64], length: Int = 2) -> [UInt64] {
        guard !words.isEmpty else { return [] }
        let length = max(1, min(length, words.count))
        return words.withUnsafeBufferPointer { words in
            [UInt64](unsafeUninitializedCapacity: words.count - length + 1) { shingles, count in
                count = words.count - length + 1
                for start in 0..<count {
                    var hash = seed
                    for place in start..<(start + length) { hash = next(hash, words[place]) }
                    shingles[start] = hash
                }
            }
        }
    }

    private static let seed: UInt64 = 0x2545_f491_4f6c_dd1d

    @inline(__always)
    private static func next(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        return hash ^ hash >> 29
    }

    /// The shingle of two words.
    public static func pair(_ first: UInt64, _ second: UInt64) -> UInt64 { next(next(seed, first), second) }
}
