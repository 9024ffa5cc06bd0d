/// A release of the demo.
struct DemoRelease: Sendable {
    /// What it does to the servers that run it.
    enum Effect: Equatable, Sendable {
        case none
        /// They saturate: 0...1.
        case slow(Double)
        /// That share of requests fails.
        case failing(Double)
    }
    var id: String
    /// Story seconds.
    var at: Double
    var author: String
    var cause: String
    var image: String
    var model: String
    var arguments: [(name: String, value: String)] = []
    var effect = Effect.none
    /// From when on it is bad, in story seconds.
    var badFrom = -1e9
}

/// What deploys one model of the demo: rolling, a replica after the other, or two releases side by side that share the
/// traffic.
struct DemoDeployment: Sendable {
    var namespace: String
    var model: String
    /// The oldest first.
    var releases: [DemoRelease]
    var current: String
    var generation: Int
    var since: Double
    var changedBy: String
    /// What each replica runs, and since when.
    var serving: [(release: String, since: Double)]
    var isPaused = false
    /// The share of the newest release in percent, where two stand side by side.
    var weight: Double?
    var managedBy: String?
    /// Requests that were done, by their ids.
    var done: [String: String] = [:]
    var events: [(at: Double, isWarning: Bool, object: String, reason: String, words: String)] = []
    /// Whether a person acted in this chapter: then the story does not undo it.
    var isInHand = false
    /// When the newest change of the traffic came.
    var shiftedAt = -1e9

    /// Seconds that a replica takes to load a model, and after the last until all is ready.
    static let turn = 7.0

    var path: String { "\(namespace)/\(model)" }
    /// Two releases side by side: each replica keeps its own, and only the traffic moves.
    var isSideBySide: Bool { weight != nil }
    /// While both get some of the traffic.
    var isCanary: Bool { weight.map { $0 > 0 && $0 < 100 } ?? false }
    func release(_ id: String) -> DemoRelease? { releases.first { $0.id == id } }

    /// Replicas that run what is wanted, and those that are through with loading.
    func counts(at now: Double) -> (updated: Int, ready: Int) {
        guard !isSideBySide else { return (serving.count, serving.count) }
        let updated = serving.filter { $0.release == current }
        let loading = serving.filter { 0..<Self.turn ~= now - $0.since }
        return (updated.count, serving.count - loading.count)
    }

    func status(at now: Double) -> String {
        if isPaused { return "paused" }
        if isSideBySide {
            return now - shiftedAt < Self.turn ? "progressing" : isCanary ? "canary" : "complete"
        }
        let (updated, ready) = counts(at: now)
        return updated == serving.count && ready == serving.count ? "complete" : "progressing"
    }

    /// Requests of a replica as a share of what each gets when all get the same.
    func load(of replica: Int) -> Double {
        guard let weight else { return 1 }
        let share = serving[replica].release == releases.last?.id ? weight / 100 : 1 - weight / 100
        return share * Double(serving.count)
    }

    /// What its release does to a replica by now: how saturated it is, and the share of requests that fail.
    func effect(on replica: Int, at now: Double) -> (strain: Double, failing: Double) {
        guard let release = release(serving[replica].release) else { return (0, 0) }
        let bad = now - max(serving[replica].since, release.badFrom)
        switch release.effect {
        case .none: return (0, 0)
        case .slow(let most): return (most * min(1, max(0, bad / 40)), 0)
        case .failing(let most): return (0, most * min(1, max(0, bad / 20)))
        }
    }

    /// Whether what a replica runs was made cheaper at the cost of what it says.
    func answersWorse(_ replica: Int, at now: Double) -> Bool {
        guard let release = release(serving[replica].release), case .slow = release.effect else { return false }
        return now >= max(serving[replica].since, release.badFrom)
    }

    // MARK: what changes it

    /// Wants another release: the replicas follow one by one.
    mutating func want(_ id: String, by author: String, at now: Double) {
        if let weight, let newest = releases.last?.id {
            let wanted = id == newest ? 100.0 : 0
            if weight != wanted { shiftedAt = now }
            self.weight = wanted
        }
        (current, isPaused) = (id, false)
        change(by: author, at: now, "Updated", "\(id) is wanted")
    }

    mutating func shift(to percent: Double, by author: String, at now: Double) {
        (weight, shiftedAt) = (percent, now)
        if let newest = releases.last?.id { current = newest }
        change(by: author, at: now, "Weighted", "\(Int(percent)) % to \(current)")
    }

    mutating func pause(_ pauses: Bool, by author: String, at now: Double) {
        isPaused = pauses
        change(by: author, at: now, pauses ? "Paused" : "Resumed", "by \(author)")
    }

    mutating func restart(by author: String, at now: Double) {
        for index in serving.indices { serving[index].since = now + Double(index) * Self.turn }
        change(by: author, at: now, "Restarted", "by \(author)")
    }

    private mutating func change(by author: String, at now: Double, _ reason: String, _ words: String) {
        (generation, since, changedBy) = (generation + 1, now, author)
        note(now, path, reason, words)
    }

    mutating func note(_ now: Double, _ object: String, _ reason: String, _ words: String, isWarning: Bool = false) {
        events.append((now, isWarning, object, reason, words))
        if events.count > 50 { events.removeFirst() }
    }

    /// Lets a replica begin what is wanted, or begin anew, when its turn is; gives its index.
    mutating func roll(at now: Double) -> Int? {
        if let again = serving.firstIndex(where: { 0..<1 ~= now - $0.since }) { return again }
        guard !isPaused, !isSideBySide, let next = serving.firstIndex(where: { $0.release != current }),
            now - (serving.map(\.since).max() ?? now) >= Self.turn, now - since >= 2
        else { return nil }
        serving[next] = (current, now)
        note(now, "replica \(model)-\(next)", "Started", "loads the weights of \(current)")
        return next
    }
}
