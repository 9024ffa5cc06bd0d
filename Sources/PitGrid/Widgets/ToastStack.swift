/// Toasts above one another at the bottom right, the newest at the bottom.
public struct ToastStack: Equatable, Sendable {
    /// Oldest first.
    public var toasts: [Toast]
    /// How many are shown; of more, the number is told.
    public var limit: Int

    public init(_ toasts: [Toast], limit: Int = 4) { (self.toasts, self.limit) = (toasts, limit) }

    public func draw(in area: Rect, on frame: inout Frame) {
        guard area.width >= 10, area.height >= 1, !toasts.isEmpty else { return }
        var bottom = area.maxY
        var shown = 0
        for toast in toasts.reversed() {
            let lines = Self.lines(toast, width: min(area.width - 4, 60))
            let width = min(area.width, (lines.map(\.columns).max() ?? 0) + 4)
            guard shown < max(1, limit), bottom - lines.count >= area.y else { break }
            let box = Rect(area.maxX - width, bottom - lines.count, width, lines.count)
            frame.fill(box, ink: Ink(on: .overlay))
            frame.set(toast.glyph(frame), at: Point(box.x + 1, box.y), ink: Ink(toast.role, on: .overlay, strong: true))
            for (index, line) in lines.enumerated() {
                let room = Rect(box.x + 3, box.y + index, box.width - 3, 1)
                let isDetail = index >= Self.textLines(toast, width: min(area.width - 4, 60))
                frame.text(line, in: room, ink: Ink(isDetail ? .dim : toast.role, on: .overlay))
            }
            bottom = box.y
            shown += 1
        }
        let hidden = toasts.count - shown
        guard hidden > 0, bottom > area.y else { return }
        let more: SafeText = "+\(hidden) more"
        frame.text(
            more, in: Rect(area.maxX - more.columns - 1, bottom - 1, more.columns + 1, 1), ink: Ink(.dim, on: .overlay))
    }

    private static func lines(_ toast: Toast, width: Int) -> [SafeText] {
        Array(toast.text.wrapped(to: width).prefix(3)) + (toast.detail?.wrapped(to: width).prefix(3) ?? [])
    }

    private static func textLines(_ toast: Toast, width: Int) -> Int { min(3, toast.text.wrapped(to: width).count) }
}
