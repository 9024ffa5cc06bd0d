import Foundation

/// The figures as a table and as JSON.
enum Table {
    static func text(_ figures: [Figure]) -> String {
        var rows = [["WORK", "OURS", "PEER", "RATIO", "GOAL", "MET", "PEER'S NAME; NOTES"]]
        for figure in figures {
            rows.append([
                figure.work, figure.ours.map { "\(short($0)) \(figure.unit)" } ?? "--",
                figure.peer.map { "\(short($0)) \(figure.unit)" } ?? "--", figure.ratio.map(short) ?? "--",
                figure.goalText, figure.isMet.map { $0 ? "yes" : "NO" } ?? "",
                [figure.peerName, figure.note].filter { !$0.isEmpty }.joined(separator: "; "),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
                .trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }

    static func json(_ figures: [Figure]) throws -> Data {
        let rows: [[String: Any]] = figures.map { figure in
            [
                "work": figure.work, "unit": figure.unit, "ours": figure.ours as Any? ?? NSNull(),
                "peer": figure.peer as Any? ?? NSNull(), "peer_name": figure.peerName,
                "ratio": figure.ratio as Any? ?? NSNull(), "better": figure.better.rawValue, "goal": figure.goalText,
                "met": figure.isMet as Any? ?? NSNull(), "note": figure.note,
            ]
        }
        return try JSONSerialization.data(withJSONObject: rows, options: [.prettyPrinted, .sortedKeys])
    }

    /// Three digits that count.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "--" }
        let size = abs(value)
        if size >= 1000 || size == size.rounded() { return String(format: "%.0f", value) }
        if size >= 100 { return String(format: "%.0f", value) }
        if size >= 10 { return String(format: "%.1f", value) }
        if size >= 1 { return String(format: "%.2f", value) }
        return String(format: "%.3g", value)
    }
}
