/// Who may go next: as many at one time as the whole limit and each host's limit allow, hosts in turn.
///
/// The cost of each step does not depend on how many wait, so that ten thousand may.
struct Gate<Element> {
    private struct Host {
        var running = 0
        var limit = 1
        var waiting = Fifo<Element>()
        /// Stands in `ready`.
        var isReady = false
    }

    private let limit: Int
    private var hosts: [String: Host] = [:]
    private var ready = Fifo<String>()
    private(set) var running = 0
    private(set) var waiting = 0

    init(limit: Int) { self.limit = max(1, limit) }

    mutating func add(_ element: Element, host name: String, limit: Int) {
        var host = hosts.removeValue(forKey: name) ?? Host()
        host.limit = max(1, limit)
        host.waiting.append(element)
        waiting += 1
        settle(&host, name)
    }

    /// The next one that may go; it counts as running until `leave`.
    mutating func next() -> Element? {
        while running < limit, let name = ready.popFirst() {
            guard var host = hosts.removeValue(forKey: name) else { continue }
            host.isReady = false
            let element = host.running < host.limit ? host.waiting.popFirst() : nil
            if element != nil {
                host.running += 1
                running += 1
                waiting -= 1
            }
            settle(&host, name)
            if let element { return element }
        }
        return nil
    }

    /// One of this host's is done.
    mutating func leave(host name: String) {
        guard var host = hosts.removeValue(forKey: name) else { return }
        if host.running > 0 {
            host.running -= 1
            running -= 1
        }
        settle(&host, name)
    }

    /// Takes out those who wait and for whom `isOver` is true.
    mutating func removeWaiting(where isOver: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        for (name, var host) in hosts where !host.waiting.isEmpty {
            let over = host.waiting.removeAll(where: isOver)
            guard !over.isEmpty else { continue }
            removed += over
            settle(&host, name)
        }
        waiting -= removed.count
        return removed
    }

    /// Puts the host back; it is forgotten when nothing of it is left.
    private mutating func settle(_ host: inout Host, _ name: String) {
        if !host.isReady, !host.waiting.isEmpty, host.running < host.limit {
            host.isReady = true
            ready.append(name)
        }
        let isForgotten = host.running == 0 && host.waiting.isEmpty && !host.isReady
        hosts[name] = isForgotten ? nil : host
    }
}
