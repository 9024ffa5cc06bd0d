extension Frame {
    /// Whether only ASCII may be drawn: no box lines, blocks or Braille.
    var isASCII: Bool { glyphs == .ascii }

    /// The glyph to draw: the first, or the second where only ASCII may be drawn.
    func pick(_ unicode: Character, _ ascii: Character) -> Character { isASCII ? ascii : unicode }

    /// Draws runs on the first line of an area, cut to fit, and returns the columns they took.
    ///
    /// A ground given overrules the runs' own, so that a selected row is of one ground.
    @discardableResult
    public mutating func write(
        _ segments: [Segment], in area: Rect, align: Alignment = .left, ground: Ground? = nil
    ) -> Int {
        guard !area.isEmpty else { return 0 }
        let fitted = segments.fitted(to: area.width, ellipsis: glyphs.ellipsis)
        let start = area.x + align.indent(of: fitted.columns, in: area.width)
        let clip = area.row(0)
        var x = start
        for segment in fitted {
            let ink = ground.map { segment.ink.on($0) } ?? segment.ink
            text(segment.text, at: Point(x, area.y), ink: ink, clip: clip)
            x += segment.columns
        }
        return x - start
    }

    /// Draws one run on the first line of an area, cut to fit.
    @discardableResult
    mutating func write(_ text: SafeText, _ ink: Ink = Ink(), in area: Rect, align: Alignment = .left) -> Int {
        write([Segment(text, ink)], in: area, align: align)
    }
}
