/// Lines as dots: two by four in a cell as Braille, or one in a cell where only ASCII may be drawn.
struct DotRaster {
    let cells: Size
    let isASCII: Bool
    private var masks: [UInt8]
    private var filled: [Bool]
    private var owner: [Int]

    init(_ cells: Size, isASCII: Bool) {
        (self.cells, self.isASCII) = (Size(max(0, cells.width), max(0, cells.height)), isASCII)
        let count = self.cells.width * self.cells.height
        masks = Array(repeating: 0, count: count)
        filled = Array(repeating: false, count: count)
        owner = Array(repeating: -1, count: count)
    }

    /// Dots across and down.
    var width: Int { cells.width * (isASCII ? 1 : 2) }
    var height: Int { cells.height * rowsPerCell }
    var rowsPerCell: Int { isASCII ? 1 : 4 }

    /// The glyph of a cell and the series it belongs to; nil where there is none.
    func glyph(_ x: Int, _ y: Int) -> (glyph: Character, series: Int)? {
        let cell = y * cells.width + x
        if isASCII {
            guard masks[cell] != 0 || filled[cell] else { return nil }
            return (masks[cell] != 0 ? Self.letters[owner[cell] % Self.letters.count] : ".", owner[cell])
        }
        guard masks[cell] != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(masks[cell])) else { return nil }
        return (Character(scalar), owner[cell])
    }

    /// What lines are drawn with in ASCII, one for each series.
    static let letters: [Character] = ["*", "+", "o", "x", "#", "@"]

    private mutating func dot(_ x: Int, _ y: Int, _ series: Int) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let cell = isASCII ? y * cells.width + x : y / 4 * cells.width + x / 2
        masks[cell] |= isASCII ? 1 : Self.bit(x & 1, y & 3)
        owner[cell] = series
    }

    /// Braille's dots 1, 2, 3, 7 in the left column, 4, 5, 6, 8 in the right.
    private static func bit(_ x: Int, _ y: Int) -> UInt8 { y == 3 ? 0x40 << UInt8(x) : 1 << UInt8(y + 3 * x) }

    private mutating func shade(_ x: Int, from top: Int, _ series: Int) {
        guard x >= 0, x < width else { return }
        for y in max(0, top)..<max(0, top, height) {
            if isASCII {
                let cell = y * cells.width + x
                filled[cell] = true
                if masks[cell] == 0 { owner[cell] = series }
            } else {
                dot(x, y, series)
            }
        }
    }

    /// What falls into one column of dots.
    private struct Column {
        var first, last, top, bottom: Int
        /// Whether a gap parts it from the column before.
        var isParted: Bool
    }

    /// Draws a line through points that are given as columns and rows of dots. A column's points become one stroke
    /// from the highest to the lowest, so that no spike is lost; a nil row parts the line, and so does `gap`.
    mutating func trace(_ dots: [(x: Int, y: Int?, isParted: Bool)], series: Int, isArea: Bool) {
        var columns = [Column?](repeating: nil, count: width)
        var isParted = true
        for dot in dots {
            isParted = isParted || dot.isParted
            guard let y = dot.y else {
                isParted = true
                continue
            }
            guard dot.x >= 0, dot.x < width else { continue }
            if var column = columns[dot.x] {
                column.last = y
                column.top = min(column.top, y)
                column.bottom = max(column.bottom, y)
                columns[dot.x] = column
            } else {
                columns[dot.x] = Column(first: y, last: y, top: y, bottom: y, isParted: isParted)
            }
            isParted = false
        }
        var tops = [Int?](repeating: nil, count: width)
        var before: (x: Int, y: Int)?
        for (x, column) in columns.enumerated() {
            guard let column else { continue }
            stroke((x, column.top), (x, column.bottom), series, &tops)
            if let before, !column.isParted { stroke(before, (x, column.first), series, &tops) }
            before = (x, column.last)
        }
        guard isArea else { return }
        for (x, top) in tops.enumerated() {
            if let top { shade(x, from: top + 1, series) }
        }
    }

    /// A straight line of dots (Bresenham).
    private mutating func stroke(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), _ series: Int, _ tops: inout [Int?])
    {
        var (x, y) = from
        let (dx, dy) = (abs(to.x - x), -abs(to.y - y))
        let (stepX, stepY) = (x < to.x ? 1 : -1, y < to.y ? 1 : -1)
        var error = dx + dy
        while true {
            dot(x, y, series)
            if tops.indices.contains(x) { tops[x] = min(tops[x] ?? y, y) }
            if x == to.x, y == to.y { return }
            let twice = 2 * error
            if twice >= dy {
                error += dy
                x += stepX
            }
            if twice <= dx {
                error += dx
                y += stepY
            }
        }
    }
}
