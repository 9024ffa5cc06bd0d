/// Rows in columns. Only the rows that are seen are ever formatted.
///
/// The header's cells listen as `<prefix>.sort` with the column's index, the rows as `<prefix>.select` with the
/// position in the order drawn.
public struct Table<Row: Sendable>: Sendable {
    public var columns: [TableColumn<Row>]
    /// What makes a row that row.
    public var identity: @Sendable (Row) -> String
    /// What ties of a sort are ordered by.
    public var name: @Sendable (Row) -> String
    /// The first part of the commands its hotspots run.
    public var prefix: String
    /// Shown where there are no rows: what that means, and what to do.
    public var emptyText: [SafeText]
    public var showsHeader: Bool
    /// Whether there is a column for marks.
    public var showsMarks: Bool
    /// Whether wide columns are shown.
    public var isWide: Bool
    /// Whether the keys go to it: the selection is then in full colour, and the cursor rests on it.
    public var isFocused: Bool
    /// Whether a row is drawn dim because what it says is old.
    public var isDimmed: (@Sendable (Row) -> Bool)?

    public init(
        _ columns: [TableColumn<Row>], prefix: String, identity: @escaping @Sendable (Row) -> String,
        name: (@Sendable (Row) -> String)? = nil, emptyText: [SafeText] = ["nothing here"], showsHeader: Bool = true,
        showsMarks: Bool = false, isWide: Bool = false, isFocused: Bool = true,
        isDimmed: (@Sendable (Row) -> Bool)? = nil
    ) {
        (self.columns, self.prefix, self.identity, self.name) = (columns, prefix, identity, name ?? identity)
        (self.emptyText, self.showsHeader, self.showsMarks, self.isWide) = (emptyText, showsHeader, showsMarks, isWide)
        (self.isFocused, self.isDimmed) = (isFocused, isDimmed)
    }

    /// Positions of `rows` in the order that the state's sort asks for. Ties are ordered by name, then as they came;
    /// missing values stand last either way. To be kept, and made again when rows or sort change.
    public func order(_ rows: [Row], _ state: TableState) -> [Int] {
        guard let column = columns.first(where: { $0.id == state.sortColumn }), let key = column.sortKey else {
            return Array(rows.indices)
        }
        let keys = rows.map(key)
        let names = rows.map(name)
        return rows.indices.sorted { a, b in
            let (first, second) = (keys[a], keys[b])
            if first.isMissing != second.isMissing { return second.isMissing }
            if !first.isMissing {
                if first.precedes(second) { return !state.isDescending }
                if second.precedes(first) { return state.isDescending }
            }
            return names[a] == names[b] ? a < b : names[a] < names[b]
        }
    }

    /// Sorts by a column, or the other way round when the table is sorted by it. A column that cannot be sorted by
    /// changes nothing.
    public func sort(by index: Int, _ state: inout TableState) {
        guard columns.indices.contains(index), columns[index].sortKey != nil else { return }
        let column = columns[index]
        state.isDescending = state.sortColumn == column.id ? !state.isDescending : column.sortsDescendingFirst
        state.sortColumn = column.id
        state.columnCursor = index
    }

    /// Moves the column cursor to the next sortable column, around the end.
    public func moveColumnCursor(_ delta: Int, _ state: inout TableState) {
        let sortable = columns.indices.filter { columns[$0].sortKey != nil && (isWide || !columns[$0].isWide) }
        guard !sortable.isEmpty else { return }
        let at = sortable.firstIndex { $0 >= state.columnCursor } ?? 0
        let step = delta.signum() * (sortable[at] == state.columnCursor || delta < 0 ? 1 : 0)
        state.columnCursor = sortable[(at + step + sortable.count) % sortable.count]
    }
}
