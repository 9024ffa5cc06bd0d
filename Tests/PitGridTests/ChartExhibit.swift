import PitGrid

extension WidgetExhibit {
    /// 2026-11-23 12:00:00 UTC.
    static let noon = 1_795_435_200.0

    static func wave(_ count: Int, _ high: Double, spike: Int? = nil) -> [Double?] {
        (0..<count).map { index in
            if index == spike { return high * 4 }
            let phase = Double(index % 40) / 40
            return high * (0.5 + 2 * phase * (1 - phase))
        }
    }

    static func ttft(_ isLog: Bool = false) -> LineChart {
        var slow = wave(240, 0.5, spike: 121)
        for index in 60..<75 { slow[index] = nil }
        var chart = LineChart(
            "TTFT",
            [
                ChartSeries("p50", start: noon, step: 15, values: wave(240, 0.2), role: .series1),
                ChartSeries("p95", start: noon, step: 15, values: slow, role: .series2),
            ], from: noon, to: noon + 3600, format: { Figures.duration($0) })
        chart.isLog = isLog
        return chart
    }

    static let marks = [
        ChartMark(at: noon + 600, .diamond, role: .notice),
        ChartMark(at: noon + 1800, .triangle, role: .fail, weight: 2),
        ChartMark(at: noon + 1805, .square, role: .dim), ChartMark(at: noon + 3000, .flag, role: .ok),
    ]

    private static let small = Size(24, 5)
    private static let middle = Size(64, 14)

    static let charts: [WidgetExhibit] =
        lineCharts + [
            WidgetExhibit("chart-changes", [Size(12, 1), Size(64, 1)]) { area, frame in
                let plot = Rect(area.x + 9, area.y, area.width - 9, 1)
                ChangeLine(marks, from: noon, to: noon + 3600, prefix: "model", cursor: noon + 3000)
                    .draw(in: area, under: plot, on: &frame)
            },
            WidgetExhibit("chart-sparkline", [Size(8, 1), Size(40, 1)]) { area, frame in
                Sparkline(wave(60, 1, spike: 20) + [nil, nil, 0, 0.1]).draw(in: area, on: &frame)
            },
            WidgetExhibit("chart-bars-right", [Size(20, 3), Size(50, 6)]) { area, frame in
                BarChart([
                    Bar("stop", 812), Bar("length", 97.5), Bar("中止", 3), Bar("error", nil, ink: Ink(.fail)),
                    Bar("abort", 0),
                ])
                .draw(in: area, on: &frame)
            },
            WidgetExhibit("chart-bars-up", [Size(16, 4), Size(50, 9)]) { area, frame in
                BarChart(
                    [Bar("mon", 12), Bar("tue", 97.5), Bar("水", 30), Bar("thu", nil), Bar("fri", 1)], direction: .up
                )
                .draw(in: area, on: &frame)
            },
            WidgetExhibit("chart-histogram", [Size(20, 5), Size(64, 12)]) { area, frame in
                let reference = [0.05, 0.1, 0.3, 0.28, 0.15, 0.08, 0.04]
                let current = [0.02, 0.05, 0.12, 0.2, 0.3, 0.2, 0.11]
                let labels: [SafeText] = ["16", "64", "256", "1k", "4k", "16k", "+Inf"]
                Histogram(
                    labels.indices.map { Histogram.Bucket(labels[$0], reference: reference[$0], current: current[$0]) }
                ).draw(in: area, on: &frame)
            },
            WidgetExhibit("chart-heat", [Size(20, 5), Size(64, 7)]) { area, frame in
                HeatMap(
                    [
                        HeatMap.Row("replica-0", wave(60, 1)), HeatMap.Row("レプリカ", wave(60, 2, spike: 30)),
                        HeatMap.Row("replica-2", wave(20, 1) + Array(repeating: nil, count: 20) + wave(20, 3)),
                        HeatMap.Row("never", []),
                    ], from: noon, to: noon + 3600
                ).draw(in: area, on: &frame)
            },
            WidgetExhibit("chart-stacked", [Size(16, 1), Size(50, 2)]) { area, frame in
                StackedBar([
                    Bar("queue", 12, ink: Ink(.series1)), Bar("prefill", 30, ink: Ink(.series2)),
                    Bar("decode", 58, ink: Ink(.series3)), Bar("?", nil),
                ]).draw(in: area, on: &frame)
            },
        ]

    private static let lineCharts: [WidgetExhibit] = [
        WidgetExhibit("chart-line", [small, middle, Size(110, 24)]) { area, frame in ttft().draw(in: area, on: &frame)
        },
        WidgetExhibit("chart-line-marked", [small, middle]) { area, frame in
            var chart = ttft()
            chart.thresholds = [ChartThreshold(0.75, "SLO 750ms"), ChartThreshold(30, "page 30s", role: .fail)]
            chart.marks = marks
            chart.cursor = noon + 2400
            chart.draw(in: area, on: &frame)
        },
        WidgetExhibit("chart-line-log", [small, middle]) { area, frame in ttft(true).draw(in: area, on: &frame) },
        WidgetExhibit("chart-line-area", [middle]) { area, frame in
            var chart = LineChart(
                "KV cache", [ChartSeries("use", start: noon, step: 60, values: wave(1440, 1), isArea: true)],
                from: noon,
                to: noon + 86400, utcOffset: 3600, format: { Figures.percent($0) })
            chart.ceiling = 1
            chart.draw(in: area, on: &frame)
        },
        WidgetExhibit("chart-line-nothing", [small, middle]) { area, frame in
            LineChart(
                "E2E", [ChartSeries("p95", start: noon, step: 15, values: [nil, nil])], from: noon, to: noon + 900
            )
            .draw(in: area, on: &frame)
        },
        WidgetExhibit("chart-line-point", [small]) { area, frame in
            LineChart("E2E", [ChartSeries("p95", [ChartPoint(noon + 60, 3)])], from: noon, to: noon + 120)
                .draw(in: area, on: &frame)
        },
        WidgetExhibit("chart-line-extreme", [Size(50, 10)]) { area, frame in
            let values: [Double?] = [1e308, -1e308, .infinity, nil, .nan, -.infinity, 0, .leastNonzeroMagnitude, 1e300]
            LineChart("", [ChartSeries("odd", start: noon, step: 15, values: values)], from: noon, to: noon + 120)
                .draw(in: area, on: &frame)
        },
    ]
}
