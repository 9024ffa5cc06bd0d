import PitModel
import Testing

@testable import PitEngine

@Test("ten thousand targets spread over their interval, the same at every start")
func spread() {
    var bins = [Int](repeating: 0, count: 15)
    let now = Timestamp(seconds: 1_800_000_000)
    for index in 0..<10_000 {
        let schedule = PollSchedule(name: "target-\(index).example.com:8000", interval: 15)
        let first = schedule.first(after: now, spread: true)
        bins[min(14, Int(first.since(now)))] += 1
        #expect(
            first
                == PollSchedule(name: "target-\(index).example.com:8000", interval: 15).first(after: now, spread: true))
    }
    #expect(bins.allSatisfy { (520...820).contains($0) }, "\(bins)")
}

@Test("failures double the pause up to a minute, Retry-After is kept, and a return is at once on the grid")
func backoff() {
    var schedule = PollSchedule(name: "x", interval: 15)
    let now = Timestamp(seconds: 1_800_000_000)
    var pauses: [Double] = []
    for _ in 0..<8 { pauses.append(schedule.next(after: now, now: now, succeeded: false, retryAfter: nil).since(now)) }
    #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(pauses[0] < 15 && (54...66).contains(pauses[7]))
    #expect(schedule.next(after: now, now: now, succeeded: false, retryAfter: 300).since(now) == 300)
    let back = schedule.next(after: now, now: now, succeeded: true, retryAfter: nil).since(now)
    #expect(back > 0 && back <= 22.5)
    #expect(schedule.failuresInRow == 0)
}

@Test("polls of one target keep its turn and never come twice in one interval")
func grid() {
    var schedule = PollSchedule(name: "y", interval: 10)
    var at = schedule.first(after: Timestamp(seconds: 1_800_000_000), spread: true)
    for took in [0.1, 3, 9.9, 12, 0.1, 25] {
        let next = schedule.next(after: at, now: at.advanced(by: took), succeeded: true, retryAfter: nil)
        #expect(next > at.advanced(by: took) && next.since(at) >= 5)
        at = next
    }
}

@Test("turns come in order of time")
func queue() {
    var queue = TurnQueue()
    var state: UInt64 = 9
    for index in 0..<2000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        queue.push(index, at: Timestamp(milliseconds: Int64(state >> 44)))
    }
    var last = Timestamp(milliseconds: 0)
    var count = 0
    while let soonest = queue.soonest {
        #expect(soonest >= last)
        last = soonest
        #expect(queue.popDue(soonest) != nil)
        count += 1
    }
    #expect(count == 2000 && queue.isEmpty)
}

@Test("a connection has one turn, the soonest it was given, and none once it is being polled")
func oneTurn() {
    var queue = TurnQueue()
    func time(_ at: Int64) -> Timestamp { Timestamp(milliseconds: at) }
    for at in stride(from: Int64(900), to: 100, by: -100) { queue.push(1, at: time(at)) }
    queue.push(2, at: time(500))
    #expect(queue.popDue(time(1000)) == 1)
    #expect(queue.popDue(time(1000)) == 2)
    #expect(queue.popDue(time(1000)) == nil && queue.isEmpty)
    for round in 0..<10_000 as Range<Int64> {
        queue.push(3, at: time(round))
        queue.forget(3)
    }
    #expect(queue.popDue(time(20_000)) == nil)
    queue.push(3, at: time(30_000))
    #expect(queue.popDue(time(30_000)) == 3)
}
