import PitStatistics

/// What one column of a file comes to, while it is read.
struct ColumnTally: Sendable {
    let name: String
    let bytes: [UInt8]
    var strings = 0
    var numbers = 0
    var flags = 0
    var nulls = 0
    var nested = 0
    var empty = 0
    var notText = 0
    var distinct = DistinctCount()
    /// Of numbers.
    var sum = 0.0
    var least = Double.infinity
    var most = -Double.infinity
    /// Characters of strings.
    var characters = 0
    var shortest = Int.max
    var longest = 0
    /// Numbers, or the lengths of strings: evenly many from everywhere.
    var sample = Reservoir()
    /// Strings as they are, of evenly many rows.
    var texts: [String] = []
    private(set) var words: [UInt64: (text: String, count: Int)] = [:]
    private(set) var wordsAreAll = true

    static let mostWords = 1000
    static let longestWord = 200

    init(_ name: [UInt8]) {
        bytes = name
        self.name = String(decoding: name, as: UTF8.self)
    }

    var count: Int { strings + numbers + flags + nested }

    /// A value that may be one of few.
    mutating func note(_ hash: UInt64, _ text: @autoclosure () -> String) {
        if words[hash] != nil {
            words[hash]?.count += 1
        } else if words.count < Self.mostWords {
            words[hash] = (text(), 1)
        } else {
            wordsAreAll = false
        }
    }

    mutating func merge(_ other: ColumnTally) {
        strings += other.strings
        numbers += other.numbers
        flags += other.flags
        nulls += other.nulls
        nested += other.nested
        empty += other.empty
        notText += other.notText
        distinct.merge(other.distinct)
        sum += other.sum
        least = min(least, other.least)
        most = max(most, other.most)
        characters += other.characters
        shortest = min(shortest, other.shortest)
        longest = max(longest, other.longest)
        sample.merge(other.sample)
        texts += other.texts
        wordsAreAll = wordsAreAll && other.wordsAreAll
        for (hash, word) in other.words {
            if words[hash] != nil {
                words[hash]?.count += word.count
            } else if words.count < Self.mostWords {
                words[hash] = word
            } else {
                wordsAreAll = false
            }
        }
    }
}

/// Evenly many of a stream, in bounded room (Vitter's algorithm R), the same each time.
struct Reservoir: Sendable {
    static let size = 4096
    private(set) var values: [Double] = []
    private(set) var seen = 0
    private var random: UInt64 = 0x9e37_79b9_7f4a_7c15

    mutating func add(_ value: Double) {
        seen += 1
        if values.count < Self.size { return values.append(value) }
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        let place = Int(random.multipliedFullWidth(by: UInt64(seen)).high)
        if place < Self.size { values[place] = value }
    }

    /// What each has seen decides how many of it stay.
    mutating func merge(_ other: Reservoir) {
        guard other.seen > 0 else { return }
        let all = seen + other.seen
        if values.count + other.values.count <= Self.size {
            values += other.values
        } else {
            let share = Int((Double(Self.size) * Double(seen) / Double(all)).rounded())
            values = Array(values.prefix(max(share, Self.size - other.values.count)))
            values += other.values.prefix(Self.size - values.count)
        }
        seen = all
    }

    func quantiles(_ wanted: [Double]) -> [Double]? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return wanted.map { q in
            let place = q * Double(sorted.count - 1)
            let low = Int(place)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
        }
    }
}
