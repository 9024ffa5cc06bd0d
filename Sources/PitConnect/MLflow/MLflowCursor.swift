import PitModel

/// How far an MLflow server was read: all that came before a moment, and by name what came since.
///
/// Traces arrive late and out of order, and one that is not finished is left for later; so a little of the time
/// before the newest is looked at again, and what was taken of it is remembered.
struct MLflowCursor: Equatable {
    var since: Int64
    /// Trace id to the milliseconds since the epoch at which it began.
    var taken: [String: Int64]

    /// Seconds that are looked at again.
    static let overlap = 60.0
    static let mostTaken = 1000

    init() { (since, taken) = (0, [:]) }

    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count >= 2, words[0] == "mlflow1", let since = Int64(words[1]) else { return nil }
        self.since = since
        taken = [:]
        for word in words.dropFirst(2).prefix(Self.mostTaken * 2) {
            let parts = word.split(separator: "=")
            if parts.count == 2, let at = Int64(parts[1]) { taken[String(parts[0])] = at }
        }
    }

    var text: String {
        (["mlflow1", "\(since)"] + taken.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
            .joined(separator: " ")
    }

    /// Moves on behind what was taken, but not over what is not finished.
    mutating func advance(newest: Int64?, unfinished: Int64?) {
        if let newest {
            since = max(since, newest - Int64(Self.overlap * 1000))
            if let unfinished { since = min(since, unfinished) }
        }
        taken = taken.filter { $0.value >= since }
        guard taken.count > Self.mostTaken else { return }
        // Too many in so short a time: of the oldest it is taken for granted that all have come.
        let newest = taken.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(Self.mostTaken)
        since = newest.last?.value ?? since
        taken = Dictionary(newest.map { ($0.key, $0.value) }, uniquingKeysWith: max)
    }
}
