extension LineChart {
    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let layout = layout(in: area)
        drawLegend(layout, &frame)
        guard !layout.plot.isEmpty else { return }
        let finer = frame.isASCII ? 1 : 4
        layout.axis.draw(labels: layout.labels, on: &frame, finer: finer)
        TimeAxis(span: span, utcOffset: utcOffset).draw(in: layout.timeAxis, on: &frame)
        let hasValues = drawLines(layout, &frame)
        drawMarks(layout, &frame)
        drawThresholds(layout, finer, &frame)
        drawCursor(layout, &frame)
        if !hasValues {
            let middle = layout.plot.row(layout.plot.height / 2)
            frame.write(emptyText, Ink(.dim), in: middle, align: .center)
        }
    }

    private func drawLines(_ layout: Layout, _ frame: inout Frame) -> Bool {
        let plot = layout.plot
        var raster = DotRaster(plot.size, isASCII: frame.isASCII)
        var hasValues = false
        for (index, line) in series.enumerated() {
            var dots: [(x: Int, y: Int?, isParted: Bool)] = []
            var last: Double?
            for point in line.points {
                guard let x = span.column(of: point.at, columns: raster.width) else { continue }
                let y = point.value.flatMap { layout.axis.scale.row(of: $0, rows: raster.height) }
                let gap = last.map { point.at - $0 } ?? 0
                dots.append((x, y, maxGap.map { gap > $0 } ?? false))
                if y != nil { (last, hasValues) = (point.at, true) }
            }
            raster.trace(dots, series: index, isArea: line.isArea)
        }
        for y in 0..<plot.height {
            for x in 0..<plot.width {
                guard let cell = raster.glyph(x, y), series.indices.contains(cell.series) else { continue }
                frame.set(cell.glyph, at: Point(plot.x + x, plot.y + y), ink: Ink(series[cell.series].role))
            }
        }
        return hasValues
    }

    private func isBlank(_ x: Int, _ y: Int, _ frame: Frame) -> Bool {
        frame.area.contains(Point(x, y)) && frame[x, y].glyph == " " && frame[x, y].span == 1
    }

    private func drawThresholds(_ layout: Layout, _ finer: Int, _ frame: inout Frame) {
        let plot = layout.plot
        for threshold in thresholds {
            guard let fine = layout.axis.scale.row(of: threshold.value, rows: plot.height * finer) else { continue }
            let y = plot.y + fine / finer
            let ink = Ink(threshold.role)
            let isAbove = threshold.value > layout.axis.scale.high
            var label = threshold.label
            if isAbove {
                label = "\(label) \(frame.pick("↑", "^"))"
            } else {
                for x in plot.x..<plot.maxX where isBlank(x, y, frame) {
                    frame.set(frame.pick("┄", "-"), at: Point(x, y), ink: ink)
                }
            }
            let columns = label.columns
            guard columns + 2 <= plot.width else { continue }
            let line = frame.pick("┄", "-")
            let starts = [plot.maxX - columns, plot.x + 1]
            let room = starts.first { start in
                (start..<start + columns).allSatisfy { x in
                    isBlank(x, y, frame) || frame.area.contains(Point(x, y)) && frame[x, y].glyph == line
                }
            }
            if let room { frame.write(label, ink, in: Rect(room, y, columns, 1)) }
        }
    }

    private func drawMarks(_ layout: Layout, _ frame: inout Frame) {
        let plot = layout.plot
        for mark in marks.sorted(by: { $0.weight < $1.weight }) {
            guard let column = span.column(of: mark.at, columns: plot.width) else { continue }
            let x = plot.x + column
            for y in plot.y..<plot.maxY where isBlank(x, y, frame) {
                frame.set(frame.pick("┊", ":"), at: Point(x, y), ink: Ink(mark.role))
            }
            frame.set(mark.shape.glyph(frame.glyphs), at: Point(x, plot.y), ink: Ink(mark.role, strong: true))
        }
    }

    private func drawCursor(_ layout: Layout, _ frame: inout Frame) {
        let plot = layout.plot
        guard let cursor, let column = span.column(of: cursor, columns: plot.width) else { return }
        let x = plot.x + column
        for y in plot.y..<plot.maxY where isBlank(x, y, frame) {
            frame.set(frame.glyphs.vertical, at: Point(x, y), ink: Ink(.focus))
        }
        frame.shade(Rect(x, plot.y, 1, plot.height), .selection)
    }

    private func drawLegend(_ layout: Layout, _ frame: inout Frame) {
        guard !layout.legend.isEmpty else { return }
        var segments: [Segment] = title.isEmpty ? [] : [Segment(title, .title, strong: true), Segment("  ")]
        if let cursor {
            let clock = Figures.clock(cursor, utcOffset: utcOffset, seconds: to - from < 86400)
            let day = to - from >= 86400 ? String(Figures.day(cursor, utcOffset: utcOffset).dropFirst(5)) + " " : ""
            segments += [Segment("\(day)\(clock)", .focus), Segment("  ")]
            if let readOut {
                frame.write(segments + readOut(cursor, readings(at: cursor)), in: layout.legend)
                return
            }
        }
        for (index, line) in series.enumerated() {
            let point = cursor.map { line.nearest(to: $0, within: maxGap ?? (to - from) / 40) } ?? line.points.last
            let value = point?.value.map { SafeText($0.isNaN ? Figures.missing : format($0)) } ?? "--"
            let letter = DotRaster.letters[index % DotRaster.letters.count]
            segments += [
                Segment("\(frame.pick("●", letter)) ", line.role), Segment("\(line.name) ", .dim), Segment(value),
                Segment("  "),
            ]
        }
        frame.write(segments, in: layout.legend)
    }
}
