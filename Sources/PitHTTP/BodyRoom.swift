/// The memory that the bodies of replies under way may take together, so that many large ones at once, or one that
/// never ends, do not fill the machine's. Only the engine's thread touches it.
///
/// Every body may have a small share. What is beyond comes out of the room that all have in common; when that is full,
/// only the body that has been large for longest goes on, up to its own limit, and the others wait for theirs.
final class BodyRoom {
    /// Bytes that a body may have without asking.
    static let share = 256 << 10
    /// Bytes that all bodies beyond their share may have together, but for the oldest of them.
    static let common = 16 << 20

    private var large: [(owner: ObjectIdentifier, bytes: Int)] = []
    private var taken = 0

    /// Whether a body may grow to `bytes`; one that may not asks again later.
    func mayGrow(_ owner: ObjectIdentifier, to bytes: Int) -> Bool {
        guard bytes > Self.share else { return true }
        guard let place = large.firstIndex(where: { $0.owner == owner }) else {
            guard large.isEmpty || taken + bytes <= Self.common else { return false }
            large.append((owner, bytes))
            taken += bytes
            return true
        }
        let more = bytes - large[place].bytes
        guard more > 0 else { return true }
        guard place == 0 || taken + more <= Self.common else { return false }
        large[place].bytes = bytes
        taken += more
        return true
    }

    /// The body is done with; true when others may go on that could not before.
    func leave(_ owner: ObjectIdentifier) -> Bool {
        guard let place = large.firstIndex(where: { $0.owner == owner }) else { return false }
        taken -= large.remove(at: place).bytes
        return true
    }
}
