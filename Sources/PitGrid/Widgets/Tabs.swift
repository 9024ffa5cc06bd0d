/// A line of tabs. Where they do not all fit, titles of those not selected go, from the right, then tabs far
/// from the selected.
public struct Tabs: Equatable, Sendable {
    public struct Tab: Equatable, Sendable {
        /// The key that opens it.
        public var key: SafeText
        public var title: SafeText
        /// Stands behind the title: a count.
        public var badge: Segment?
        /// What a click on it runs.
        public var commandID: String?
        public init(_ key: SafeText, _ title: SafeText, badge: Segment? = nil, commandID: String? = nil) {
            (self.key, self.title, self.badge, self.commandID) = (key, title, badge, commandID)
        }
    }

    public var tabs: [Tab]
    public var selected: Int
    public var ground: Ground

    public init(_ tabs: [Tab], selected: Int, ground: Ground = .page) {
        (self.tabs, self.selected, self.ground) = (tabs, selected, ground)
    }

    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, !tabs.isEmpty else { return }
        let row = area.row(0)
        frame.fill(row, ink: Ink(on: ground))
        var shown = tabs.indices.map { (index: $0, segments: segments($0, isShort: false)) }
        var width = shown.reduce(0) { $0 + $1.segments.columns }
        // The titles go from the right, as few as need be.
        for index in tabs.indices.reversed() where index != selected && width > row.width {
            width -= shown[index].segments.columns
            shown[index] = (index, segments(index, isShort: true))
            width += shown[index].segments.columns
        }
        let chosen = min(max(0, selected), tabs.count - 1)
        while width > row.width, shown.count > 1 {
            let isLeft = chosen - (shown.first?.index ?? 0) > (shown.last?.index ?? 0) - chosen
            width -= (isLeft ? shown.removeFirst() : shown.removeLast()).segments.columns
        }
        var x = row.x
        for tab in shown {
            let ground: Ground = tab.index == selected ? .selection : ground
            let used = frame.write(tab.segments, in: Rect(x, row.y, row.maxX - x, 1), ground: ground)
            if let id = tabs[tab.index].commandID { frame.listen(Rect(x, row.y, used, 1), id, row: tab.index) }
            x += used
        }
    }

    private func segments(_ index: Int, isShort: Bool) -> [Segment] {
        let tab = tabs[index]
        let isSelected = index == selected
        var segments = [Segment(" "), Segment(tab.key, .key, strong: isSelected)]
        if !isShort {
            segments += [Segment(" "), Segment(tab.title, isSelected ? .title : .dim, strong: isSelected)]
            if let badge = tab.badge { segments += [Segment(" "), badge] }
        }
        return segments + [Segment(" ")]
    }
}
