import Crypto
import Foundation
import PitStatistics

/// What rows are known by, many after the other: a digest of their texts, and where near ones are looked for a signature
/// and its keys.
struct TextTraces: Sendable {
    enum State: Sendable {
        /// No object; with nothing to compare; with texts but no word; whole; a line of nothing but white space.
        case bad, without, wordless, whole, blank
    }

    /// Values of a signature; 0 wants none.
    let size: Int
    private let band: Int
    /// Keys of a signature.
    let keyCount: Int
    private(set) var states: [State] = []
    private(set) var digests: [TextDuplicates.Digest] = []
    private var values: [UInt16] = []
    private var keys: [UInt32] = []

    private var shingles: [UInt64] = []
    private var decoded: [UInt8] = []
    private var bins: [UInt64]

    /// - Parameter band: values that make a key.
    init(size: Int, band: Int) {
        (self.size, self.band) = (size, max(1, band))
        keyCount = size / self.band
        bins = [UInt64](repeating: 0, count: size)
    }

    mutating func removeAll() {
        states.removeAll(keepingCapacity: true)
        digests.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }

    func withSignature<T>(_ row: Int, _ body: (UnsafePointer<UInt16>, UnsafeBufferPointer<UInt32>) -> T) -> T? {
        values.withUnsafeBufferPointer { values in
            keys.withUnsafeBufferPointer { keys in
                guard let value = values.baseAddress, let key = keys.baseAddress else { return nil }
                return body(
                    value + row * size, UnsafeBufferPointer(start: key + row * keyCount, count: keyCount))
            }
        }
    }

    // MARK: - Rows

    /// A row by its texts; nil of one that it has not.
    mutating func add(_ texts: [String?]) {
        guard texts.contains(where: { $0 != nil }) else { return pass(.without) }
        var (hash, words) = (SHA256(), ShingleWords())
        shingles.removeAll(keepingCapacity: true)
        for text in texts {
            guard var text else {
                Self.missing(&hash)
                continue
            }
            text.withUTF8 { take($0, &hash, &words) }
        }
        finish(&hash, words)
    }

    /// A row by its line of JSON.
    mutating func add(line: UnsafeBufferPointer<UInt8>, _ finder: inout MemberFinder) {
        guard line.contains(where: { $0 > 0x20 }) else { return pass(.blank) }
        guard finder.find(line) else { return pass(.bad) }
        guard finder.values.contains(where: { $0 != .none }) else { return pass(.without) }
        var (hash, words) = (SHA256(), ShingleWords())
        shingles.removeAll(keepingCapacity: true)
        for place in finder.values.indices {
            if case .text(let range) = finder.values[place] {
                take(UnsafeBufferPointer(rebasing: line[range]), &hash, &words)
            } else if finder.has(place) {
                var text = decoded
                decoded = []
                text.removeAll(keepingCapacity: true)
                finder.say(place, of: line, into: &text)
                text.withUnsafeBufferPointer { take($0, &hash, &words) }
                decoded = text
            } else {
                Self.missing(&hash)
            }
        }
        finish(&hash, words)
    }

    private mutating func pass(_ state: State) {
        states.append(state)
        digests.append(TextDuplicates.Digest(high: 0, low: 0))
        guard size > 0 else { return }
        values.append(contentsOf: repeatElement(0, count: size))
        keys.append(contentsOf: repeatElement(0, count: keyCount))
    }

    private static func missing(_ hash: inout SHA256) {
        withUnsafeBytes(of: UInt64.max) { hash.update(bufferPointer: $0) }
    }

    private mutating func take(
        _ text: UnsafeBufferPointer<UInt8>, _ hash: inout SHA256, _ words: inout ShingleWords
    ) {
        withUnsafeBytes(of: UInt64(text.count)) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: UnsafeRawBufferPointer(text))
        if size > 0 { words.take(text, into: &shingles) }
    }

    private mutating func finish(_ hash: inout SHA256, _ words: ShingleWords) {
        digests.append(TextDuplicates.Digest(hash.finalize()))
        guard size > 0 else { return states.append(.whole) }
        if shingles.isEmpty, let only = words.latest { shingles.append(only) }
        states.append(shingles.isEmpty ? .wordless : .whole)
        bins.withUnsafeMutableBufferPointer { bins in
            shingles.withUnsafeBufferPointer { MinHash.sketch($0, into: bins) }
            values.append(contentsOf: bins.lazy.map { UInt16(truncatingIfNeeded: $0) })
            for key in 0..<keyCount {
                var hash = UInt64(key) &+ 0x9e37_79b9_7f4a_7c15
                for place in key * band..<(key + 1) * band {
                    let wide = (hash ^ bins[place] & 0xFFFF_FFFF).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
                    hash = wide.high ^ wide.low
                }
                keys.append(UInt32(truncatingIfNeeded: MinHash.mix(hash) >> 32))
            }
        }
    }
}

/// Makes pairs of words of texts, over the ends of texts as well.
private struct ShingleWords {
    private(set) var latest: UInt64?

    mutating func take(_ text: UnsafeBufferPointer<UInt8>, into shingles: inout [UInt64]) {
        guard text.count > 0 else { return }
        // Words of a text begin at every second byte at most; bytes that are no text may claim more, and are not heard.
        let made = [UInt64](unsafeUninitializedCapacity: text.count / 2 + 1) { made, count in
            var (before, isFirst, filled) = (latest ?? 0, latest == nil, 0)
            WordWalk.each(text) { word, _ in
                if isFirst {
                    isFirst = false
                } else if filled < made.count {
                    made[filled] = Shingles.pair(before, word)
                    filled += 1
                }
                before = word
            }
            latest = isFirst ? nil : before
            count = filled
        }
        shingles += made
    }
}
