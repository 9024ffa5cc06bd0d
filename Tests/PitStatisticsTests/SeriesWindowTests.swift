import PitModel
import PitStatistics
import Testing

private func point(_ seconds: Double, _ value: Double = 0) -> DataPoint {
    DataPoint(Timestamp(seconds: seconds), value)
}

@Test("a window keeps what is young enough, in order")
func windowKeeps() {
    var window = SeriesWindow(retention: 60)
    #expect(window.last == nil)
    for second in stride(from: 0, through: 600, by: 15) { window.append(point(Double(second), Double(second))) }
    #expect(window.points.map(\.value) == [540, 555, 570, 585, 600])
    #expect(window.count == 5)
    #expect(window.last == point(600, 600))
    #expect(window.points(from: Timestamp(seconds: 550), to: Timestamp(seconds: 585)).map(\.value) == [555, 570, 585])
    #expect(window.points(from: Timestamp(seconds: 601), to: Timestamp(seconds: 700)).isEmpty)
    #expect(window.points(from: Timestamp(seconds: 0), to: Timestamp(seconds: 10)).isEmpty)
    window.removeAll()
    #expect(window.count == 0)
    #expect(window.points.isEmpty)
}

@Test("a point that is not newer is left out, and one after a long silence is alone")
func windowOrder() {
    var window = SeriesWindow(retention: 60)
    window.append(point(10, 1))
    window.append(point(10, 2))
    window.append(point(5, 3))
    #expect(window.points.map(\.value) == [1])
    window.append(point(1000, 4))
    #expect(window.points.map(\.value) == [4])
}

@Test("a window agrees with a plain list, whatever is put in, and is bounded")
func windowModel() {
    var random = Seeded(state: 9)
    for retention in [1.0, 30, 300, 1e9] {
        var window = SeriesWindow(retention: retention)
        var plain: [DataPoint] = []
        var now = 0.0
        for _ in 0..<4000 {
            now += Double(Int.random(in: -2...20, using: &random))
            let next = point(now, now)
            window.append(next)
            if plain.last.map({ next.at > $0.at }) ?? true { plain.append(next) }
            let oldest = plain[plain.count - 1].at.advanced(by: -retention)
            plain = Array(plain.drop { $0.at < oldest }.suffix(SeriesWindow.limit))
        }
        #expect(Array(window.points) == plain)
        #expect(window.count <= SeriesWindow.limit)
        var fresh = SeriesWindow(retention: retention)
        for point in plain { fresh.append(point) }
        #expect(fresh == window)
    }
}
