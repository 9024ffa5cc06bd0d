import PitStatistics

/// One column of a table as it was read: its numbers, and its words with how often each occurs.
public struct DataColumn: Sendable {
    public let name: String
    var numbers: SpilledNumbers
    /// The most decimals that a number was written with; beyond nine it does not matter.
    var decimals = 0
    /// The largest absolute value.
    var largest = 0.0
    private(set) var words: [String: Double] = [:]
    /// The first words, in their order: what a classifier learns from.
    private(set) var texts: [String] = []
    private(set) var wordCount = 0
    private var wordBytes = 0
    /// Rows without a value.
    public internal(set) var missing = 0

    /// Different words counted; a column with more is free text.
    static let mostWords = 20_000
    static let mostTexts = 4000
    static let longestText = 2000

    init(_ name: String, _ spill: SpillFile?) { (self.name, numbers) = (name, SpilledNumbers(spill)) }

    mutating func append(word: String) {
        wordCount += 1
        wordBytes += word.utf8.count
        let short =
            word.utf8.count > Self.longestText
            ? String(decoding: word.utf8.prefix(Self.longestText), as: UTF8.self) : word
        if texts.count < Self.mostTexts { texts.append(short) }
        if words.count < Self.mostWords || words[short] != nil { words[short, default: 0] += 1 }
    }

    /// Whether its values are numbers alone.
    var isNumeric: Bool { wordCount == 0 && numbers.count > 0 }

    /// Whether its words are texts that hardly ever come twice, not categories.
    var isFreeText: Bool {
        guard wordCount > 0 else { return false }
        return words.count >= Self.mostWords || words.count > max(50, wordCount / 2)
    }

    public var count: Int { numbers.count + wordCount }

    enum Kind { case numbers, categories, texts }

    /// Its values as one kind; nil when what was spilled cannot be read any more.
    ///
    /// - Parameter decimals: as many as either side has, so that whole numbers of the same size are compared.
    func values(as kind: Kind, decimals: Int, largest: Double) -> FeatureValues? {
        switch kind {
        case .numbers:
            guard let all = numbers.load() else { return nil }
            let scale = Self.tens[min(9, decimals)]
            if decimals <= 9, largest * scale < 2_147_483_000 {
                // 1.5 times two to the 52nd added rounds to a whole number, which then is in the lowest bits.
                let whole = all.map { Int32(truncatingIfNeeded: ($0 * scale + 0x1.8p52).bitPattern) }
                return .numbers(OrderedValues(whole: whole, decimals: decimals))
            }
            return .numbers(OrderedValues(all))
        case .categories:
            guard let all = numbers.load() else { return nil }
            var counts = words
            for number in all { counts[Self.word(number), default: 0] += 1 }
            return .categories(counts)
        case .texts:
            guard let all = numbers.load() else { return nil }
            return .texts(texts + all.prefix(max(0, Self.mostTexts - texts.count)).map(Self.word))
        }
    }

    private static func word(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }

    static let tens: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
}

/// A file's columns, and what of it could not be read.
public struct DataTable: Sendable {
    public var columns: [DataColumn]
    public var rows: Int
    /// Lines that could not be understood: counted, and passed over.
    public var badLineCount: Int
    /// The first of them: the line's number and what is wrong.
    public var badLines: [(number: Int, reason: String)]

    public static let badLineLimit = 5

    init() { (columns, rows, badLineCount, badLines) = ([], 0, 0, []) }

    mutating func skip(_ line: Int, _ reason: String) {
        badLineCount += 1
        if badLines.count < Self.badLineLimit { badLines.append((line, reason)) }
    }

    public subscript(_ name: String) -> DataColumn? { columns.first { $0.name == name } }
}
