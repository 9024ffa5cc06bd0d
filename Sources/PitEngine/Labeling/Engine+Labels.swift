import PitModel
import PitStore

/// What the snapshot tells of queues and of what was judged.
struct LabelCounts {
    var queues: [LabelQueueState] = []
    var quality: [LabelQuality] = []
    var wins: [LabelWinRate] = []
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
                let times = ReleaseTimes(try store.events(from: now.advanced(by: -90 * 86400), to: now, limit: 20_000))
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
}
