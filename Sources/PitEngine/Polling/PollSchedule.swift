import PitModel

/// When a connection is polled next. Pure, so that ten thousand of them can be tested in a loop.
struct PollSchedule: Equatable {
    /// Seconds between polls that succeed.
    let interval: Double
    /// Where in the interval this connection's turn is, 0 ..< interval: by its name, so that a fleet's polls spread
    /// evenly and a restart keeps each one's turn.
    let offset: Double
    private(set) var failuresInRow = 0

    /// A failing connection is asked at least this often, in seconds: an operator waits for its return.
    static let longestPause = 60.0

    init(name: String, interval: Double) {
        self.interval = max(1, interval)
        offset = Double(Self.hash(name) % 1_000_000) / 1_000_000 * self.interval
    }

    /// The first poll: at once for the first screen of data when there are few, spread over the interval else.
    func first(after now: Timestamp, spread: Bool) -> Timestamp {
        spread ? now.advanced(by: offset) : now.advanced(by: min(offset, 0.25))
    }

    /// The next poll after one that began at `began`: on this connection's own grid, never twice in one turn.
    mutating func next(after began: Timestamp, now: Timestamp, succeeded: Bool, retryAfter: Double?) -> Timestamp {
        if succeeded {
            failuresInRow = 0
            return turn(after: max(now, began.advanced(by: interval / 2)))
        }
        failuresInRow += 1
        let pause = pause
        if let retryAfter { return now.advanced(by: max(pause, min(retryAfter, 3600))) }
        return now.advanced(by: pause)
    }

    /// Seconds to wait after the failures so far: doubling from half an interval, with a fixed jitter of this name's.
    var pause: Double {
        let doubled = interval / 2 * Double(1 << min(max(0, failuresInRow - 1), 16))
        let jitter = 0.9 + 0.2 * offset / interval
        return max(0.5, min(doubled, max(interval, Self.longestPause)) * jitter)
    }

    private func turn(after moment: Timestamp) -> Timestamp {
        let step = interval * 1000
        let shift = offset * 1000
        let turns = ((Double(moment.milliseconds) - shift) / step).rounded(.down) + 1
        return Timestamp(milliseconds: Int64(turns * step + shift))
    }

    /// FNV-1a 64: stable from run to run, unlike `Hasher`.
    static func hash(_ text: String) -> UInt64 {
        var hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        return hash ^ hash >> 33
    }
}
