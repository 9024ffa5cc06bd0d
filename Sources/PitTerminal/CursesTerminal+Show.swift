import CNcurses
public import PitGrid

/// A style as curses takes it.
struct Paint {
    let attributes: attr_t
    let pair: Int32
}

extension CursesTerminal {
    /// Shows a frame, touching only what changed. On a terminal that can, it appears all at once.
    public func show(_ frame: Frame) {
        guard isOpen, !isLent, shown != frame else { return }
        let isWhole = shown?.size != frame.size
        if isWhole { erase() }
        let room = size
        frame.changes(since: isWhole ? Frame(Size(0, 0)) : shown ?? Frame(Size(0, 0))) { point, cell in
            // At the right edge curses would carry a wide glyph into the next line.
            guard cell.span > 0, point.x + Int(cell.span) <= room.width, point.y < room.height else { return }
            put(cell, at: point)
        }
        if let cursor = frame.cursor, frame.area.contains(cursor) {
            move(Int32(cursor.y), Int32(cursor.x))
            curs_set(1)
        } else {
            curs_set(0)
        }
        if decoder.canSynchronize { send(TerminalModes.beginFrame) }
        refresh()
        if decoder.canSynchronize { send(TerminalModes.endFrame) }
        shown = frame
    }

    private func put(_ cell: Cell, at point: Point) {
        let paint = paint(cell.ink)
        if let scalar = Print.whole(cell.glyph, span: Int(cell.span), unicode: hasUnicode) {
            _ = pit_put_one(Int32(point.y), Int32(point.x), scalar, paint.attributes, paint.pair)
            return
        }
        var x = point.x
        for piece in Print.pieces(cell.glyph, span: Int(cell.span), unicode: hasUnicode) {
            // ERR at the last place of the screen only says that the cursor cannot go on.
            _ = pit_put(Int32(point.y), Int32(x), piece.scalars + [0], paint.attributes, paint.pair)
            x += piece.columns
        }
    }

    func forgetPaints() {
        paints = [:]
        shown = nil
        guard isOpen, !pairs.isEmpty else { return }
        pairs = [:]
        reset_color_pairs()
    }

    private func paint(_ ink: Ink) -> Paint {
        if let known = paints[ink] { return known }
        let style = theme.style(ink, depth: depth)
        var attributes: attr_t = 0
        if style.isBold { attributes |= pit_bold() }
        if style.isDim { attributes |= pit_dim() }
        if style.isUnderlined { attributes |= pit_underline() }
        if style.isReversed { attributes |= pit_reverse() }
        if depth == .sixteen, pit_colors() < 16, let bright = style.foreground?.in16, bright >= 8 {
            // Eight colours: the bright ones are made by weight, and bright black, which would be black, by dimness.
            attributes |= bright == 8 ? pit_dim() : pit_bold()
        }
        let paint = Paint(attributes: attributes, pair: pair(style))
        paints[ink] = paint
        return paint
    }

    private func pair(_ style: Style) -> Int32 {
        guard depth > .none else { return 0 }
        let front = code(style.foreground) ?? defaultColours.front
        let back = code(style.background) ?? defaultColours.back
        guard front != -1 || back != -1 else { return 0 }
        let key = UInt64(UInt32(bitPattern: front)) << 32 | UInt64(UInt32(bitPattern: back))
        if let known = pairs[key] { return known }
        // Beyond its table curses would take a pair away from cells that are on the screen.
        guard pairs.count < min(Int(pit_pairs()), 32_000) - 1 else { return 0 }
        let pair = max(0, alloc_pair(front, back))
        pairs[key] = pair
        return pair
    }

    private func code(_ colour: RGB?) -> Int32? {
        guard let colour else { return nil }
        switch depth {
        case .trueColor:
            let value = Int32(colour.red) << 16 | Int32(colour.green) << 8 | Int32(colour.blue)
            // The direct entries keep 0...7 for the palette: what is nearly black is made a little less so.
            return value < 8 ? 8 : value
        case .palette256: return Int32(colour.in256)
        default:
            let index = Int32(colour.in16)
            if pit_colors() >= 16 { return index }
            return index == 8 ? nil : index % 8
        }
    }
}
