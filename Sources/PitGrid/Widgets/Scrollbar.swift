/// Shows which part of a list is seen.
struct Scrollbar: Equatable {
    var first: Int
    var shown: Int
    var count: Int

    func draw(in area: Rect, on frame: inout Frame) {
        let height = area.height
        guard height > 0, count > 0, area.width > 0 else { return }
        let thumb = min(height, max(1, Int(Double(height) * Double(shown) / Double(count))))
        let free = Double(max(0, count - shown))
        let top = free > 0 ? Int((Double(height - thumb) * Double(first) / free).rounded()) : 0
        for line in 0..<height {
            let isThumb = line >= top && line < top + thumb
            let glyph = isThumb ? frame.pick("█", "#") : frame.pick("│", "|")
            let cell = Rect(area.x, area.y + line, 1, 1)
            frame.write(SafeText(String(glyph)), Ink(isThumb ? .dim : .border), in: cell)
        }
    }
}
