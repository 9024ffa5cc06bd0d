import PitStatistics

/// What one column of two tables says of whether they differ.
public struct ColumnDrift: Equatable, Sendable {
    public var column: String
    /// The statistic's name, as `--method` takes it.
    public var method: String
    /// Nil where the method is not for such values, or a side has none.
    public var statistic: Double?
    /// Of a test; nil for a distance.
    public var pValue: Double?
    public var limit: Double
    /// Nil where it is not known.
    public var drifted: Bool?
    public var nReference: Int
    public var nCurrent: Int
}

/// Two tables, compared column by column. Unless a method is named, each column gets what suits its type and size.
public struct TableComparison: Sendable {
    /// In the order of the reference's columns.
    public var columns: [ColumnDrift]
    /// Columns that only one of the two has.
    public var onlyInReference: [String]
    public var onlyInCurrent: [String]

    /// Reads and compares two files, both and then the columns side by side.
    ///
    /// - Parameters:
    ///   - names: the columns compared; all that both have without it.
    ///   - method: the id of a statistic of the catalog.
    public static func run(
        reference: String, current: String, columns names: [String]? = nil, method: String? = nil
    ) async throws(DataFault) -> (comparison: TableComparison, reference: DataTable, current: DataTable) {
        let wanted = names.map { Set($0) }
        async let first = read(reference, wanted)
        async let second = read(current, wanted)
        let (a, b) = (try await first.get(), try await second.get())
        if let names { try check(names, a, b, reference, current) }
        return (await compare(a, b, method: method), a, b)
    }

    @concurrent
    private static func read(_ path: String, _ columns: Set<String>?) async -> Result<DataTable, DataFault> {
        do throws(DataFault) { return .success(try TableReader.read(path, columns: columns)) } catch {
            return .failure(error)
        }
    }

    private static func check(
        _ names: [String], _ a: DataTable, _ b: DataTable, _ reference: String, _ current: String
    ) throws(DataFault) {
        for (table, path) in [(a, reference), (b, current)] {
            guard let missing = names.first(where: { table[$0] == nil }) else { continue }
            let all = try TableReader.read(path).columns.map(\.name)
            throw .noSuchColumn(missing, path: path, known: all)
        }
    }

    public static func compare(_ a: DataTable, _ b: DataTable, method: String? = nil) async -> TableComparison {
        let known = Set(b.columns.map(\.name))
        let shared = a.columns.filter { known.contains($0.name) }
        let found = await withTaskGroup(of: (Int, ColumnDrift).self) { group in
            // As many at a time as there are cores that help: each holds two columns in memory.
            var (next, results) = (0, [ColumnDrift?](repeating: nil, count: shared.count))
            func add() {
                guard next < shared.count, let other = b[shared[next].name] else { return }
                let (place, column) = (next, shared[next])
                next += 1
                group.addTask { (place, compare(column, other, method)) }
            }
            for _ in 0..<4 { add() }
            for await (place, drift) in group {
                results[place] = drift
                add()
            }
            return results.compactMap { $0 }
        }
        let own = Set(a.columns.map(\.name))
        return TableComparison(
            columns: found, onlyInReference: a.columns.map(\.name).filter { !known.contains($0) },
            onlyInCurrent: b.columns.map(\.name).filter { !own.contains($0) })
    }

    private static func compare(_ a: DataColumn, _ b: DataColumn, _ method: String?) -> ColumnDrift {
        let kind = kind(a, b, method)
        let (decimals, largest) = (max(a.decimals, b.decimals), max(a.largest, b.largest))
        var drift = ColumnDrift(
            column: a.name, method: method ?? "--", limit: 0, nReference: a.count, nCurrent: b.count)
        guard let before = a.values(as: kind, decimals: decimals, largest: largest),
            let now = b.values(as: kind, decimals: decimals, largest: largest)
        else { return drift }
        let named = driftCatalog.first { $0.about.id == method }
        let statistic = named ?? DriftChoice.statistic(reference: before, current: now)
        (drift.method, drift.limit) = (statistic.about.id, statistic.about.limit)
        guard case .value(let value, let p) = statistic.init().score(reference: before, current: now), value.isFinite
        else { return drift }
        (drift.statistic, drift.pValue) = (value, p)
        switch statistic.about.kind {
        case .test: drift.drifted = p.map { $0 < drift.limit }
        case .distance: drift.drifted = value >= drift.limit
        }
        return drift
    }

    /// Numbers where both have nothing else; texts where either has what hardly ever comes twice.
    private static func kind(_ a: DataColumn, _ b: DataColumn, _ method: String?) -> DataColumn.Kind {
        if method == DomainClassifier.about.id { return .texts }
        if a.isNumeric, b.isNumeric { return .numbers }
        return a.isFreeText || b.isFreeText ? .texts : .categories
    }
}

extension TableComparison {
    /// Corrects the p-values for their number, and judges by what they are then.
    public mutating func adjust() {
        let tested = columns.indices.filter { columns[$0].pValue != nil && columns[$0].drifted != nil }
        let values = BenjaminiHochberg.adjusted(tested.map { columns[$0].pValue ?? 1 })
        for (place, value) in zip(tested, values) {
            columns[place].pValue = value
            if isTest(columns[place].method) { columns[place].drifted = value < columns[place].limit }
        }
    }

    private func isTest(_ method: String) -> Bool {
        driftCatalog.contains { $0.about.id == method && $0.about.kind == .test }
    }
}
