/// What begins with an escape (ECMA-48 section 5.4, and what terminals made of it).
extension InputDecoder {
    /// Takes the bytes from an escape on; gives those used, or nil when the rest has not come.
    mutating func stepEscape(_ slice: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(slice.prefix(Self.sequenceLimit + 8))
        guard bytes.count >= 2 else { return nil }
        switch bytes[1] {
        case 0x5B: return stepSequence(bytes)
        case 0x4F: return stepShifted(bytes)
        case 0x5D, 0x50, 0x5F, 0x5E, 0x58: return stepString(bytes)
        case 0x1B:
            key("esc")
            return 1
        case 0x00..<0x20, 0x7F:
            key(KeyNames.withAlt(KeyNames.control(bytes[1])))
            return 2
        default: return stepAlt(bytes)
        }
    }

    private mutating func stepAlt(_ bytes: [UInt8]) -> Int? {
        let length = KeyNames.length(bytes[1])
        guard bytes.count > length else { return nil }
        if let character = String(validating: bytes[1...length], as: UTF8.self)?.first,
            let name = KeyNames.text(character)
        {
            key(KeyNames.withAlt(name))
            return 1 + length
        }
        return 2
    }

    /// SS3: keys of terminals in application mode, and of the keypad.
    private mutating func stepShifted(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 3 else { return nil }
        var (place, modifiers) = (2, 0)
        if (0x31...0x39).contains(bytes[2]), bytes.count == 3 { return nil }
        if (0x31...0x39).contains(bytes[2]), (0x40...0x7E).contains(bytes[3]) {
            (place, modifiers) = (3, Int(bytes[2]) - 0x31)
        }
        guard (0x20...0x7E).contains(bytes[place]) else {
            key("alt-O")
            return 2
        }
        if let name = KeyNames.letters[bytes[place]] ?? KeyNames.keypad[bytes[place]] {
            key(KeyNames.modified(name, modifiers))
        } else if let name = KeyNames.letters[bytes[place] & 0xDF], (0x61...0x64).contains(bytes[place]) {
            key(KeyNames.modified(name, 4))
        }
        return place + 1
    }

    /// Answers of the terminal (OSC, DCS, APC, PM, SOS): nothing of theirs is for us.
    private mutating func stepString(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 2 else { return nil }
        for index in 2..<bytes.count {
            switch bytes[index] {
            case 0x07, 0x18, 0x1A: return index + 1
            case 0x1B where index + 1 < bytes.count: return bytes[index + 1] == 0x5C ? index + 2 : index
            default: continue
            }
        }
        guard bytes.count > Self.sequenceLimit else { return nil }
        skip(.string)
        return bytes.count
    }

    private mutating func stepSequence(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 3 else { return nil }
        // Two forms that are no sequences by the standard: the Linux console's F1...F5, the oldest mouse report.
        if bytes[2] == 0x5B {
            guard bytes.count >= 4 else { return nil }
            if (0x41...0x45).contains(bytes[3]) { key("f\(bytes[3] - 0x40)") }
            return 4
        }
        if bytes[2] == 0x4D {
            guard bytes.count >= 6 else { return nil }
            mouse(button: Int(bytes[3]) - 32, x: Int(bytes[4]) - 33, y: Int(bytes[5]) - 33, isPress: true)
            return 6
        }
        for index in 2..<bytes.count {
            switch bytes[index] {
            case 0x24 where index > 2 && bytes[2..<index].allSatisfy { (0x30...0x39).contains($0) }:
                // rxvt ends shifted keys with what elsewhere stands before an end.
                sequence(bytes[2..<index], final: 0x24)
                return index + 1
            case 0x20...0x3F: continue
            case 0x40...0x7E:
                sequence(bytes[2..<index], final: bytes[index])
                return index + 1
            case 0x18, 0x1A: return index + 1
            default:
                // Another control cuts a sequence off, and is itself.
                return index
            }
        }
        guard bytes.count > Self.sequenceLimit else { return nil }
        skip(.sequence)
        return bytes.count
    }

    private mutating func sequence(_ body: ArraySlice<UInt8>, final: UInt8) {
        let mark = body.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        let numbers = KeyNames.numbers(mark == nil ? body : body.dropFirst())
        switch (mark, final) {
        case (0x3C, 0x4D), (0x3C, 0x6D):
            guard numbers.count == 3 else { return }
            mouse(button: numbers[0], x: numbers[1] - 1, y: numbers[2] - 1, isPress: final == 0x4D)
        case (0x3F, 0x79):
            // DECRPM: 1 is set, 2 is reset; 0 is not known, 4 never to be set.
            if numbers.first == 2026, numbers.count > 1 { canSynchronize = numbers[1] == 1 || numbers[1] == 2 }
        case (0x3F, 0x63): hasAnswer = true
        case (nil, 0x49) where body.isEmpty: focus(true)
        case (nil, 0x4F) where body.isEmpty: focus(false)
        case (nil, _): plainKey(numbers, final)
        default: break
        }
    }

    private mutating func plainKey(_ numbers: [Int], _ final: UInt8) {
        let modifiers = numbers.count > 1 ? max(0, numbers[1] - 1) : 0
        // Shift, alt, ctrl and meta are 1, 2, 4 and 8; more is no key but an answer, as to where the cursor is.
        guard modifiers < 16 else { return }
        switch final {
        case 0x7E where numbers.first == 200: beginPaste()
        case 0x7E where numbers.first == 27:
            if numbers.count == 3, let name = KeyNames.code(numbers[2], modifiers) { key(name) }
        case 0x75: if let code = numbers.first, let name = KeyNames.code(code, modifiers) { key(name) }
        case 0x7E, 0x24, 0x5E, 0x40:
            guard let name = numbers.first.flatMap({ KeyNames.numbered[$0] }) else { return }
            key(KeyNames.modified(name, final == 0x24 ? 1 : final == 0x5E ? 4 : final == 0x40 ? 5 : modifiers))
        case 0x5A: key(KeyNames.modified("tab", modifiers | 1))
        case 0x61...0x64: if let name = KeyNames.letters[final & 0xDF] { key(KeyNames.modified(name, 1)) }
        default:
            if numbers.first ?? 1 <= 1, let name = KeyNames.letters[final] { key(KeyNames.modified(name, modifiers)) }
        }
    }
}
