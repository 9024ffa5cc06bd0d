/// Percent-encoding of paths and queries (RFC 3986).
enum PercentEncoding {
    /// A name or a value in a query: all but the unreserved characters is encoded.
    static func encode(_ text: String) -> String { encode(text) { isUnreserved($0) } }

    static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    /// A path, or a whole query, as someone wrote it: what may stand there stays, also escapes that are there already.
    static func clean(_ text: String) -> String {
        encode(text) { isUnreserved($0) || "!$&'()*+,;=:@/%".utf8.contains($0) }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isKept(byte) {
                result.append(byte)
            } else {
                result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
