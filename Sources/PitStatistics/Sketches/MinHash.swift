/// How alike two sets are, from a few numbers of each (Broder, 1997). One hash a member: the signature is the least hash
/// in each of `size` bins (one permutation hashing, Li, Owen and Zhang, 2012), and a bin that stayed empty takes that of
/// the next one that did not, marked by how far that is (densification by rotation, Shrivastava and Li, 2014).
public struct MinHash: Equatable, Sendable {
    public let values: [UInt32]

    /// - Parameters:
    ///   - members: hashes of the set's members, spread evenly; repetitions do not matter.
    ///   - size: of the signature; the standard error of the likeness is about `1 / sqrt(size)` at most.
    public init(_ members: [UInt64], size: Int = 64) {
        let empty = UInt32.max
        var values = [UInt32](repeating: empty, count: max(1, size))
        var isEmpty = true
        values.withUnsafeMutableBufferPointer { values in
            for member in members {
                let spread = Self.mix(member)
                let bin = Int(((spread >> 32) &* UInt64(values.count)) >> 32)
                let low = UInt32(truncatingIfNeeded: spread) >> 1
                if low < values[bin] { values[bin] = low }
                isEmpty = false
            }
        }
        if !isEmpty, values.contains(empty) { Self.fill(&values, empty) }
        self.values = values
    }

    private static func fill(_ values: inout [UInt32], _ empty: UInt32) {
        values.withUnsafeMutableBufferPointer { values in
            // What is next to the right of the last bin, and how far that is: around the end, the first that is known.
            let first = values.firstIndex { $0 != empty } ?? 0
            var (next, distance) = (values[first], UInt32(first))
            // From the back, so that what is filled in has been passed by then.
            for bin in values.indices.reversed() {
                if values[bin] != empty {
                    (next, distance) = (values[bin], 0)
                } else {
                    distance += 1
                    values[bin] = next &+ distance &* 0x9e37_79b9
                }
            }
        }
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
                    var hash: UInt64 = 0x2545_f491_4f6c_dd1d
                    for place in start..<(start + length) {
                        hash = (hash ^ words[place]) &* 0x9e37_79b9_7f4a_7c15
                        hash ^= hash >> 29
                    }
                    shingles[start] = hash
                }
            }
        }
    }
}
