/// A text's bytes, and what private things begin at a place in it. Each look is bounded.
struct PrivateText {
    let bytes: UnsafeBufferPointer<UInt8>
    /// `PrivateText.beginnings`, at hand.
    let secretBeginnings: UnsafeBufferPointer<Bool>

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ beginnings: UnsafeBufferPointer<Bool>) {
        (self.bytes, secretBeginnings) = (bytes, beginnings)
    }

    /// The byte there; 0 outside.
    func byte(_ at: Int) -> UInt8 { at >= 0 && at < bytes.count ? bytes[at] : 0 }

    /// Whether the first bytes of a word can be those of anything that is looked for: of most words they are not.
    @inline(__always)
    func mayBegin(_ at: Int) -> Bool {
        if bytes[at].isDigit { return true }
        guard at + 2 < bytes.count else { return false }
        return bytes[at + 2].isDigit || secretBeginnings[Self.beginning(bytes, at)]
    }

    /// The place of three bytes in `beginnings`.
    @inline(__always)
    static func beginning(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        Int(bytes[at] & 31) << 10 | Int(bytes[at + 1] & 31) << 5 | Int(bytes[at + 2] & 31)
    }

    /// Whether a word, a number or a sign before one begins there.
    func isStart(_ at: Int) -> Bool {
        let (before, byte) = (byte(at - 1), bytes[at])
        if byte == 0x2B || byte == 0x28 { return !before.isAlphanumeric && self.byte(at + 1).isDigit }
        if byte == 0x2D { return before != 0x2D && self.byte(at + 1) == 0x2D }
        return byte.isAlphanumeric && !before.isAlphanumeric && before != 0x5F
    }

    /// Digits from a place on, with single separators between them: their values and where each ends.
    private func digits(_ at: Int, most: Int, separators: (UInt8) -> Bool) -> (values: [UInt8], ends: [Int]) {
        var (values, ends, place): ([UInt8], [Int], Int) = ([], [], at)
        values.reserveCapacity(most + 1)
        ends.reserveCapacity(most + 1)
        while values.count < most + 1 {
            if byte(place).isDigit {
                values.append(byte(place) - 0x30)
                ends.append(place + 1)
                place += 1
            } else if !values.isEmpty, separators(byte(place)), byte(place + 1).isDigit {
                place += 1
            } else {
                break
            }
        }
        return (values, ends)
    }

    private func endsHere(_ at: Int) -> Bool { !byte(at).isAlphanumeric && byte(at) != 0x5F }

    /// A payment card: 13 to 19 digits in groups, a first digit that networks give out, Luhn's check (ISO/IEC 7812-1).
    /// Another number may stand right behind it.
    func card(_ at: Int) -> Int? {
        guard (0x32...0x36).contains(byte(at)) else { return nil }
        let (values, ends) = digits(at, most: 19) { $0 == 0x20 || $0 == 0x2D }
        guard values.count >= 13 else { return nil }
        for count in 13...min(19, values.count)
        where isGroupEnd(count, ends) && endsHere(ends[count - 1]) && Self.isLuhn(values[..<count]) {
            return ends[count - 1]
        }
        return nil
    }

    /// Whether behind so many digits no other follows at once.
    private func isGroupEnd(_ count: Int, _ ends: [Int]) -> Bool {
        count == ends.count ? true : ends[count] > ends[count - 1] + 1
    }

    private static func isLuhn(_ values: ArraySlice<UInt8>) -> Bool {
        var sum = 0
        for (place, value) in values.reversed().enumerated() {
            let double = Int(value) * 2
            sum += place % 2 == 0 ? Int(value) : double > 9 ? double - 9 : double
        }
        return sum % 10 == 0
    }

    /// A United States social security number in its written form; areas 000, 666 and 900 up are never given.
    func socialSecurity(_ at: Int) -> Int? {
        guard byte(at + 3) == 0x2D, let values = pattern("ddd-dd-dddd", at) else { return nil }
        let area = values[0..<3].reduce(0) { $0 * 10 + Int($1) }
        let isGiven = area != 0 && area != 666 && area < 900
        return isGiven && values[3..<5] != [0, 0] && values[5..<9] != [0, 0, 0, 0] ? at + 11 : nil
    }

    /// A number of the National Health Service: ten digits, the last a check by modulus 11.
    func nationalHealth(_ at: Int) -> Int? {
        let (values, ends) = digits(at, most: 10) { $0 == 0x20 || $0 == 0x2D }
        guard values.count >= 10, isGroupEnd(10, ends), endsHere(ends[9]), ends[9] - at >= 12 else { return nil }
        let end = ends[9]
        let sum = values[..<9].enumerated().reduce(0) { $0 + Int($1.element) * (10 - $1.offset) }
        let check = (11 - sum % 11) % 11
        return check < 10 && check == Int(values[9]) ? end : nil
    }

    /// Digits where the pattern has `d`, other bytes as they are, and nothing alphanumeric behind.
    private func pattern(_ pattern: StaticString, _ at: Int) -> ArraySlice<UInt8>? {
        var values: ArraySlice<UInt8> = []
        for place in 0..<pattern.utf8CodeUnitCount {
            let wanted = pattern.utf8Start[place]
            if wanted == 0x64 {
                guard byte(at + place).isDigit else { return nil }
                values.append(byte(at + place) - 0x30)
            } else if byte(at + place) != wanted {
                return nil
            }
        }
        return endsHere(at + pattern.utf8CodeUnitCount) ? values : nil
    }

    /// An IPv4 address.
    func address(_ at: Int) -> Int? {
        var place = at
        for part in 0..<4 {
            var (value, length) = (0, 0)
            while byte(place).isDigit, length < 4 {
                value = value * 10 + Int(byte(place) - 0x30)
                (place, length) = (place + 1, length + 1)
            }
            guard (1...3).contains(length), value < 256 else { return nil }
            guard part < 3 else { break }
            guard byte(place) == 0x2E else { return nil }
            place += 1
        }
        // A version such as 1.2.3.4.5 is none.
        return endsHere(place) && !(byte(place) == 0x2E && byte(place + 1).isDigit) && byte(at - 1) != 0x2E
            ? place : nil
    }

    /// A telephone number as people write it: with a plus and 8 to 15 digits (ITU-T E.164), or 9 to 11 digits of a
    /// country in at least three groups that are no date. Another number may stand right behind it.
    func phone(_ at: Int) -> Int? {
        let isInternational = byte(at) == 0x2B
        var (place, count, groups, lastEnd) = (isInternational ? at + 1 : at, 0, [0], at)
        var best: Int?
        while count <= 15 {
            let next = byte(place)
            if next.isDigit {
                count += 1
                groups[groups.count - 1] += 1
                lastEnd = place + 1
                if !byte(place + 1).isDigit, endsHere(lastEnd), count <= 15,
                    isInternational ? count >= 8 : isNational(at, groups, count)
                {
                    best = lastEnd
                    // What is whole in the North American way goes no further.
                    if groups.suffix(3) == [3, 3, 4] { break }
                }
            } else if [0x20, 0x2D, 0x2E, 0x28, 0x29, 0x2F].contains(next), lastEnd == place || place - lastEnd < 2 {
                if groups.last != 0 { groups.append(0) }
            } else {
                break
            }
            place += 1
        }
        return best
    }

    private func isNational(_ at: Int, _ groups: [Int], _ count: Int) -> Bool {
        let isDate = groups.first == 4 && groups.dropFirst().prefix(2) == [2, 2]
        guard (9...11).contains(count), groups.count >= 3, groups.count <= 5, !isDate else { return false }
        if byte(at) == 0x30 && byte(at + 1) != 0x30 || byte(at) == 0x28 { return true }
        return groups.suffix(2) == [3, 4] && (count != 11 || byte(at) == 0x31)
    }

    /// An international bank account number: 15 to 34 letters and digits, in groups of four or none, whose remainder by
    /// 97 is 1 (ISO 13616, ISO 7064).
    func iban(_ at: Int) -> Int? {
        guard byte(at).isLetter, byte(at + 1).isLetter, byte(at + 2).isDigit, byte(at + 3).isDigit else { return nil }
        var (text, place): ([UInt8], Int) = ([], at)
        while text.count < 35 {
            if byte(place).isAlphanumeric {
                text.append(byte(place))
            } else if !(byte(place) == 0x20 && text.count % 4 == 0 && byte(place + 1).isAlphanumeric) {
                break
            }
            place += 1
            // The shortest that is right is taken: a word may follow behind a space.
            guard text.count >= 15, endsHere(place), Self.remainder(text) == 1 else { continue }
            return place
        }
        return nil
    }

    private static func remainder(_ text: [UInt8]) -> Int {
        (text[4...] + text[..<4]).reduce(0) { rest, byte in
            byte.isDigit ? (rest * 10 + Int(byte - 0x30)) % 97 : (rest * 100 + Int(byte.lowered - 0x61) + 10) % 97
        }
    }

    /// The address around an at sign: local part, domain, a last label of letters.
    func email(around at: Int, from floor: Int) -> Range<Int>? {
        func isLocal(_ byte: UInt8) -> Bool {
            byte.isAlphanumeric || byte >= 0x80 || [0x2E, 0x5F, 0x25, 0x2B, 0x2D, 0x27].contains(byte)
        }
        var start = at
        while start > floor, at - start < 64, isLocal(bytes[start - 1]) { start -= 1 }
        // Where the bound fell within a character, that one stays whole.
        while start < at, byte(start) & 0xC0 == 0x80 || !byte(start).isAlphanumeric && byte(start) < 0x80 { start += 1 }
        var (end, lastDot) = (at + 1, -1)
        while end - at < 254, byte(end).isAlphanumeric || byte(end) == 0x2D || byte(end) == 0x2E {
            if byte(end) == 0x2E {
                // A full stop at the end of a sentence is none of it.
                guard byte(end + 1).isAlphanumeric else { break }
                lastDot = end
            }
            end += 1
        }
        guard start < at, lastDot > at + 1, end - lastDot > 2 else { return nil }
        return bytes[(lastDot + 1)..<end].allSatisfy({ $0.isLetter || $0 == 0x2D }) ? start..<end : nil
    }
}
