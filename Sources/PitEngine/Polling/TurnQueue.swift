import PitModel

/// A heap of turns, the soonest on top: one sleeping task serves any number of connections.
struct TurnQueue {
    private var heap: [(at: Timestamp, index: Int)] = []

    var soonest: Timestamp? { heap.first?.at }
    var isEmpty: Bool { heap.isEmpty }

    mutating func push(_ index: Int, at: Timestamp) {
        heap.append((at, index))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].at < heap[parent].at else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The soonest turn, if it is due.
    mutating func popDue(_ now: Timestamp) -> Int? {
        guard let first = heap.first, first.at <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.index }
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
        return first.index
    }
}
