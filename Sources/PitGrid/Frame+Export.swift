extension Frame {
    /// The frame with SGR sequences, for a terminal or `less -R`.
    public func ansi(theme: Theme, depth: ColorDepth = .trueColor) -> String {
        var text = ""
        for y in 0..<size.height {
            var last: Style?
            for x in 0..<size.width where self[x, y].span > 0 {
                let style = theme.style(self[x, y].ink, depth: depth)
                if style != last { text += Self.sgr(style, depth) }
                last = style
                text.append(self[x, y].glyph)
            }
            text += "\u{1B}[0m\n"
        }
        return text
    }

    private static func sgr(_ style: Style, _ depth: ColorDepth) -> String {
        var codes = ["0"]
        if style.isBold { codes.append("1") }
        if style.isDim { codes.append("2") }
        if style.isUnderlined { codes.append("4") }
        if style.isReversed { codes.append("7") }
        func colour(_ value: RGB, _ base: Int) -> String {
            switch depth {
            case .trueColor: return "\(base + 8);2;\(value.red);\(value.green);\(value.blue)"
            case .palette256: return "\(base + 8);5;\(value.in256)"
            default: return value.in16 < 8 ? "\(base + value.in16)" : "\(base + 52 + value.in16)"
            }
        }
        if depth > .none {
            if let front = style.foreground { codes.append(colour(front, 30)) }
            if let back = style.background { codes.append(colour(back, 40)) }
        }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }

    /// A run of cells in one row that look alike.
    private struct Run {
        var x: Int
        var columns: Int
        var text: String
        var style: Style
    }

    private func runs(_ y: Int, _ theme: Theme) -> [Run] {
        var runs: [Run] = []
        for x in 0..<size.width where self[x, y].span > 0 {
            let cell = self[x, y]
            var style = theme.style(cell.ink, depth: .trueColor)
            if style.isReversed {
                (style.foreground, style.background) = (
                    style.background ?? theme.paper, style.foreground ?? theme.print
                )
                style.isReversed = false
            }
            // A wide glyph stands by itself, so that no font can shift what follows.
            if let last = runs.last, last.style == style, cell.span == 1, last.x + last.columns == x,
                last.columns == last.text.count
            {
                runs[runs.count - 1].text.append(cell.glyph)
                runs[runs.count - 1].columns += 1
            } else {
                runs.append(Run(x: x, columns: Int(cell.span), text: String(cell.glyph), style: style))
            }
        }
        return runs
    }

    /// A picture that stands alone: one text for each run of cells, placed by column.
    public func svg(theme: Theme) -> String {
        let (wide, high) = (8.4, 18.0)
        func figure(_ value: Double) -> String { Figures.fixed(value, 1, trim: true) }
        let (width, height) = (Double(size.width) * wide + 16, Double(size.height) * high + 16)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(figure(width))" height="\(figure(height))" viewBox="0 0 \(figure(width)) \(figure(height))">
            <rect width="100%" height="100%" rx="6" fill="\(theme.paper.hex)"/>
            <g font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14" xml:space="preserve">

            """
        for y in 0..<size.height {
            let top = 8 + Double(y) * high
            for run in runs(y, theme) {
                let left = 8 + Double(run.x) * wide
                let room = Double(run.columns) * wide
                if let back = run.style.background, back != theme.paper {
                    text +=
                        "<rect x=\"\(figure(left))\" y=\"\(figure(top))\" width=\"\(figure(room))\" height=\"\(figure(high))\" fill=\"\(back.hex)\"/>\n"
                }
                guard run.text.contains(where: { $0 != " " }) else { continue }
                let weight = run.style.isBold ? " font-weight=\"bold\"" : ""
                let line = run.style.isUnderlined ? " text-decoration=\"underline\"" : ""
                let front = (run.style.foreground ?? theme.print).hex
                text +=
                    "<text x=\"\(figure(left))\" y=\"\(figure(top + 13.5))\" textLength=\"\(figure(room))\" lengthAdjust=\"spacingAndGlyphs\" fill=\"\(front)\"\(weight)\(line)>\(Self.escape(run.text))</text>\n"
            }
        }
        return text + "</g>\n</svg>\n"
    }

    /// A page that stands alone.
    public func html(theme: Theme) -> String {
        var text = """
            <!doctype html>
            <meta charset="utf-8">
            <title>pitwall</title>
            <pre style="font-family:ui-monospace,Menlo,Consolas,monospace;line-height:1.25;padding:1em;color:\(theme.print.hex);background:\(theme.paper.hex)">

            """
        for y in 0..<size.height {
            for run in runs(y, theme) {
                var css = "color:\((run.style.foreground ?? theme.print).hex)"
                if let back = run.style.background, back != theme.paper { css += ";background:\(back.hex)" }
                if run.style.isBold { css += ";font-weight:bold" }
                if run.style.isUnderlined { css += ";text-decoration:underline" }
                text += "<span style=\"\(css)\">\(Self.escape(run.text))</span>"
            }
            text += "\n"
        }
        return text + "</pre>\n"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }
}

extension Theme {
    /// What stands for the terminal's own colours in a picture.
    fileprivate var paper: RGB { grounds[.page] ?? RGB(isLight ? 0xFFFFFF : 0x101010) }
    fileprivate var print: RGB { roles[.text] ?? RGB(isLight ? 0x101010 : 0xE0E0E0) }
}
