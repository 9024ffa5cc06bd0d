import PitGrid
import Testing

struct ChartLineTests {
    private let area = Rect(0, 0, 60, 12)

    private func chart(_ values: [Double?], step: Double = 1) -> LineChart {
        LineChart(
            "", [ChartSeries("a", start: 0, step: step, values: values)], from: 0, to: Double(values.count) * step)
    }

    private func dots(_ frame: Frame, _ columns: Range<Int>, _ rows: Range<Int>) -> Int {
        rows.reduce(0) { sum, y in
            sum + columns.count { (0x2801...0x28FF).contains(frame[$0, y].glyph.unicodeScalars.first?.value ?? 0) }
        }
    }

    @Test func aSpikeAmongAHundredThousandPointsIsSeen() {
        var values = [Double?](repeating: 1, count: 100_000)
        values[54321] = 1000
        let chart = chart(values)
        var frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        let plot = chart.plot(in: area)
        #expect(dots(frame, plot.x..<plot.maxX, plot.y..<plot.y + 1) == 1)
    }

    @Test func nothingIsDrawnWhereNothingIsKnown() {
        let chart = chart((0..<60).map { (20..<40).contains($0) ? nil : 5 })
        var frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        let plot = chart.plot(in: area)
        let middle = plot.x + plot.width / 2
        #expect(dots(frame, middle - 5..<middle + 5, plot.y..<plot.maxY) == 0)
        #expect(dots(frame, plot.x..<middle - 10, plot.y..<plot.maxY) > 0)
        #expect(dots(frame, middle + 10..<plot.maxX, plot.y..<plot.maxY) > 0)
    }

    @Test func aScrapeMissedForLongerThanTheGapPartsTheLine() {
        var chart = LineChart(
            "", [ChartSeries("a", [ChartPoint(0, 1), ChartPoint(5, 1), ChartPoint(95, 1), ChartPoint(100, 1)])],
            from: 0,
            to: 100)
        var frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        let plot = chart.plot(in: area)
        let middle = plot.x + 20..<plot.x + 40
        #expect(dots(frame, middle, plot.y..<plot.maxY) == 20)
        chart.maxGap = 10
        frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        #expect(dots(frame, middle, plot.y..<plot.maxY) == 0)
    }

    @Test func columnsAndTimesAgree() throws {
        var chart = chart(Array(repeating: 1, count: 100))
        let plot = chart.plot(in: area)
        for x in plot.x..<plot.maxX {
            let time = try #require(chart.time(atColumn: x, in: area))
            chart.cursor = time
            #expect(chart.time(movedBy: 0, in: area) == time)
            var frame = Frame(area.size)
            chart.draw(in: area, on: &frame)
            #expect(frame[x, plot.y].ink.ground == .selection)
        }
        #expect(chart.time(atColumn: plot.x - 1, in: area) == nil)
        #expect(chart.time(atColumn: plot.maxX, in: area) == nil)
        chart.cursor = nil
        let newest = try #require(chart.time(movedBy: 0, in: area))
        #expect(chart.time(movedBy: 5, in: area) == newest)
        chart.cursor = newest
        #expect(try #require(chart.time(movedBy: -3, in: area)) < newest)
        #expect(try #require(chart.time(movedBy: -1000, in: area)) >= 0)
    }

    @Test func aReadingIsTheNearestPointOrNone() {
        let chart = LineChart(
            "", [ChartSeries("a", [ChartPoint(0, 1), ChartPoint(10, nil), ChartPoint(400, 3)])], from: 0, to: 400)
        #expect(chart.readings(at: 2).first?.point == ChartPoint(0, 1))
        #expect(chart.readings(at: 9).first?.point == ChartPoint(10, nil))
        #expect(chart.readings(at: 200).first?.point == nil)
        #expect(chart.readings(at: 395).first?.point?.value == 3)
    }

    @Test func theLegendShowsWhatTheCursorIsOnAndWhatIsMissingAsMissing() {
        var chart = chart([1, 2, nil])
        chart.maxGap = 0.6
        func legend() -> String {
            var frame = Frame(area.size)
            chart.draw(in: area, on: &frame)
            return String(frame.plainText.split(separator: "\n")[0])
        }
        #expect(legend() == "● a --")
        chart.cursor = 1
        #expect(legend() == "00:00:01  ● a 2")
        chart.readOut = { time, readings in [Segment("at \(time): \(readings.count)")] }
        #expect(legend() == "00:00:01  at 1.0: 1")
    }

    @Test func aThresholdFarAboveTheLinesDoesNotPressThemFlat() {
        var chart = chart([1, 2, 3])
        chart.thresholds = [ChartThreshold(1000, "limit")]
        var frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        #expect(frame.plainText.contains("limit ↑"))
        chart.thresholds = [ChartThreshold(5, "limit")]
        frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        #expect(frame.plainText.contains("┄┄limit\n"))
    }

    @Test func infinityStandsAtTheTopAndStretchesNothing() {
        let chart = chart([1, .infinity, 1, -.infinity])
        var frame = Frame(area.size)
        chart.draw(in: area, on: &frame)
        let plot = chart.plot(in: area)
        #expect(dots(frame, plot.x..<plot.maxX, plot.y..<plot.y + 1) > 0)
        #expect(frame.plainText.contains("1┤"))
    }

    @Test func marksOfOneColumnAreMergedWithTheirCountAndTheInkOfTheHeaviest() {
        let line = ChangeLine(
            [
                ChartMark(at: 50, .diamond, role: .ok), ChartMark(at: 50, .cross, role: .fail, weight: 3),
                ChartMark(at: 10, .star, role: .notice), ChartMark(at: 500, .flag),
            ], from: 0, to: 100, prefix: "model")
        var frame = Frame(Size(30, 1))
        line.draw(in: frame.area, under: Rect(10, 0, 20, 1), on: &frame)
        #expect(frame[20, 0].glyph == "2")
        #expect(frame[20, 0].ink.role == .fail)
        #expect(frame[12, 0].glyph == "★")
        #expect(frame.hotspot(at: Point(20, 0)) == Hotspot(area: Rect(20, 0, 1, 1), commandID: "model.change", row: 0))
        #expect(frame.hotspots.count == 2)
    }

    @Test func randomSeriesNeverTrap() {
        var random = WidgetSizeTests.Generator(state: 23)
        for round in 0..<300 {
            let points = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                ChartPoint(
                    Double(bitPattern: random.next()),
                    Bool.random(using: &random) ? nil : Double(bitPattern: random.next()))
            }
            var chart = LineChart(
                "t", [ChartSeries("a", points, isArea: round % 2 == 0)], from: Double(bitPattern: random.next()),
                to: Double(bitPattern: random.next()))
            chart.isLog = round % 3 == 0
            chart.cursor = Double(bitPattern: random.next())
            chart.ceiling = Double(bitPattern: random.next())
            chart.thresholds = [ChartThreshold(Double(bitPattern: random.next()), "x")]
            chart.marks = [ChartMark(at: Double(bitPattern: random.next()), .flag)]
            var frame = Frame(Size(40, 10))
            chart.draw(in: frame.area, on: &frame)
            let values = points.map(\.value)
            let (a, b) = (Double(bitPattern: random.next()), Double(bitPattern: random.next()))
            Sparkline(values, max: a).draw(in: frame.area, on: &frame)
            Meter(b).draw(in: frame.area, on: &frame)
            Progress(b).draw(in: frame.area, on: &frame)
            HeatMap([HeatMap.Row("a", values)], from: a, to: b, low: b, high: a).draw(in: frame.area, on: &frame)
            Histogram([Histogram.Bucket("a", reference: a, current: b)]).draw(in: frame.area, on: &frame)
            for direction in [BarChart.Direction.right, .up] {
                BarChart(values.map { Bar("b", $0) }, direction: direction, max: a).draw(in: frame.area, on: &frame)
            }
            StackedBar(values.map { Bar("b", $0) }).draw(in: frame.area, on: &frame)
            #expect(frame.cells.count == 400)
        }
    }
}
