/// A name as one step of a path.
enum PathStep {
    static func escaped(_ name: String) -> String {
        name.utf8.reduce(into: "") { result, byte in
            let isPlain =
                byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x5F || byte == 0x2E
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
