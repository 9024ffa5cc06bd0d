import Glibc
import PitSafety
import PitStatistics

extension FileProfile.Column {
    init(_ tally: ColumnTally, rows: Int, isWhole: Bool) {
        name = tally.name
        (count, missing) = (tally.count, max(0, rows - tally.count))
        (strings, numbers, flags, nested) = (tally.strings, tally.numbers, tally.flags, tally.nested)
        empty = tally.empty
        (distinct, distinctIsExact) = (tally.distinct.estimate, tally.distinct.isExact)
        if numbers > 0 { (mean, least, most) = (tally.sum / Double(numbers), tally.least, tally.most) }
        if strings > 0 {
            lengthMean = Double(tally.characters) / Double(strings)
            (lengthLeast, lengthMost) = (tally.shortest, tally.longest)
        }
        guard isWhole else { return }
        quantiles = tally.sample.quantiles([0.05, 0.5, 0.95])
        sizes = tally.sample.values
        if numbers == 0 { outlierShare = Self.outliers(tally.sample.values) }
        top = tally.words.values.sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(10).map {
            ($0.text, $0.count)
        }
        if top.first.map({ $0.count < 2 }) ?? true { top = [] }
        if tally.wordsAreAll, tally.words.count <= Self.mostLabels, !top.isEmpty {
            balance = Self.balance(tally.words.values.map { Double($0.count) })
        }
        phrases = Phrases.most(of: tally.texts)
        look(tally.texts)
    }

    /// Of more different values it is no label.
    private static let mostLabels = 100

    /// Shannon's entropy over its largest value; 1 of labels that come equally often, 0 of a single one.
    private static func balance(_ counts: [Double]) -> Double {
        let all = counts.reduce(0, +)
        guard counts.count > 1, all > 0 else { return 0 }
        let entropy = counts.reduce(0) { $0 - ($1 > 0 ? $1 / all * log($1 / all) : 0) }
        return entropy / log(Double(counts.count))
    }

    /// Iglewicz and Hoaglin, 1993: 0.6745 times the distance from the median over the median of the distances.
    private static func outliers(_ values: [Double]) -> Double? {
        guard values.count >= 30 else { return nil }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let middle = median(values)
        let spread = median(values.map { abs($0 - middle) })
        guard spread > 0 else { return nil }
        return Double(values.count { 0.6745 * abs($0 - middle) / spread > 3.5 }) / Double(values.count)
    }

    private mutating func look(_ texts: [String]) {
        sampled = texts.count
        guard sampled > 0 else { return }
        let words = texts.reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
        wordsMean = Double(words) / Double(sampled)
        var said: [String: Int] = [:]
        for text in texts where text.utf8.count >= 20 {
            if let language = Language.of(ReadText(text)) { said[language, default: 0] += 1 }
        }
        let known = said.values.reduce(0, +)
        languages = said.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map {
            ($0.key, Double($0.value) / Double(max(1, known)))
        }
        for kind in Redaction.Kind.allCases {
            let redaction = Redaction([kind])
            let hits = texts.count { redaction.apply($0) != $0 }
            if hits > 0 { findings.append((kind.rawValue, hits)) }
        }
    }
}
