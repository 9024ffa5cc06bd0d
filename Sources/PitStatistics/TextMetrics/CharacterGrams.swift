/// Counts of character n-grams that two segments have in common.
///
/// Segments of at most 250 different characters, which is nearly all, are looked at as bytes: the number of an n-gram
/// and the character behind it are a place in a table that holds the longer one's number. Others go through
/// `GramMatcher`, which takes any alphabet.
struct CharacterGrams {
    static let order = 6
    /// For a number and a character behind it: the number of both together, plus 1; 0 where there is none.
    private var table = [UInt16](repeating: 0, count: 1 << 14)
    /// Places of it that are not 0.
    private var touched: [Int32] = []
    private var counts: [Int32] = []
    private var numbers: (own: [Int32], other: [Int32]) = ([], [])
    private var ranks = [UInt8](repeating: 0, count: 256)
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
        let kinds = rank()
        // Numbers fit into 16 bits, and the table into a few megabytes.
        guard first < 60_000, first * kinds <= 1 << 22 else { return compareWide(own, other, keepsSpace, &matches) }
        if table.count < (first + 1) * kinds { table = [UInt16](repeating: 0, count: (first + 1) * kinds * 2) }
        if counts.count <= max(first, kinds) { counts = [Int32](repeating: 0, count: max(first, kinds) * 2 + 1) }
        if touched.count < first { touched = [Int32](repeating: 0, count: first * 2) }
        for n in 1...Self.order {
            matches[n - 1] = first >= n && second >= n ? count(n, kinds) : 0
            // Nothing longer can match.
            if matches[n - 1] == 0 {
                for rest in n..<Self.order { matches[rest] = 0 }
                break
            }
        }
        return (first, second)
    }

    /// Numbers the characters that occur from 0 up; gives how many there are.
    private mutating func rank() -> Int {
        var kinds = 0
        ranks.withUnsafeMutableBufferPointer { ranks in
            for i in 0..<256 { ranks[i] = 0xFF }
            func number(_ text: inout [UInt8], _ numbers: inout [Int32]) {
                text.withUnsafeMutableBufferPointer { text in
                    for i in 0..<text.count {
                        let byte = Int(text[i])
                        if ranks[byte] == 0xFF {
                            ranks[byte] = UInt8(kinds)
                            kinds += 1
                        }
                        text[i] = ranks[byte]
                    }
                }
                numbers.removeAll(keepingCapacity: true)
                numbers.append(contentsOf: repeatElement(0, count: text.count))
            }
            number(&bytes.own, &numbers.own)
            number(&bytes.other, &numbers.other)
        }
        return kinds
    }

    /// Matches of order `n`, with what order `n - 1` left in `numbers`: 0 where it found nothing, which stays so, as
    /// no n-gram has that number. There is no branch in it that could be guessed wrongly.
    private mutating func count(_ n: Int, _ kinds: Int) -> Int {
        let length = bytes.own.count - n + 1
        let otherLength = bytes.other.count - n + 1
        var found = 0
        table.withUnsafeMutableBufferPointer { table in
            counts.withUnsafeMutableBufferPointer { counts in
                for number in 0...length { counts[number] = 0 }
                var used = 0
                touched.withUnsafeMutableBufferPointer { touched in
                    bytes.own.withUnsafeBufferPointer { text in
                        numbers.own.withUnsafeMutableBufferPointer { numbers in
                            for i in 0..<length {
                                let place = Int(numbers[i]) &* kinds &+ Int(text[i &+ n &- 1])
                                let before = Int(table[place])
                                touched[used] = Int32(truncatingIfNeeded: place)
                                used &+= before == 0 ? 1 : 0
                                let number = before == 0 ? used : before
                                table[place] = UInt16(truncatingIfNeeded: number)
                                counts[number] &+= 1
                                numbers[i] = Int32(truncatingIfNeeded: number)
                            }
                        }
                    }
                    bytes.other.withUnsafeBufferPointer { text in
                        numbers.other.withUnsafeMutableBufferPointer { numbers in
                            for i in 0..<otherLength {
                                let number = Int(table[Int(numbers[i]) &* kinds &+ Int(text[i &+ n &- 1])])
                                let hit: Int32 = counts[number] > 0 ? 1 : 0
                                counts[number] &-= hit
                                found &+= Int(hit)
                                numbers[i] = Int32(truncatingIfNeeded: number)
                            }
                        }
                    }
                    for i in 0..<used { table[Int(touched[i])] = 0 }
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
