import PitModel
import PitParse
import Testing

private func matches(_ pattern: String, _ text: String) -> Bool {
    MatcherSet([Matcher("a", pattern, isRegex: true)]).matches(["a": text])
}

@Test("matchers are anchored, and an absent label is empty")
func matcherSets() {
    let labels = ["a": "foobar", "b": "x"]
    #expect(MatcherSet([Matcher("a", "foo.*", isRegex: true)]).matches(labels))
    #expect(!MatcherSet([Matcher("a", "foo", isRegex: true)]).matches(labels))
    #expect(MatcherSet([Matcher("c", "")]).matches(labels))
    #expect(MatcherSet([Matcher("c", "|x", isRegex: true)]).matches(labels))
    #expect(!MatcherSet([Matcher("c", ".+", isRegex: true)]).matches(labels))
    #expect(MatcherSet([Matcher("c", ".+", isRegex: true, isEqual: false)]).matches(labels))
    #expect(
        MatcherSet([Matcher("a", "(?:foo|x)bar", isRegex: true), Matcher("b", "y", isEqual: false)]).matches(labels))
    #expect(MatcherSet([Matcher("a", "(?i)FOOBAR", isRegex: true)]).matches(labels))
    #expect(MatcherSet([]).matches(labels))
}

@Test("a series is matched by its name too")
func matchesSeries() {
    let key = SeriesKey("up", ["job": "vllm"])
    #expect(MatcherSet([Matcher("__name__", "up"), Matcher("job", "v.*", isRegex: true)]).matches(key))
    #expect(!MatcherSet([Matcher("__name__", "down|u", isRegex: true)]).matches(key))
    #expect(MatcherSet([Matcher("job", "vllm")]).matches(key.labels))
}

@Test("a pattern that is none matches nothing, and its negation neither")
func badPattern() {
    #expect(!MatcherSet([Matcher("a", "(", isRegex: true)]).matches(["a": "("]))
    #expect(!MatcherSet([Matcher("a", "(", isRegex: true, isEqual: false)]).matches(["a": "x"]))
}

@Test("patterns match what Prometheus matches with them")
func patternsAreThoseOfPrometheus() throws {
    var texts: [String] = []
    var compared = 0
    for line in String(decoding: try fixture("pattern-parity.txt"), as: UTF8.self).split(separator: "\n") {
        // A line's quoted text is read as the value of a label.
        let word = line.prefix { $0 != " " }
        let answer = word == "pattern" ? line.split(separator: " ").last.map(String.init) ?? "" : ""
        let quoted = line.dropFirst(word.count + 1).dropLast(answer.isEmpty ? 0 : answer.count + 1)
        let text = try #require(SeriesText.key("m{l=\(quoted),k=\"1\"}".utf8))["l"] ?? ""
        guard word == "pattern" else {
            texts.append(text)
            continue
        }
        let set = try? SelectorText.parse("{t=~\(quoted)}")
        #expect((set == nil) == (answer == "bad"), "\(line)")
        guard let set else { continue }
        let matcher = MatcherSet(set)
        let mine = texts.map { matcher.matches(["t": $0]) ? "1" : "0" }.joined()
        #expect(mine == answer, "\(quoted): \(zip(texts, zip(mine, answer)).filter { $0.1.0 != $0.1.1 }.map(\.0))")
        compared += 1
    }
    #expect(compared > 300)
}

@Test("a dot takes a line feed, unless it is told not to")
func dots() {
    #expect(matches("a.b", "a\nb"))
    #expect(!matches("(?-s)a.b", "a\nb"))
    #expect(matches("(?-s:a.)b", "axb"))
    #expect(!matches("a$", "a\n"))
}

@Test("a pattern that would take for ever elsewhere takes a moment")
func hostilePatterns() {
    let long = String(repeating: "a", count: 800)
    #expect(!matches("(a*)*b", long))
    #expect(!matches("(a|a)*(a|a)*(a|a)*b", long))
    #expect(matches("(x?){500}a*", long))
    #expect(!matches("((a{1,100}){1,100}){1,100}", long))
    #expect(!matches("(((((){1000}){1000}){1000}){1000}){1000}", long))
    #expect(!matches(String(repeating: "(", count: 5000), long))
    #expect(!matches(String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000), ""))
    #expect(!matches(String(repeating: "a", count: 20_000), long))
    #expect(matches(String(repeating: "a?", count: 800), long))
}

@Test("random patterns are read or refused, never more")
func patternFuzz() {
    var random = Seeded(state: 61)
    let pieces = Array("ab().*+?[]{}^$|\\-:,<>Pis12dwxQEé")
    for _ in 0..<6000 {
        let pattern = String(
            (0..<Int.random(in: 0...16, using: &random)).compactMap { _ in pieces.randomElement(using: &random) })
        _ = matches(pattern, "ab12")
    }
}
