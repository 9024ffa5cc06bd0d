import Logging
public import PitModel
import PitStatistics
public import PitStore

/// What one reading of exchanges brought, with what is to be kept of it.
struct InteractionsRead: Sendable {
    var kept: [KeptInteraction]
    /// How many were read, those included that the sample leaves out.
    var count: Int
    var page: InteractionPage

    init(_ page: InteractionPage, _ intake: InteractionIntake) async {
        (kept, count) = (await intake.takeGuarded(page.interactions), page.interactions.count)
        self.page = page
        self.page.interactions = []
    }
}

extension Engine {
    /// Exchanges read at once at most.
    static let interactionPage = 500
    /// Pages of one turn: a long file is read in several.
    static let interactionPages = 10

    /// Keeps a page of exchanges, and the place behind it: both are on the disk, or neither and it is read again.
    func ingest(_ read: InteractionsRead, _ index: Int) {
        let name = servers[index].server.connection.name
        servers[index].hasMore = read.page.hasMore
        servers[index].state.warnings = read.page.warnings
        if read.page.badLineCount > 0 {
            servers[index].state.badLineCount += read.page.badLineCount
            servers[index].state.badLines = Array(
                (servers[index].state.badLines + read.page.badLines).suffix(InteractionPage.badLineLimit))
        }
        for warning in read.page.warnings { log.warning("\(name): \(warning)") }
        guard read.count > 0 || read.page.cursor != servers[index].readingCursor else { return }
        var isKept = false
        keep {
            let fresh = try store.append(read.kept, from: name, cursor: read.page.cursor)
            isKept = true
            guard fresh > 0 else { return }
            let bounds = settings.interactions.settings
            // What was polled has the other half of the cache.
            let most = min(bounds.maxBytes, store.limits.maxBytes / 2)
            try store.pruneInteractions(maxRows: bounds.maxRows, maxBytes: most)
        }
        if isKept { servers[index].readingCursor = read.page.cursor } else { servers[index].hasMore = false }
        interactionsChanged = true
    }

    /// Where a source was read to; nil before it ever was.
    func cursor(of index: Int) -> String? {
        if servers[index].readingCursor == nil, servers[index].server.connector is any InteractionReading {
            let name = servers[index].server.connection.name
            servers[index].readingCursor = (try? store.readingCursor(name)).flatMap { $0 }
        }
        return servers[index].readingCursor
    }

    /// Counts exchanges and findings anew when some came, and now and then because they age.
    func countInteractions(_ now: Timestamp, always: Bool = false) {
        let age = now.since(interactionsCounted)
        guard always || age < 0 || age >= (interactionsChanged ? 5 : 60) else { return }
        (interactionsCounted, interactionsChanged) = (now, false)
        keep {
            var tallies = (try store.interactionTallies(now: now), try store.findingTallies(now: now))
            for index in tallies.1.indices { tallies.1[index].judge() }
            if tallies.0 != interactionTallies || tallies.1 != findingTallies { needsPublishing = true }
            (interactionTallies, findingTallies) = tallies
        }
    }

    /// The exchanges that a query asks for, newest first.
    public func interactions(_ query: InteractionQuery) throws(StoreFault) -> [KeptInteraction] {
        try store.interactions(query)
    }

    /// Keeps a person's word on a finding, on disk before it shows. Nil when it was kept.
    public func record(_ label: FindingLabel, of finding: FindingKey) -> StoreFault? {
        do { try store.record(label, of: finding) } catch {
            log.error("\(error.summary). \(error.hint)")
            return error
        }
        countInteractions(clock.now(), always: true)
        needsPublishing = true
        lastPublished = nil
        publishDue()
        return nil
    }
}

extension FindingTally {
    /// How right the detector is, by people's words on its findings.
    mutating func judge() {
        let count = Double(right + wrong)
        precision = WilsonInterval.of(Double(right), count).map {
            Precision(Double(right) / count, low: $0.lowerBound, high: $0.upperBound)
        }
    }
}
