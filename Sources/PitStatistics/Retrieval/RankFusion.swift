/// Several orders of the same things made into one.
public enum RankFusion {
    /// The constant of Cormack, Clarke and Büttcher (2009): what the first places weigh more than those after them.
    public static let constant = 60.0

    /// Reciprocal rank fusion: of each thing the sum of `1 / (k + rank)` over the lists that it is in, ranks from 1
    /// (Cormack, Clarke and Büttcher, SIGIR 2009). What ties stays in the order of its first mention. A thing that stands
    /// twice in one list counts by its better place.
    public static func fuse<ID: Hashable>(
        _ lists: [[ID]], constant: Double = constant
    ) -> [(id: ID, score: Double)] {
        var (scores, order): ([ID: Double], [ID]) = ([:], [])
        for list in lists {
            var seen: Set<ID> = []
            for (place, id) in list.enumerated() where seen.insert(id).inserted {
                if scores[id] == nil { order.append(id) }
                scores[id, default: 0] += 1 / (constant + Double(place + 1))
            }
        }
        let fused = order.enumerated().map { ($0.offset, $0.element, scores[$0.element] ?? 0) }
        return fused.sorted { ($1.2, $0.0) < ($0.2, $1.0) }.map { ($0.1, $0.2) }
    }
}
