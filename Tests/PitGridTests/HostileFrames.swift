import PitGrid
import PitTestKit

/// Screens full of hostile names, and what is sent for them.
enum HostileFrames {
    struct Outcome {
        var bytes = 0
        var streamBytes = 0
        /// The first thing that is wrong, with the number of its string.
        var fault: String?
    }

    private static let theme = Theme(
        name: "hostile", roles: [.text: RGB(0xF8F8F2)], grounds: [.page: RGB(0x101010)], heat: [])

    /// Draws seeded strings, a row each, and looks at every frame as a terminal would.
    static func check(strings: Int, seed: UInt64, _ progress: (Int) -> Void = { _ in }) -> Outcome {
        var outcome = Outcome()
        var source = HostileText(seed: seed)
        let size = Size(60, 20)
        var shown = Frame(size)
        var done = 0
        while done < strings {
            var frame = Frame(size)
            for y in 0..<min(size.height, strings - done) {
                let raw = source.next()
                outcome.bytes += raw.count
                let text = SafeText(bytes: raw)
                if let fault = SafetyFault.find(in: text.description) { outcome.fault = "string \(done): \(fault)" }
                draw(text, y, on: &frame)
                if !frame.rowIsWhole(y) { outcome.fault = "string \(done): its row has half a glyph" }
                if frame[50, y].glyph != "|" { outcome.fault = "string \(done): the column after it has moved" }
                if outcome.fault != nil { return outcome }
                done += 1
                progress(done)
            }
            let changed = apply(frame, to: &shown)
            let stream = Array(frame.ansi(theme: theme).utf8)
            outcome.streamBytes += stream.count
            if changed != frame.cells { outcome.fault = "before string \(done): the difference is not the difference" }
            if let fault = SafetyFault.find(inStream: stream) { outcome.fault = "before string \(done): \(fault)" }
            if outcome.fault != nil { return outcome }
        }
        return outcome
    }

    /// As a table draws a name: cut to its column, with another column after it.
    private static func draw(_ text: SafeText, _ y: Int, on frame: inout Frame) {
        switch y % 4 {
        case 0: frame.text(text, in: Rect(2, y, 48, 1))
        case 1: frame.text(text, in: Rect(2, y, 48, 1), align: .right)
        case 2: frame.text("\(text), \(text)", at: Point(-5, y), clip: Rect(0, y, 50, 1))
        default: frame.text(text.wrapped(to: 48).first ?? "", at: Point(2, y))
        }
        frame.text("| end", at: Point(50, y))
    }

    /// The cells that a terminal has which showed `shown` and was sent what is new; `shown` becomes `frame`.
    private static func apply(_ frame: Frame, to shown: inout Frame) -> [Cell] {
        var cells = shown.cells
        frame.changes(since: shown) { point, cell in cells[point.y * frame.size.width + point.x] = cell }
        shown = frame
        return cells
    }
}
