import PitModel
import PitParse
import PitStatistics
import PitStore

/// What is remembered of one target's series between polls: which store id each has, and the recent values of those
/// that feed a signal. A page that has the same series in the same order as the last one costs a hash of each row's
/// text and no string, and no more memory than its numbers.
final class TargetSeries {
    struct Slot {
        let id: SeriesID
        /// Its number in `past`; -1 when it feeds no signal.
        let watch: Int32
        /// The reading in which another server's sample of it last came.
        var seen: UInt32 = 0
    }

    /// Says what a new series is, and whether it is watched.
    struct Registry {
        /// The number in the store; nil when there is none to be had.
        var identify: (SeriesKey) -> SeriesID?
        /// Binds the series in a slot to what it feeds; false when that is nothing.
        var bind: (SeriesKey, Int) -> Bool
    }

    /// What is to be kept of one reading: values by series, in step.
    struct Kept {
        var ids: [SeriesID]
        var values: [Double]
        /// Counters that fell: the server began anew.
        var resets = 0
    }

    private(set) var slots: [Slot] = []
    /// The reading now.
    private(set) var generation: UInt32 = 0
    /// When that was.
    private(set) var readAt: Timestamp?
    private(set) var past: WatchedPast
    /// Series of the last page that were left out: there were too many.
    private(set) var leftOut = 0
    private var layout = PageLayout()
    private var isPage = false
    /// Series that the last reading had.
    private var fresh = 0
    private var byKey: [SeriesKey: Int32] = [:]

    /// Series a target may have; more are counted and left out.
    static let limit = 100_000
    /// Bytes of a series' name and labels; one that is longer is counted and left out.
    static let longestText: UInt32 = 16 << 10

    /// Whether most of what is remembered is of series that are gone: then it is time to begin anew. A server that makes
    /// up labels at every reading would fill the memory else.
    var isStale: Bool { slots.count > max(2 * fresh, 2000) + 2000 }

    /// The pause between two readings, in seconds.
    let interval: Double

    /// `lookBack`: seconds that a rule looks back at most.
    init(interval: Double, lookBack: Double = 0) {
        self.interval = interval
        past = WatchedPast(retention: max(Self.range(interval), lookBack) + interval * 1.5 + 5)
    }

    /// Seconds that rates look back.
    static func range(_ interval: Double) -> Double { max(60, interval * 4) }

    /// Takes a page.
    func take(_ page: MetricsPage, at: Timestamp, _ registry: Registry) -> Kept {
        generation &+= 1
        (isPage, readAt) = (true, at)
        if !layout.fits(page) { rebuild(page, registry) }
        fresh = layout.ids.count
        let rows = page.rows
        let values = layout.rows.map { rows[Int($0)].value }
        var watched = layout.watched.map { $0 < 0 ? WatchedPast.missing : rows[Int($0)].value }
        var kept = Kept(ids: layout.ids, values: values)
        for watch in layout.counters {
            if let last = past.last(watch), watched[Int(watch)] < last.value { kept.resets += 1 }
        }
        if layout.hasTimes {
            for (watch, row) in layout.watched.enumerated() where row >= 0 {
                let said = rows[Int(row)].timestamp
                guard said != MetricsPage.Row.noTimestamp else { continue }
                // A time that has not come yet would keep every later value out.
                past.note(Int32(watch), rows[Int(row)].value, at: min(Timestamp(milliseconds: said), at))
                watched[watch] = WatchedPast.missing
            }
        }
        past.note(watched, at: at)
        return kept
    }

    /// Takes samples that another server collected, with their times.
    func take(
        _ samples: [Sample], at: Timestamp, _ registry: Registry, before: (Sample) -> Void,
        each: (SeriesID, Double, Timestamp) -> Void
    ) {
        generation &+= 1
        (isPage, readAt) = (false, at)
        fresh = 0
        let latest = at.advanced(by: Self.futureLimit)
        for sample in samples {
            before(sample)
            let slot = byKey[sample.series] ?? add(sample.series, registry)
            byKey[sample.series] = slot
            guard slot >= 0 else { continue }
            let moment = min(sample.timestamp ?? at, latest)
            if slots[Int(slot)].seen != generation { fresh += 1 }
            slots[Int(slot)].seen = generation
            let watch = slots[Int(slot)].watch
            if watch >= 0 { past.note(watch, sample.value, at: moment) }
            each(slots[Int(slot)].id, sample.value, moment)
        }
    }

    /// The numbers of the series that feed a signal.
    var watched: Set<SeriesID> { Set(slots.filter { $0.watch >= 0 }.map(\.id)) }

    /// Puts what was kept before this process began in front of what it has seen, so that rates need not wait.
    func preload(_ points: [SeriesID: [DataPoint]]) {
        var byWatch: [Int32: [DataPoint]] = [:]
        for slot in slots where slot.watch >= 0 { byWatch[slot.watch] = points[slot.id] }
        past.preload(byWatch)
    }

    /// Whether the last reading had the series.
    func isFresh(_ slot: Int) -> Bool {
        let watch = Int(slots[slot].watch)
        guard watch >= 0 else { return false }
        return isPage ? watch < layout.watched.count && layout.watched[watch] >= 0 : slots[slot].seen == generation
    }

    /// Finds every row's series anew: the page has other rows than the last one, or others' order.
    private func rebuild(_ page: MetricsPage, _ registry: Registry) {
        var known = Dictionary(zip(layout.hashes, layout.slots), uniquingKeysWith: { first, _ in first })
        var byID: [SeriesID: Int32]?
        var next = PageLayout()
        var taken = Set<Int32>()
        leftOut = page.leftOut
        for (index, row) in page.rows.enumerated() {
            let hash = page.hash(row)
            var slot = known[hash] ?? -1
            if slot < 0, row.length <= Self.longestText, let key = page.key(of: row), let id = registry.identify(key) {
                // The same series may have been there before, or be written in another way.
                if byID == nil {
                    byID = Dictionary(zip(slots.map(\.id), 0...), uniquingKeysWith: { first, _ in first })
                }
                slot = byID?[id] ?? add(key, id, registry)
                byID?[id] = slot
                known[hash] = slot
            }
            next.hashes.append(hash)
            next.slots.append(slot)
            if row.timestamp != MetricsPage.Row.noTimestamp { next.hasTimes = true }
            guard slot >= 0 else {
                leftOut += 1
                continue
            }
            // A series that stands twice on a page counts once, the first.
            guard taken.insert(slot).inserted else { continue }
            next.ids.append(slots[Int(slot)].id)
            next.rows.append(UInt32(index))
            let watch = slots[Int(slot)].watch
            guard watch >= 0 else { continue }
            while next.watched.count <= Int(watch) { next.watched.append(-1) }
            next.watched[Int(watch)] = Int32(index)
            if page.isCounter(row) { next.counters.append(watch) }
        }
        layout = next
    }

    private func add(_ key: SeriesKey, _ registry: Registry) -> Int32 {
        guard let id = registry.identify(key) else { return -1 }
        return add(key, id, registry)
    }

    private func add(_ key: SeriesKey, _ id: SeriesID, _ registry: Registry) -> Int32 {
        guard slots.count < Self.limit else { return -1 }
        let isWatched = registry.bind(key, slots.count)
        slots.append(Slot(id: id, watch: isWatched ? past.watch() : -1))
        return Int32(slots.count - 1)
    }

    /// Seconds that another server's clock may be ahead of ours.
    static let futureLimit = 30.0
}

/// Which rows a page had, and what becomes of each.
private struct PageLayout {
    /// Of every row: its text, and its slot (-1: left out).
    var hashes: [UInt64] = []
    var slots: [Int32] = []
    /// Of every series that is kept: its number in the store, and its row.
    var ids: [SeriesID] = []
    var rows: [UInt32] = []
    /// By watch number: its row, or -1.
    var watched: [Int32] = []
    /// Watch numbers of counters: a fall of one is a restart.
    var counters: [Int32] = []
    /// Whether rows have times of their own.
    var hasTimes = false

    /// Whether a page has the same rows in the same order.
    func fits(_ page: MetricsPage) -> Bool {
        guard page.rows.count == hashes.count, !hashes.isEmpty else { return false }
        return page.bytes.withUnsafeBytes { bytes in
            for (index, row) in page.rows.enumerated() {
                let start = Int(row.start)
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(row.length)])
                let isTimed = row.timestamp != MetricsPage.Row.noTimestamp
                if RowHash.process(text) != hashes[index] || isTimed && !hasTimes { return false }
            }
            return true
        }
    }
}

extension MetricsPage {
    fileprivate func hash(_ row: Row) -> UInt64 {
        let start = Int(row.start)
        return bytes.withUnsafeBytes {
            RowHash.process(UnsafeRawBufferPointer(rebasing: $0[start..<start + Int(row.length)]))
        }
    }

    /// Whether the row's name ends as a counter's does.
    fileprivate func isCounter(_ row: Row) -> Bool {
        let start = Int(row.start)
        let name = bytes[start..<start + Int(row.length)].prefix { $0 != 0x7B && $0 != 0x20 }
        return name.suffix(6).elementsEqual("_total".utf8) || name.suffix(6).elementsEqual("_count".utf8)
    }
}
