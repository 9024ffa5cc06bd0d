/// Bars made of eighths of a cell.
enum Blocks {
    static let columns: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    static let rows: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
    /// Eight levels in one line of ASCII, low to high.
    static let levels: [Character] = ["_", ".", ":", "-", "=", "+", "*", "#"]

    /// A horizontal bar `length` cells long, at most `width`; something above 0 is never nothing.
    static func row(_ length: Double, _ width: Int, isASCII: Bool) -> String {
        guard width > 0, !length.isNaN, length > 0 else { return "" }
        let eighths = max(1, Int((min(length, Double(width)) * 8).rounded()))
        if isASCII { return String(repeating: "#", count: min(width, max(1, (eighths + 4) / 8))) }
        var bar = String(repeating: "█", count: eighths / 8)
        if eighths % 8 > 0 { bar.append(rows[eighths % 8 - 1]) }
        return bar
    }

    /// The glyph at `level` cells above the base of a vertical bar `length` cells high; nil above its end.
    static func column(_ length: Double, at level: Int, isASCII: Bool) -> Character? {
        guard !length.isNaN, length > 0 else { return nil }
        let eighths = max(1, Int((min(length, 10000) * 8).rounded())) - level * 8
        guard eighths > 0 else { return nil }
        if isASCII { return eighths >= 4 || level == 0 ? "#" : nil }
        return columns[min(8, eighths) - 1]
    }
}
