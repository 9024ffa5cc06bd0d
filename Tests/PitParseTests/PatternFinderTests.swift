import PitParse
import Testing

@Test(
    "the leftmost match counts, of those the longest, and none is empty",
    arguments: [
        ("a+?|aab", "aaa b aab", "- b -"), ("x*", "axxb", "a-b"), (#"\bcat\b"#, "cat concat cat", "- concat -"),
        ("^a", "aab", "-ab"), ("b$", "abb", "ab-"), ("ab|abcd|bcdefgh", "abcdefgh", "-efgh"), ("(?i)É", "éÉe", "--e"),
        ("[[:digit:]]{2,3}", "1 12 1234", "1 - -4"), (".", "a\n", "--"), ("z", "none", "none"), ("東.", "東京 x", "- x"),
    ])
func replaced(_ pattern: String, _ text: String, _ expected: String) throws {
    let finder = try PatternFinder(pattern)
    #expect(finder.replacing(in: text, with: "-") == expected)
    #expect(finder.matches(text) == (text != expected))
}

@Test("whether a pattern is found anywhere does not depend on how it is looked for")
func foundAnywhere() throws {
    var random = SystemRandomNumberGenerator()
    let atoms = ["a", "b", "[ab]", ".", "(ab|c)", "a?", "b*", "c+", "^", "$", #"\b"#, " "]
    for _ in 0..<400 {
        let pattern = (0..<Int.random(in: 1...5, using: &random)).map { _ in atoms.randomElement() ?? "a" }.joined()
        let text = String((0..<Int.random(in: 0...12, using: &random)).map { _ in "abc ".randomElement() ?? "a" })
        // A match of nothing is none here.
        let finder = try PatternFinder(pattern)
        let some = try TextPattern(pattern).matches(text)
        if finder.matches(text) { #expect(some, "\(pattern) in \(text)") }
        let isEmpty = try TextPattern("(?:\(pattern))", isWhole: true).matches("")
        if some, !isEmpty, !pattern.contains(where: { "^$\\?*".contains($0) }) {
            #expect(finder.matches(text), "\(pattern) in \(text)")
        }
    }
}
