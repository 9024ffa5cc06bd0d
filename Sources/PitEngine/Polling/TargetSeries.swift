import PitModel
import PitParse
import PitStatistics
import PitStore

/// What is remembered of one target's series between polls: which store id each has, and the recent values of
/// those that feed a signal. A page that has the same lines in the same order as the last one costs one
/// comparison of bytes a line and no string.
final class TargetSeries {
    struct Slot {
        let id: SeriesID
        /// Only for series that feed a signal.
        var window: SeriesWindow?
        /// The reading in which it was last seen.
        var seen: UInt32 = 0
    }

    private(set) var slots: [Slot] = []
    /// The reading now.
    private(set) var generation: UInt32 = 0
    private var bytes: [UInt8] = []
    private var rows: [MetricsPage.Row] = []
    private var slotOfRow: [Int32] = []
    private var byText: [[UInt8]: Int32] = [:]
    private var byKey: [SeriesKey: Int32] = [:]

    /// Series a target may have; more are counted and left out.
    static let limit = 200_000

    /// Takes a page. `register` is asked for each series that is new, and says its id and whether it is watched.
    func take(
        _ page: MetricsPage, at: Timestamp, register: (SeriesKey, Int) -> (SeriesID, watched: Bool)?,
        each: (SeriesID, Double, Timestamp) -> Void, onReset: () -> Void
    ) {
        generation &+= 1
        var newSlots = [Int32](repeating: -1, count: page.rows.count)
        for (index, row) in page.rows.enumerated() {
            let slot = sameAsBefore(page, row, index) ?? find(page, row, register)
            newSlots[index] = slot
            guard slot >= 0 else { continue }
            let said = row.timestamp == MetricsPage.Row.noTimestamp ? at : Timestamp(milliseconds: row.timestamp)
            // A time that has not come yet would keep every later value out.
            let moment = min(said, at)
            // A series that stands twice on a page counts once, the first.
            guard slots[Int(slot)].seen != generation else { continue }
            if isCounter(page, row), let last = slots[Int(slot)].window?.last, row.value < last.value { onReset() }
            note(Int(slot), row.value, moment, each)
        }
        (bytes, rows, slotOfRow) = (page.bytes, page.rows, newSlots)
    }

    /// Takes samples that another server collected.
    func take(
        _ samples: [Sample], at: Timestamp, before: (Sample) -> Void,
        register: (SeriesKey, Int) -> (SeriesID, watched: Bool)?, each: (SeriesID, Double, Timestamp) -> Void
    ) {
        generation &+= 1
        for sample in samples {
            before(sample)
            let slot = byKey[sample.series] ?? add(sample.series, register)
            byKey[sample.series] = slot
            guard slot >= 0 else { continue }
            note(Int(slot), sample.value, min(sample.timestamp ?? at, at.advanced(by: Self.futureLimit)), each)
        }
    }

    /// The numbers of the series that feed a signal.
    var watched: Set<SeriesID> { Set(slots.filter { $0.window != nil }.map(\.id)) }

    /// Puts what was kept before this process began in front of what it has seen, so that rates need not wait.
    func preload(_ points: [SeriesID: [DataPoint]]) {
        for index in slots.indices {
            guard let now = slots[index].window, let past = points[slots[index].id], let first = now.points.first else {
                continue
            }
            var window = SeriesWindow(retention: Self.retention)
            for point in past where point.at < first.at { window.append(point) }
            for point in now.points { window.append(point) }
            slots[index].window = window
        }
    }

    /// Whether the last reading had the series.
    func isFresh(_ slot: Int) -> Bool { slots[slot].seen == generation }

    /// The ids of the series that the last reading no longer had.
    func vanished() -> [SeriesID] {
        slots.filter { $0.seen == generation &- 1 }.map(\.id)
    }

    private func note(_ slot: Int, _ value: Double, _ at: Timestamp, _ each: (SeriesID, Double, Timestamp) -> Void) {
        slots[slot].seen = generation
        slots[slot].window?.append(DataPoint(at, value))
        each(slots[slot].id, value, at)
    }

    /// Whether the row's name ends as a counter's does: a fall of it is a restart.
    private func isCounter(_ page: MetricsPage, _ row: MetricsPage.Row) -> Bool {
        let start = Int(row.start)
        let name = page.bytes[start..<start + Int(row.length)].prefix { $0 != 0x7B && $0 != 0x20 }
        return name.suffix(6).elementsEqual("_total".utf8) || name.suffix(6).elementsEqual("_count".utf8)
    }

    private func sameAsBefore(_ page: MetricsPage, _ row: MetricsPage.Row, _ index: Int) -> Int32? {
        guard index < rows.count, rows[index].length == row.length, slotOfRow[index] >= 0 else { return nil }
        let (old, new, length) = (Int(rows[index].start), Int(row.start), Int(row.length))
        let same = bytes.withUnsafeBytes { old8 in
            page.bytes.withUnsafeBytes { new8 in
                old8[old..<old + length].elementsEqual(new8[new..<new + length])
            }
        }
        return same ? slotOfRow[index] : nil
    }

    private func find(
        _ page: MetricsPage, _ row: MetricsPage.Row, _ register: (SeriesKey, Int) -> (SeriesID, watched: Bool)?
    ) -> Int32 {
        let text = Array(page.bytes[Int(row.start)..<Int(row.start + row.length)])
        if let known = byText[text] { return known }
        guard let key = page.key(of: row) else { return -1 }
        let slot = byKey[key] ?? add(key, register)
        byText[text] = slot
        byKey[key] = slot
        return slot
    }

    private func add(_ key: SeriesKey, _ register: (SeriesKey, Int) -> (SeriesID, watched: Bool)?) -> Int32 {
        guard slots.count < Self.limit, let (id, watched) = register(key, slots.count) else { return -1 }
        slots.append(Slot(id: id, window: watched ? SeriesWindow(retention: TargetSeries.retention) : nil))
        return Int32(slots.count - 1)
    }

    /// Seconds that another server's clock may be ahead of ours.
    static let futureLimit = 30.0

    /// Seconds of values kept for rates.
    static let retention = 330.0
}
