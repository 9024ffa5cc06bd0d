import PitGrid
import Testing

/// Draws everything into rooms of any size, wherever they lie.
struct WidgetSizeTests {
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test(arguments: WidgetExhibit.all)
    func drawsNothingOutsideItsAreaAtAnySmallSize(_ exhibit: WidgetExhibit) {
        for glyphs in Glyphs.allCases {
            for width in 0...12 {
                for height in 0...4 {
                    var frame = Frame(Size(width + 4, height + 4), glyphs: glyphs)
                    let area = Rect(2, 2, width, height)
                    exhibit.draw(area, &frame)
                    expectNothing(outside: area, frame, exhibit)
                }
            }
        }
    }

    @Test(arguments: WidgetExhibit.all)
    func survivesRandomAreasThatReachBeyondTheFrame(_ exhibit: WidgetExhibit) {
        var random = Generator(state: 7)
        for _ in 0..<120 {
            let size = Size(.random(in: 0...90, using: &random), .random(in: 0...30, using: &random))
            var frame = Frame(size, glyphs: Bool.random(using: &random) ? .unicode : .ascii)
            let area = Rect(
                .random(in: -20...90, using: &random), .random(in: -10...30, using: &random),
                .random(in: 0...120, using: &random), .random(in: 0...50, using: &random))
            exhibit.draw(area, &frame)
            #expect(frame.cells.count == size.width * size.height)
            expectNothing(outside: area, frame, exhibit)
            // A wide glyph is always followed by its other half.
            for y in 0..<size.height {
                for x in 0..<size.width where frame[x, y].span == 2 {
                    #expect(x + 1 < size.width && frame[x + 1, y].span == 0)
                }
            }
        }
    }

    private func expectNothing(outside area: Rect, _ frame: Frame, _ exhibit: WidgetExhibit) {
        for y in 0..<frame.size.height {
            for x in 0..<frame.size.width where !area.contains(Point(x, y)) && frame[x, y] != .blank {
                Issue.record("\(exhibit.name) drew \(frame[x, y].glyph) at \(x),\(y), outside of \(area)")
                return
            }
        }
        if let cursor = frame.cursor { #expect(area.contains(cursor), "\(exhibit.name): the cursor is at \(cursor)") }
    }
}
