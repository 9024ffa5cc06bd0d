public import PitModel

/// The recent points of one series, oldest first, for rates.
public struct SeriesWindow: Equatable, Sendable {
    /// Seconds kept.
    public let retention: Double
    /// Points kept at most, whatever their age.
    public static let limit = 1024

    private var storage: [DataPoint] = []
    private var head = 0

    public init(retention: Double) { self.retention = retention }

    public var count: Int { storage.count - head }
    public var last: DataPoint? { head < storage.count ? storage[storage.count - 1] : nil }
    public var points: ArraySlice<DataPoint> { storage[head...] }

    /// Adds a point; one that is not newer than the last is left out.
    public mutating func append(_ point: DataPoint) {
        if let last, point.at <= last.at { return }
        storage.append(point)
        let oldest = point.at.advanced(by: -retention)
        while head < storage.count - 1, storage[head].at < oldest || count > Self.limit { head += 1 }
        if head > 16, head > storage.count / 2 {
            storage.removeFirst(head)
            head = 0
        }
    }

    /// Those with `from <= at <= to`.
    public func points(from: Timestamp, to: Timestamp) -> ArraySlice<DataPoint> {
        let start = points.firstIndex { $0.at >= from } ?? storage.endIndex
        return storage[start...].prefix { $0.at <= to }
    }

    /// Windows are equal when they hold the same points, whatever they have dropped.
    public static func == (a: Self, b: Self) -> Bool {
        a.retention == b.retention && a.points.elementsEqual(b.points)
    }

    public mutating func removeAll() {
        storage.removeAll()
        head = 0
    }
}
