/// Finds a few typed letters in a longer text, in order.
public enum Fuzzy {
    public struct Match: Equatable, Sendable {
        /// Higher is better.
        public var score: Int
        /// Indices of the matched characters.
        public var positions: [Int]
    }

    /// Nil when a letter is missing. Letters at the start of a word and letters in a row score more; blanks in the
    /// pattern are passed over.
    public static func match(_ pattern: String, in text: String) -> Match? {
        let wanted = Array(pattern.lowercased().filter { $0 != " " }.prefix(64))
        guard !wanted.isEmpty else { return Match(score: 0, positions: []) }
        let characters = Array(text.prefix(256))
        let lower = characters.map(lowercased)
        guard isSubsequence(wanted, of: lower) else { return nil }
        let none = Int.min / 2
        // best[j]: the best score with the pattern so far ending at j; from[i][j]: where the letter before was.
        var best = [Int](repeating: none, count: lower.count)
        var from: [[Int]] = []
        for (i, letter) in wanted.enumerated() {
            var next = [Int](repeating: none, count: lower.count)
            var origin = [Int](repeating: -1, count: lower.count)
            var highest = none
            var highestAt = -1
            for j in lower.indices {
                if i > 0, j > 0, best[j - 1] - j > highest - j, best[j - 1] > highest {
                    (highest, highestAt) = (best[j - 1], j - 1)
                }
                guard lower[j] == letter else { continue }
                let bonus = isStart(characters, j) ? 12 : 2
                if i == 0 {
                    next[j] = bonus - min(j, 10)
                } else {
                    let row = j > 0 && best[j - 1] > none ? best[j - 1] + 10 : none
                    let far = highest > none ? highest - 2 : none
                    if max(row, far) > none {
                        next[j] = max(row, far) + bonus
                        origin[j] = row >= far ? j - 1 : highestAt
                    }
                }
            }
            best = next
            from.append(origin)
        }
        guard let end = best.indices.max(by: { best[$0] < best[$1] }), best[end] > none else { return nil }
        var positions = [end]
        for i in stride(from: wanted.count - 1, to: 0, by: -1) {
            positions.append(from[i][positions[positions.count - 1]])
        }
        return Match(score: best[end] - lower.count / 8, positions: positions.reversed())
    }

    private static func lowercased(_ character: Character) -> Character {
        guard let value = character.asciiValue else { return character.lowercased().first ?? character }
        return (0x41...0x5A).contains(value) ? Character(Unicode.Scalar(value + 0x20)) : character
    }

    /// Whether all letters are there, in order: most texts of a long list have not even that.
    private static func isSubsequence(_ wanted: [Character], of text: [Character]) -> Bool {
        var found = 0
        for character in text where character == wanted[found] {
            found += 1
            if found == wanted.count { return true }
        }
        return false
    }

    private static func isStart(_ text: [Character], _ index: Int) -> Bool {
        guard index > 0 else { return true }
        let before = text[index - 1]
        return !before.isLetter && !before.isNumber || (before.isLowercase && text[index].isUppercase)
    }
}
