import PitModel

/// Names of series to bytes and back: a source's new series stand in one row, each written as what differs from the
/// one before. The lines of a page are mostly alike, so that a series takes some ten bytes instead of a hundred.
enum SeriesRoster {
    static func encode(_ series: some Sequence<(UInt32, SeriesKey)>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (lastID, last): (UInt32, [UInt8]) = (0, [])
        for (id, key) in series.sorted(by: { $0.0 < $1.0 }) {
            let text = fields(of: key)
            let shared = zip(text, last).prefix { $0 == $1 }.count
            bytes.appendVarint(UInt64(id &- lastID))
            bytes.appendVarint(UInt64(shared))
            bytes.appendVarint(UInt64(text.count - shared))
            bytes += text[shared...]
            (lastID, last) = (id, text)
        }
        return bytes
    }

    /// The series, or nil when the bytes are damaged.
    static func decode(_ bytes: [UInt8]) -> [(UInt32, SeriesKey)]? {
        var reader = ByteReader(bytes[...])
        var series: [(UInt32, SeriesKey)] = []
        var (id, text): (UInt32, [UInt8]) = (0, [])
        while !reader.isAtEnd {
            guard let difference = reader.varint().flatMap({ UInt32(exactly: $0) }),
                let shared = reader.varint().flatMap({ Int(exactly: $0) }), shared <= text.count,
                let suffix = reader.counted()
            else { return nil }
            text = Array(text[..<shared] + suffix)
            id &+= difference
            guard let key = key(of: text) else { return nil }
            series.append((id, key))
        }
        return series
    }

    /// The name, then each label's name and value, each after its length.
    private static func fields(of key: SeriesKey) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ text: String) {
            bytes.appendVarint(UInt64(text.utf8.count))
            bytes += text.utf8
        }
        add(key.name)
        for label in key.labels {
            add(label.name)
            add(label.value)
        }
        return bytes
    }

    private static func key(of bytes: [UInt8]) -> SeriesKey? {
        var reader = ByteReader(bytes[...])
        guard let name = reader.counted() else { return nil }
        var labels: [Label] = []
        while !reader.isAtEnd {
            guard let label = reader.counted(), let value = reader.counted() else { return nil }
            labels.append(Label(String(decoding: label, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return SeriesKey(String(decoding: name, as: UTF8.self), labels)
    }
}
