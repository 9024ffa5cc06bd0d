import PitModel

/// What a source (a connection, one of its targets, or a model's signals) has in memory: which series it has, and
/// the moments that are not on disk yet.
struct SourceState {
    /// Its row in the table of sources.
    var row: Int64
    /// Nil: on disk only, read when asked for.
    var ids: [SeriesHash: UInt32]?
    /// Whether a series was asked for since the last flush: a source whose series do not change needs no names.
    var wasAsked = true
    /// The numbers that are this process' to give.
    var free: Range<UInt32> = 0..<0
    /// Series not yet on disk.
    var fresh: [(UInt32, SeriesKey)] = []
    /// Moments not yet on disk, oldest first.
    private(set) var pending: [Moment] = []
    /// Moments that are on their way to the disk.
    private(set) var writing: [Moment] = []
    private(set) var pendingValues = 0
    /// Moments on disk in parts that wait to be made one block, and series that the largest of them has.
    var partMoments = 0
    var partSeries = 0

    init(row: Int64) { self.row = row }

    /// Moments that one part has at most, and values: what waits in memory stays small.
    private static let (mostMoments, mostValues) = (64, 400_000)
    /// Moments kept while they cannot be written.
    private static let keptOnFailure = 4

    var isFull: Bool { pending.count >= Self.mostMoments || pendingValues >= Self.mostValues }
    var isWaiting: Bool { !pending.isEmpty || !fresh.isEmpty }

    /// Moments of a block: some minutes to an hour, fewer when there are very many series, so that making one needs
    /// little memory. Not the same for all, so that not all are made at once.
    var isRipe: Bool {
        partMoments >= max(8, min(240 + Int(row % 24), 4_000_000 / max(1, partSeries)))
    }

    /// Takes a moment in its place. Of two values of one series at one moment the first counts.
    mutating func take(_ moment: Moment) {
        pendingValues += moment.count
        let place = pending.lastIndex { $0.time <= moment.time }
        if let place, pending[place].time == moment.time {
            pending[place].add(moment)
        } else {
            pending.insert(moment, at: place.map { $0 + 1 } ?? 0)
        }
    }

    /// What is to be written now; nothing while another write is under way.
    mutating func beginWriting() -> [Moment] {
        guard writing.isEmpty else { return [] }
        (writing, pending, pendingValues) = (pending, [], 0)
        return writing
    }

    mutating func endWriting() { writing = [] }

    /// Takes back what could not be written; only the newest, since nobody knows how long it lasts.
    mutating func failWriting() {
        let later = pending
        (pending, writing, pendingValues) = (writing, [], 0)
        for moment in pending { pendingValues += moment.count }
        for moment in later { take(moment) }
        while pending.count > Self.keptOnFailure { pendingValues -= pending.removeFirst().count }
    }

    /// The file is a new one, with another row and nothing in it: every series is fresh again.
    mutating func move(to row: Int64, with known: [(UInt32, SeriesKey)]) {
        let waiting = Set(fresh.map(\.0))
        fresh += known.filter { !waiting.contains($0.0) }
        free = 0..<0
        (self.row, partMoments, partSeries) = (row, 0, 0)
    }
}
