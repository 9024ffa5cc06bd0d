/// Sorts numbers by their bits: three passes of eleven bits, over the part of the keys that differs.
enum RadixSort {
    private static let digit = 11
    private static let size = 1 << digit

    /// A number's bits, such that they order as the numbers do.
    @inline(__always)
    private static func key(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
    }

    @inline(__always)
    private static func number(_ key: UInt64) -> Double {
        Double(bitPattern: key ^ (UInt64(bitPattern: ~(Int64(bitPattern: key) >> 63)) | 1 << 63))
    }

    /// In ascending order; NaN are left out.
    static func sorted(_ values: [Double]) -> [Double] {
        if values.count < 512 { return values.filter { !$0.isNaN }.sorted() }
        return values.withUnsafeBufferPointer { sorted($0) }
    }

    private static func sorted(_ values: UnsafeBufferPointer<Double>) -> [Double] {
        let keys = UnsafeMutablePointer<UInt64>.allocate(capacity: values.count)
        let other = UnsafeMutablePointer<UInt64>.allocate(capacity: values.count)
        defer {
            keys.deallocate()
            other.deallocate()
        }
        var (count, low, high) = (0, UInt64.max, UInt64.min)
        for value in values {
            let key = key(value)
            keys[count] = key
            let isNumber = value == value
            low = isNumber ? min(low, key) : low
            high = isNumber ? max(high, key) : high
            count += isNumber ? 1 : 0
        }
        guard count > 0 else { return [] }
        for index in 0..<count { keys[index] -= low }
        let bits = UInt64.bitWidth - (high - low).leadingZeroBitCount
        // The three highest digits put nearly everything in its place; what they leave is put right by insertion.
        let start = max(0, bits - 3 * digit)
        var place = passes(keys, other, count, from: start, to: bits)
        if start > 0, !insert(place, count, budget: 8 * count) {
            // Many numbers that differ in their last bits alone: the passes from the lowest digit are right for all.
            place = passes(place, place == keys ? other : keys, count, from: 0, to: bits)
        }
        return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count { buffer[index] = number(place[index] + low) }
            filled = count
        }
    }

    /// Passes over the digits from a bit to another; says which of the two holds the result.
    private static func passes<Key: FixedWidthInteger & UnsignedInteger>(
        _ keys: UnsafeMutablePointer<Key>, _ other: UnsafeMutablePointer<Key>, _ count: Int, from: Int, to: Int
    ) -> UnsafeMutablePointer<Key> {
        var (source, target) = (keys, other)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: size) { offsets in
            for shift in stride(from: from, to: to, by: digit) {
                offsets.initialize(repeating: 0)
                let mask = Key(size - 1)
                for index in 0..<count { offsets[Int(truncatingIfNeeded: (source[index] >> Key(shift)) & mask)] &+= 1 }
                var sum = 0
                for slot in 0..<size {
                    let here = offsets[slot]
                    offsets[slot] = sum
                    sum &+= here
                }
                for index in 0..<count {
                    let key = source[index]
                    let slot = Int(truncatingIfNeeded: (key >> Key(shift)) & mask)
                    target[offsets[slot]] = key
                    offsets[slot] &+= 1
                }
                swap(&source, &target)
            }
        }
        return source
    }

    /// Insertion sort; false once that took more moves than the budget, with all keys still there.
    private static func insert(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int, budget: Int) -> Bool {
        var left = budget
        for index in stride(from: 1, to: count, by: 1) {
            let key = keys[index]
            var place = index
            while place > 0, keys[place - 1] > key {
                keys[place] = keys[place - 1]
                place -= 1
            }
            keys[place] = key
            left -= index - place
            if left < 0 { return false }
        }
        return true
    }

    static func sorted(_ values: [Int32]) -> [Int32] {
        if values.count < 512 { return values.sorted() }
        let count = values.count
        let keys = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        let other = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        defer {
            keys.deallocate()
            other.deallocate()
        }
        var (low, high) = (Int32.max, Int32.min)
        for value in values { (low, high) = (min(low, value), max(high, value)) }
        let base = UInt32(bitPattern: low)
        values.withUnsafeBufferPointer { values in
            for index in 0..<count { keys[index] = UInt32(bitPattern: values[index]) &- base }
        }
        let bits = UInt32.bitWidth - (UInt32(bitPattern: high) &- base).leadingZeroBitCount
        let place = passes(keys, other, count, from: 0, to: bits)
        return [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count { buffer[index] = Int32(bitPattern: place[index] &+ base) }
            filled = count
        }
    }
}
