/// One line of a chart.
public struct ChartSeries: Equatable, Sendable {
    public var name: SafeText
    /// Oldest first.
    public var points: [ChartPoint]
    public var role: Role
    /// Whether the room under the line is filled.
    public var isArea: Bool

    public init(_ name: SafeText, _ points: [ChartPoint], role: Role = .series1, isArea: Bool = false) {
        (self.name, self.points, self.role, self.isArea) = (name, points, role, isArea)
    }

    /// A series of values in equal steps, the first at `start`; times in seconds.
    public init(
        _ name: SafeText, start: Double, step: Double, values: [Double?], role: Role = .series1, isArea: Bool = false
    ) {
        let points = values.enumerated().map { ChartPoint(start + Double($0.offset) * step, $0.element) }
        self.init(name, points, role: role, isArea: isArea)
    }

    /// The point nearest to a time, when it is no farther than `reach` seconds.
    func nearest(to at: Double, within reach: Double) -> ChartPoint? {
        guard !points.isEmpty else { return nil }
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].at < at { low = middle + 1 } else { high = middle }
        }
        let around = points[max(0, low - 1)..<min(points.count, low + 1)]
        let nearest = around.min { abs($0.at - at) < abs($1.at - at) }
        return nearest.flatMap { abs($0.at - at) <= reach ? $0 : nil }
    }
}
