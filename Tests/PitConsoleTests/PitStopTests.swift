import PitConsole
import PitGrid
import PitModel
import Testing

private typealias Labels = LabelWorlds

/// A page of the thumbs queue after so many were judged in this sitting.
private func page(_ judged: Int) -> LabelPage {
    var page = Labels.page(Labels.thumbs, from: judged + 1)
    (page.judged, page.sitting) = (30 + judged, judged)
    return page
}

private func stop(_ screen: String = "drift") -> Harness {
    var harness = Harness(Labels.world, screen: screen)
    harness.press("B")
    #expect(harness.effects == [.openQueue("q-thumbs")])
    harness.send(.labelPage(page(0)))
    return harness
}

@Test("one key opens five of a queue from anywhere, and after the fifth it is where it was")
func pitStops() {
    var harness = stop()
    for judged in 0..<5 {
        #expect(harness.text.contains("pit stop: \(judged + 1) of 5"))
        harness.press("k")
        harness.send(.labelPage(page(judged + 1)))
    }
    #expect(!harness.text.contains("pit stop:"))
    #expect(harness.text.contains("5 of q-thumbs judged: 85 left, B judges on"))
    #expect(harness.console.stack.count == 1 && acts(harness).count == 5)
}

@Test("what is undone counts no more, what is skipped never did; esc goes back at once")
func pitStopCounts() {
    var harness = stop()
    harness.press("k")
    harness.send(.labelPage(page(1)))
    harness.press("s")
    harness.send(.labelPage(page(1)))
    #expect(harness.text.contains("pit stop: 2 of 5"))
    harness.press("u")
    harness.send(.labelPage(page(0)))
    #expect(harness.text.contains("pit stop: 1 of 5"))
    harness.press("g esc")
    #expect(harness.text.contains("pit stop: 1 of 5"))
    harness.press("esc")
    #expect(harness.console.stack.count == 1 && !harness.text.contains("pit stop:"))
}

@Test("a question that the fifth answer brings is asked before it goes back; keys typed after it act nowhere")
func pitStopFollowsUp() {
    var harness = stop()
    harness.send(.labelPage(page(4)))
    harness.press("d q q")
    var last = page(5)
    last.latest = Labels.item(5).answered("thumbs", .choice("bad"))
    harness.send(.labelPage(last))
    harness = stop()
    harness.send(.labelPage(page(4)))
    harness.press("d")
    harness.send(.labelPage(last))
    #expect(harness.text.contains("What is wrong?"))
    harness.press("right")
    #expect(harness.console.stack.count == 1)
    harness = stop()
    harness.send(.labelPage(page(4)))
    harness.press("k q")
    harness.send(.labelPage(page(5)))
    #expect(harness.console.stack.count == 1)
    #expect(!harness.effects.contains(.quit))
}

@Test("a queue with nothing left is over; the queue judged last is the one that is opened")
func pitStopChooses() {
    var harness = stop()
    var empty = page(2)
    empty.items = []
    harness.send(.labelPage(empty))
    #expect(harness.text.contains("2 of q-thumbs judged: nothing is left"))
    harness = Harness(Labels.world, screen: "label", subject: "q-stars")
    var stars = Labels.page(Labels.stars, from: 3)
    stars.sitting = 2
    harness.send(.labelPage(stars))
    harness.press("esc")
    harness.effects = []
    harness.press("B")
    #expect(harness.effects == [.openQueue("q-stars")])
    var world = Labels.world
    world.queues = []
    harness = Harness(world)
    harness.press("B")
    #expect(harness.text.contains("no queue has anything left to judge"))
    #expect(harness.effects.isEmpty)
}

@Test(
    "an alert that comes is told, looked at with one key, and esc is back at the same exchange and what was begun there"
)
func alertInterrupts() {
    var harness = Labels.desk(Labels.marked)
    harness.press("m 1 esc")
    var world = Worlds.oneDown
    world.queues = Labels.world.queues
    harness.send(.world(world))
    #expect(harness.text.contains("A shows them, esc comes back here"))
    for key in ["A", "3"] {
        harness.press(key)
        #expect(harness.text.contains(Worlds.oneDown.alerts[0].alert.name))
        #expect(!harness.text.contains("charged twice for order 1."))
        harness.press("esc")
        #expect(harness.text.contains("charged twice for order 1."))
        #expect(harness.text.contains("1 span, not kept yet"))
    }
}

@Test("a pit stop looks as recorded", arguments: [Size(80, 24), Size(120, 36)])
func goldenPitStop(size: Size) throws {
    var harness = Harness(Labels.world, screen: "drift", size: size)
    harness.press("B")
    harness.send(.labelPage(page(0)))
    harness.press("k")
    harness.send(.labelPage(page(1)))
    try expectGolden(harness.frame, "labels/pit-stop@\(size.width)x\(size.height)")
}
