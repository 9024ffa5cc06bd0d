import PitModel
import PitStatistics

/// The recent values of the series of one target that feed a signal.
///
/// A page gives all of them at one moment: then a reading is one row of numbers. Where a page, or another server, gives
/// each series times of its own, each has a window of its own.
struct WatchedPast {
    private struct Reading {
        var at: Timestamp
        /// By watch number; missing where the page had none. Rows may be shorter than there are series now.
        var values: [Double]
    }

    /// Seconds kept.
    let retention: Double
    private(set) var count = 0
    private var readings: [Reading] = []
    private var windows: [SeriesWindow] = []
    private var hasOwnTimes = false

    /// Stands where a reading had no value. A value that is no number is none, too: no rate can be made of it.
    static let missing = Double.nan

    init(retention: Double) { self.retention = retention }

    /// The number for one more series.
    mutating func watch() -> Int32 {
        count += 1
        if hasOwnTimes { windows.append(SeriesWindow(retention: retention)) }
        return Int32(count - 1)
    }

    /// Takes what all series were at one moment.
    mutating func note(_ values: [Double], at: Timestamp) {
        if hasOwnTimes {
            for (index, value) in values.enumerated() where !value.isNaN { windows[index].append(DataPoint(at, value)) }
            return
        }
        if let last = readings.last, at <= last.at { return }
        let oldest = at.advanced(by: -retention)
        if let keep = readings.firstIndex(where: { $0.at >= oldest }), keep > 0 {
            readings.removeFirst(keep)
        } else if let last = readings.last, last.at < oldest {
            readings.removeAll(keepingCapacity: true)
        }
        if readings.count >= SeriesWindow.limit { readings.removeFirst() }
        readings.append(Reading(at: at, values: values))
    }

    /// Takes one value of one series.
    mutating func note(_ watch: Int32, _ value: Double, at: Timestamp) {
        if !hasOwnTimes { giveOwnTimes() }
        windows[Int(watch)].append(DataPoint(at, value))
    }

    private mutating func giveOwnTimes() {
        hasOwnTimes = true
        windows = (0..<count).map { watch in
            var window = SeriesWindow(retention: retention)
            for reading in readings where watch < reading.values.count && !reading.values[watch].isNaN {
                window.append(DataPoint(reading.at, reading.values[watch]))
            }
            return window
        }
        readings = []
    }

    /// Puts what was kept before this process began in front of what it has seen.
    mutating func preload(_ points: [Int32: [DataPoint]]) {
        if hasOwnTimes {
            for (watch, past) in points {
                var window = SeriesWindow(retention: retention)
                let first = windows[Int(watch)].points.first
                for point in past where first.map({ point.at < $0.at }) ?? true { window.append(point) }
                for point in windows[Int(watch)].points { window.append(point) }
                windows[Int(watch)] = window
            }
            return
        }
        let first = readings.first?.at
        var rows: [Timestamp: [Double]] = [:]
        for (watch, past) in points {
            for point in past where first.map({ point.at < $0 }) ?? true {
                rows[point.at, default: Array(repeating: Self.missing, count: count)][Int(watch)] = point.value
            }
        }
        readings = rows.map { Reading(at: $0.key, values: $0.value) }.sorted { $0.at < $1.at } + readings
    }

    /// The last value of a series.
    func last(_ watch: Int32) -> DataPoint? {
        if hasOwnTimes { return windows[Int(watch)].last }
        for reading in readings.reversed() where Int(watch) < reading.values.count && !reading.values[Int(watch)].isNaN
        {
            return DataPoint(reading.at, reading.values[Int(watch)])
        }
        return nil
    }

    /// Fills `points` with those of a series that are no older than `from`, oldest first.
    func points(_ watch: Int32, from: Timestamp, into points: inout [DataPoint]) {
        points.removeAll(keepingCapacity: true)
        let index = Int(watch)
        if hasOwnTimes {
            points.append(contentsOf: windows[index].points(from: from, to: Timestamp(milliseconds: .max)))
            return
        }
        for reading in readings where reading.at >= from && index < reading.values.count {
            let value = reading.values[index]
            if !value.isNaN { points.append(DataPoint(reading.at, value)) }
        }
    }
}
