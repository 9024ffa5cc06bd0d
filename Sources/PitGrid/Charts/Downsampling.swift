/// Many values to few, without losing a spike.
enum Downsampling {
    /// At most `count` values, each the largest of those it stands for; nil where all of them are nil.
    static func largest(_ values: [Double?], _ count: Int) -> [Double?] {
        guard count > 0 else { return [] }
        guard values.count > count else { return values }
        return (0..<count).map { bucket in
            let start = bucket * values.count / count
            let end = Swift.max(start + 1, (bucket + 1) * values.count / count)
            return values[start..<end].reduce(nil) { best, value in
                guard let value, !value.isNaN else { return best }
                return Swift.max(best ?? value, value)
            }
        }
    }
}
