/// The memory that the bodies of replies may take together until who asked is done with them, so that many large ones at
/// once, or one that never ends, do not fill the machine's. Only the engine's thread touches it.
///
/// Every body may have a small share. What is beyond comes out of the room that all have in common; when that is full,
/// only the body that has been coming for longest goes on, up to its own limit, and the others wait for theirs. It waits
/// as well while those that were handed over fill the room, but not for ever: who keeps one reply may need the next.
final class BodyRoom {
    typealias Owner = ObjectIdentifier

    /// Bytes that a body may have without asking.
    static let share = 256 << 10
    /// Bytes that all bodies beyond their share may have together, but for the oldest of those that come.
    static let common = 4 << 20
    /// How long a body counts that was handed over.
    static let patience = Duration.seconds(5)

    private struct Coming {
        var owner: Owner
        var bytes: Int
    }
    private struct Kept {
        var number: Int
        var bytes: Int
        var until: ContinuousClock.Instant
    }

    /// Oldest first.
    private var coming: [Coming] = []
    /// Oldest first.
    private var kept: [Kept] = []
    private var taken = 0
    private var keptBytes = 0
    private var next = 0

    /// Whether a body may grow to `bytes`; one that may not asks again later.
    func mayGrow(_ owner: Owner, to bytes: Int) -> Bool {
        guard bytes > Self.share else { return true }
        let place = coming.firstIndex { $0.owner == owner }
        let more = bytes - (place.map { coming[$0].bytes } ?? 0)
        guard more > 0 else { return true }
        let isOldest = place ?? coming.count == 0
        guard taken + more <= Self.common || isOldest && keptBytes <= Self.common else { return false }
        if let place { coming[place].bytes = bytes } else { coming.append(Coming(owner: owner, bytes: bytes)) }
        taken += more
        return true
    }

    /// The body goes no further and nobody has it; true when others may go on that could not before.
    func leave(_ owner: Owner) -> Bool {
        guard let place = coming.firstIndex(where: { $0.owner == owner }) else { return false }
        taken -= coming.remove(at: place).bytes
        return true
    }

    /// The body is whole and somebody has it now: the number to give its room back by; nil when it has none.
    func handOver(_ owner: Owner, at now: ContinuousClock.Instant) -> Int? {
        guard let place = coming.firstIndex(where: { $0.owner == owner }) else { return nil }
        let bytes = coming.remove(at: place).bytes
        next += 1
        kept.append(Kept(number: next, bytes: bytes, until: now + Self.patience))
        keptBytes += bytes
        return next
    }

    /// Nobody has the body any more; true when others may go on that could not before.
    func giveBack(_ number: Int) -> Bool {
        guard let place = kept.firstIndex(where: { $0.number == number }) else { return false }
        forget(place)
        return true
    }

    /// Counts no longer what was kept for too long; true when others may go on that could not before.
    func forgetOld(at now: ContinuousClock.Instant) -> Bool {
        var isAny = false
        while let first = kept.first, first.until <= now {
            forget(0)
            isAny = true
        }
        return isAny
    }

    private func forget(_ place: Int) {
        let bytes = kept.remove(at: place).bytes
        taken -= bytes
        keptBytes -= bytes
    }
}
