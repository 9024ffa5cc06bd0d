/// Tells a hand from a machine by when keys come. Text that is pasted where the terminal does not mark pastes, or sent by
/// a script, comes as keys that are closer together than fingers can be.
struct TypingRhythm: Equatable, Sendable {
    /// Seconds: two keys may fall together where a line is slow, three within this are none of a hand's.
    static let together = 0.02
    /// Six keys within this are 40 a second; the fastest typists reach 20.
    static let quick = 0.15
    /// Seconds of quiet that end a burst.
    static let calm = 0.1
    /// Seconds from the key before that a key which confirms must keep.
    static let pause = 0.04

    private var times: [Double] = []
    private var isBurst = false

    /// Takes the time of a key, in seconds of a clock that never goes back. True when it belongs to a burst, which lasts
    /// until there is quiet.
    mutating func isMachine(at time: Double) -> Bool {
        let last = times.last
        if let last, time < last || time - last >= Self.calm { (times, isBurst) = ([], false) }
        times.append(time)
        if times.count > 6 { times.removeFirst(times.count - 6) }
        let isTight = times.count >= 3 && time - times[times.count - 3] < Self.together
        let isQuick = times.count >= 6 && time - times[times.count - 6] < Self.quick
        if isTight || isQuick { isBurst = true }
        return isBurst
    }

    /// Whether the newest key kept its distance from the one before.
    var isDeliberate: Bool {
        guard times.count > 1 else { return true }
        return times[times.count - 1] - times[times.count - 2] >= Self.pause
    }
}
