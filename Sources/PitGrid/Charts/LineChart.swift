/// Lines over time in Braille dots, with gaps where nothing is known.
public struct LineChart: Sendable {
    /// What is charted, at the left end of the first line.
    public var title: SafeText
    public var series: [ChartSeries]
    /// The span shown, in seconds since the epoch.
    public var from: Double
    public var to: Double
    /// Seconds east of UTC that times are shown at.
    public var utcOffset: Int
    /// How values are written at the axis and in the legend.
    public var format: @Sendable (Double) -> String
    public var isLog = false
    /// Whether the axis starts at 0 when no value is below it. A logarithmic one never does.
    public var startsAtZero = true
    /// The top of the axis, when it is known: 1 for ratios.
    public var ceiling: Double?
    public var thresholds: [ChartThreshold] = []
    /// Drawn as guides from top to bottom.
    public var marks: [ChartMark] = []
    /// The time that is read out; its column is marked.
    public var cursor: Double?
    /// Seconds between two points beyond which the line is parted.
    public var maxGap: Double?
    public var showsLegend = true
    public var showsTimeAxis = true
    /// Shown where no series has a value.
    public var emptyText: SafeText = "no data"
    /// What the legend says at the cursor; nil is each series' name and value.
    public var readOut: (@Sendable (Double, [ChartReading]) -> [Segment])?

    public init(
        _ title: SafeText = "", _ series: [ChartSeries], from: Double, to: Double, utcOffset: Int = 0,
        format: @escaping @Sendable (Double) -> String = { Figures.short($0) }
    ) {
        (self.title, self.series, self.from, self.to) = (title, series, from, to)
        (self.utcOffset, self.format) = (utcOffset, format)
    }

    /// What each series says at a time: its point nearest to it, within a fortieth of the span (or `maxGap`).
    public func readings(at time: Double) -> [ChartReading] {
        let reach = maxGap ?? (to - from) / 40
        return series.map { ChartReading(name: $0.name, role: $0.role, point: $0.nearest(to: time, within: reach)) }
    }

    /// The part of `area` that the lines are drawn in: what a change line beneath has to line up with.
    public func plot(in area: Rect) -> Rect { layout(in: area).plot }

    /// The time that a column of the screen stands for; nil beside the plot.
    public func time(atColumn x: Int, in area: Rect) -> Double? {
        let plot = plot(in: area)
        return span.time(of: x - plot.x, columns: plot.width)
    }

    /// The time `columns` to the right (left when negative) of the cursor, within the span; the newest when there is
    /// no cursor.
    public func time(movedBy columns: Int, in area: Rect) -> Double? {
        let width = plot(in: area).width
        guard let at = span.column(of: cursor ?? to, columns: width) else {
            return span.time(of: width - 1, columns: width)
        }
        return span.time(of: min(max(0, at + columns), width - 1), columns: width)
    }

    var span: TimeSpan { TimeSpan(from: from, to: to) }
}
