/// Finds the largest change of level in a row of values.
enum LevelStep {
    /// The first index at the new level: the split into two means that leaves the least squared error, when it explains
    /// at least half of the variance; nil when none does.
    static func largest(in values: [Double?]) -> Int? {
        let known = values.enumerated().compactMap { item in
            item.element.flatMap { $0.isFinite ? (at: item.offset, value: $0) : nil }
        }
        guard known.count >= 6 else { return nil }
        let count = Double(known.count)
        let total = known.reduce(0) { $0 + $1.value }
        let variance = known.reduce(0) { $0 + $1.value * $1.value } - total * total / count
        guard variance > 0 else { return nil }
        var best = (gain: 0.0, split: 0)
        var left = 0.0
        for split in 1..<known.count {
            left += known[split - 1].value
            let right = total - left
            let gain = left * left / Double(split) + right * right / (count - Double(split)) - total * total / count
            if gain > best.gain { best = (gain, split) }
        }
        return best.gain / variance >= 0.5 ? known[best.split].at : nil
    }
}
