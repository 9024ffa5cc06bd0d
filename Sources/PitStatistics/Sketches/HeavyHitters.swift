import Foundation

/// Who has most of a stream, in bounded room: Space-Saving (Metwally, Agrawal and El Abbadi, 2005) over weights that
/// fade with time (forward decay, Cormode and others, 2009).
///
/// Of a steady stream of `r` a second the weight is `r` times the time constant. A weight is never less than the true
/// one, and more by `error` at most.
public struct HeavyHitters: Sendable {
    public struct Entry: Equatable, Sendable {
        public var key: String
        /// What it weighs at most, and by how much that may be too much.
        public var weight: Double
        public var error: Double
    }

    private struct Slot {
        var key: String
        var weight: Double
        var error: Double
    }

    /// Seconds in which a weight fades to 1/e.
    public let timeConstant: Double
    private let capacity: Int
    /// Weights are kept as of this moment: those of later ones are larger, those of now smaller by as much.
    private var landmark: Double?
    private var slots: [Slot] = []
    private var places: [String: Int] = [:]
    private var all = 0.0
    /// All slots, the least on top by the weights that they had when they were put there: weights only grow.
    private var heap: [(weight: Double, slot: Int)] = []

    public init(capacity: Int = 2048, timeConstant: Double) {
        (self.capacity, self.timeConstant) = (max(1, capacity), timeConstant)
        slots.reserveCapacity(self.capacity)
    }

    /// Adds a weight at a moment, in seconds; what comes late counts for less. Gives the key's entry then.
    @discardableResult
    public mutating func add(_ key: String, _ weight: Double = 1, at: Double) -> Entry {
        if landmark == nil { landmark = at }
        if growth(at) > 1e12 { renew(at) }
        let grown = weight * growth(at)
        all += grown
        let index: Int
        if let known = places[key] {
            index = known
            slots[index].weight += grown
        } else if slots.count < capacity {
            index = slots.count
            slots.append(Slot(key: key, weight: grown, error: 0))
            places[key] = index
            heap.append((grown, index))
            siftUp(heap.count - 1)
        } else {
            // The least one makes room, and leaves its weight as what may be too much.
            index = least()
            places[slots[index].key] = nil
            slots[index] = Slot(key: key, weight: slots[index].weight + grown, error: slots[index].weight)
            places[key] = index
            renewTop()
        }
        return entry(slots[index], at)
    }

    /// The slot of the least weight.
    private mutating func least() -> Int {
        while heap[0].weight < slots[heap[0].slot].weight { renewTop() }
        return heap[0].slot
    }

    /// Puts the top where its weight by now belongs.
    private mutating func renewTop() {
        heap[0].weight = slots[heap[0].slot].weight
        var at = 0
        while true {
            var next = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[child].weight < heap[next].weight {
                next = child
            }
            guard next != at else { return }
            heap.swapAt(at, next)
            at = next
        }
    }

    private mutating func siftUp(_ place: Int) {
        var at = place
        while at > 0, heap[at].weight < heap[(at - 1) / 2].weight {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    /// All that the stream weighs at a moment.
    public func total(at: Double) -> Double { all / growth(at) }

    /// The heaviest, the heaviest first.
    public func top(_ count: Int, at: Double) -> [Entry] {
        slots.sorted { $0.weight > $1.weight }.prefix(count).map { entry($0, at) }
    }

    private func entry(_ slot: Slot, _ at: Double) -> Entry {
        let growth = growth(at)
        return Entry(key: slot.key, weight: slot.weight / growth, error: slot.error / growth)
    }

    private func growth(_ at: Double) -> Double {
        exp(max(-600, min(600, (at - (landmark ?? at)) / timeConstant)))
    }

    private mutating func renew(_ at: Double) {
        let growth = growth(at)
        for index in slots.indices {
            slots[index].weight /= growth
            slots[index].error /= growth
        }
        for index in heap.indices { heap[index].weight /= growth }
        all /= growth
        landmark = at
    }
}
