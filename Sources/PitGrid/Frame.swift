/// One position of a frame.
public struct Cell: Equatable, Sendable {
    public var glyph: Character
    public var ink: Ink
    /// Columns the glyph covers: 1, 2, or 0 for the right half of a wide glyph.
    public var span: UInt8

    public static let blank = Cell(glyph: " ", ink: Ink(), span: 1)
}

/// A place on a frame that answers to the mouse.
public struct Hotspot: Equatable, Sendable {
    public var area: Rect
    /// The command a click runs.
    public var commandID: String
    /// What the click was on, for commands that need to know: a row's index in the screen's list, a column's.
    public var row: Int?
    public init(area: Rect, commandID: String, row: Int? = nil) {
        (self.area, self.commandID, self.row) = (area, commandID, row)
    }
}

public enum Alignment: Sendable { case left, right, center }

/// A whole screen as a value: what was drawn, where the cursor rests, and what can be clicked.
public struct Frame: Equatable, Sendable {
    public let size: Size
    public let glyphs: Glyphs
    public private(set) var cells: [Cell]
    public private(set) var hotspots: [Hotspot] = []
    public var cursor: Point?

    public init(_ size: Size, glyphs: Glyphs = .unicode) {
        self.size = Size(max(0, size.width), max(0, size.height))
        self.glyphs = glyphs
        cells = Array(repeating: .blank, count: self.size.width * self.size.height)
    }

    public var area: Rect { Rect(0, 0, size.width, size.height) }
    public subscript(x: Int, y: Int) -> Cell { cells[y * size.width + x] }

    /// Draws `text` from `point` rightwards inside `clip`, and returns the column after it.
    @discardableResult
    public mutating func text(_ text: SafeText, at point: Point, ink: Ink = Ink(), clip: Rect? = nil) -> Int {
        let clip = clip.map { area.intersection($0) } ?? area
        var x = point.x
        guard point.y >= clip.y, point.y < clip.maxY else { return x + text.columns }
        for glyph in text.description {
            let width = glyph.columns
            guard width > 0 else { continue }
            guard x + width <= clip.maxX else { break }
            if x >= clip.x { put(glyph, width, at: x, point.y, ink) }
            x += width
        }
        return x
    }

    /// Draws `text` in the first row of `rect`, aligned, cut with an ellipsis where it is too long.
    public mutating func text(_ text: SafeText, in rect: Rect, align: Alignment = .left, ink: Ink = Ink()) {
        guard !rect.isEmpty else { return }
        let cut = text.truncated(to: rect.width, ellipsis: glyphs.ellipsis)
        let free = rect.width - cut.columns
        let shift = align == .left ? 0 : align == .right ? free : free / 2
        self.text(cut, at: Point(rect.x + max(0, shift), rect.y), ink: ink, clip: rect)
    }

    /// One glyph of our own drawing; anything that is not one column of print is refused.
    public mutating func set(_ glyph: Character, at point: Point, ink: Ink) {
        guard area.contains(point), glyph.columns == 1 else { return }
        put(glyph, 1, at: point.x, point.y, ink)
    }

    public mutating func fill(_ rect: Rect, ink: Ink) {
        let part = area.intersection(rect)
        guard !part.isEmpty else { return }
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX { put(" ", 1, at: x, y, ink) }
        }
    }

    /// Changes what the cells stand on, and nothing else.
    public mutating func shade(_ rect: Rect, _ ground: Ground) {
        let part = area.intersection(rect)
        guard !part.isEmpty else { return }
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX { cells[y * size.width + x].ink.ground = ground }
        }
    }

    /// A frame around `rect`, with a title in its upper edge.
    public mutating func box(_ rect: Rect, title: SafeText = "", ink: Ink = Ink(.border), titleInk: Ink? = nil) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        for x in rect.x + 1..<rect.maxX - 1 {
            set(glyphs.horizontal, at: Point(x, rect.y), ink: ink)
            set(glyphs.horizontal, at: Point(x, rect.maxY - 1), ink: ink)
        }
        for y in rect.y + 1..<rect.maxY - 1 {
            set(glyphs.vertical, at: Point(rect.x, y), ink: ink)
            set(glyphs.vertical, at: Point(rect.maxX - 1, y), ink: ink)
        }
        let corners = glyphs.corners
        for (corner, point) in zip(
            corners,
            [
                Point(rect.x, rect.y), Point(rect.maxX - 1, rect.y), Point(rect.x, rect.maxY - 1),
                Point(rect.maxX - 1, rect.maxY - 1),
            ])
        {
            set(corner, at: point, ink: ink)
        }
        if !title.isEmpty, rect.width > 6 {
            text(
                " \(title) ", in: Rect(rect.x + 2, rect.y, min(rect.width - 4, title.columns + 2), 1),
                ink: titleInk ?? Ink(.title, on: ink.ground))
        }
    }

    public mutating func line(_ rect: Rect, ink: Ink = Ink(.border)) {
        for x in rect.x..<max(rect.x, rect.maxX) { set(glyphs.horizontal, at: Point(x, rect.y), ink: ink) }
    }

    public mutating func listen(_ area: Rect, _ commandID: String, row: Int? = nil) {
        hotspots.append(Hotspot(area: area, commandID: commandID, row: row))
    }

    /// What a click there is for: the last that was drawn lies on top.
    public func hotspot(at point: Point) -> Hotspot? { hotspots.last { $0.area.contains(point) } }

    /// From here on nothing drawn before answers to the mouse: a dialog lies over it.
    public mutating func silence() { hotspots = [] }

    private mutating func put(_ glyph: Character, _ width: Int, at x: Int, _ y: Int, _ ink: Ink) {
        let i = y * size.width + x
        // Where a wide glyph is cut in half, its other half becomes blank.
        if cells[i].span == 0, x > 0 { cells[i - 1] = Cell(glyph: " ", ink: cells[i - 1].ink, span: 1) }
        if cells[i].span == 2, width == 1, x + 1 < size.width {
            cells[i + 1] = Cell(glyph: " ", ink: cells[i + 1].ink, span: 1)
        }
        if width == 2, cells[i + 1].span == 2, x + 2 < size.width {
            cells[i + 2] = Cell(glyph: " ", ink: cells[i + 2].ink, span: 1)
        }
        cells[i] = Cell(glyph: glyph, ink: ink, span: UInt8(width))
        if width == 2 { cells[i + 1] = Cell(glyph: " ", ink: ink, span: 0) }
    }

    /// The cells that differ from `old`, row by row; all of them when the sizes differ.
    public func changes(since old: Frame, _ body: (Point, Cell) -> Void) {
        let comparable = old.size == size
        for i in cells.indices where !comparable || cells[i] != old.cells[i] {
            body(Point(i % size.width, i / size.width), cells[i])
        }
    }
}
