import PitModel
import PitStore

/// What the snapshot tells of queues and of what was judged.
struct LabelCounts {
    var queues: [LabelQueueState] = []
    var quality: [LabelQuality] = []
    var wins: [LabelWinRate] = []
    /// When which release was, as last read.
    var releases: (at: Timestamp, times: ReleaseTimes)?
    var countedAt = Timestamp(milliseconds: .min)
}

extension Engine {
    /// Counts queues and judgements anew now and then: another process may have judged, too.
    func countLabels(_ now: Timestamp, always: Bool = false) {
        let age = now.since(labels.countedAt)
        guard always || age < 0 || age >= 2 else { return }
        labels.countedAt = now
        keep {
            let queues = try store.queues(for: settings.labeling.annotator ?? settings.author)
            var quality = LabelFigures.quality(try store.labelTallies())
            if !quality.isEmpty {
                let times = try releaseTimes(now)
                for place in quality.indices {
                    quality[place].since = quality[place].release.flatMap { times.since($0, of: quality[place].model) }
                }
            }
            let wins = LabelFigures.winRates(try store.labelMeetings())
            guard queues != labels.queues || quality != labels.quality || wins != labels.wins else { return }
            (labels.queues, labels.quality, labels.wins) = (queues, quality, wins)
            needsPublishing = true
        }
    }

    /// Seconds that what is known of releases is taken again: reading months of events is not for every count.
    private static let releasesAge = 60.0

    private func releaseTimes(_ now: Timestamp) throws(StoreFault) -> ReleaseTimes {
        if let known = labels.releases, (0..<Self.releasesAge).contains(now.since(known.at)) { return known.times }
        let times = try ReleaseTimes(store, until: now)
        labels.releases = (now, times)
        return times
    }
}
