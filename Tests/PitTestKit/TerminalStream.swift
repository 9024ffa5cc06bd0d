/// The bytes that a program sends to a terminal, parted as ECMA-48 parts them.
public enum TerminalStream {
    /// What of the stream a frame has no need of: controls but the line's ends and the backspace that moves the cursor,
    /// strings (titles, the clipboard), and sequences that do more than place, print, erase and colour. Nil when there
    /// is nothing of that. A sequence that the end cuts is taken as begun well.
    public static func strange(_ bytes: [UInt8]) -> String? {
        var i = 0
        while i < bytes.count {
            switch bytes[i] {
            case 0x1B:
                guard i + 1 < bytes.count else { return nil }
                let start = i
                i += 1
                // A character set is chosen, or keypad and cursor are as they were.
                if bytes[i] == 0x28 || bytes[i] == 0x29 {
                    i += 2
                } else if [0x37, 0x38, 0x3D, 0x3E, 0x4D].contains(bytes[i]) {
                    i += 1
                } else {
                    guard bytes[i] == 0x5B else { return "ESC \(bytes[i]) at \(start)" }
                    i += 1
                    let from = i
                    while i < bytes.count, (0x20..<0x40).contains(bytes[i]) { i += 1 }
                    guard i < bytes.count else { return nil }
                    let body = String(decoding: bytes[from..<i], as: UTF8.self)
                    guard isMeant(body, bytes[i]) else { return "CSI \(body) \(UnicodeScalar(bytes[i])) at \(start)" }
                    i += 1
                }
            case 0x08, 0x0A, 0x0D, 0x0E, 0x0F: i += 1
            case 0x00..<0x20, 0x7F: return "the control \(bytes[i]) at \(i)"
            case 0xC2 where i + 1 < bytes.count && (0x80..<0xA0).contains(bytes[i + 1]): return "a C1 control at \(i)"
            default: i += 1
            }
        }
        return nil
    }

    private static func isMeant(_ body: String, _ final: UInt8) -> Bool {
        switch final {
        case 0x68, 0x6C: ["?25", "?12", "?12;25", "?2026", "4"].contains(body)
        // Places, erases, inserts, deletes, scrolls, repeats, colours.
        case 0x40...0x4D, 0x50, 0x53, 0x54, 0x58, 0x5A, 0x60, 0x62, 0x64, 0x66, 0x6D, 0x72:
            body.utf8.allSatisfy { (0x30...0x3B).contains($0) }
        default: false
        }
    }
}
