import PitGrid
import Testing

struct ChartFiguresTests {
    @Test(
        arguments: [
            (0, "0"), (3, "3"), (38.2, "38.2"), (38.25, "38.3"), (3.14159, "3.14"), (412, "412"), (999.4, "999"),
            (999.95, "1k"), (1200, "1.2k"), (1234, "1.2k"), (12345, "12.3k"), (123_456, "123k"), (1e6, "1M"),
            (2.5e9, "2.5G"), (0.021, "0.021"), (0.5, "0.5"), (0.00002, "2e-5"), (9.99e-4, "1e-3"), (-1200, "-1.2k"),
            (1e18, "1E"), (1e25, "1e25"), (.infinity, "inf"), (-.infinity, "-inf"), (1e308, "1e308"),
        ] as [(Double, String)])
    func shortHasThreeFiguresAndAPrefix(_ value: Double, _ text: String) {
        #expect(Figures.short(value) == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (0.00001, "<0.1ms"), (0.0004, "0.4ms"), (0.0032, "3.2ms"), (0.01, "10ms"), (0.412, "412ms"),
            (0.9994, "999ms"), (0.9996, "1s"), (1.9, "1.9s"), (9.96, "10s"), (12.3, "12s"), (59.4, "59s"), (59.6, "1m"),
            (252, "4m12s"), (242, "4m02s"), (300, "5m"), (3599.7, "1h"), (7200, "2h"), (11220, "3h07m"), (86399, "1d"),
            (187_200, "2d4h"), (604_800, "7d"), (200 * 86400, "200d"), (-90, "-1m30s"), (.infinity, "inf"),
            (1e300, "1.2e295d"),
        ] as [(Double, String)])
    func durationsAreAsPeopleSayThem(_ seconds: Double, _ text: String) {
        #expect(Figures.duration(seconds) == text)
    }

    @Test(
        arguments: [
            (0, "0%"), (0.71, "71%"), (0.0002, "0.02%"), (0.00001, "<0.01%"), (0.012, "1.2%"), (0.9995, "99.95%"),
            (0.99999, ">99.99%"), (1, "100%"), (0.099, "9.9%"), (0.0999, "10%"), (2.5, "250%"), (-0.2, "-20%"),
            (0.995, "99.5%"), (0.986, "99%"), (1e9, "100G%"),
        ] as [(Double, String)])
    func percentsNeverRoundToAllOrNothing(_ ratio: Double, _ text: String) {
        #expect(Figures.percent(ratio) == text)
    }

    @Test(
        arguments: [
            (0, "0B"), (512, "512B"), (1536, "1.5KiB"), (1024 * 1024, "1MiB"), (71 * 1_073_741_824, "71GiB"),
            (1023, "1KiB"), (-2048, "-2KiB"), (1e300, "8.7e281EiB"),
        ] as [(Double, String)])
    func bytesAreInPowersOf1024(_ count: Double, _ text: String) {
        #expect(Figures.bytes(count) == text)
    }

    @Test(
        arguments: [(0, "0s"), (2.9, "2s"), (240, "4m"), (11000, "3h"), (1_100_000, "12d"), (-3, "0s")]
            as [(Double, String)])
    func agesHaveOneUnit(_ seconds: Double, _ text: String) {
        #expect(Figures.age(seconds) == text)
    }

    @Test(arguments: [nil, Double.nan])
    func whatIsMissingIsNeverZero(_ value: Double?) {
        let texts = [
            Figures.short(value), Figures.duration(value), Figures.percent(value), Figures.bytes(value),
            Figures.age(value), Figures.clock(value), Figures.day(value), Figures.short(value, atLeast: true),
        ]
        #expect(Set(texts) == ["--"])
    }

    @Test func aLowerBoundSaysSo() {
        #expect(Figures.duration(2.5, atLeast: true) == ">=2.5s")
        #expect(Figures.short(1200, atLeast: true) == ">=1.2k")
        #expect(Figures.percent(0.5, atLeast: true) == ">=50%")
    }

    @Test func clocksAndDaysFollowTheOffset() {
        let noon = 1_795_435_200.0
        #expect(Figures.day(noon) == "2026-11-23")
        #expect(Figures.clock(noon + 271) == "12:04:31")
        #expect(Figures.clock(noon, utcOffset: -5 * 3600, seconds: false) == "07:00")
        #expect(Figures.day(noon, utcOffset: 13 * 3600) == "2026-11-24")
        #expect(Figures.day(-1) == "1969-12-31")
        #expect(Figures.clock(-1) == "23:59:59")
        #expect(Figures.day(951_782_400) == "2000-02-29")
        #expect(Figures.clock(1e300) == "--")
    }

    @Test(
        arguments: [
            ("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("2 d", 172_800), ("250ms", 0.25), ("1.5h", 5400),
            ("1w", 604_800), ("2H", 7200), ("10 min", 600),
        ] as [(String, Double)])
    func typedDurationsAreRead(_ text: String, _ seconds: Double) {
        #expect(Figures.seconds(from: text) == seconds)
    }

    @Test(arguments: ["", " ", "m", "1x", "1h30", "-5m", "0", "1..5s", "h1", "1h-5m", "9e9", "1m\u{301}", "१m"])
    func whatIsNoDurationIsRefused(_ text: String) {
        #expect(Figures.seconds(from: text) == nil)
    }

    @Test func whatADurationIsWrittenAsCanBeReadAgain() {
        for seconds in FormField.usualDurations {
            #expect(Figures.seconds(from: Figures.duration(seconds)) == seconds)
        }
    }

    @Test func anyNumberGivesShortASCII() {
        var random = WidgetSizeTests.Generator(state: 3)
        for _ in 0..<5000 {
            let value = Double(bitPattern: random.next())
            for text in [
                Figures.short(value), Figures.duration(value), Figures.percent(value), Figures.bytes(value),
                Figures.age(value),
            ] {
                #expect(!text.isEmpty && text.utf8.count <= 15 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            }
        }
    }
}
