public import PitModel

/// How varied a response's words are: the share of different ones among fifty in a row, on average over all places
/// (moving-average type-token ratio; Covington and McFall, 2010). The plain ratio falls with a text's length.
public enum TypeTokenRatio: ResponseDescriptor {
    public static let (key, title) = ("type_token_ratio", "type-token ratio")
    public static let unit = SignalUnit.ratio
    private static let (span, least) = (50, 10)

    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.flatMap { of($0.words) }.map { .number($0) }
    }

    /// Nil with fewer than ten words.
    public static func of(_ words: [UInt64]) -> Double? {
        guard words.count >= least else { return nil }
        let span = min(span, words.count)
        var counts: [UInt64: Int] = [:]
        var (sum, places) = (0, 0)
        for (place, word) in words.enumerated() {
            counts[word, default: 0] += 1
            if place >= span {
                let old = words[place - span]
                if let left = counts[old] { counts[old] = left > 1 ? left - 1 : nil }
            }
            guard place >= span - 1 else { continue }
            sum += counts.count
            places += 1
        }
        return Double(sum) / Double(places * span)
    }
}

/// How much a response repeats itself: the share of its runs of four words that stood in it before.
public enum RepetitionShare: ResponseDescriptor {
    public static let (key, title) = ("repetition", "repetition")
    public static let unit = SignalUnit.ratio

    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.flatMap { of($0.words) }.map { .number($0) }
    }

    /// Nil with fewer than eight words.
    public static func of(_ words: [UInt64]) -> Double? {
        guard words.count >= 8 else { return nil }
        var seen: Set<UInt64> = []
        var again = 0
        for start in 0...(words.count - 4) {
            let run = words[start..<(start + 4)].reduce(0x9E37_79B9 as UInt64) { ($0 ^ $1) &* 0x100_0000_01b3 }
            if !seen.insert(run).inserted { again += 1 }
        }
        return Double(again) / Double(words.count - 3)
    }
}

/// How much shorter a response could be written: its bytes over those that a greedy compressor (Lempel and Ziv, 1977)
/// needs, a byte for what is new and three for a run that stood there before. 1 is text without any pattern.
public enum CompressionRatio: ResponseDescriptor {
    public static let (key, title) = ("compression_ratio", "compression ratio")
    private static let (table, least) = (12, 64)

    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.flatMap { of($0.bytes) }.map { .number($0) }
    }

    /// Nil below 64 bytes.
    public static func of(_ bytes: [UInt8]) -> Double? {
        guard bytes.count >= least else { return nil }
        // Where a run of four bytes was last seen, by its hash.
        var places = [Int32](repeating: -1, count: 1 << table)
        let cost = bytes.withUnsafeBufferPointer { bytes in
            places.withUnsafeMutableBufferPointer { places in
                var (at, cost) = (0, 0)
                while at + 4 <= bytes.count {
                    let four = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + at).loadUnaligned(as: UInt32.self)
                    let slot = Int((four &* 2_654_435_761) >> UInt32(32 - table))
                    let before = Int(places[slot])
                    places[slot] = Int32(at)
                    var length = 0
                    if before >= 0 {
                        while at + length < bytes.count, bytes[before + length] == bytes[at + length] { length += 1 }
                    }
                    cost += length >= 4 ? 3 : 1
                    at += length >= 4 ? length : 1
                }
                return cost + bytes.count - at
            }
        }
        return Double(bytes.count) / Double(max(1, cost))
    }
}
