import Glibc

/// What a large table is filtered and sorted by. Made once when its rows come, so that a key costs no more than a walk
/// over integers, however many rows there are.
public final class TableIndex: Sendable {
    private struct Column: Sendable {
        /// Each row's place among the values, equal values sharing one; `distinct` where the value is missing.
        var ranks: [Int32] = []
        var distinct = 0
    }

    public let count: Int
    private let columns: [String: Column]
    /// Rows by name, those of one name as they came.
    private let byName: [Int32]
    /// The searched text of all rows in lower case with a zero behind it, and where each row's ends.
    private let text: [CChar]
    private let ends: [Int]

    /// - Parameter text: what a row is found by.
    public init<Row>(_ table: Table<Row>, _ rows: [Row], text: (Row) -> [String]) {
        count = rows.count
        var columns: [String: Column] = [:]
        for column in table.columns { columns[column.id] = column.sortKey.map { Self.ranked(rows.map($0)) } }
        self.columns = columns
        byName = Self.sorted(
            (0..<Int32(rows.count)).map { $0 }, by: Self.ranked(rows.map { .text(table.name($0)) }), descending: false)
        var (bytes, ends): ([UInt8], [Int]) = ([], [])
        ends.reserveCapacity(rows.count)
        for row in rows {
            for field in text(row) {
                Self.lower(field, into: &bytes)
                bytes.append(Self.separator)
            }
            ends.append(bytes.count)
        }
        bytes.append(0)
        (self.text, self.ends) = (bytes.map { CChar(bitPattern: $0) }, ends)
    }

    /// The positions of the rows that have every word in them and are `shown`, by a column's values, or as they came
    /// where there is none. Ties are ordered by name, then as they came; missing values stand last either way.
    ///
    /// - Parameter words: UTF-8, in lower case, none empty.
    public func order(
        words: [[UInt8]] = [], by column: String? = nil, descending: Bool = false, where isShown: (Int) -> Bool
    ) -> [Int] {
        let found = words.isEmpty ? nil : words.map(rows(with:))
        func isIn(_ row: Int) -> Bool { isShown(row) && (found?.allSatisfy { $0[row] } ?? true) }
        guard let column = column.flatMap({ columns[$0] }) else {
            let all = (0..<count).filter(isIn)
            return descending ? all.reversed() : all
        }
        return Self.sorted(byName.filter { isIn(Int($0)) }, by: column, descending: descending).map(Int.init)
    }

    /// Which rows have a word in them.
    private func rows(with word: [UInt8]) -> [Bool] {
        var result = [Bool](repeating: false, count: count)
        let word = word.map { CChar(bitPattern: $0) } + [0]
        text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return }
            var (at, row) = (base, 0)
            while let hit = strstr(at, word) {
                while ends[row] <= UnsafePointer(hit) - base { row += 1 }
                result[row] = true
                at = base + ends[row]
            }
        }
        return result
    }

    /// A stable counting sort.
    private static func sorted(_ rows: [Int32], by column: Column, descending: Bool) -> [Int32] {
        var starts = [Int32](repeating: 0, count: column.distinct + 2)
        func slot(_ row: Int32) -> Int {
            let rank = Int(column.ranks[Int(row)])
            return descending && rank < column.distinct ? column.distinct - 1 - rank : rank
        }
        for row in rows { starts[slot(row) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var result = [Int32](repeating: 0, count: rows.count)
        for row in rows {
            let slot = slot(row)
            result[Int(starts[slot])] = row
            starts[slot] += 1
        }
        return result
    }

    /// Numbers stand before texts.
    private static func ranked(_ keys: [SortKey]) -> Column {
        var (numbers, texts): ([Double: Int32], [String: Int32]) = ([:], [:])
        for key in keys where !key.isMissing {
            switch key {
            case .number(let value): numbers[value ?? 0] = 0
            case .text(let value): texts[value ?? ""] = 0
            }
        }
        for (rank, value) in numbers.keys.sorted().enumerated() { numbers[value] = Int32(rank) }
        for (rank, value) in texts.keys.sorted().enumerated() { texts[value] = Int32(numbers.count + rank) }
        let distinct = numbers.count + texts.count
        let ranks = keys.map { key in
            let rank =
                switch key {
                case .number(let value): value.flatMap { numbers[$0] }
                case .text(let value): value.flatMap { texts[$0] }
                }
            return rank ?? Int32(distinct)
        }
        return Column(ranks: ranks, distinct: distinct)
    }

    private static let separator: UInt8 = 0x1F

    private static func lower(_ text: String, into bytes: inout [UInt8]) {
        var text = text
        let isASCII = text.withUTF8 { utf8 in
            guard utf8.allSatisfy({ $0 < 0x80 }) else { return false }
            bytes += utf8.lazy.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 == 0 ? separator : $0 }
            return true
        }
        if !isASCII { bytes += text.lowercased().utf8.lazy.map { $0 == 0 ? separator : $0 } }
    }
}
