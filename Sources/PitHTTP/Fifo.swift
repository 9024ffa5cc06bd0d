/// A queue: both ends in constant time, on average.
struct Fifo<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count || head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }

    mutating func removeAll(where isOver: (Element) -> Bool) -> [Element] {
        guard elements[head...].contains(where: { $0.map(isOver) ?? false }) else { return [] }
        var (kept, removed): ([Element?], [Element]) = ([], [])
        for case let element? in elements[head...] {
            if isOver(element) { removed.append(element) } else { kept.append(element) }
        }
        (elements, head) = (kept, 0)
        return removed
    }
}
