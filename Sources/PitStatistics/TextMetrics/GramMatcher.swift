/// Counts of n-grams that two sequences have in common, each n-gram as often as the one that has fewer of it.
///
/// An n-gram is known by the number of its first n - 1 parts and its last part, so any alphabet will do. Only what can
/// still match is counted further: an n-gram of which the first parts have not matched does not.
struct GramMatcher {
    /// A slot of the table of pairs: the key, and its number with the round that it was written in above it.
    private var keys = [UInt64](repeating: 0, count: 256)
    private var values = [UInt64](repeating: 0, count: 256)
    private var round: UInt64 = 0
    private var own: [Int32] = []
    private var seen: [Int32] = []
    private var most: [Int32] = []
    private var first: [Int32] = []
    private var others: [[Int32]] = []

    /// Clipped matches of orders 1...`orders`.
    ///
    /// - Parameters:
    ///   - sequence: numbers 0..<`alphabet`.
    ///   - references: the same numbers; negative where `sequence` has nothing of the kind. Of several the one with
    ///     the most of an n-gram counts for that n-gram (Papineni et al. 2002).
    mutating func matches(
        _ sequence: [Int32], _ references: [[Int32]], alphabet: Int, orders: Int, into result: inout [Int]
    ) {
        for n in 0..<orders { result[n] = 0 }
        Self.copy(sequence, into: &first)
        while others.count < references.count { others.append([]) }
        for j in references.indices { Self.copy(references[j], into: &others[j]) }
        grow(max(alphabet, sequence.count))
        var kinds = alphabet
        for n in 1...orders {
            guard sequence.count >= n else { return }
            if n > 1 { kinds = compose(sequence, references, n) }
            let sum = count(sequence.count - n + 1, references, n, kinds)
            result[n - 1] = sum
            if sum == 0 { return }
        }
    }

    private static func copy(_ from: [Int32], into to: inout [Int32]) {
        to.removeAll(keepingCapacity: true)
        to.append(contentsOf: from)
    }

    private mutating func grow(_ count: Int) {
        if own.count < count {
            own = [Int32](repeating: 0, count: count * 2)
            seen = own
            most = own
        }
        var size = keys.count
        while size < count * 2 { size *= 2 }
        if size > keys.count {
            keys = [UInt64](repeating: 0, count: size)
            values = keys
            round = 0
        }
    }

    /// What both have of each kind, added up; leaves in `most` what the references have of it.
    private mutating func count(_ length: Int, _ references: [[Int32]], _ n: Int, _ kinds: Int) -> Int {
        own.withUnsafeMutableBufferPointer { own in
            most.withUnsafeMutableBufferPointer { most in
                for kind in 0..<kinds { (own[kind], most[kind]) = (0, 0) }
                first.withUnsafeBufferPointer { first in
                    for i in 0..<length where first[i] >= 0 { own[Int(first[i])] += 1 }
                }
                for j in references.indices where references[j].count >= n {
                    let length = references[j].count - n + 1
                    others[j].withUnsafeBufferPointer { other in
                        if references.count == 1 {
                            for i in 0..<length where other[i] >= 0 { most[Int(other[i])] += 1 }
                            return
                        }
                        seen.withUnsafeMutableBufferPointer { seen in
                            for kind in 0..<kinds { seen[kind] = 0 }
                            for i in 0..<length where other[i] >= 0 { seen[Int(other[i])] += 1 }
                            for kind in 0..<kinds { most[kind] = max(most[kind], seen[kind]) }
                        }
                    }
                }
                var sum = 0
                for kind in 0..<kinds { sum += Int(min(own[kind], most[kind])) }
                return sum
            }
        }
    }

    /// Numbers for the n-grams of the sequence that can match; gives how many there are.
    private mutating func compose(_ sequence: [Int32], _ references: [[Int32]], _ n: Int) -> Int {
        round += 1
        let (stamp, mask) = (round << 32, keys.count - 1)
        var used: UInt64 = 0
        keys.withUnsafeMutableBufferPointer { keys in
            values.withUnsafeMutableBufferPointer { values in
                func find(_ prefix: Int32, _ last: Int32) -> (slot: Int, key: UInt64) {
                    let key = UInt64(UInt32(bitPattern: prefix)) << 32 | UInt64(UInt32(bitPattern: last))
                    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
                    while values[slot] & ~0xFFFF_FFFF == stamp, keys[slot] != key { slot = (slot + 1) & mask }
                    return (slot, key)
                }
                first.withUnsafeMutableBufferPointer { first in
                    most.withUnsafeBufferPointer { most in
                        sequence.withUnsafeBufferPointer { parts in
                            for i in 0...(parts.count - n) {
                                let prefix = first[i]
                                guard prefix >= 0, most[Int(prefix)] > 0 else {
                                    first[i] = -1
                                    continue
                                }
                                let (slot, key) = find(prefix, parts[i + n - 1])
                                if values[slot] & ~0xFFFF_FFFF != stamp {
                                    keys[slot] = key
                                    values[slot] = stamp | used
                                    used += 1
                                }
                                first[i] = Int32(truncatingIfNeeded: values[slot] & 0xFFFF_FFFF)
                            }
                        }
                    }
                }
                for j in references.indices where references[j].count >= n {
                    others[j].withUnsafeMutableBufferPointer { other in
                        references[j].withUnsafeBufferPointer { parts in
                            for i in 0...(parts.count - n) {
                                let (prefix, last) = (other[i], parts[i + n - 1])
                                guard prefix >= 0, last >= 0 else {
                                    other[i] = -1
                                    continue
                                }
                                let (slot, _) = find(prefix, last)
                                let isThere = values[slot] & ~0xFFFF_FFFF == stamp
                                other[i] = isThere ? Int32(truncatingIfNeeded: values[slot] & 0xFFFF_FFFF) : -1
                            }
                        }
                    }
                }
            }
        }
        return Int(used)
    }
}
