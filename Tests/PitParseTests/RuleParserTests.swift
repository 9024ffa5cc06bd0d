import PitModel
import PitParse
import Testing

@Suite struct RuleParserTests {
    private func named(_ name: String, _ more: Matcher...) -> [Matcher] { [Matcher("__name__", name)] + more }

    @Test func aMetricIsComparedWithANumber() throws {
        #expect(
            try RuleParser.parse(#"vllm:num_requests_waiting{model_name="a b", x=~"y.*"} >= 5"#)
                == .compare(
                    .latest(
                        named(
                            "vllm:num_requests_waiting", Matcher("model_name", "a b"),
                            Matcher("x", "y.*", isRegex: true))),
                    .atLeast, 5))
        #expect(try RuleParser.parse("a==1") == .compare(.latest(named("a")), .equal, 1))
        #expect(try RuleParser.parse("a > 5%") == .compare(.latest(named("a")), .above, 0.05))
        #expect(try RuleParser.parse("a < 500ms") == .compare(.latest(named("a")), .below, 0.5))
        #expect(try RuleParser.parse("a != -2e3") == .compare(.latest(named("a")), .unequal, -2000))
        #expect(try RuleParser.parse("a > 5 * 60") == .compare(.latest(named("a")), .above, 300))
    }

    @Test func ratesQuantilesAndSumsAreRead() throws {
        #expect(
            try RuleParser.parse("sum by (model) (rate(x_total[5m])) / sum by (model) (rate(y_total[1h])) > 0.1")
                == .compare(
                    .arithmetic(
                        .divide, .aggregate(.sum, by: ["model"], .rate(named("x_total"), seconds: 300)),
                        .aggregate(.sum, by: ["model"], .rate(named("y_total"), seconds: 3600))), .above, 0.1))
        #expect(
            try RuleParser.parse("quantile(0.95, ttft_seconds{a=\"}\"}[90s]) > 2")
                == .compare(.quantile(0.95, named("ttft_seconds", Matcher("a", "}")), seconds: 90), .above, 2))
        #expect(
            try RuleParser.parse("max(increase(x[1m30s])) by (a, b) > 1")
                == .compare(.aggregate(.max, by: ["a", "b"], .increase(named("x"), seconds: 90)), .above, 1))
        #expect(try RuleParser.parse("absent(up{job=\"x\"})") == .absent(named("up", Matcher("job", "x"))))
        // Multiplication binds closer, and what stands on the right of a comparison may be a series.
        #expect(
            try RuleParser.parse("a + b * 2 > c")
                == .compare(
                    .arithmetic(
                        .subtract,
                        .arithmetic(.add, .latest(named("a")), .arithmetic(.multiply, .latest(named("b")), .number(2))),
                        .latest(named("c"))), .above, 0))
    }

    @Test(arguments: [
        ("", "something is missing at the end"), ("a", "a comparison is missing: it never says what is wrong"),
        ("a >", "something is missing at the end"), ("rate(a) > 1", "a span such as [5m] is missing behind the metric"),
        ("rate(a[5x]) > 1", "a span is written like [5m] or [90s]"),
        ("rate(a[2h]) > 1", "a span of more than 1h is not kept in memory"),
        ("quantile(95, a[5m]) > 1", "quantile wants a share between 0 and 1 first"),
        ("a{b=\"c\" > 1", "the matchers do not end with }"), ("{a=\"b\"} > 1", "the metric's name is missing"),
        ("sum(a > 1", "`)` is missing before `> 1`"), ("a > 1 2", "`2` is not understood"),
        ("a ? 1", "`? 1` is not understood"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ why: String) {
        let fault = #expect(throws: RuleParser.Fault.self) { try RuleParser.parse(text) }
        #expect(fault?.summary == why)
    }

    @Test func anythingIsReadOrRefusedAndNothingTraps() {
        var random = SystemRandomNumberGenerator()
        let parts = [
            "a", "rate(", "sum", " by ", "(", ")", "[5m]", ">", "1", "{", "}", "\"", "b=\"c\"", ",", "*", "-",
            "absent(", "%",
            "quantile(", "0.5", "\u{1F600}", "e9",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }
            .joined()
            _ = try? RuleParser.parse(text)
        }
        _ = try? RuleParser.parse(String(repeating: "(", count: 4000))
    }
}
