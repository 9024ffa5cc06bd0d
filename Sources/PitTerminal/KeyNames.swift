/// How keys are called, and the numbers and letters that terminals give them.
enum KeyNames {
    /// Finals of CSI and SS3.
    static let letters: [UInt8: String] = [
        0x41: "up", 0x42: "down", 0x43: "right", 0x44: "left", 0x48: "home", 0x46: "end",
        0x50: "f1", 0x51: "f2", 0x52: "f3", 0x53: "f4",
    ]

    /// SS3 finals of a keypad in application mode.
    static let keypad: [UInt8: String] = [
        0x4D: "enter", 0x49: "tab", 0x20: "space", 0x58: "=", 0x6A: "*", 0x6B: "+", 0x6C: ",", 0x6D: "-", 0x6E: ".",
        0x6F: "/", 0x70: "0", 0x71: "1", 0x72: "2", 0x73: "3", 0x74: "4", 0x75: "5", 0x76: "6", 0x77: "7", 0x78: "8",
        0x79: "9",
    ]

    /// Numbers before a tilde.
    static let numbered = [
        1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pgup", 6: "pgdn", 7: "home", 8: "end", 11: "f1", 12: "f2",
        13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9", 21: "f10", 23: "f11", 24: "f12",
    ]

    static func control(_ byte: UInt8) -> String {
        switch byte {
        case 0x0D, 0x0A: "enter"
        case 0x09: "tab"
        case 0x08, 0x7F: "backspace"
        case 0x1B: "esc"
        case 0x00: "ctrl-space"
        default: "ctrl-" + String(UnicodeScalar(byte | 0x40)).lowercased()
        }
    }

    /// The key of a character; nil for what no key types: controls, and what was no UTF-8.
    static func text(_ character: Character) -> String? {
        if character == " " { return "space" }
        let isTyped = character.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator: false
            default: scalar.value != 0xFFFD
            }
        }
        return isTyped ? String(character) : nil
    }

    /// Modifiers as xterm counts them: 1 is shift, 2 alt, 4 ctrl.
    static func modified(_ name: String, _ modifiers: Int) -> String {
        (modifiers & 4 != 0 ? "ctrl-" : "") + (modifiers & 2 != 0 ? "alt-" : "") + (modifiers & 1 != 0 ? "shift-" : "")
            + name
    }

    static func withAlt(_ name: String) -> String {
        name.hasPrefix("ctrl-") ? "ctrl-alt-" + name.dropFirst(5) : "alt-" + name
    }

    /// A key told by its character's number, as `modifyOtherKeys` and the kitty protocol do.
    static func code(_ code: Int, _ modifiers: Int) -> String? {
        switch code {
        case 0x20: return modified("space", modifiers)
        case 0x08, 0x09, 0x0D, 0x1B, 0x7F: return modified(control(UInt8(code)), modifiers)
        case 0x21..<0xE000:
            guard let scalar = UnicodeScalar(UInt32(code)), let name = text(Character(scalar)) else { return nil }
            if modifiers & 4 != 0 { return modified(name.lowercased(), modifiers & 6) }
            // Shift is in the character already, or makes it.
            return modified(modifiers & 1 != 0 ? name.uppercased() : name, modifiers & 2)
        default: return nil
        }
    }

    /// The numbers of a sequence, up to 16, each up to 65535; one that is missing or is none is 0.
    static func numbers(_ body: ArraySlice<UInt8>) -> [Int] {
        guard !body.isEmpty else { return [] }
        return body.split(separator: 0x3B, maxSplits: 16, omittingEmptySubsequences: false).prefix(16).map { part in
            var value = 0
            for byte in part {
                guard (0x30...0x39).contains(byte) else { break }
                value = min(65_535, value * 10 + Int(byte - 0x30))
            }
            return value
        }
    }

    /// Bytes of the character that a byte begins.
    static func length(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Bytes at the end that begin a character whose rest has not come.
    static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
        for back in 1..<4 where back <= bytes.count {
            let byte = bytes[bytes.endIndex - back]
            if byte & 0xC0 == 0x80 { continue }
            return length(byte) > back ? back : 0
        }
        return 0
    }
}
