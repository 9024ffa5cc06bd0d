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

    /// P(i beats j) for every two players, each with its 95 % interval: normal on the log-odds, their variance from the
    /// inverse of the Fisher information of the strengths' logarithms (the last player's is held). Nil where strengths
    /// do not exist.
    public static func winRates(
        _ meetings: [Meeting], players: Int, prior: Double = 0
    ) -> [[(rate: Double, low: Double, high: Double)]]? {
        guard let strength = strengths(meetings, players: players, prior: prior) else { return nil }
        var information = [[Double]](repeating: [Double](repeating: 0, count: players), count: players)
        for meeting in meetings where meeting.first != meeting.second {
            let (i, j) = (meeting.first, meeting.second)
            let p = strength[i] / (strength[i] + strength[j])
            let weight = (meeting.firstWins + meeting.secondWins + meeting.ties + 2 * prior) * p * (1 - p)
            information[i][i] += weight
            information[j][j] += weight
            information[i][j] -= weight
            information[j][i] -= weight
        }
        guard let covariance = inverse(information.dropLast().map { Array($0.dropLast()) }) else { return nil }
        func shared(_ i: Int, _ j: Int) -> Double {
            i == players - 1 || j == players - 1 ? 0 : covariance[i][j]
        }
        return (0..<players).map { i in
            (0..<players).map { j in
                guard i != j else { return (0.5, 0.5, 0.5) }
                let odds = log(strength[i] / strength[j])
                let spread = 1.959963984540054 * max(0, shared(i, i) + shared(j, j) - 2 * shared(i, j)).squareRoot()
                func share(_ odds: Double) -> Double { 1 / (1 + exp(-odds)) }
                return (share(odds), share(odds - spread), share(odds + spread))
            }
        }
    }

    /// By Gauss and Jordan, with the largest pivot; nil where there is none.
    private static func inverse(_ matrix: [[Double]]) -> [[Double]]? {
        let n = matrix.count
        var rows = matrix.enumerated().map { i, row in row + (0..<n).map { $0 == i ? 1.0 : 0 } }
        for column in 0..<n {
            guard let pivot = (column..<n).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
                abs(rows[pivot][column]) > 1e-12
            else { return nil }
            rows.swapAt(column, pivot)
            let scale = rows[column][column]
            for k in 0..<2 * n { rows[column][k] /= scale }
            for row in 0..<n where row != column {
                let factor = rows[row][column]
                if factor != 0 { for k in 0..<2 * n { rows[row][k] -= factor * rows[column][k] } }
            }
        }
        return rows.map { Array($0.dropFirst(n)) }
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
