/// Counts of n-grams that two sequences have in common, each n-gram as often as the one that has fewer of it.
///
/// An n-gram is known by the number of its first n - 1 parts and its last part, so any alphabet will do. Only what can
/// still match is counted further: an n-gram of which the first parts have not matched does not.
struct GramMatcher {
    /// Slots of a table of pairs: the key, its number, and the round it was written in.
    private var keys = [UInt64](repeating: 0, count: 256)
    private var numbers = [Int32](repeating: 0, count: 256)
    private var rounds = [UInt32](repeating: 0, count: 256)
    private var round: UInt32 = 0
    private var used = 0
    private var hypothesis: [Int32] = []
    private var other: [[Int32]] = []
    private var own: [Int32] = []
    private var seen: [Int32] = []
    private var most: [Int32] = []

    /// Clipped matches of orders 1...`orders`.
    ///
    /// - Parameters:
    ///   - first: numbers 0..<`alphabet`.
    ///   - others: the same numbers; negative where `first` has nothing of the kind. Of several the one with the most
    ///     of an n-gram counts for that n-gram (Papineni et al. 2002).
    mutating func matches(
        _ first: [Int32], _ others: [[Int32]], alphabet: Int, orders: Int, into result: inout [Int]
    ) {
        for n in 0..<orders { result[n] = 0 }
        hypothesis = first
        other = others
        var kinds = alphabet
        for n in 1...orders {
            guard first.count >= n else { return }
            if n > 1 { kinds = compose(first, others, n) }
            own.removeAll(keepingCapacity: true)
            own.append(contentsOf: repeatElement(0, count: kinds))
            most.removeAll(keepingCapacity: true)
            most.append(contentsOf: repeatElement(0, count: kinds))
            for i in 0...(first.count - n) where hypothesis[i] >= 0 { own[Int(hypothesis[i])] += 1 }
            for sequence in other where sequence.count >= n {
                seen.removeAll(keepingCapacity: true)
                seen.append(contentsOf: repeatElement(0, count: kinds))
                for i in 0...(sequence.count - n) where sequence[i] >= 0 { seen[Int(sequence[i])] += 1 }
                for kind in 0..<kinds where seen[kind] > most[kind] { most[kind] = seen[kind] }
            }
            var sum = 0
            for kind in 0..<kinds { sum += Int(min(own[kind], most[kind])) }
            result[n - 1] = sum
            if sum == 0 { return }
        }
    }

    /// Numbers for the n-grams of the first sequence that can match; gives how many there are.
    private mutating func compose(_ first: [Int32], _ others: [[Int32]], _ n: Int) -> Int {
        begin(first.count)
        for i in 0...(first.count - n) {
            let prefix = hypothesis[i]
            hypothesis[i] = prefix >= 0 && most[Int(prefix)] > 0 ? number(prefix, first[i + n - 1], isNew: true) : -1
        }
        for j in other.indices where others[j].count >= n {
            for i in 0...(others[j].count - n) {
                let (prefix, last) = (other[j][i], others[j][i + n - 1])
                other[j][i] = prefix >= 0 && last >= 0 ? number(prefix, last, isNew: false) : -1
            }
        }
        return used
    }

    private mutating func begin(_ count: Int) {
        used = 0
        round &+= 1
        var size = keys.count
        while size < count * 2 { size *= 2 }
        if size > keys.count || round == 0 {
            keys = [UInt64](repeating: 0, count: size)
            numbers = [Int32](repeating: 0, count: size)
            rounds = [UInt32](repeating: 0, count: size)
            round = 1
        }
    }

    @inline(__always)
    private mutating func number(_ prefix: Int32, _ last: Int32, isNew: Bool) -> Int32 {
        let key = UInt64(UInt32(bitPattern: prefix)) << 32 | UInt64(UInt32(bitPattern: last))
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: mixed >> 32) & mask
        while rounds[slot] == round {
            if keys[slot] == key { return numbers[slot] }
            slot = (slot + 1) & mask
        }
        guard isNew else { return -1 }
        keys[slot] = key
        rounds[slot] = round
        numbers[slot] = Int32(used)
        used += 1
        return numbers[slot]
    }
}
