/// Reads a reply's header lines as they come.
struct ReplyHead {
    /// Names in lower case.
    private(set) var fields: [(name: String, value: String)] = []
    /// Bytes of all lines so far, those of interim replies included.
    private(set) var bytes = 0

    mutating func clear() {
        fields = []
        bytes = 0
    }

    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// One line with its end. A status line begins anew: what came before was an interim reply.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
        bytes += line.count
        guard let colon = line.firstIndex(of: 0x3A) else {
            if line.starts(with: "HTTP/".utf8) { fields.removeAll(keepingCapacity: true) }
            return
        }
        var start = colon + 1
        var end = line.count
        while end > start, line[end - 1] <= 0x20 { end -= 1 }
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        let name = String(unsafeUninitializedCapacity: colon) { buffer in
            for index in 0..<colon {
                let byte = line[index]
                buffer[index] = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            }
            return colon
        }
        fields.append((name, String(decoding: line[start..<end], as: UTF8.self)))
    }
}
