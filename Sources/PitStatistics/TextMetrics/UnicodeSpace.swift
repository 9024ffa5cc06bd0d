/// White space beyond ASCII in UTF-8 (Unicode's White_Space).
public enum UnicodeSpace {
    /// How many bytes of it begin at `at`, where a byte of 0x80 or more stands; 0 where none does.
    public static func wide(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let left = bytes.count - at
        if bytes[at] == 0xC2, left >= 2 { return bytes[at + 1] == 0x85 || bytes[at + 1] == 0xA0 ? 2 : 0 }
        guard left >= 3 else { return 0 }
        switch (bytes[at], bytes[at + 1], bytes[at + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return 0
        }
    }
}
