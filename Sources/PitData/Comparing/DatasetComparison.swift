public import PitParse

/// Two files of rows beside each other: their columns, the drift between them, and what of the second is in the first.
public struct DatasetComparison: Sendable {
    /// A column as one of the files has it.
    public struct Side: Equatable, Sendable {
        /// `text`, `number`, `text+number`.
        public var kind: String
        /// Of the rows, how many have no value.
        public var missing: Double
    }

    public struct Column: Equatable, Sendable {
        public var name: String
        public var first: Side?
        public var second: Side?
    }

    public var columns: [Column]
    /// Of the columns that both have.
    public var drift: [ColumnDrift]
    public var overlap: DatasetOverlap

    /// - Parameter tell: how many bytes of how many have been read, now and then.
    public static func run(
        first: String, second: String, _ options: DatasetOverlap.Options = .init(),
        tell: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws(DataFault) -> DatasetComparison {
        let a = try await FileProfile.read(first, isWhole: false)
        let b = try await FileProfile.read(second, isWhole: false)
        // What stands in lists has texts, but no one value a row.
        let names = options.columns?.filter { !$0.contains("*") }
        var drift: [ColumnDrift] = []
        if names?.isEmpty != true {
            drift = try await TableComparison.run(reference: first, current: second, columns: names).comparison.columns
        }
        let overlap = try DatasetOverlap.run(first: first, second: second, options, tell: tell)
        return DatasetComparison(columns: columns(a, b), drift: drift, overlap: overlap)
    }

    private static func columns(_ a: FileProfile, _ b: FileProfile) -> [Column] {
        var columns = a.columns.map { column in
            Column(
                name: column.name, first: side(column, a.rows),
                second: b.columns.first { $0.name == column.name }.map { side($0, b.rows) })
        }
        let known = Set(columns.map(\.name))
        columns += b.columns.filter { !known.contains($0.name) }.map {
            Column(name: $0.name, first: nil, second: side($0, b.rows))
        }
        return columns
    }

    private static func side(_ column: FileProfile.Column, _ rows: Int) -> Side {
        Side(kind: column.kind, missing: Double(column.missing) / Double(max(1, rows)))
    }

    /// For scripts.
    public var json: JSONValue {
        func side(_ side: Side?) -> JSONValue {
            side.map { .object([("kind", .text($0.kind)), ("missing", .number($0.missing))]) } ?? .null
        }
        let columns = columns.map {
            JSONValue.object([("column", .text($0.name)), ("first", side($0.first)), ("second", side($0.second))])
        }
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        let drift = drift.map { one in
            JSONValue.object([
                ("column", .text(one.column)), ("method", .text(one.method)), ("statistic", number(one.statistic)),
                ("p_value", number(one.pValue)), ("limit", .number(one.limit)),
                ("drifted", one.drifted.map(JSONValue.flag) ?? .null),
                ("n_reference", .number(Double(one.nReference))), ("n_current", .number(Double(one.nCurrent))),
            ])
        }
        return .object([("columns", .list(columns)), ("drift", .list(drift)), ("overlap", overlap.json)])
    }
}

extension DatasetOverlap {
    var json: JSONValue {
        func count(_ value: Int) -> JSONValue { .number(Double(value)) }
        let examples = examples.map { one in
            JSONValue.object([
                ("kind", .text(one.kind.rawValue)), ("line", count(one.line)),
                ("line_in_first", count(one.lineInFirst)), ("share", .number(one.share)),
                ("passage", .text(one.passage)),
            ])
        }
        return .object([
            ("columns", options.columns.map { .list($0.map(JSONValue.text)) } ?? .null),
            ("rows_in_first", count(rowsInFirst)), ("rows", count(rows)), ("bad_in_first", count(badInFirst.count)),
            ("bad", count(bad.count)), ("exact", count(exact)), ("near", count(near)),
            ("near_threshold", .number(options.near)), ("near_compared", count(nearCompared)),
            ("run_words", count(options.words)), ("shared", count(shared)), ("shared_half", count(sharedHalf)),
            ("shared_most", count(sharedMost)), ("short", count(short)), ("runs_sampled", .number(sampled)),
            ("examples", .list(examples)),
        ])
    }
}
