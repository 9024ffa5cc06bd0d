/// A column of a table, declared as data.
public struct TableColumn<Row: Sendable>: Sendable {
    /// Its identity, by which a sort is remembered.
    public var id: String
    public var title: SafeText
    public var width: ColumnWidth
    public var alignment: Alignment
    /// Where columns do not fit, those of the lowest priority are left out first.
    public var priority: Int
    /// Shown only where the table is drawn wide.
    public var isWide: Bool
    /// Whether the first sort by this column puts the largest first, as is wanted of most figures.
    public var sortsDescendingFirst: Bool
    /// What rows are ordered by; a column without it cannot be sorted by.
    public var sortKey: (@Sendable (Row) -> SortKey)?
    public var cell: @Sendable (Row) -> TableCell

    public init(
        _ id: String, _ title: SafeText, width: ColumnWidth, align alignment: Alignment = .left,
        priority: Int = 0, isWide: Bool = false, sortsDescendingFirst: Bool = false,
        sortKey: (@Sendable (Row) -> SortKey)? = nil, cell: @escaping @Sendable (Row) -> TableCell
    ) {
        (self.id, self.title, self.width, self.alignment) = (id, title, width, alignment)
        (self.priority, self.isWide, self.sortsDescendingFirst) = (priority, isWide, sortsDescendingFirst)
        (self.sortKey, self.cell) = (sortKey, cell)
    }
}
