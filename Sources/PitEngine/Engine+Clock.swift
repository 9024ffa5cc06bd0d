import Logging
import PitModel

/// What becomes of an engine whose clock does not go on evenly: a machine that slept, or was set to another time.
extension Engine {
    /// Seconds that a clock may be put back without anything being forgotten: corrections over the network are small.
    private static let smallStep = 5.0
    /// Seconds between two looks at the clock after which nobody was there in between.
    private static let longSleep = 60.0

    /// Called with each look at the clock.
    func heed(_ now: Timestamp) {
        let last = lastLook ?? now
        lastLook = now
        let step = now.since(last)
        if step < -Self.smallStep { goBack(to: now, by: -step) }
    }

    /// Whether nobody has looked at the clock for so long that the machine slept: a poll that ends just then, or begins
    /// before the loop has looked, is not late by the night.
    func isFirstLook(_ now: Timestamp) -> Bool { lastLook.map { now.since($0) > Self.longSleep } ?? false }

    /// The same from the loop that looks all the time: there a gap means that the machine slept.
    func heedGap(_ now: Timestamp) {
        if let lastLook, isFirstLook(now) { wake(now, after: now.since(lastLook)) }
        heed(now)
    }

    /// What was due meanwhile is due now, once; that it was late is nobody's fault.
    private func wake(_ now: Timestamp, after seconds: Double) {
        tell(now, "nothing was polled for \(Int(seconds)) s: the machine slept, or its clock was put forward")
        wokenAt = now
        beginTurns(now)
    }

    /// Every moment that is remembered may now lie ahead: readings that come would count as old for as long as the
    /// clock was put back. What was stored keeps its times; rates begin anew, since they may not reach across.
    private func goBack(to now: Timestamp, by seconds: Double) {
        tell(now, "the clock was put back by \(Int(seconds)) s; rates begin anew")
        pastBegins = now
        for index in servers.indices {
            rules.forget(servers[index].target)
            servers[index].rebind()
            servers[index].identifiedAt = nil
            servers[index].state.lastSuccess = servers[index].state.lastSuccess.map { min($0, now) }
            servers[index].state.lastAttempt = servers[index].state.lastAttempt.map { min($0, now) }
        }
        for index in models.indices {
            (models[index].bound, models[index].feeds, models[index].replicasSeen) = ([:], [:], [:])
            models[index].baseline = nil
            models[index].trend = TrendRing(step: models[index].trend.step)
            // So that what is read in this very moment counts as newer.
            models[index].state.seenAt = models[index].state.seenAt.map { min($0, now.advanced(by: -0.001)) }
        }
        (lastEvaluation, lastFlush, lastPrune, lastRules) = (now, now, now, now)
        beginTurns(now)
    }

    private func tell(_ now: Timestamp, _ words: String) {
        log.warning("\(words)")
        note([Event(at: now, kind: .configuration, title: words)])
    }

    /// Everybody's turn comes as after a start.
    func beginTurns(_ now: Timestamp) {
        turns = TurnQueue()
        let spread = servers.count > 50
        for index in servers.indices {
            let first = servers[index].schedule.first(after: now, spread: spread)
            servers[index].state.nextAttempt = first
            if !servers[index].isPolling { turns.push(index, at: first) }
        }
    }
}
