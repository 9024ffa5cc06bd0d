/// The keys that work here, in one line. Where they do not all fit, the least important go, and `? more` ends it.
public struct KeyHints: Equatable, Sendable {
    public struct Hint: Equatable, Sendable {
        public var key: SafeText
        public var title: SafeText
        /// Of hints that do not fit, those of the lowest priority go first.
        public var priority: Int
        /// What a click on it runs; nil for nothing.
        public var commandID: String?
        /// Whether it would be refused: it stays in its place, dim.
        public var isRefused: Bool

        public init(
            _ key: SafeText, _ title: SafeText, priority: Int = 0, commandID: String? = nil, isRefused: Bool = false
        ) {
            (self.key, self.title, self.priority) = (key, title, priority)
            (self.commandID, self.isRefused) = (commandID, isRefused)
        }

        fileprivate var columns: Int { key.columns + 1 + title.columns }
    }

    public var hints: [Hint]
    /// What is at the right end: the age of what is shown.
    public var trailing: [Segment]
    /// What a click on `? more` runs.
    public var moreCommandID: String?
    public var ground: Ground

    public init(_ hints: [Hint], trailing: [Segment] = [], moreCommandID: String? = nil, ground: Ground = .bar) {
        (self.hints, self.trailing, self.moreCommandID, self.ground) = (hints, trailing, moreCommandID, ground)
    }

    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let row = area.row(0)
        frame.fill(row, ink: Ink(on: ground))
        let end = trailing.columns
        let showsEnd = end > 0 && end + 12 <= row.width
        if showsEnd { frame.write(trailing, in: row.inset(x: 1, y: 0), align: .right, ground: ground) }
        let room = Rect(row.x + 1, row.y, row.width - 2 - (showsEnd ? end + 2 : 0), 1)
        var x = room.x
        for hint in fitting(room.width) where x < room.maxX {
            let segments = [
                Segment(hint.key, Ink(hint.isRefused ? .dim : .key, strong: !hint.isRefused)), Segment(" "),
                Segment(hint.title, hint.isRefused ? .dim : .text),
            ]
            let place = Rect(x, room.y, room.maxX - x, 1)
            let used = frame.write(segments, in: place, ground: ground)
            if let id = hint.commandID { frame.listen(Rect(x, room.y, used, 1), id) }
            x += used + 2
        }
    }

    /// The hints that fit in `width` columns, in their order, `? more` behind them when some are left out.
    private func fitting(_ width: Int) -> [Hint] {
        func needed(_ list: [Hint]) -> Int { list.reduce(0) { $0 + $1.columns } + 2 * max(0, list.count - 1) }
        if needed(hints) <= width { return hints }
        let more = Hint("?", "more", commandID: moreCommandID)
        var kept = hints.filter { $0.key != "?" }
        while !kept.isEmpty, needed(kept + [more]) > width {
            var victim = 0
            for index in kept.indices where kept[index].priority <= kept[victim].priority { victim = index }
            kept.remove(at: victim)
        }
        return kept + [more]
    }
}
