import Glibc

/// Strengths from comparisons of two: P(i beats j) = p_i / (p_i + p_j) (Bradley and Terry 1952), by the
/// minorisation-maximisation of Hunter (2004).
public enum BradleyTerry {
    /// Wins of `first` over `second`, of the other, and ties, which are half a win for each.
    public struct Meeting: Equatable, Sendable {
        public var first: Int
        public var second: Int
        public var firstWins: Double
        public var secondWins: Double
        public var ties: Double
        public init(_ first: Int, _ second: Int, firstWins: Double, secondWins: Double, ties: Double = 0) {
            (self.first, self.second, self.ties) = (first, second, ties)
            (self.firstWins, self.secondWins) = (firstWins, secondWins)
        }
    }

    /// Strengths with geometric mean 1. Nil where they do not exist: somebody never won, never lost, or never met the
    /// others (the graph of wins must be strongly connected). `prior` adds that many wins each way to every meeting,
    /// which makes them exist wherever all have met.
    public static func strengths(_ meetings: [Meeting], players: Int, prior: Double = 0) -> [Double]? {
        var wins = [Double](repeating: 0, count: players * players)
        for meeting in meetings where meeting.first != meeting.second {
            wins[meeting.first * players + meeting.second] += meeting.firstWins + meeting.ties / 2 + prior
            wins[meeting.second * players + meeting.first] += meeting.secondWins + meeting.ties / 2 + prior
        }
        guard players > 1, isConnected(wins, players, forward: true), isConnected(wins, players, forward: false) else {
            return nil
        }
        let won = (0..<players).map { i in (0..<players).reduce(0.0) { $0 + wins[i * players + $1] } }
        var strength = [Double](repeating: 1, count: players)
        for _ in 0..<10_000 {
            var next = strength
            for i in 0..<players {
                var sum = 0.0
                for j in 0..<players where j != i {
                    let met = wins[i * players + j] + wins[j * players + i]
                    if met > 0 { sum += met / (strength[i] + strength[j]) }
                }
                next[i] = won[i] / sum
            }
            let mean = exp(next.reduce(0.0) { $0 + log($1) } / Double(players))
            for i in 0..<players { next[i] /= mean }
            let change = zip(next, strength).reduce(0.0) { max($0, abs($1.0 / $1.1 - 1)) }
            strength = next
            if change < 1e-13 { break }
        }
        return strength
    }

    /// On the scale of chess: 1000 is the middle, 400 more is ten times as strong.
    public static func rating(_ strength: Double) -> Double { 1000 + 400 * log10(strength) }

    private static func isConnected(_ wins: [Double], _ players: Int, forward: Bool) -> Bool {
        var seen = Set([0])
        var queue = [0]
        while let i = queue.popLast() {
            for j in 0..<players where !seen.contains(j) {
                if (forward ? wins[i * players + j] : wins[j * players + i]) > 0 {
                    seen.insert(j)
                    queue.append(j)
                }
            }
        }
        return seen.count == players
    }
}
