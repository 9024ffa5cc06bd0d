import PitGrid
import Testing

struct ChartAxisTests {
    @Test func ticksAreOneTwoOrFiveTimesAPowerOfTen() {
        #expect(Axis.ticks(0, 100, 5) == [0, 20, 40, 60, 80, 100])
        #expect(Axis.ticks(0, 1, 4) == [0, 0.5, 1])
        #expect(Axis.ticks(-3, 7, 5) == [-2, 0, 2, 4, 6])
        #expect(Axis.ticks(5, 5, 3) == [5])
    }

    @Test func ticksOfNonsenseAreNone() {
        #expect(Axis.ticks(.nan, 1, 3).isEmpty)
        #expect(Axis.ticks(0, .infinity, 3).isEmpty)
        #expect(Axis.ticks(2, 1, 3).isEmpty)
        #expect(Axis.ticks(0, 1, 0).isEmpty)
    }

    @Test func ticksOfAnyRangeAreFewOrderedAndInside() {
        var random = WidgetSizeTests.Generator(state: 11)
        for _ in 0..<3000 {
            let (a, b) = (Double(bitPattern: random.next()), Double(bitPattern: random.next()))
            guard a.isFinite, b.isFinite else { continue }
            let (low, high) = (min(a, b), max(a, b))
            let ticks = Axis.ticks(low, high, 5)
            #expect(ticks.count <= 7)
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 })
            #expect(ticks.allSatisfy { $0 >= low && $0 <= high })
        }
    }

    @Test func logarithmicTicksArePowersOfTenWithTwosAndFivesWhereThereIsRoom() {
        #expect(Axis.logTicks(1, 1000, 3) == [1, 100])
        #expect(Axis.logTicks(1, 1000, 4) == [1, 10, 100, 1000])
        #expect(Axis.logTicks(1, 10, 6) == [1, 2, 5, 10])
        #expect(Axis.logTicks(0, 10, 6).isEmpty)
    }

    @Test func timesAreRoundInLocalTime() {
        let noon = WidgetExhibit.noon
        #expect(
            Axis.timeTicks(from: noon, to: noon + 60, count: 4, utcOffset: 0).map(\.label) == [
                "12:00:00", "12:00:15", "12:00:30", "12:00:45", "12:01:00",
            ])
        #expect(
            Axis.timeTicks(from: noon + 1, to: noon + 3600, count: 4, utcOffset: 0).map(\.label) == [
                "12:15", "12:30", "12:45", "13:00",
            ])
        // A step of half a day falls on local midnights where clocks are 5:45 ahead.
        #expect(
            Axis.timeTicks(from: noon, to: noon + 86400, count: 2, utcOffset: 20700).map(\.label) == ["11-24", "12:00"])
        #expect(Axis.timeTicks(from: noon, to: noon + 7 * 86400, count: 7, utcOffset: 0).map(\.label).first == "11-24")
        #expect(Axis.timeTicks(from: noon, to: noon, count: 7, utcOffset: 0).isEmpty)
        #expect(Axis.timeTicks(from: 0, to: 9e11, count: 5, utcOffset: 0).count <= 12)
    }
}
