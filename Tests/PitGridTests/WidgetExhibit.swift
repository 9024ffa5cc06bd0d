import PitGrid
import Testing

/// One widget or chart with something to show: what golden frames are made of and what is drawn at random sizes.
struct WidgetExhibit: Sendable, CustomTestStringConvertible {
    var name: String
    var sizes: [Size]
    var draw: @Sendable (Rect, inout Frame) -> Void

    init(_ name: String, _ sizes: [Size], _ draw: @escaping @Sendable (Rect, inout Frame) -> Void) {
        (self.name, self.sizes, self.draw) = (name, sizes, draw)
    }

    var testDescription: String { name }

    func frame(_ size: Size, _ glyphs: Glyphs) -> Frame {
        var frame = Frame(size, glyphs: glyphs)
        draw(frame.area, &frame)
        return frame
    }

    static let all = widgets + charts
}
