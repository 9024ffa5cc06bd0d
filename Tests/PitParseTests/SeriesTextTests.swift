import PitModel
import PitParse
import Testing

@Test("a series' text gives its key, and what the parser refuses gives none")
func seriesKeys() {
    func key(_ text: String) -> SeriesKey? { SeriesText.key(text.utf8) }
    #expect(key("a") == SeriesKey("a"))
    #expect(key("a{b=\"c\",}") == SeriesKey("a", ["b": "c"]))
    #expect(key("{\"a b\",c=\"d\"}") == SeriesKey("a b", ["c": "d"]))
    for text in [
        "", "{}", "a{", "a{b}", "a{b=c}", "a{b=\"c\"}}", "a b", "a{b=\"c\",b=\"d\"}",
        "a{__name__=\"b\"}",
        "a{\"b\"}", "9a", "a{9=\"b\"}", "a{b=\"c\" d=\"e\"}", "a{b=\"c\\\"}",
    ] {
        #expect(key(text) == nil, "\(text)")
    }
    #expect(SeriesText.key([0x61, 0xFF]) == nil)
    #expect(key("a{b=\"c\"} ") == SeriesKey("a", ["b": "c"]))
}

@Test("whatever key is spelled, it is read again")
func keysRoundTrip() {
    var random = Seeded(state: 81)
    let alphabet = Array("abZ09_:. -\"\\\n{}=,é日🏎\t#\u{301}'")
    func text(_ lengths: ClosedRange<Int>) -> String {
        String((0..<Int.random(in: lengths, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
    }
    for _ in 0..<3000 {
        var labels: [Label] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let label = Label(text(1...5), text(0...8))
            if !labels.contains(where: { $0.name == label.name }) { labels.append(label) }
        }
        let key = SeriesKey(text(1...6), labels)
        let spelled = SeriesText.spell(key)
        #expect(SeriesText.key(spelled.utf8) == key, "\(spelled)")
        // And on a page.
        #expect(Array(page("\(spelled) 1\n").samples) == [Sample(key, 1)], "\(spelled)")
        #expect(SeriesText.spell(SeriesText.key(spelled.utf8) ?? SeriesKey("")) == spelled)
    }
}

@Test("a key of a row that is not on the page is none")
func strangeRow() {
    let read = page("a 1\n")
    #expect(read.key(of: MetricsPage.Row(start: 2, length: 50, value: 1)) == nil)
    #expect(read.key(of: MetricsPage.Row(start: .max, length: .max, value: 1)) == nil)
    #expect(read.rows.first.flatMap { read.key(of: $0) } == SeriesKey("a"))
}

@Test("label names that only Unicode takes for the same are two labels")
func labelNamesAreBytes() {
    let read = page("a{\"\u{E9}\"=\"1\",\"e\u{301}\"=\"2\"} 3\n")
    #expect(read.badLineCount == 0)
    #expect(read.rows.first.flatMap { read.key(of: $0) }?.labels.count == 2)
}

@Test("the short way to a key and the long way lead to the same")
func shortAndLong() {
    var random = Seeded(state: 82)
    let pieces = [
        "a", "b9", "_c", "le", "__name__", "{", "}", "=", "\"", "\"x\"", "\"y z\"", ",", "\\", " ", ":", "é", "\u{7f}",
        "\n", "+Inf",
    ]
    let shapes = [
        ["a{b=\"", "\",c=\"", "\"}"], ["a{", "=\"x\",", "=\"y\"}"], ["a{b=\"c\"", "}"], ["", "{le=\"1\"}"],
    ]
    var accepted = 0
    for turn in 0..<40_000 {
        var text = ""
        for part in shapes[turn % shapes.count] {
            text += part
            for _ in 0..<Int.random(in: 0...2, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
        }
        // A blank at the end says nothing and is not for the short way.
        let (short, long) = (SeriesText.key(text.utf8), SeriesText.key((text + " ").utf8))
        #expect(short == long, "\(text)")
        if short != nil { accepted += 1 }
    }
    #expect(accepted > 1000)
}
