import PitModel
import PitParse
import Testing

/// The corner cases of the two formats, one by one.
@Suite("Corner cases of the exposition formats")
struct ExpositionCornerTests {
    @Test(
        "text lines that are read",
        arguments: [
            ("a{} 1", SeriesKey("a"), 1), ("a{b=\"\"} 1", SeriesKey("a"), 1),
            ("\t a\t{\tb\t=\t\"c\"\t,\t}\t1\t", SeriesKey("a", ["b": "c"]), 1),
            ("a{b=\"}\"} 1", SeriesKey("a", ["b": "}"]), 1), ("a{b=\"#\"} 1", SeriesKey("a", ["b": "#"]), 1),
            ("a{b=\"c,d=\\\"e\\\"\"} 1", SeriesKey("a", ["b": "c,d=\"e\""]), 1),
            ("a{b=\"\\\\\"} 1", SeriesKey("a", ["b": "\\"]), 1), ("a{b=\"\\n\"} 1", SeriesKey("a", ["b": "\n"]), 1),
            ("a{b=\"\\t\"} 1", SeriesKey("a", ["b": "\\t"]), 1), ("a{}1", SeriesKey("a"), 1),
            (":a:b_9 1", SeriesKey(":a:b_9"), 1), ("_ 1", SeriesKey("_"), 1), ("a 1 \t ", SeriesKey("a"), 1),
            ("a{é=\"x\"} 1", nil, 0), ("{\"é\",\"日 本\"=\"x\"} 1", SeriesKey("é", ["日 本": "x"]), 1),
            ("{b=\"c\",\"a.b\"} 1", SeriesKey("a.b", ["b": "c"]), 1), ("{\"a\\\"b\"} 1", SeriesKey("a\"b"), 1),
            ("{\"a.b\",} 1", SeriesKey("a.b"), 1), ("{\"\"} 1", nil, 0), ("a{\"\"=\"x\"} 1", nil, 0),
            ("a{,} 1", nil, 0), ("a{b=\"c\",,d=\"e\"} 1", nil, 0), ("a{b} 1", nil, 0), ("a{=\"c\"} 1", nil, 0),
            ("a{b='c'} 1", nil, 0), ("a{b:c=\"d\"} 1", nil, 0), ("a\"b\" 1", nil, 0), ("a{b=\"c\"}d 1", nil, 0),
            ("a{b=\"c\"} 1 # {} 1", nil, 0), ("a{b=\"c\"", nil, 0), ("{} 1", nil, 0), ("a 1 2.0", nil, 0),
            ("a 1 1e3", nil, 0), ("a 1 x", nil, 0), ("a 1 99999999999999999999", nil, 0), ("a 1 NaN", nil, 0),
            ("a{\"__name__\"=\"b\"} 1", nil, 0), ("a \"1\"", nil, 0),
        ] as [(String, SeriesKey?, Double)])
    func textLine(line: String, key: SeriesKey?, value: Double) {
        let read = page("\(line)\n")
        #expect(Array(read.samples) == (key.map { [Sample($0, value)] } ?? []))
        #expect(read.badLineCount == (key == nil ? 1 : 0), "\(read.badLines)")
    }

    @Test(
        "values that are read",
        arguments: [
            ("1", 1), ("+1", 1), ("-1", -1), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000), ("1E-3", 0.001),
            ("1e+3", 1000), ("Inf", .infinity), ("+Inf", .infinity), ("-Inf", -.infinity), ("inf", .infinity),
            ("+INFINITY", .infinity), ("0x10", nil), ("0X1p4", nil), ("1_0", nil), ("1e", nil), ("1e+", nil),
            ("e1", nil), (".", nil), ("-", nil), ("+", nil), ("--1", nil), ("1-", nil), ("1.2.3", nil),
            ("infinit", nil),
            ("nano", nil), ("1,5", nil), ("1f", nil), ("1 e3", nil), ("12345678901234567890e", nil),
            ("12345678901234567890.5.5", nil), ("12345678901234567890x", nil), ("0b1", nil), ("١", nil), ("--", nil),
            ("-0", -0.0), ("1e-400", 0), ("-1e400", -.infinity), ("1e99999999999999999999", .infinity),
            ("0e99999999999999999999", 0), ("0.000000000000000000000000001", 1e-27),
        ] as [(String, Double?)])
    func value(text: String, value: Double?) {
        #expect(page("a \(text)\n").rows.map(\.value.bitPattern) == (value.map { [$0.bitPattern] } ?? []))
        // The same within OpenMetrics.
        #expect(page("a \(text)\n# EOF\n", openMetrics: true).rows.count == (value == nil ? 0 : 1))
    }

    @Test("an excerpt is bounded, and so is the list of bad lines")
    func bounds() {
        let long = String(repeating: "x", count: 5000)
        let read = page(String(repeating: "\(long)-\n", count: 300))
        #expect(read.badLineCount == 300)
        #expect(read.badLines.count == MetricsPage.badLineLimit)
        #expect(read.badLines.allSatisfy { $0.excerpt.utf8.count == 120 })
        #expect(read.badLines.map(\.number) == Array(1...100))
        let labels = (0..<257).map { "l\($0)=\"x\"" }.joined(separator: ",")
        #expect(page("a{\(labels)} 1\n").badLines.first?.reason.contains("256") == true)
    }

    @Test("a page without its last line feed is kept whole and noted")
    func lastLineFeed() {
        let read = page("a 1\nb 2")
        #expect(read.rows.map(\.value) == [1, 2])
        #expect(read.badLines.map(\.number) == [2])
        #expect(page("").badLineCount == 0)
        #expect(page("# a comment").badLineCount == 0)
    }

    @Test("an OpenMetrics page that was cut loses the line it was cut in, and no other")
    func cutOpenMetrics() {
        #expect(page("a 1\nb 1234", openMetrics: true).rows.map(\.value) == [1])
        #expect(page("a 1\nb 1234\n", openMetrics: true).rows.map(\.value) == [1, 1234])
        #expect(page("a 1\nb 2\n# EO", openMetrics: true).rows.map(\.value) == [1, 2])
        #expect(page("a 1\nb{c=\"", openMetrics: true).rows.map(\.value) == [1])
        #expect(page("", openMetrics: true).badLineCount == 1)
        #expect(page("a 1\n# EOF", openMetrics: true).badLineCount == 0)
        for text in ["a 1\nb 1234", "a 1\nb 2\n# EO"] {
            #expect(page(text, openMetrics: true).badLines.last?.reason.contains("without # EOF") == true)
        }
    }

    @Test(
        "OpenMetrics allows one space between parts and none elsewhere",
        arguments: [
            "a{ b=\"c\"} 1", "a{b=\"c\" } 1", "a{b =\"c\"} 1", "a {b=\"c\"} 1", "a 1 ", "a 1  2", "a 1 2 ", "a\t1",
            " a 1",
            "a 1\t2", "a{b=\"c\"}1", "a_total 1  # {} 1", "a{b=\"c\", d=\"e\"} 1",
        ])
    func openMetricsSpaces(line: String) {
        let read = page("good 1\n\(line)\n# EOF\n", openMetrics: true)
        #expect(read.rows.count == 1)
        #expect(read.badLines.map(\.number) == [2])
        #expect(read.badLines.first?.reason.contains("one space") == true, "\(read.badLines)")
    }

    @Test(
        "OpenMetrics timestamps are seconds",
        arguments: [
            ("1", 1000), ("1.5", 1500), ("-2.25", -2250), ("1.7e9", 1_700_000_000_000),
            ("1700000000.123", 1_700_000_000_123),
            ("NaN", nil), ("Inf", nil), ("1e300", nil), ("x", nil),
        ] as [(String, Int64?)])
    func openMetricsTimestamp(text: String, milliseconds: Int64?) {
        let read = page("a 1 \(text)\n# EOF\n", openMetrics: true)
        #expect(read.rows.map(\.timestamp) == (milliseconds.map { [$0] } ?? []))
    }

    @Test(
        "exemplars are passed over where they may stand",
        arguments: [
            ("a_total 1 # {} 0.5", true), ("a_total 1 12 # {t=\"x\"} 0.5 13.1", true),
            ("a_bucket{le=\"1\"} 1 # {t=\" # {\"} 0.5", true),
            ("a_total 1 # {t=\"x\"}", false), ("a_total 1 # t 1", false), ("a_total 1 # {} x", false),
            ("a_total 1 # {} 1 x", false), ("a_total 1 # {} 1 2 3", false), ("a_total 1 #", false),
            ("a 1 # {} 1", false),
            ("a_total 1 # {t=\"x\",t=\"y\"} 1", false),
        ])
    func exemplars(line: String, isGood: Bool) {
        let read = page("\(line)\n# EOF\n", openMetrics: true)
        #expect(read.rows.map(\.value) == (isGood ? [1] : []))
        #expect(read.badLineCount == (isGood ? 0 : 1), "\(read.badLines)")
    }

    @Test("OpenMetrics: NaN and negative counters are refused, gauges are not")
    func negativeCounters() {
        let text = """
            # TYPE c counter
            c_total -1
            c_total NaN
            # TYPE h histogram
            h_bucket{le="1.0"} -1
            h_count NaN
            h_sum -4
            # TYPE g gauge
            g -1
            # TYPE gh gaugehistogram
            gh_bucket{le="1.0"} -1
            other_total -1
            # EOF
            """
        let read = page(text, openMetrics: true)
        #expect(read.rows.map(\.value) == [-4, -1, -1, -1])
        #expect(read.badLines.map(\.number) == [2, 3, 5, 6])
        #expect(page("# TYPE c counter\nc_total -1\n").badLineCount == 0)
    }

    @Test("metadata is read, whatever its order, and a second line of it is told")
    func metadata() {
        let text = """
            # TYPE a_total counter
            a_total 1
            # HELP a_total What it \\\\ counts\\nhere
            #  TYPE  "my.metric"  gauge
            # HELP "my.metric"
            # TYPE x untyped
            # TYPE x counter
            # TYPE y bogus
            # HELP a_total again
            # HELP
            # TYPE h histogram\t
            # UNIT a_total bytes

            """
        let read = page(text)
        #expect(
            read.families == [
                MetricFamily(name: "a_total", kind: .counter, help: "What it \\ counts\nhere"),
                MetricFamily(name: "my.metric", kind: .gauge, help: ""), MetricFamily(name: "x", kind: .unknown),
                MetricFamily(name: "y", kind: .unknown), MetricFamily(name: "h", kind: .histogram),
            ])
        #expect(read.badLines.map(\.number) == [7, 9, 10])
        #expect(read.rows.count == 1)
        #expect(page("# HELP a \u{301}x\n").families.first?.help == "\u{301}x")
        #expect(page("# HELP \"a\n").badLineCount == 1)
    }

    @Test("each kind of family is known by its word", arguments: MetricKind.allCases)
    func kinds(kind: MetricKind) {
        let read = page("# TYPE a \(kind.rawValue)\n# EOF\n", openMetrics: true)
        #expect(read.families == [MetricFamily(name: "a", kind: kind)])
        #expect(read.badLineCount == 0)
    }

    @Test("the content type decides the format, and without one the page's end does")
    func contentTypes() {
        let bytes = Array("a 1 2\n# EOF\n".utf8)
        func stamp(_ type: String?) -> Int64? { ExpositionParser.parse(bytes, contentType: type).rows.first?.timestamp }
        #expect(stamp("text/plain; version=0.0.4") == 2)
        #expect(stamp("Application/OpenMetrics-Text; version=1.0.0; charset=utf-8") == 2000)
        #expect(stamp(nil) == 2000)
        #expect(stamp("") == 2000)
        #expect(ExpositionParser.parse(Array("a 1 2\n".utf8)).rows.first?.timestamp == 2)
    }

    @Test("a web page is known for one")
    func html() {
        for text in ["<!DOCTYPE html><p>", "\n\t <html>", "<?xml version=\"1.0\"?>", "<HEAD>"] {
            #expect(ExpositionParser.looksLikeHTML(Array(text.utf8)))
        }
        for text in ["", "a 1\n", "# HELP a <html>\n", "<"] {
            #expect(!ExpositionParser.looksLikeHTML(Array(text.utf8)))
        }
    }

    @Test("bytes that are not UTF-8 cost their own line")
    func notUTF8() {
        var bytes = Array("a 1\nb{x=\"é\"} 2\nc{x=\"".utf8)
        bytes += [0xC3, 0x28] + Array("\"} 3\nd 4\n".utf8)
        let read = ExpositionParser.parse(bytes, contentType: "text/plain")
        #expect(read.rows.map(\.value) == [1, 2, 4])
        #expect(read.badLines.map(\.reason) == ["not UTF-8"])
    }

    @Test(
        "beyond the limit samples are counted and not read", arguments: ["text/plain", "application/openmetrics-text"])
    func limit(_ type: String) {
        let lines = (0..<50).map { "m\($0) \($0)\n" }.joined()
        let bytes = Array(("# TYPE m0 gauge\n" + lines + "# a comment\n# EOF\n").utf8)
        let read = ExpositionParser.parse(bytes, contentType: type, withFamilies: false, limit: 20)
        #expect(read.rows.count == 20 && read.leftOut == 30)
        // Of such a page only what was read is kept.
        #expect(read.bytes.count < bytes.count / 2)
        #expect(read.rows.enumerated().allSatisfy { read.key(of: $1)?.name == "m\($0)" })
        let all = ExpositionParser.parse(bytes, contentType: type, withFamilies: false, limit: 50)
        #expect(all.rows.count == 50 && all.leftOut == 0)
        // Nothing is held against a page that was not read to its end.
        #expect(read.badLineCount == (type == "text/plain" ? 0 : read.badLineCount))
        #expect(!read.badLines.contains { $0.reason.contains("EOF") })
    }
}
