/// Which columns of a table are shown, and where.
struct ColumnLayout: Equatable {
    struct Slot: Equatable {
        /// The column's index in the table.
        var column: Int
        /// Columns from the left end of the area.
        var x: Int
        var width: Int
    }

    struct Rule {
        var width: ColumnWidth
        var priority: Int
    }

    var slots: [Slot] = []

    /// Lays out the columns that `rules` describes, two columns apart, within `room` columns from `start`.
    init(_ rules: [(index: Int, rule: Rule)], start: Int, room: Int) {
        var shown = rules
        func needed() -> Int { shown.reduce(0) { $0 + $1.rule.width.least } + 2 * max(0, shown.count - 1) }
        while needed() > room, shown.count > 1 {
            var victim = 0
            for i in shown.indices where shown[i].rule.priority <= shown[victim].rule.priority { victim = i }
            shown.remove(at: victim)
        }
        var widths = shown.map(\.rule.width.least)
        var free = room - needed()
        if free < 0, widths.count == 1 { widths[0] = max(0, room) }
        Self.grow(&widths, shown.map(\.rule.width), by: &free)
        var x = start
        for (i, item) in shown.enumerated() {
            slots.append(Slot(column: item.index, x: x, width: widths[i]))
            x += widths[i] + 2
        }
    }

    /// Gives free room to ranges first, evenly, then to the flexible by weight.
    private static func grow(_ widths: inout [Int], _ rules: [ColumnWidth], by free: inout Int) {
        while free > 0 {
            let growing = rules.indices.filter { rules[$0].weight == 0 && widths[$0] < rules[$0].most }
            guard !growing.isEmpty else { break }
            let share = max(1, free / growing.count)
            for i in growing where free > 0 {
                let more = min(share, rules[i].most - widths[i], free)
                widths[i] += more
                free -= more
            }
        }
        let flexible = rules.indices.filter { rules[$0].weight > 0 }
        let weights = flexible.reduce(0) { $0 + rules[$1].weight }
        guard free > 0, weights > 0 else { return }
        let total = free
        for i in flexible {
            let more = total * rules[i].weight / weights
            widths[i] += more
            free -= more
        }
        if let first = flexible.first { widths[first] += free }
    }
}
