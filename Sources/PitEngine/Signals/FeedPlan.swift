import PitModel
import PitStatistics

/// The series of one target that feed one model, sorted out once: what is summed, what makes a histogram, and which
/// of several names counts.
struct FeedPlan {
    struct Replica {
        var id: String
        var sources: [Source]
    }

    /// One source of the profile.
    struct Source {
        /// Its index in the profile.
        var number: Int
        var quantity: Quantity
        var isGauge: Bool
        var scale: Double
        var merge: QuantitySource.Merge
        /// The series under each of the source's names, the best name first.
        var ranks: [Rank]
    }

    struct Rank {
        var number: Int
        var values: [Int] = []
        /// Those of the values whose labels say why the requests that they count ended.
        var categories: [(name: String, slot: Int)] = []
        /// By upper edge, ascending.
        var buckets: [(upper: Double, slot: Int)] = []
        var sums: [Int] = []
        var counts: [Int] = []

        func contains(where isWanted: (Int) -> Bool) -> Bool {
            values.contains(where: isWanted) || buckets.contains { isWanted($0.slot) } || sums.contains(where: isWanted)
                || counts.contains(where: isWanted)
        }
    }

    private(set) var replicas: [Replica] = []
    /// How many series it is made of.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds one more series.
    mutating func add(_ series: BoundSeries) {
        count += 1
        var replica = replicas.firstIndex { $0.id == series.replica }
        if replica == nil {
            let place = replicas.firstIndex { $0.id > series.replica } ?? replicas.count
            replicas.insert(Replica(id: series.replica, sources: []), at: place)
            replica = place
        }
        replicas[replica ?? 0].add(series)
    }
}

extension FeedPlan.Replica {
    fileprivate mutating func add(_ series: BoundSeries) {
        var source = sources.firstIndex { $0.number == series.source }
        if source == nil {
            source = sources.count
            sources.append(
                FeedPlan.Source(
                    number: series.source, quantity: series.quantity, isGauge: series.isGauge, scale: series.scale,
                    merge: series.merge, ranks: []))
        }
        sources[source ?? 0].add(series)
    }
}

extension FeedPlan.Source {
    fileprivate mutating func add(_ series: BoundSeries) {
        var rank = ranks.firstIndex { $0.number == series.rank }
        if rank == nil {
            let place = ranks.firstIndex { $0.number > series.rank } ?? ranks.count
            ranks.insert(FeedPlan.Rank(number: series.rank), at: place)
            rank = place
        }
        let place = rank ?? 0
        switch series.part {
        case .value:
            ranks[place].values.append(series.slot)
            if let category = series.category { ranks[place].categories.append((category, series.slot)) }
        case .bucket(let upper):
            let edge = upper * scale
            let at = ranks[place].buckets.lastIndex { $0.upper <= edge }.map { $0 + 1 } ?? 0
            ranks[place].buckets.insert((edge, series.slot), at: at)
        case .sum: ranks[place].sums.append(series.slot)
        case .count: ranks[place].counts.append(series.slot)
        }
    }
}
