/// Encodings of one byte a character: Latin-1 (ISO 8859-1), and Windows-1252, which differs from it at 0x80 to 0x9F
/// (WHATWG Encoding, index windows-1252).
enum SingleBytes {
    /// What Windows-1252 has at 0x80 to 0x9F; the five places that it leaves free stay controls.
    static let windows: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
    private static let places = Dictionary(
        uniqueKeysWithValues: windows.enumerated().map { ($1, UInt8(0x80 + $0)) })

    /// The byte that a character is read from when UTF-8 is taken for Windows-1252 or Latin-1.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        if let place = places[scalar.value] { return place }
        return scalar.value < 0x100 ? UInt8(scalar.value) : nil
    }

    static func decoded(_ bytes: [UInt8], isLatin1: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                result.append(byte)
            } else {
                let value = byte < 0xA0 && !isLatin1 ? windows[Int(byte) - 0x80] : UInt32(byte)
                if let scalar = Unicode.Scalar(value) { result += UTF8.encode(scalar).map { Array($0) } ?? [] }
            }
        }
        return result
    }
}
