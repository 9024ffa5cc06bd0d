/// Rows that can be opened and closed. Drawn as a table is: only the rows that are seen are formatted.
///
/// Its rows listen as `<prefix>.select` with their position among the open lines.
public struct Tree: Equatable, Sendable {
    /// A node that is in view, and how deep it lies.
    public struct Line: Equatable, Sendable {
        public var node: TreeNode
        public var depth: Int
        public var isExpanded: Bool
        /// The position of the line of the node it lies under; nil for a root.
        public var parent: Int?
    }

    public var roots: [TreeNode]
    public var prefix: String
    public var emptyText: [SafeText]
    public var isFocused: Bool

    public init(_ roots: [TreeNode], prefix: String, emptyText: [SafeText] = ["nothing here"], isFocused: Bool = true) {
        (self.roots, self.prefix, self.emptyText, self.isFocused) = (roots, prefix, emptyText, isFocused)
    }

    /// The nodes whose parents are all open, from the top.
    public func lines(_ state: TreeState) -> [Line] {
        var lines: [Line] = []
        var waiting: [(node: TreeNode, depth: Int, parent: Int?)] = roots.reversed().map { ($0, 0, nil) }
        while let (node, depth, parent) = waiting.popLast() {
            let isExpanded = !node.children.isEmpty && state.expanded.contains(node.id)
            lines.append(Line(node: node, depth: depth, isExpanded: isExpanded, parent: parent))
            guard isExpanded else { continue }
            let position = lines.count - 1
            waiting += node.children.reversed().map { ($0, depth + 1, position) }
        }
        return lines
    }

    /// Does what a key means: those that move, right and left to open and close, enter or space for either. Returns
    /// whether it meant anything here.
    public func handle(_ key: Key, _ state: inout TreeState) -> Bool {
        let lines = lines(state)
        if state.table.handle(key, count: lines.count, id: { lines[$0].node.id }) { return true }
        guard lines.indices.contains(state.table.selected) else { return false }
        let line = lines[state.table.selected]
        switch key.description {
        case "right", "l":
            guard !line.isExpanded else {
                state.table.move(1, count: lines.count, id: { lines[$0].node.id })
                return true
            }
            if !line.node.children.isEmpty { state.expanded.insert(line.node.id) }
        case "left", "h":
            if line.isExpanded {
                state.expanded.remove(line.node.id)
            } else if let parent = line.parent {
                state.table.select(parent, count: lines.count, id: { lines[$0].node.id })
            }
        case "enter", "space":
            guard !line.node.children.isEmpty else { return false }
            if state.expanded.remove(line.node.id) == nil { state.expanded.insert(line.node.id) }
        default: return false
        }
        settle(&state)
        return true
    }

    /// Finds the selected line again among lines that may have changed.
    public func settle(_ state: inout TreeState) {
        let lines = lines(state)
        state.table.settle(count: lines.count, id: { lines[$0].node.id })
    }

    public func draw(_ state: TreeState, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let (open, closed) = (frame.pick("▾", "-"), frame.pick("▸", "+"))
        let lines = lines(state)
        let details = min(lines.map(\.node.detail.columns).max() ?? 0, area.width / 2)
        var columns = [
            TableColumn<Line>("label", "", width: .flex(min: 1)) { line in
                let mark = line.node.children.isEmpty ? " " : line.isExpanded ? open : closed
                let indent = String(repeating: "  ", count: min(line.depth, 32))
                return TableCell([Segment("\(indent)\(mark) ", .dim)] + line.node.label)
            }
        ]
        if details > 0 {
            columns.append(
                TableColumn("detail", "", width: .fixed(details), align: .right, priority: -1) {
                    TableCell($0.node.detail)
                })
        }
        let table = Table(
            columns, prefix: prefix, identity: { $0.node.id }, emptyText: emptyText, showsHeader: false,
            isFocused: isFocused)
        table.draw(lines, state: state.table, in: area, on: &frame)
    }
}
