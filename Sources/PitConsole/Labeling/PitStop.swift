import PitGrid
import PitModel

/// A few items judged between other work: a key from anywhere, five of them, and back to where it was pressed.
public struct PitStop: Equatable, Sendable {
    /// Items of one stop.
    public static let batch = 5

    public let queue: String
    /// How many of the queue were judged when it began; nil until that is known.
    var start: Int?
    /// How many have been since.
    var done = 0

    init(queue: String) { self.queue = queue }

    /// `2 of 5`: which one is judged now.
    var words: String { "\(min(done + 1, Self.batch)) of \(Self.batch)" }
}

extension GlobalState {
    static let pitStop = Command<GlobalState>(
        "pit-stop", "B", title: "pit stop",
        help: "Judge five of the queue judged last, or of the first with some left, and come back here.",
        availability: { state, world in
            if let screen = state.screen as? any JudgingScreen, screen.opened != nil {
                return .refused(because: "this is a queue already: esc leaves it")
            }
            return PitStop.queue(world, last: nil) == nil
                ? .refused(because: "no queue has anything left to judge: N under Label makes one") : .available
        }
    ) { _, _ in [.pitStop] }
}

extension PitStop {
    /// The queue to judge: the one judged last, else the first with something left that this person may judge.
    static func queue(_ world: World, last: String?) -> String? {
        let open = world.snapshot.queues.filter { state in
            let people = state.queue.assigned
            return state.left > 0 && (people.isEmpty || people.contains(world.settings.author))
        }
        return (open.first { $0.id == last } ?? open.first)?.id
    }
}

extension Console {
    /// Puts a queue over what is shown.
    mutating func beginPitStop() {
        guard let queue = PitStop.queue(world, last: lastJudged) else { return }
        beforePitStop = stack
        world.pitStop = PitStop(queue: queue)
        var screen = LabelScreen()
        screen.focus(on: queue)
        screen.fit(body.size)
        screen.settle(on: world)
        stack.append(screen)
        // A page that is old would count wrong.
        openedQueues[queue] = nil
        world.labelPages[queue] = nil
    }

    /// Counts what was judged, and goes back once five are, or nothing is left.
    mutating func countPitStop() {
        guard var stop = world.pitStop else { return }
        guard stack.contains(where: { ($0 as? any JudgingScreen)?.opened == stop.queue }) else {
            // It was left for something else.
            (world.pitStop, beforePitStop) = (nil, [])
            return
        }
        guard let page = world.labelPages[stop.queue] else { return }
        stop.start = stop.start ?? page.judged
        stop.done = max(0, page.judged - (stop.start ?? 0))
        world.pitStop = stop
        guard let screen = top as? any JudgingScreen, screen.opened == stop.queue, !screen.isBusy,
            stop.done >= PitStop.batch || page.items.isEmpty
        else { return }
        let left = page.items.isEmpty ? "nothing is left" : "\(max(0, page.total - page.judged)) left, B judges on"
        endPitStop()
        toast(Notice(.ok, "\(stop.done) of \(stop.queue) judged: \(left)"))
    }

    mutating func endPitStop() {
        if !beforePitStop.isEmpty { stack = beforePitStop }
        (world.pitStop, beforePitStop) = (nil, [])
        for index in stack.indices {
            stack[index].fit(body.size)
            stack[index].settle(on: world)
        }
    }

    /// Whether esc would leave the queue of a pit stop: then it goes back to where that began.
    var leavesPitStop: Bool {
        guard let stop = world.pitStop, let screen = top as? any JudgingScreen else { return false }
        return screen.opened == stop.queue && screen.isPlain
    }

    /// Tells somebody who judges that something fires.
    mutating func tellOfAlerts(before: Int) {
        let more = world.counts.firing - world.counts.acknowledged - before
        guard more > 0, (top as? any JudgingScreen)?.opened != nil else { return }
        toast(
            Notice(
                .warn, "\(more) more \(more == 1 ? "alert fires" : "alerts fire"): A shows them, esc comes back here"))
    }
}
