import PitModel
import PitParse
import Testing

@Test("selectors and matchers are read in every spelling")
func selectors() throws {
    let want = [
        Matcher("__name__", "up"), Matcher("job", "a b"), Matcher("x", "y.*", isRegex: true),
        Matcher("z", "", isEqual: false),
    ]
    let read = try SelectorText.parse(#"up{job="a b", x=~"y.*",z!=""}"#)
    #expect(read == want)
    #expect(SelectorText.spell(want) == #"up{job="a b",x=~"y.*",z!=""}"#)
    #expect(try SelectorText.parse("alertname=Foo, severity=~\"a|b\"").count == 2)
    #expect(try SelectorText.parse("{a!~\"b\",}").first?.op == "!~")
    #expect(
        try SelectorText.parse("  vllm:num_requests_running  ") == [Matcher("__name__", "vllm:num_requests_running")])
    #expect(try SelectorText.parse("{}") == [])
    // Alertmanager's first parser takes the second sign into the value.
    #expect(try SelectorText.parse("a==b") == [Matcher("a", "=b")])
    #expect(try SelectorText.parse("") == [])
}

@Test(
    "each way to quote gives the same matcher",
    arguments: [
        #"{a="x\\y"}"#, #"{a='x\\y'}"#, #"{a=`x\y`}"#, #"{"a"="x\\y"}"#, #"{ 'a' = "x\\y" , }"#, #"a="x\\y""#,
        #"a=x\y"#,
    ])
func quotes(text: String) throws {
    #expect(try SelectorText.parse(text) == [Matcher("a", #"x\y"#)])
}

@Test("a metric's quoted name stands alone in the braces")
func quotedNames() throws {
    let want = [Matcher("__name__", "my.metric"), Matcher("label.x", "v")]
    #expect(try SelectorText.parse(#"{"my.metric","label.x"="v"}"#) == want)
    #expect(try SelectorText.parse(#"{"label.x"="v","my.metric"}"#) == want.reversed())
    #expect(try SelectorText.parse(SelectorText.spell(want)) == want)
    #expect(throws: SelectorText.Fault.self) { try SelectorText.parse(#"up{"my.metric"}"#) }
    #expect(throws: SelectorText.Fault.self) { try SelectorText.parse(#""my.metric""#) }
}

@Test(
    "what cannot be read is told",
    arguments: [
        ("{a=\"b\"", "do not end with }"), ("{a}", "= != =~ !~"), ("{=\"x\"}", "name is missing"),
        ("{a=~\"(\"}", "a ( is not closed"), ("up{a=\"b\"} x", "after }"), ("{a=\"b\" c=\"d\"}", "comma"),
        ("{a=\"b}", "no closing quote"), ("{a='b\"}", "no closing quote"), ("{a=`b}", "no closing quote"),
        ("{,}", "name is missing"), ("{\"a\",\"b\"}", "two metric names"), ("{a=\"b\"}}", "after }"),
        ("{a=~\"a{1001}\"}", "1000 repetitions"), ("up{", "do not end"),
    ])
func badSelectors(text: String, words: String) {
    do throws(SelectorText.Fault) {
        let read = try SelectorText.parse(text)
        Issue.record("read \(text) as \(read)")
    } catch {
        #expect(error.summary.contains(words), "\(error.summary)")
    }
}

@Test("whatever matchers are spelled, they are read again")
func selectorsRoundTrip() throws {
    var random = Seeded(state: 51)
    let alphabet = Array("abZ09_:.- \"'`\\\n{}=!~,é日🏎\u{301}")
    func text(_ lengths: ClosedRange<Int>) -> String {
        String((0..<Int.random(in: lengths, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
    }
    for _ in 0..<2000 {
        let matchers = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            Matcher(text(1...6), text(0...8), isEqual: Bool.random(using: &random))
        }
        #expect(try SelectorText.parse(SelectorText.spell(matchers)) == matchers, "\(SelectorText.spell(matchers))")
    }
}

@Test("random texts are read or refused, never more")
func selectorFuzz() {
    var random = Seeded(state: 52)
    let pieces = [
        "{", "}", "\"", "'", "`", "\\", "=", "!", "~", "=~", ",", " ", "a", "up", "(", "[", "*", "{2}", "\n", "é",
    ]
    for _ in 0..<6000 {
        let text = (0..<Int.random(in: 0...14, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
            .joined()
        guard let matchers = try? SelectorText.parse(text) else { continue }
        _ = MatcherSet(matchers).matches(["a": "up", "é": "a"])
    }
}
