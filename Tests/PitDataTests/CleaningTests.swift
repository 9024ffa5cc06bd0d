import Foundation
import PitData
import PitModel
import Testing

/// A folder of its own, removed when it goes.
private final class Place {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitclean-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
        return "\(folder)/\(name)"
    }

    func write(_ name: String, _ lines: [String]) throws -> String {
        try write(name, (lines.joined(separator: "\n") + "\n").utf8)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    /// What is left of a file.
    func clean(
        _ lines: [String], _ steps: [CleaningStepSpec], columns: [String]? = nil, name: String = "in.jsonl"
    ) throws -> (lines: [String], report: CleaningReport) {
        let path = try write(name, lines)
        let cleaner = try Cleaner(CleaningRecipe(name: "t", columns: columns, steps: steps))
        let report = try cleaner.run(path, out: folder + "/out", text: "t", version: "0")
        return (try read("out").split(separator: "\n").map(String.init), report)
    }

    /// What a text becomes; nil where its row goes.
    func text(_ text: String, _ step: CleaningStepSpec) throws -> String? {
        let line = try String(data: JSONSerialization.data(withJSONObject: ["t": text]), encoding: .utf8) ?? ""
        let left = try clean([line], [step]).lines
        guard let row = left.first else { return nil }
        return (try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any])?["t"] as? String
    }
}

private func step(_ id: String, _ options: [String: OptionValue] = [:], columns: [String]? = nil) -> CleaningStepSpec {
    CleaningStepSpec(id, columns: columns, options: options)
}

@Test("what no step changes is written byte for byte; what one changes changes alone")
func bytesStay() throws {
    let place = try Place()
    let lines = [
        #"{"id": 12345678901234567890, "t": "plain",  "n": 1.50}"#,
        #"{ "id":1e3 ,"t":"  two   words ","more":{"u":"\u0041  b"},"list":[{"v":" x "},{"v":"y"}] }"#,
    ]
    let all = try place.clean(lines, [step("whitespace")])
    #expect(all.lines[0] == lines[0])
    #expect(all.lines[1] == #"{ "id":1e3 ,"t":"two words","more":{"u":"A b"},"list":[{"v":"x"},{"v":"y"}] }"#)
    #expect(all.report.changed == 1 && all.report.rowsOut == 2 && all.report.steps[0].changed == 1)
    let some = try place.clean(lines, [step("whitespace")], columns: ["list.*.v"])
    #expect(some.lines[1] == lines[1].replacing(#"" x ""#, with: #""x""#))
}

@Test("characters are repaired: mojibake, marks, controls; what is meant as it stands stays")
func unicode() throws {
    let place = try Place()
    let unicode = step("unicode")
    #expect(try place.text("cafÃ© â€œquotedâ€\u{9D} naÃ¯ve", unicode) == "café “quoted” naïve")
    #expect(try place.text("ÃƒÂ¼ber", unicode) == "über")
    #expect(try place.text("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", unicode) == "привет")
    let meant = "Die „Ä“ und Ärger, é à ç, ÃO, 東京 and naïve"
    #expect(try place.text(meant, unicode).map { Array($0.utf8) } == Array(meant.utf8))
    let composed = try #require(try place.text("e\u{301}\u{200B}\u{07}x\u{FEFF}", unicode))
    #expect(Array(composed.utf8) == Array("éx".utf8))
    // Han with what is composed only by Hangul's rules, and a sign that has another one for it.
    let eastern = try #require(try place.text("漢字 かな カ\u{3099} 한글 \u{1100}\u{1161} \u{212B}", unicode))
    #expect(Array(eastern.utf8) == Array("漢字 かな ガ 한글 가 Å".utf8))
    #expect(try place.text("a\u{FFFD}b", unicode) == "a\u{FFFD}b")
    #expect(try place.text("a\u{FFFD}b", step("unicode", ["replacement": .text("remove")])) == "ab")
    #expect(try place.text("a\u{FFFD}b", step("unicode", ["replacement": .text("drop")])) == nil)
}

@Test("white space, markup and entities go; code and comparisons stay")
func markup() throws {
    let place = try Place()
    #expect(
        try place.text("  a \t b\r\n\r\n\r\n\r\n  c\u{A0}d  \n", step("whitespace"))
            == "  a b\n\n  c d".replacing("  a", with: "  a"))
    #expect(try place.text("   one\u{A0}line ", step("whitespace")) == "one line")
    #expect(try place.text("a\n  b", step("whitespace", ["indent": .text("trim")])) == "a\nb")
    #expect(try place.text("  ", step("whitespace", ["empty": .text("drop")])) == nil)
    let html =
        "<p class=\"a>b\">Fish &amp; chips<br/>at 5 &lt; 6 &#8364;&#x41;&#151;</p><script>if (a<b) x()</script>end"
    #expect(try place.text(html, step("markup")) == "Fish & chips\nat 5 < 6 €A—\nend")
    #expect(try place.text("<li> one</li> <li> two", step("markup")) == "one\ntwo")
    let code = "vector<int> a; if (a < b && c > d) &unknown; <3 <!DOCTYPE"
    #expect(try place.text(code, step("markup")) == code)
}

@Test("lines that stand in many rows go, those in few stay, and the rows stay")
func boilerplate() throws {
    let place = try Place()
    var lines = (0..<40).map { #"{"t": "text number \#($0) of all\nAccept all our cookies here"}"# }
    lines += (0..<40).map { #"{"t": "another one \#($0)\nseldom said sentence \#($0 / 3)"}"# }
    let left = try place.clean(lines, [step("boilerplate", ["share": .number(0.2)])])
    #expect(left.lines.count == 80 && left.report.steps[0].changed == 40)
    #expect(left.lines[7] == #"{"t": "text number 7 of all"}"#)
    #expect(left.lines[50] == lines[50])
}

@Test("rows go by length, language, script, quality, patterns and doubles, and why is counted")
func filters() throws {
    let place = try Place()
    func row(_ text: String) -> String { #"{"t": "\#(text)"}"# }
    let english = "this is what we have to say of it, and there is more that you will not like"
    let german = "das ist alles nicht so, wie wir es haben wollen, und ich kann es auch nicht ändern"
    let rows = [
        row("hi"), row(english), row(german), row("Это то, что мы хотим сказать и не можем сказать об этом"),
        row("$$$ ### @@@ !!! %%% ^^^ &&& *** ((( )))"), row(String(repeating: "buy one now and two later ", count: 9)),
        row(english), row(english.replacing("like", with: "love")), row("lorem ipsum dolor sit amet and so on and on"),
    ]
    let left = try place.clean(
        rows,
        [
            step("length", ["min_words": .number(2)]),
            step("language", ["languages": .list(["en", "unknown"]), "scripts": .list(["latin"])]), step("quality"),
            step("filter", ["drop": .text("(?i)lorem +ipsum")]), step("duplicates", ["near": .number(0.8)]),
        ])
    #expect(left.lines == [rows[1]])
    #expect(left.report.steps.map(\.removed) == [1, 2, 2, 1, 2])
    #expect(left.report.steps[1].reasons == ["language de": 1, "script cyrillic": 1])
    #expect(left.report.steps[2].reasons == ["mostly signs": 1, "repeats its words": 1])
    #expect(left.report.steps[4].reasons == ["the same as one before": 1, "nearly the same as one before": 1])
    let kept = try place.clean(rows, [step("filter", ["keep": .text("^this")])])
    #expect(kept.lines == [rows[1], rows[6], rows[7]])
}

@Test("private text, patterns, values, case, signs, stop words and stems")
func texts() throws {
    let place = try Place()
    #expect(try place.text("mail me: ana@example.com", step("redact")) == "mail me: [email]")
    #expect(try place.text("mail me: ana@example.com", step("redact", ["action": .text("drop")])) == nil)
    let links = step("replace", ["pattern": .text(#"https?://\S+"#), "with": .text("[link]")])
    #expect(try place.text("see http://a.b/c and https://x.", links) == "see [link] and [link]")
    #expect(try place.text("aaa b aab", step("replace", ["pattern": .text("a+?|aab"), "with": .text("-")])) == "- b -")
    #expect(try place.text("x1y22", step("replace", ["pattern": .text(#"\d"#)])) == "xy")
    var values = step("values", ["case": .text("lower"), "unknown": .text("drop")], columns: ["t"])
    values.pairs = ["pos": "positive", "positive": "positive"]
    #expect(try place.text(" POS ", values) == "positive")
    #expect(try place.text("odd", values) == nil)
    let plain = step("normalize", ["form": .text("nfkc"), "case": .text("lower"), "punctuation": .text("plain")])
    #expect(
        try place.text("\u{201C}It\u{2019}s \u{FB01}ne\u{201D} \u{2014} ＯＫ\u{2026}", plain) == "\"it's fine\" - ok...")
    #expect(
        try place.text("well-known, it's (so)!", step("normalize", ["punctuation": .text("remove")]))
            == "well known its so")
    let stop = step("stopwords", ["language": .text("en"), "except": .list(["not"])])
    #expect(try place.text("The cat, it is not on the mat.", stop) == "cat, not mat.")
    #expect(
        try place.text("Running dogs were happily flying, naïvely", step("stem")) == "run dog were happili fli, naïvely"
    )
}

@Test("CSV stays CSV: quotes, line ends within fields, broken records told and passed over")
func tables() throws {
    let place = try Place()
    let text = "id,\"the text\",n\r\n1,\"  a,  \"\"b\"\"\n\n c \",2\r\n2,plain,3\n3,\"open,4\n4,next  one,5\n5,x\n"
    let path = try place.write("t.csv", text.utf8)
    let cleaner = try Cleaner(CleaningRecipe(columns: ["the text"], steps: [step("whitespace")]))
    let report = try cleaner.run(path, out: place.folder + "/out.csv", text: "", version: "0")
    let expected = "id,\"the text\",n\r\n1,\"  a, \"\"b\"\"\n\n c\",2\r\n2,plain,3\n4,next one,5\n"
    #expect(try place.read("out.csv") == expected)
    #expect(report.rowsIn == 3 && report.bad.count == 2 && report.bad.first.map(\.line) == [6, 8])
    #expect(report.bad.first.map(\.why) == ["a quote without its end", "2 fields of 3"])
}

@Test("texts that are made to take long or much take neither: tags, comments, quotes and runs without an end")
func harm() throws {
    let place = try Place()
    let long = 4000
    for piece in ["<script>", "<!--", "<!doctype", "<a \"", "&amp", "é a", "</script", "<p "] {
        let text = String(repeating: piece, count: long)
        let row = #"{"t": "\#(text.replacing("\"", with: "\\\""))"}"#
        let left = try place.clean([row], [step("unicode"), step("markup"), step("whitespace"), step("quality")])
        #expect(left.report.rowsIn == 1 && left.report.bad.count == 0, "\(piece)")
    }
    let slow = step("replace", ["pattern": .text("a.*b|a")])
    let left = try place.clean([#"{"t": "\#(String(repeating: "a", count: long))"}"#, #"{"t": "xab"}"#], [slow])
    #expect(left.lines == [#"{"t": "x"}"#] && left.report.bad.first.map(\.line) == [1])
    let open = try place.clean(
        ["a,b,c"] + (0..<long).map { "\($0),\"" } + ["1,2,3"], [step("whitespace")], name: "q.csv")
    #expect(open.report.bad.count == long && open.lines.last == "1,2,3")
}

@Test("the same gives the same, with a manifest that holds the recipe, hashes and counts")
func reproducible() throws {
    let place = try Place()
    let path = try place.write("in.jsonl", [#"{"t": " a "}"#, "{ broken", #"{"t": "b"}"#, #"{"t": "b"}"#])
    let recipe = CleaningRecipe(name: "r", steps: [step("whitespace"), step("duplicates")])
    func run(_ name: String) throws -> (String, String) {
        let out = "\(place.folder)/\(name)/out.jsonl"
        try FileManager.default.createDirectory(atPath: "\(place.folder)/\(name)", withIntermediateDirectories: true)
        let report = try Cleaner(recipe).run(path, out: out, text: "version: 1\n", version: "9")
        #expect(report.bad.first.map(\.line) == [2] && report.rowsIn == 3 && report.rowsOut == 2)
        return (try place.read("\(name)/out.jsonl"), try place.read("\(name)/out.jsonl.manifest.json"))
    }
    let (first, second) = (try run("a"), try run("b"))
    #expect(first.0 == "{\"t\": \"a\"}\n{\"t\": \"b\"}\n" && first == second)
    let manifest = try #require(try JSONSerialization.jsonObject(with: Data(first.1.utf8)) as? [String: Any])
    #expect(manifest["pitwall"] as? String == "9" && manifest["recipe_text"] as? String == "version: 1\n")
    let input = try #require(manifest["input"] as? [String: Any])
    #expect(input["name"] as? String == "in.jsonl" && (input["sha256"] as? String)?.count == 64)
    #expect(((manifest["steps"] as? [[String: Any]])?[1]["reasons"] as? [String: Int])?.values.first == 1)
}

@Test("a preview shows rows before and after, and why they go, and writes nothing")
func preview() throws {
    let place = try Place()
    let path = try place.write("in.jsonl", [#"{"t": "same"}"#, #"{"t": " x "}"#, #"{"t": "same"}"#, #"{"t": " y"}"#])
    let cleaner = try Cleaner(CleaningRecipe(steps: [step("whitespace"), step("duplicates")]))
    let found = try cleaner.preview(path, rows: 2)
    #expect(found.rows == 3 && found.touched == 2)
    #expect(found.entries.map(\.line) == [2, 3] && found.entries.map(\.step) == ["whitespace", "duplicates"])
    #expect(found.entries[0].before == " x " && found.entries[0].after == "x")
    #expect(found.entries[1].removed == "the same as one before")
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder) == ["in.jsonl"])
}

@Test("what would be a misunderstanding is refused, and then nothing is written")
func refused() throws {
    let place = try Place()
    let path = try place.write("in.jsonl", [#"{"t": "a"}"#])
    func run(_ recipe: CleaningRecipe, _ file: String? = nil, _ out: String = "out.jsonl") throws(DataFault)
        -> CleaningReport
    {
        try Cleaner(recipe).run(file ?? path, out: "\(place.folder)/\(out)", text: "", version: "0")
    }
    let white = [step("whitespace")]
    #expect(throws: DataFault.self) { _ = try run(CleaningRecipe(columns: ["text"], steps: white)) }
    #expect(throws: DataFault.self) { _ = try run(CleaningRecipe(steps: white), nil, "in.jsonl") }
    #expect(throws: DataFault.self) { _ = try run(CleaningRecipe(steps: [step("length")])) }
    #expect(throws: DataFault.self) { _ = try run(CleaningRecipe(steps: [step("replace", ["pattern": .text("(")])])) }
    let utf16 = try place.write("w.jsonl", [0xFF, 0xFE, 0x7B, 0x00])
    #expect(throws: DataFault.self) { _ = try run(CleaningRecipe(steps: white), utf16) }
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place.folder)) == ["in.jsonl", "w.jsonl"])
    let latin = try place.write(
        "l.jsonl", Array("{\"t\": \"caf".utf8) + [0xE9, 0x80] + Array("\"}\n{\"t\": \"b\"}\n".utf8))
    let without = try run(CleaningRecipe(steps: white), latin)
    #expect(without.rowsOut == 1 && without.bad.first.first?.why.contains("encoding") == true)
    let with = try run(CleaningRecipe(encoding: .cp1252, steps: white), latin)
    #expect(try with.decoded == 1 && place.read("out.jsonl").contains("café€"))
}

@Test("each step says what it is, and a language's stop words can be had as a step")
func catalog() {
    let all = cleaningCatalog.map { $0.about }
    #expect(Set(all.map(\.id)).count == all.count)
    for one in all {
        #expect(!one.summary.isEmpty && one.options.allSatisfy { !$0.help.isEmpty && !$0.example.isEmpty })
        #expect(one.required.allSatisfy { name in one.options.contains { $0.name == name } })
    }
    for language in StopWords.languages { #expect(StopWords.of(language).count > 60) }
    #expect(StopWords.step("en")?.contains("    - \"the\"\n") == true && StopWords.step("xx") == nil)
}
