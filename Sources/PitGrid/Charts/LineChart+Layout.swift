extension LineChart {
    struct Layout {
        var legend = Rect(0, 0, 0, 0)
        var labels = Rect(0, 0, 0, 0)
        var plot = Rect(0, 0, 0, 0)
        var timeAxis = Rect(0, 0, 0, 0)
        var axis: ValueAxis
    }

    func layout(in area: Rect) -> Layout {
        var rest = area
        var legend = Rect(area.x, area.y, 0, 0)
        var times = legend
        if showsLegend, area.height >= 4 { (legend, rest) = rest.splitTop(1) }
        if showsTimeAxis, area.height >= 3, area.width >= 10 {
            (rest, times) = rest.splitBottom(area.height >= 9 ? 2 : 1)
        }
        let axis = ValueAxis(scale: scale(tickCount: max(1, min(8, rest.height / 3))), format: format)
        let columns = area.width >= 16 && rest.height >= 2 ? axis.labelColumns(area.width / 3) : 0
        let (labels, plot) = rest.splitLeft(columns > 0 ? columns + 1 : 0)
        return Layout(
            legend: legend, labels: Rect(labels.x, labels.y, columns, labels.height), plot: plot,
            timeAxis: Rect(plot.x, times.y, plot.width, times.height), axis: axis)
    }

    /// A scale that shows every value of the span, and of the thresholds those that do not press the lines flat.
    private func scale(tickCount: Int) -> ValueScale {
        var (low, high) = (Double.infinity, -Double.infinity)
        for line in series {
            for point in line.points where point.at >= from && point.at <= to {
                guard let value = point.value, value.isFinite, !isLog || value > 0 else { continue }
                (low, high) = (min(low, value), max(high, value))
            }
        }
        let hasValues = low <= high
        for level in thresholds.map(\.value) where level.isFinite && (!isLog || level > 0) {
            guard !hasValues || level <= 4 * high || level <= high else { continue }
            (low, high) = (min(low, level), max(high, level))
        }
        if let ceiling, ceiling.isFinite, !isLog || ceiling > 0 {
            (low, high) = (min(low, ceiling), max(high, ceiling))
        }
        guard low <= high else { return ValueScale(isLog ? 1 : 0, isLog ? 10 : 1, isLog: isLog, tickCount: tickCount) }
        if startsAtZero, !isLog, low > 0 { low = 0 }
        return ValueScale(low, high, isLog: isLog, tickCount: tickCount)
    }
}
