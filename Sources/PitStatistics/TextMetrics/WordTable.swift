/// Numbers for byte strings, in the order that they come in. Emptied for each segment, so it stays in the cache.
struct WordTable {
    private var slots = [Int32](repeating: 0, count: 128)
    private var hashes: [UInt32] = []
    private var starts: [Int32] = []
    private var bytes: [UInt8] = []

    var count: Int { hashes.count }

    mutating func clear() {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        hashes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// The word's number; -1 where it has none.
    func find(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(word)
        return slots.withUnsafeBufferPointer { slots in
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 {
                let index = Int(slots[slot]) - 1
                if hashes[index] == hash, isEqual(index, word) { return Int32(index) }
                slot = (slot + 1) & (slots.count - 1)
            }
            return -1
        }
    }

    mutating func intern(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(word)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash, isEqual(index, word) { return Int32(index) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = hashes.count
        hashes.append(hash)
        starts.append(Int32(bytes.count))
        bytes.append(contentsOf: word)
        slots[slot] = Int32(index + 1)
        if hashes.count * 2 > slots.count { grow() }
        return Int32(index)
    }

    /// The bytes of a word.
    func word(_ index: Int) -> ArraySlice<UInt8> {
        let end = index + 1 < starts.count ? Int(starts[index + 1]) : bytes.count
        return bytes[Int(starts[index])..<end]
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for (index, hash) in hashes.enumerated() {
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index + 1)
        }
    }

    @inline(__always)
    private func isEqual(_ index: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(starts[index])
        let end = index + 1 < starts.count ? Int(starts[index + 1]) : bytes.count
        guard end - start == word.count else { return false }
        return bytes.withUnsafeBufferPointer { mine in
            for i in 0..<word.count where mine[start + i] != word[i] { return false }
            return true
        }
    }

    /// Multiplication and rotation over eight bytes at a time, then mixed as Murmur's finaliser does.
    @inline(__always)
    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = UInt64(truncatingIfNeeded: word.count) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        let raw = UnsafeRawBufferPointer(word)
        while at + 8 <= word.count {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 29
            at += 8
        }
        var rest: UInt64 = 0
        while at < word.count {
            rest = rest << 8 | UInt64(word[at])
            at += 1
        }
        hash = (hash ^ rest) &* 0xC4CE_B9FE_1A85_EC53
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
