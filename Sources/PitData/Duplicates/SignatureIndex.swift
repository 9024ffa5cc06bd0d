/// Signatures of texts, to find those that are like another one: 16 bits of each value, and of each key a place in one
/// table of eight bytes.
struct SignatureIndex: Sendable {
    private let size: Int
    /// All values one after the other, `size` of each.
    private var values: [UInt16] = []
    private var lines: [Int32] = []
    /// A key in the upper half, its row from 1 in the lower one, at the place that the key names or behind it; 0 is free.
    private var table = [UInt64](repeating: 0, count: 1 << 10)
    private var taken = 0

    /// Rows of one key that are compared, and kept.
    private static let mostCandidates = 64

    init(size: Int) { self.size = size }

    var count: Int { lines.count }

    @inline(__always)
    private static func place(_ key: UInt32, _ count: Int) -> Int { Int((UInt64(key) &* UInt64(count)) >> 32) }

    /// The line of one that shares a key and at least so many values.
    func near(_ signature: UnsafePointer<UInt16>, _ keys: UnsafeBufferPointer<UInt32>, least: Int) -> Int32? {
        guard !lines.isEmpty else { return nil }
        return table.withUnsafeBufferPointer { table in
            values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return nil }
                for key in keys {
                    var (place, looked) = (Self.place(key, table.count), 0)
                    while table[place] != 0, looked < Self.mostCandidates {
                        if table[place] >> 32 == UInt64(key) {
                            let row = Int(table[place] & 0xFFFF_FFFF) - 1
                            if Self.same(signature, base + row * size, size) >= least { return lines[row] }
                            looked += 1
                        }
                        place += 1
                        if place == table.count { place = 0 }
                    }
                }
                return nil
            }
        }
    }

    /// How many of their values two signatures have in common.
    private static func same(_ one: UnsafePointer<UInt16>, _ other: UnsafePointer<UInt16>, _ size: Int) -> Int {
        var (at, counts) = (0, SIMD16<UInt16>(repeating: 0))
        let (a, b) = (UnsafeRawPointer(one), UnsafeRawPointer(other))
        while at + 16 <= size {
            let first = a.loadUnaligned(fromByteOffset: at * 2, as: SIMD16<UInt16>.self)
            let second = b.loadUnaligned(fromByteOffset: at * 2, as: SIMD16<UInt16>.self)
            // Lanes that are the same are all ones, and that is -1.
            counts &-= unsafeBitCast(first .== second, to: SIMD16<UInt16>.self)
            at += 16
        }
        var same = Int(counts.wrappedSum())
        while at < size {
            if one[at] == other[at] { same += 1 }
            at += 1
        }
        return same
    }

    mutating func add(_ signature: UnsafePointer<UInt16>, _ keys: UnsafeBufferPointer<UInt32>, line: Int32) {
        values.append(contentsOf: UnsafeBufferPointer(start: signature, count: size))
        lines.append(line)
        if (taken + keys.count) * 3 > table.count * 2 { grow(keys.count) }
        let row = UInt64(lines.count)
        taken += table.withUnsafeMutableBufferPointer { table in
            var added = 0
            for key in keys {
                var (place, same) = (Self.place(key, table.count), 0)
                while table[place] != 0, same < Self.mostCandidates {
                    if table[place] >> 32 == UInt64(key) { same += 1 }
                    place += 1
                    if place == table.count { place = 0 }
                }
                guard same < Self.mostCandidates else { continue }
                table[place] = UInt64(key) << 32 | row
                added += 1
            }
            return added
        }
    }

    private mutating func grow(_ more: Int) {
        var count = table.count * 2
        while (taken + more) * 3 > count * 2 { count *= 2 }
        let larger = [UInt64](unsafeUninitializedCapacity: count) { larger, filled in
            larger.initialize(repeating: 0)
            filled = count
            for slot in table where slot != 0 {
                var place = Self.place(UInt32(truncatingIfNeeded: slot >> 32), count)
                while larger[place] != 0 {
                    place += 1
                    if place == count { place = 0 }
                }
                larger[place] = slot
            }
        }
        table = larger
    }
}
