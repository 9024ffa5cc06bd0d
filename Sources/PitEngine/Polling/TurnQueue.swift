import PitModel

/// A heap of turns, the soonest on top: one sleeping task serves any number of connections. Each has one turn at most,
/// the soonest that it was given.
struct TurnQueue {
    private var heap: [(at: Timestamp, index: Int)] = []
    private var planned: [Int: Timestamp] = [:]

    /// Perhaps of a turn that was taken back: then there is nothing to do at it.
    var soonest: Timestamp? { heap.first?.at }
    var isEmpty: Bool { planned.isEmpty }

    mutating func push(_ index: Int, at: Timestamp) {
        if let known = planned[index], known <= at { return }
        planned[index] = at
        // What was taken back stays in the heap until it is due, which may be never where nobody asks.
        if heap.count > 2 * planned.count + 64 { rebuild() } else { add(index, at) }
    }

    /// Takes a turn back: it is being done.
    mutating func forget(_ index: Int) { planned[index] = nil }

    /// The soonest turn, if it is due.
    mutating func popDue(_ now: Timestamp) -> Int? {
        while let (at, index) = takeDue(now) {
            guard planned[index] == at else { continue }
            planned[index] = nil
            return index
        }
        return nil
    }

    private mutating func rebuild() {
        heap = []
        for (index, at) in planned { add(index, at) }
    }

    private mutating func add(_ index: Int, _ at: Timestamp) {
        heap.append((at, index))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].at < heap[parent].at else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func takeDue(_ now: Timestamp) -> (at: Timestamp, index: Int)? {
        guard let first = heap.first, first.at <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let child = left + 1 < heap.count && heap[left + 1].at < heap[left].at ? left + 1 : left
            guard heap[child].at < heap[parent].at else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
