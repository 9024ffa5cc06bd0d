import PitModel

/// The short way to a series' key, for texts as nearly all servers write them: plain names, no blanks, and values of
/// printable ASCII without escapes. For any other text it gives nothing, and the long way decides.
enum PlainSeries {
    static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> SeriesKey? {
        Alphabet.flags.withUnsafeBufferPointer { flags in
            var at = word(bytes, 0, Alphabet.nameStart, Alphabet.namePart, flags)
            guard at > 0 else { return nil }
            let name = text(bytes, 0, at)
            if at == bytes.count { return SeriesKey(name) }
            guard bytes[at] == 0x7B, bytes[bytes.count - 1] == 0x7D else { return nil }
            at += 1
            var labels: [Label] = []
            while at < bytes.count - 1 {
                let begin = at
                at = word(bytes, at, Alphabet.labelStart, Alphabet.labelPart, flags)
                guard at > begin, at + 1 < bytes.count, bytes[at] == 0x3D, bytes[at + 1] == 0x22 else { return nil }
                let label = text(bytes, begin, at)
                at += 2
                let value = at
                while at < bytes.count, bytes[at] != 0x22 {
                    guard bytes[at] >= 0x20, bytes[at] < 0x7F, bytes[at] != 0x5C else { return nil }
                    at += 1
                }
                guard at + 1 < bytes.count, bytes[at + 1] == 0x2C || at + 2 == bytes.count, label != "__name__",
                    labels.count < LabelNames.limit, !labels.contains(where: { $0.name == label })
                else { return nil }
                labels.append(Label(label, text(bytes, value, at)))
                at += 2
            }
            // With a comma before the brace the last step went past it.
            return at == bytes.count || at == bytes.count - 1 ? SeriesKey(name, labels) : nil
        }
    }

    /// Where a name that begins at `start` ends; `start` when there is none.
    private static func word(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ first: UInt8, _ part: UInt8,
        _ flags: UnsafeBufferPointer<UInt8>
    ) -> Int {
        guard start < bytes.count, flags[Int(bytes[start])] & first != 0 else { return start }
        var at = start + 1
        while at < bytes.count, flags[Int(bytes[at])] & part != 0 { at += 1 }
        return at
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[from..<to]), as: UTF8.self)
    }
}
