import PitGrid
import PitModel

/// Courses of a metric over its steps, how they are looked at.
struct MetricCurves: Codable, Equatable, Sendable {
    /// The weight of the past, 0 to 1.
    var smoothing = 0.0
    var isLog = false

    static let weights = [0, 0.6, 0.9, 0.97]

    mutating func smoothMore() {
        let now = Self.weights.firstIndex(of: smoothing) ?? 0
        smoothing = Self.weights[(now + 1) % Self.weights.count]
    }

    static let roles: [Role] = [.series1, .series2, .series3, .series4, .series5, .series6]

    func draw(
        _ title: String, _ curves: [(name: String, points: [MetricPoint])], empty: String, in area: Rect,
        on frame: inout Frame
    ) {
        guard area.height > 3, area.width > 20 else { return }
        let steps = curves.flatMap { $0.points.map(\.step) }
        let (first, last) = (steps.min() ?? 0, steps.max() ?? 1)
        let series = curves.enumerated().map { index, curve in
            ChartSeries(
                SafeText(curve.name),
                RunFigures.smoothed(curve.points, weight: smoothing).map {
                    ChartPoint(Double($0.step), $0.value.isFinite ? $0.value : nil)
                }, role: Self.roles[index % Self.roles.count])
        }
        let how = [isLog ? "log" : nil, smoothing > 0 ? "smoothed \(Figures.short(smoothing))" : nil].compactMap { $0 }
        var chart = LineChart(
            SafeText(title + (how.isEmpty ? "" : " (\(how.joined(separator: ", ")))")), series, from: Double(first),
            to: Double(max(last, first + 1))
        ) { RunFigures.value($0) }
        (chart.isLog, chart.startsAtZero, chart.showsTimeAxis) = (isLog, false, false)
        chart.emptyText = SafeText(empty)
        let (plot, axis) = area.splitBottom(1)
        chart.draw(in: plot, on: &frame)
        guard !steps.isEmpty else { return }
        let inner = chart.plot(in: plot)
        let row = Rect(inner.x, axis.y, inner.width, 1)
        frame.text(SafeText("step \(first)"), in: row, ink: Ink(.dim))
        frame.text(SafeText("\(last)"), in: row, align: .right, ink: Ink(.dim))
    }
}

/// A screen that draws the courses of metrics.
protocol CurveScreen: Screen {
    var curves: MetricCurves { get set }
}

extension CurveScreen {
    static var smooth: Command<Self> {
        Command(
            "smooth", "e", title: "smooth", help: "Smooth courses by an exponential average: more, or not at all.",
            hint: 7
        ) { screen, _ in
            screen.curves.smoothMore()
            return []
        }
    }

    static var logScale: Command<Self> {
        Command("log-scale", "l", title: "log scale", help: "Draw values on a logarithmic scale, or not.", hint: 6) {
            screen, _ in
            screen.curves.isLog.toggle()
            return []
        }
    }
}
