/// Counts of character n-grams that two segments have in common.
///
/// Segments of at most 250 different characters, which is nearly all, are looked at as bytes: an n-gram of up to six
/// of them is one machine word. Others go through `GramMatcher`, which takes any alphabet.
struct CharacterGrams {
    static let order = 6
    private var keys = [UInt64](repeating: 0, count: 512)
    private var counts = [Int32](repeating: 0, count: 512)
    /// In the high 16 bits of a key: which table it belongs to; another round's are as good as none.
    private var round: UInt64 = 0
    private var bytes: (own: [UInt8], other: [UInt8]) = ([], [])
    private var alphabet: [UInt32: UInt8] = [:]
    private var matcher = GramMatcher()

    /// Lengths of both without white space, and clipped matches of orders 1...6.
    mutating func compare(
        _ own: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>, keepsSpace: Bool,
        into matches: inout [Int]
    ) -> (own: Int, other: Int) {
        alphabet.removeAll(keepingCapacity: true)
        guard Self.encode(own, keepsSpace, &alphabet, &bytes.own),
            Self.encode(other, keepsSpace, &alphabet, &bytes.other)
        else { return compareWide(own, other, keepsSpace, &matches) }
        let (first, second) = (bytes.own.count, bytes.other.count)
        var size = keys.count
        while size < first * 2 { size *= 2 }
        if size > keys.count {
            keys = [UInt64](repeating: 0, count: size)
            counts = [Int32](repeating: 0, count: size)
            round = 0
        }
        for n in 1...Self.order {
            matches[n - 1] = first >= n && second >= n ? count(n) : 0
            // Nothing longer can match.
            if matches[n - 1] == 0 {
                for rest in n..<Self.order { matches[rest] = 0 }
                break
            }
        }
        return (first, second)
    }

    private mutating func count(_ n: Int) -> Int {
        round += 1
        if round > 0xFFFF {
            keys.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
            round = 1
        }
        let stamp = round << 48
        let limit: UInt64 = n == 8 ? .max : (1 << (UInt64(n) * 8)) - 1
        let mask = keys.count - 1
        var found = 0
        keys.withUnsafeMutableBufferPointer { keys in
            counts.withUnsafeMutableBufferPointer { counts in
                bytes.own.withUnsafeBufferPointer { text in
                    var gram: UInt64 = 0
                    for i in 0..<text.count {
                        gram = (gram << 8 | UInt64(text[i])) & limit
                        guard i >= n - 1 else { continue }
                        let key = stamp | gram
                        var slot = Int(truncatingIfNeeded: (gram &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
                        while keys[slot] >> 48 == round, keys[slot] != key { slot = (slot + 1) & mask }
                        if keys[slot] == key {
                            counts[slot] += 1
                        } else {
                            keys[slot] = key
                            counts[slot] = 1
                        }
                    }
                }
                bytes.other.withUnsafeBufferPointer { text in
                    var gram: UInt64 = 0
                    for i in 0..<text.count {
                        gram = (gram << 8 | UInt64(text[i])) & limit
                        guard i >= n - 1 else { continue }
                        let key = stamp | gram
                        var slot = Int(truncatingIfNeeded: (gram &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
                        while keys[slot] >> 48 == round, keys[slot] != key { slot = (slot + 1) & mask }
                        if keys[slot] == key, counts[slot] > 0 {
                            counts[slot] -= 1
                            found += 1
                        }
                    }
                }
            }
        }
        return found
    }

    /// A byte for each character: ASCII stays, others take the numbers from 128 on; false when there are too many.
    private static func encode(
        _ text: UnsafeBufferPointer<UInt8>, _ keepsSpace: Bool, _ alphabet: inout [UInt32: UInt8],
        _ result: inout [UInt8]
    ) -> Bool {
        result.removeAll(keepingCapacity: true)
        result.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            let width = keepsSpace ? 0 : PythonText.space(text, at)
            if width > 0 {
                at += width
                continue
            }
            if text[at] < 0x80 {
                result.append(text[at])
                at += 1
                continue
            }
            let (scalar, length) = character(text, at)
            at += length
            if let code = alphabet[scalar] {
                result.append(code)
            } else {
                guard alphabet.count < 122 else { return false }
                let code = UInt8(128 + alphabet.count)
                alphabet[scalar] = code
                result.append(code)
            }
        }
        return true
    }

    private static func character(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32, Int) {
        let byte = text[at]
        let length = min(byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4, text.count - at)
        var scalar: UInt32 = 0
        for i in 0..<length { scalar = scalar << 8 | UInt32(text[at + i]) }
        return (scalar, length)
    }

    private mutating func compareWide(
        _ own: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>, _ keepsSpace: Bool,
        _ matches: inout [Int]
    ) -> (own: Int, other: Int) {
        var numbers: [UInt32: Int32] = [:]
        func list(_ text: UnsafeBufferPointer<UInt8>, isNew: Bool) -> [Int32] {
            var result: [Int32] = []
            var at = 0
            while at < text.count {
                let width = keepsSpace ? 0 : PythonText.space(text, at)
                if width > 0 {
                    at += width
                    continue
                }
                let (scalar, length) = text[at] < 0x80 ? (UInt32(text[at]), 1) : Self.character(text, at)
                at += length
                if let number = numbers[scalar] {
                    result.append(number)
                } else if isNew {
                    numbers[scalar] = Int32(numbers.count)
                    result.append(Int32(numbers.count - 1))
                } else {
                    result.append(-1)
                }
            }
            return result
        }
        let first = list(own, isNew: true)
        let second = list(other, isNew: false)
        matcher.matches(first, [second], alphabet: numbers.count, orders: Self.order, into: &matches)
        return (first.count, second.count)
    }
}
