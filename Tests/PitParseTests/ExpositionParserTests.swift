import PitModel
import PitParse
import Testing

func page(_ text: String, openMetrics: Bool = false) -> MetricsPage {
    ExpositionParser.parse(
        Array(text.utf8), contentType: openMetrics ? "application/openmetrics-text; version=1.0.0" : "text/plain")
}

@Test("samples, labels, values and timestamps are read")
func readsSamples() throws {
    let text = """
        # HELP vllm:num_requests_running How many run.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{engine="0",model_name="a b"} 3.0
        plain 1
        with_time{x="y",} 2.5e3 1700000000123
        spaced  { a = "1" , b="2" }   +Inf
        empty{} NaN
        negative -17 -5

        """
    let samples = Array(page(text).samples)
    #expect(samples.count == 6)
    #expect(samples[0] == Sample(SeriesKey("vllm:num_requests_running", ["engine": "0", "model_name": "a b"]), 3))
    #expect(
        samples[2] == Sample(SeriesKey("with_time", ["x": "y"]), 2500, at: Timestamp(milliseconds: 1_700_000_000_123)))
    #expect(samples[3].series == SeriesKey("spaced", ["a": "1", "b": "2"]))
    #expect(samples[3].value == .infinity)
    #expect(samples[4].value.isNaN)
    #expect(samples[5] == Sample(SeriesKey("negative"), -17, at: Timestamp(milliseconds: -5)))
    #expect(page(text).badLineCount == 0)
    #expect(
        page(text).families == [MetricFamily(name: "vllm:num_requests_running", kind: .gauge, help: "How many run.")])
}

@Test(
    "a bad line costs its own sample and is told with its number and reason",
    arguments: [
        ("bad{a=\"1\"", "the labels do not end"), ("bad{a=1} 1", "name=\"value\""), ("bad{a=\"1} 1", "does not end"),
        ("bad{1a=\"x\"} 1", "name=\"value\""), ("bad 0x1p4", "not a number"), ("bad 1_000", "not a number"),
        ("bad 1e", "not a number"),
        ("bad", "no value"), ("bad 1 2 3", "after the timestamp"), ("bad 1 1.5", "timestamp"),
        ("bad 1\r", "carriage return"),
        ("bad{a=\"1\",a=\"2\"} 1", "twice"), ("bad{__name__=\"x\"} 1", "__name__"), ("{a=\"1\"} 1", "no metric name"),
        ("bad{\"other\",a=\"1\"} 1", "two metric names"), ("9bad 1", "no metric name"), ("b-ad 1", "no metric name"),
        ("bad{a=\"1\" b=\"2\"} 1", "name=\"value\""),
        ("bad . ", "not a number"), ("bad 1.2.3", "not a number"), ("bad +-1", "not a number"),
    ])
func badLines(line: String, reason: String) {
    let read = page("good 1\n\(line)\nalso_good 2\n")
    #expect(read.rows.map(\.value) == [1, 2])
    #expect(read.badLineCount == 1)
    #expect(read.badLines.first?.number == 2)
    #expect(read.badLines.first?.reason.contains(reason) == true, "\(read.badLines)")
}

@Test("escapes and quoted UTF-8 names are undone")
func escapes() {
    let text = #"{"my.metric","label.x"="v\"q\n\\",plain="\d"} 1"# + "\n"
    let samples = Array(page(text).samples)
    #expect(samples.map(\.series) == [SeriesKey("my.metric", ["label.x": "v\"q\n\\", "plain": "\\d"])])
}

@Test(
    "comments that are neither HELP nor TYPE are passed over",
    arguments: ["# hello", "#", "#HELP x", "#TYPE a counter", "# helpful thing", "   # x"])
func comments(line: String) {
    let read = page("\(line)\na 1\n")
    #expect(read.rows.count == 1)
    #expect(read.badLineCount == 0)
    #expect(read.families.isEmpty)
}

@Test("OpenMetrics: seconds, exemplars, units and the end")
func openMetrics() {
    let text = """
        # TYPE lat_seconds histogram
        # UNIT lat_seconds seconds
        # HELP lat_seconds Say \\"how\\" long.
        lat_seconds_bucket{le="1.0"} 3 1700000000.5 # {trace_id="abc"} 0.67 1700000000.4
        lat_seconds_bucket{le="+Inf"} 4 # {} 9
        # TYPE req counter
        req_total 5 # {a="b"} 1
        req_created 1700000000.1
        # EOF
        """
    let read = page(text, openMetrics: true)
    #expect(read.badLines == [])
    #expect(read.rows.map(\.value) == [3, 4, 5, 1_700_000_000.1])
    #expect(read.rows[0].timestamp == 1_700_000_000_500)
    #expect(
        read.families[0]
            == MetricFamily(name: "lat_seconds", kind: .histogram, help: "Say \"how\" long.", unit: "seconds"))
}

@Test(
    "OpenMetrics: what it forbids is told",
    arguments: [
        ("a 1", "without # EOF"), ("a 1\n# EOF\nb 2", "after # EOF"), ("a 1\n\n# EOF", "blank line"),
        ("# a comment\n# EOF", "only # HELP"),
        ("a  1\n# EOF", "one space"), ("# TYPE c counter\nc_total -1\n# EOF", "negative"),
        ("g 1 # {a=\"b\"} 1\n# EOF", "where none"),
        ("x_total 1 # {a=\"b\"\n# EOF", "exemplar cannot"), ("# UNIT a seconds\n# EOF", "unit is not"),
        ("# TYPE a gauge\n# TYPE a gauge\n# EOF", "second # TYPE"),
    ])
func openMetricsViolations(text: String, reason: String) {
    let read = page(text, openMetrics: true)
    #expect(read.badLines.contains { $0.reason.contains(reason) }, "\(read.badLines)")
}

@Test("half a page keeps what came and says so")
func halfPage() {
    let read = page("a 1\nb{x=\"y\"} 2\nc{x=\"")
    #expect(read.rows.count == 2)
    #expect(read.badLineCount == 2)
    #expect(read.badLines.contains { $0.reason.contains("cut short") })
}

@Test("numbers are rounded as strtod rounds them")
func numbers() {
    let texts = [
        "0", "-0", "1", "123456789012345678901234567890", "0.1", "1e22", "1e23", "9007199254740993",
        "2.2250738585072014e-308", "4.9e-324",
        "1.7976931348623157e308", "1e400", "0.30000000000000004", "3.", ".5", "00012", "1E+2", "6.02e-23",
        "179769313486231580793e289",
    ]
    for text in texts {
        let value = page("a \(text)\n").rows.first?.value
        #expect(value?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
    #expect(page("a 1e400\n").rows.first?.value == .infinity)
    #expect(page("a infinity\na -INF\na nan\n").rows.map(\.value.description) == ["inf", "-inf", "nan"])
}

@Test("generated pages come back as they were written")
func roundTrip() {
    var random = Seeded(state: 7)
    let alphabet = Array("abcXYZ09_ -\"\\\n{}=,é日🏎\t#")
    for _ in 0..<300 {
        let samples = (0..<Int.random(in: 1...8, using: &random)).map { _ in
            let labels = (0..<Int.random(in: 0...4, using: &random)).map { index in
                Label(
                    "l\(index)",
                    String(
                        (0..<Int.random(in: 1...9, using: &random)).compactMap { _ in
                            alphabet.randomElement(using: &random)
                        }))
            }
            return Sample(
                SeriesKey("m_\(Int.random(in: 0...3, using: &random))", labels),
                Double(bitPattern: random.next() & 0x7FEF_FFFF_FFFF_FFFF))
        }
        let text = samples.map { "\(SeriesText.spell($0.series)) \($0.value)\n" }.joined()
        #expect(Array(page(text).samples) == samples)
    }
}

@Test("random bytes and mutated pages never trap, and cost no more than the lines touched")
func fuzz() {
    var random = Seeded(state: 11)
    let good = (0..<40).map { "metric_\($0){le=\"\($0).5\",model_name=\"m\"} \($0).25\n" }
    for _ in 0..<600 {
        var bytes = Array(good.joined().utf8)
        let at = Int.random(in: 0..<bytes.count, using: &random)
        let was = bytes[at]
        bytes[at] = UInt8.random(in: 0...255, using: &random)
        let read = ExpositionParser.parse(bytes)
        let lines = was == 10 || bytes[at] == 10 ? 2 : 1
        #expect(read.rows.count >= good.count - lines)
        _ = Array(read.samples)
        let noise = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        _ = Array(ExpositionParser.parse(noise).samples)
        _ = ExpositionParser.parse(noise, contentType: "application/openmetrics-text")
    }
}
