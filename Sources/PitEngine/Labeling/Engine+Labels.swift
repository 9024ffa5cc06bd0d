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
            let quality = LabelFigures.quality(try store.labelTallies())
            let wins = LabelFigures.winRates(try store.labelMeetings())
            guard queues != labels.queues || quality != labels.quality || wins != labels.wins else { return }
            (labels.queues, labels.quality, labels.wins) = (queues, quality, wins)
            needsPublishing = true
        }
    }
}
