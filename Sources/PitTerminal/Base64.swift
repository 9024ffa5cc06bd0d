/// RFC 4648, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            var word: UInt32 = 0
            for offset in 0..<3 {
                word = word << 8 | (start + offset < bytes.count ? UInt32(bytes[start + offset]) : 0)
            }
            for part in 0..<4 {
                let isPadding = start + part > bytes.count
                result.append(isPadding ? 0x3D : alphabet[Int(word >> UInt32(18 - 6 * part) & 63)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
