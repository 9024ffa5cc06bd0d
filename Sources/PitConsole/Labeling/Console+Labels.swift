import PitGrid
import PitModel

extension Console {
    /// Seconds after which an opened queue is read again: others judge it, too.
    private static let queuePatience = 5.0

    /// The queue that the top screen wants and has not, or has had for a while.
    mutating func labelLoads() -> [Effect] {
        guard let screen = top as? any JudgingScreen, let name = screen.opened, !screen.isWaiting else { return [] }
        let patience = Self.queuePatience
        let isTime = openedQueues.noteIfDue(name, at: world.now, patience: patience, memory: patience)
        return isTime ? [.openQueue(name)] : []
    }

    /// Keeps a page, and then takes the keys that were typed while it was on its way.
    mutating func take(_ page: LabelPage) -> [Effect] {
        world.labelPages[page.queue.name] = page
        if page.sitting > 0 { lastJudged = page.queue.name }
        if world.labelPages.count > 4 { world.labelPages = world.labelPages.filter { $0.key == page.queue.name } }
        for index in stack.indices {
            if var screen = stack[index] as? any JudgingScreen {
                screen.take(page, world)
                stack[index] = screen
            }
            stack[index].settle(on: world)
        }
        countPitStop()
        var effects: [Effect] = []
        while var screen = top as? any JudgingScreen, let key = screen.release() {
            stack[stack.count - 1] = screen
            effects += press(key)
        }
        return effects
    }

    mutating func hold(_ key: Key) -> Bool {
        guard var screen = top as? any JudgingScreen else { return false }
        defer { stack[stack.count - 1] = screen }
        return screen.hold(key)
    }

    /// Says why an act is not kept; what was typed after it was typed for another item, and goes.
    mutating func refuse(_ queue: String, _ why: Notice) {
        var dropped = 0
        for index in stack.indices {
            guard var screen = stack[index] as? any JudgingScreen else { continue }
            dropped += screen.refuse(queue)
            stack[index] = screen
        }
        var why = why
        if dropped > 0 { why.text += "; \(dropped) \(dropped == 1 ? "key" : "keys") typed after it not taken" }
        toast(why)
    }
}
