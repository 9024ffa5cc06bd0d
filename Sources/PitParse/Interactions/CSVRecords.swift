/// Splits comma-separated values (RFC 4180) into records; quoted fields may hold line ends.
public enum CSVRecords {
    /// The end of the record that begins at `start`: the place after its line end; nil when its line end has not come
    /// yet.
    public static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        var isQuoted = false
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == 0x22 { isQuoted.toggle() } else if byte == 0x0A, !isQuoted { return at }
        }
        return nil
    }

    /// The fields of one record, without its line end.
    public static func fields(of record: some Collection<UInt8>) -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuote = false
        func finish() {
            fields.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
        }
        var bytes = Array(record)
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        for byte in bytes {
            switch byte {
            case 0x22:
                // A doubled quote inside quotes is one quote.
                if !isQuoted, wasQuote { field.append(0x22) }
                isQuoted.toggle()
                wasQuote = !isQuoted
                continue
            case 0x2C where !isQuoted: finish()
            default: field.append(byte)
            }
            wasQuote = false
        }
        finish()
        return fields
    }

    /// A record as an object, by the names of its columns. Fields that are numbers stay texts: who reads them knows.
    public static func object(_ record: some Collection<UInt8>, header: [String]) -> JSONValue? {
        let fields = fields(of: record)
        guard fields.count == header.count else { return nil }
        return .object(zip(header, fields).map { (key: $0, value: $1.isEmpty ? .null : .text($1)) })
    }
}
