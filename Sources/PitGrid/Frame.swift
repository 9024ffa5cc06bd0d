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

/// A whole screen as a value: what was drawn, where the cursor rests, and what can be clicked.
public struct Frame: Equatable, Sendable {
    public let size: Size
    public private(set) var cells: [Cell]
    public private(set) var hotspots: [Hotspot] = []
    public var cursor: Point?

    public init(_ size: Size) {
        self.size = size
        cells = Array(repeating: .blank, count: size.width * size.height)
    }

    public subscript(x: Int, y: Int) -> Cell { cells[y * size.width + x] }

    /// Draws `text` from `point` rightwards inside `clip`, and returns the column after it.
    @discardableResult
    public mutating func text(_ text: SafeText, at point: Point, ink: Ink = Ink(), clip: Rect? = nil) -> Int {
        let clip = clip ?? Rect(0, 0, size.width, size.height)
        let end = min(clip.origin.x + clip.size.width, size.width)
        var x = point.x
        guard clip.contains(Point(max(x, clip.origin.x), point.y)), point.y >= 0, point.y < size.height else {
            return x
        }
        for glyph in text.description {
            let width = glyph.columns
            guard width > 0 else { continue }
            guard x + width <= end else { break }
            if x >= clip.origin.x { put(glyph, width, at: x, point.y, ink) }
            x += width
        }
        return x
    }

    public mutating func fill(_ area: Rect, ink: Ink) {
        for y in max(0, area.origin.y)..<min(size.height, area.origin.y + area.size.height) {
            for x in max(0, area.origin.x)..<min(size.width, area.origin.x + area.size.width) {
                put(" ", 1, at: x, y, ink)
            }
        }
    }

    public mutating func listen(_ area: Rect, _ commandID: String, row: Int? = nil) {
        hotspots.append(Hotspot(area: area, commandID: commandID, row: row))
    }

    private mutating func put(_ glyph: Character, _ width: Int, at x: Int, _ y: Int, _ ink: Ink) {
        let i = y * size.width + x
        if cells[i].span == 0, x > 0 { cells[i - 1] = .blank }  // we cut a wide glyph in half
        if cells[i].span == 2, width == 1, x + 1 < size.width { cells[i + 1] = .blank }
        cells[i] = Cell(glyph: glyph, ink: ink, span: UInt8(width))
        if width == 2 { cells[i + 1] = Cell(glyph: " ", ink: ink, span: 0) }
    }

    /// The cells that differ from `old`, row by row.
    public func changes(since old: Frame, _ body: (Point, Cell) -> Void) {
        let comparable = old.size == size
        for i in cells.indices where !comparable || cells[i] != old.cells[i] {
            body(Point(i % size.width, i / size.width), cells[i])
        }
    }
}
