import Glibc
import PitParse
import PitSafety
import PitStatistics

extension FileProfile {
    /// A text that is unlike the others of its column.
    public struct OddText: Equatable, Sendable {
        public var line: Int
        /// By a model of the column's characters that has not seen it.
        public var perplexity: Double
        /// How it begins, private text taken out.
        public var excerpt: String
    }

    /// How far two columns go together.
    public struct Correlation: Equatable, Sendable {
        public enum Measure: String, Sendable {
            /// Of two columns of numbers, -1 to 1.
            case spearman
            /// Of two columns of categories, 0 to 1.
            case cramersV = "cramers_v"
            /// Of numbers by categories, 0 to 1.
            case ratio = "correlation_ratio"

            public var words: String {
                switch self {
                case .spearman: "Spearman"
                case .cramersV: "Cram\u{E9}r's V"
                case .ratio: "correlation ratio"
                }
            }
        }
        public var first: String
        public var second: String
        public var measure: Measure
        public var strength: Double
        /// Rows of the sample that have both.
        public var rows: Int
    }

    /// Columns whose characters are modelled, those compared with each other, and pairs of them that are told.
    private static let (mostModelled, mostCorrelated, mostPairs) = (8, 24, 100)
    private static let fewestTexts = 100
    private static let shortestText = 20
    private static let fewestRows = 30
    private static let mostCategories = 50
    private static let mostOdd = 5

    /// Looks at whole rows of the sample: what is unlike the others, and what goes together.
    mutating func look(_ sample: RowSample) {
        let rows = sample.rows.sorted { $0.line < $1.line }
        var places: [String: Int] = [:]
        for (place, column) in columns.enumerated() { places[column.name] = place }
        var cells = [[JSONValue?]](repeating: [], count: columns.count)
        for (number, row) in rows.enumerated() {
            for member in JSONReader.value(of: row.bytes)?.members ?? [] {
                guard let place = places[member.key], cells[place].count <= number else { continue }
                cells[place] += [JSONValue?](repeating: nil, count: number - cells[place].count)
                cells[place].append(member.value.isNull ? nil : member.value)
            }
        }
        for place in cells.indices {
            cells[place] += [JSONValue?](repeating: nil, count: rows.count - cells[place].count)
        }
        let lines = rows.map(\.line)
        let texts = columns.indices.filter { columns[$0].strings > 0 && columns[$0].distinct > 20 }
            .sorted { columns[$0].lengthMean ?? 0 > columns[$1].lengthMean ?? 0 }
        for place in texts.prefix(Self.mostModelled) { model(place, cells[place], lines) }
        correlate(cells)
    }

    // MARK: - Odd texts

    /// Each half of the texts is judged by a model of the other one.
    private mutating func model(_ place: Int, _ cells: [JSONValue?], _ lines: [Int]) {
        var texts: [(line: Int, text: String)] = []
        for (cell, line) in zip(cells, lines) {
            guard let text = cell?.text, text.utf8.count >= Self.shortestText else { continue }
            texts.append((line, text))
        }
        guard texts.count >= Self.fewestTexts else { return }
        var found = [Double](repeating: 0, count: texts.count)
        for half in 0..<2 {
            var model = CharacterModel()
            for (number, each) in texts.enumerated() where number % 2 != half { model.learn(each.text) }
            for (number, each) in texts.enumerated() where number % 2 == half {
                found[number] = model.perplexity(of: each.text) ?? 1
            }
        }
        let middle = Self.median(found)
        columns[place].perplexity = middle
        let logs = found.map { log2($0) }
        let center = Self.median(logs)
        // Where nearly all are alike the deviation is nearly none, and every little difference would be an outlier: it is to
        // be a factor of 1.7 at least.
        let spread = max(0.15, Self.median(logs.map { abs($0 - center) }))
        let odd = texts.indices.filter { 0.6745 * abs(logs[$0] - center) / spread > 3.5 }
            .sorted { (abs(logs[$1] - center), texts[$0].line) < (abs(logs[$0] - center), texts[$1].line) }
        columns[place].oddShare = Double(odd.count) / Double(texts.count)
        columns[place].odd = odd.prefix(Self.mostOdd).map {
            OddText(line: texts[$0].line, perplexity: found[$0], excerpt: Self.excerpt(texts[$0].text))
        }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// Masked before it is cut, so that no half of something private is left.
    private static func excerpt(_ text: String) -> String {
        let start = String(text.unicodeScalars.prefix(2000).map(Character.init))
        let words = Redaction.everything.apply(start).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.unicodeScalars.count > 80
            ? String(String.UnicodeScalarView(words.unicodeScalars.prefix(80))) + "\u{2026}" : words
    }

    // MARK: - Correlation

    private enum Series {
        case numbers([Double?])
        case categories([Int?])

        init?(_ cells: [JSONValue?]) {
            let known = cells.compactMap { $0 }
            guard known.count >= fewestRows else { return nil }
            let numbers = cells.map { $0?.number }
            if numbers.count(where: { $0 != nil }) == known.count {
                guard Set(numbers).count > 2 else { return nil }
                self = .numbers(numbers)
                return
            }
            var ids: [String: Int] = [:]
            var found: [Int?] = []
            for cell in cells {
                guard let cell else {
                    found.append(nil)
                    continue
                }
                let word: String
                switch cell {
                case .text(let text): word = text
                case .flag(let flag): word = "\(flag)"
                default: return nil
                }
                let id = ids[word] ?? ids.count
                ids[word] = id
                found.append(id)
                if ids.count > mostCategories { return nil }
            }
            // Of categories that hardly ever come twice everything follows.
            guard ids.count > 1, known.count >= 5 * ids.count else { return nil }
            self = .categories(found)
        }
    }

    private mutating func correlate(_ cells: [[JSONValue?]]) {
        var series: [(name: String, values: Series)] = []
        for (column, cells) in zip(columns, cells) where series.count < Self.mostCorrelated {
            if let values = Series(cells) { series.append((column.name, values)) }
        }
        for first in series.indices {
            for second in series.indices where second > first {
                let (a, b) = (series[first], series[second])
                guard let found = Self.strength(a.values, b.values) else { continue }
                correlations.append(
                    Correlation(
                        first: a.name, second: b.name, measure: found.measure, strength: found.strength,
                        rows: found.rows))
            }
        }
        correlations.sort { (abs($1.strength), $0.first, $0.second) < (abs($0.strength), $1.first, $1.second) }
        correlations = Array(correlations.prefix(Self.mostPairs))
    }

    private static func strength(
        _ a: Series, _ b: Series
    ) -> (measure: Correlation.Measure, strength: Double, rows: Int)? {
        func both<T, U>(_ x: [T?], _ y: [U?]) -> ([T], [U])? {
            let pairs = zip(x, y).compactMap { a, b -> (T, U)? in
                guard let a, let b else { return nil }
                return (a, b)
            }
            return pairs.count >= fewestRows ? (pairs.map(\.0), pairs.map(\.1)) : nil
        }
        func told(_ measure: Correlation.Measure, _ strength: Double?, _ rows: Int)
            -> (measure: Correlation.Measure, strength: Double, rows: Int)?
        { strength.map { (measure, $0, rows) } }
        switch (a, b) {
        case (.numbers(let x), .numbers(let y)):
            return both(x, y).flatMap { told(.spearman, RankCorrelation.spearman($0, $1)?.coefficient, $0.count) }
        case (.categories(let x), .categories(let y)):
            return both(x, y).flatMap { told(.cramersV, Association.cramersV($0, $1), $0.count) }
        case (.categories(let x), .numbers(let y)), (.numbers(let y), .categories(let x)):
            return both(x, y).flatMap { told(.ratio, Association.correlationRatio($0, $1), $0.count) }
        }
    }
}
