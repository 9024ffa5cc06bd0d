import Foundation
import PitParse
import PitStatistics
import Testing

@testable import PitData

@Test("of rows that say the same the first stays, of those that nearly do as well; others do not go")
func duplicates() throws {
    let words = (0..<60).map { "word\($0)" }
    func row(_ words: [String], _ id: Int) -> ArraySlice<UInt8> {
        Array(#"{"id": \#(id), "text": "\#(words.joined(separator: " "))"}"#.utf8)[...]
    }
    var changed = words
    changed[30] = "other"
    var exact = RowDuplicates(.init(by: ["text"]))
    var near = RowDuplicates(.init(by: ["text"], near: 0.8))
    let rows = [row(words, 1), row(words, 2), row(changed, 3), row(Array(words.reversed()), 4), Array("{".utf8)[...]]
    #expect(rows.enumerated().map { exact.isNew($1, line: $0 + 1) } == [true, false, true, true, nil])
    #expect(rows.enumerated().map { near.isNew($1, line: $0 + 1) } == [true, false, false, true, nil])
    let found = near.finish()
    #expect(found.rows == 4 && found.kept == 2 && found.exact == 1 && found.near == 1 && found.bad.count == 1)
    #expect(found.largest.map(\.line) == [1] && found.largest.map(\.count) == [3])
}

@Test("a group is never in two parts, the same file gives the same parts, another seed others")
func split() throws {
    let rows = try Rows((0..<2000).map { #"{"id": \#($0), "chat": "c\#($0 / 10)"}"# } + ["no row"])
    let shares = try DatasetSplit("train=0.8,test=0.2")
    func parts(_ seed: UInt64, _ name: String) throws -> [[String]] {
        let found = try RowSplit.run(rows.path, shares, group: "chat", seed: seed, folder: rows.folder + "/\(name)")
        #expect(found.parts.reduce(0) { $0 + $1.rows } == 2000 && found.bad.first.map(\.line) == [2001])
        #expect(found.parts.reduce(0) { $0 + $1.groups } == 200)
        return try found.parts.map {
            try String(contentsOfFile: $0.path, encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }
    let first = try parts(0, "a")
    func chats(_ lines: [String]) -> Set<String> {
        Set(lines.compactMap { $0.split(separator: "\"").dropLast().last.map(String.init) })
    }
    #expect(chats(first[0]).isDisjoint(with: chats(first[1])) && !first[1].isEmpty)
    #expect(abs(Double(first[0].count) / 2000 - 0.8) < 0.1)
    #expect(try parts(0, "b") == first)
    #expect(try parts(1, "c") != first)
}

@Test("how alike texts are decides: those over the threshold go, those under it stay, as the exact sets say")
func nearByLikeness() async throws {
    var (lines, truth): ([String], [Double]) = ([], [])
    for number in 0..<120 {
        let words = (0..<100).map { "w\(number)x\($0 &* 7919 % 1009)" }
        // A word replaced is two of 99 pairs.
        let changed = number % 30
        var other = words
        for place in 0..<changed { other[place * 3 + 1] = "other\(number)y\(place)" }
        for text in [words, other] {
            lines.append(#"{"id": \#(lines.count), "text": "\#(text.joined(separator: " "))"}"#)
        }
        truth.append(Double(99 - 2 * changed) / Double(99 + 2 * changed))
    }
    let rows = try Rows(lines)
    let out = rows.folder + "/kept.jsonl"
    let found = try await RowDuplicates.run(rows.path, .init(by: ["text"], near: 0.7), out: out)
    let written = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").map(String.init)
    let kept = written.compactMap { lines.firstIndex(of: $0) }
    for (number, likeness) in truth.enumerated() {
        #expect(kept.contains(2 * number))
        if likeness > 0.82 { #expect(!kept.contains(2 * number + 1), "\(likeness)") }
        if likeness < 0.58 { #expect(kept.contains(2 * number + 1), "\(likeness)") }
    }
    #expect(found.kept == written.count && kept == kept.sorted() && found.exact == 4 && found.rows == 240)
}

@Test("texts are the same by what they say: escapes and numbers are read, what is null says nothing")
func sameByMeaning() async throws {
    let rows = try Rows([
        #"{"a": "caf\u00e9 \ud83d\ude00 \/"}"#, #"{"a": "café 😀 /"}"#, #"{"a": 1.0}"#, #"{"b": "x", "a": 1}"#, "",
        #"{"a": null}"#, #"{"a": null, "b": "y"}"#, #"{"a": "\ud83d"}"#, #"{"a": "\ufffd"}"#, "  ", #"{"a": "x}"#,
    ])
    let found = try await RowDuplicates.run(rows.path, .init(by: ["a", "b"]))
    // Two members: that one has no `b` is part of what is compared.
    #expect(found.rows == 8 && found.exact == 2 && found.without == 1 && found.bad.count == 1)
    #expect(found.bad.first.map(\.line) == [11] && found.largest.map(\.line) == [1, 8])
    await #expect(throws: DataFault.self) { _ = try await RowDuplicates.run(rows.path, .init(by: ["none"])) }
    await #expect(throws: DataFault.self) {
        _ = try await RowDuplicates.run(rows.path, .init(by: ["a"]), out: rows.path)
    }
}

@Test("a table is divided and rid of doubles byte for byte, quotes, line ends and all, under its own head")
func tables() async throws {
    let head = "id,\"the text\",group\r"
    let records = (0..<300).map { number in
        "\(number),\"say \"\"no. \(number % 100)\"\"\nand, more\",g\(number / 10)\r"
    }
    let rows = try Rows([head] + records + ["1,2\r"])
    let path = rows.folder + "/rows.csv"
    try FileManager.default.moveItem(atPath: rows.path, toPath: path)
    let out = rows.folder + "/kept.csv"
    let found = try await RowDuplicates.run(path, .init(by: ["the text"], near: nil), out: out)
    #expect(found.rows == 300 && found.kept == 100 && found.bad.count == 1 && found.bad.first.map(\.line) == [602])
    #expect(
        try String(contentsOfFile: out, encoding: .utf8)
            == ([head] + records.prefix(100)).map { $0 + "\n" }.joined())
    let parts = try RowSplit.run(
        path, try DatasetSplit("train=0.7,test=0.3"), group: "group", seed: 1, folder: rows.folder + "/parts")
    #expect(parts.parts.map(\.groups).reduce(0, +) == 30 && parts.bad.count == 1)
    let texts = try parts.parts.map { try String(contentsOfFile: $0.path, encoding: .utf8) }
    #expect(texts.allSatisfy { $0.hasPrefix(head + "\n") } && parts.parts.allSatisfy { $0.path.hasSuffix(".csv") })
    let divided = texts.flatMap { $0.dropFirst(head.utf8.count).components(separatedBy: "\r\n") }
    #expect(Set(divided.filter { $0.count > 2 }).count == 300)
    #expect(throws: DataFault.self) {
        _ = try RowSplit.run(
            path, try DatasetSplit("a=0.5,b=0.5"), group: "none", seed: 1, folder: rows.folder + "/more")
    }
}

@Test("what is an object is one by the finder as by the reader, whatever the bytes")
func finderAndReader() {
    var state: UInt64 = 5
    func random(_ below: Int) -> Int {
        state = MinHash.mix(state &+ 0x9e37_79b9_7f4a_7c15)
        return Int(state % UInt64(below))
    }
    let seeds = [
        #"{"a": "some text that is long enough", "b": [1, -2.5e3, {"c": null}], "d": true}"#,
        #"{"a\u0041": "x\n\"\ud83d\ude00\\", "a": "caf\u00e9 with more behind it", "e": {}, "f": []}"#,
    ]
    let noise = Array("\"\\{}[],:u0e- \t\u{1}ntf".utf8)
    for round in 0..<4000 {
        var bytes = Array(seeds[round % 2].utf8)
        for _ in 0..<random(3) {
            switch random(3) {
            case 0: bytes[random(bytes.count)] = noise[random(noise.count)]
            case 1: bytes.remove(at: random(bytes.count))
            default: bytes.insert(noise[random(noise.count)], at: random(bytes.count))
            }
        }
        let value = JSONReader.value(of: bytes)
        var (finder, text): (MemberFinder, [UInt8]) = (MemberFinder(["a"]), [])
        let isObject = bytes.withUnsafeBufferPointer { buffer in
            guard finder.find(buffer) else { return false }
            finder.say(0, of: buffer, into: &text)
            return true
        }
        let told = String(decoding: bytes, as: UTF8.self)
        #expect(isObject == (value?.members != nil), "\(told)")
        guard isObject, let known = value?["a"] else { continue }
        #expect(String(decoding: text, as: UTF8.self) == (known.isNull ? "" : known.text ?? known.json), "\(told)")
    }
}

@Test("a table of digests knows what came and nothing else, with lines and without, when chains are long")
func digestTable() {
    func digest(_ number: UInt64) -> TextDuplicates.Digest {
        // Few buckets, so that each has a chain of many.
        .init(high: (number % 16) << 44, low: MinHash.mix(number))
    }
    var (lined, plain) = (DigestTable(hasLines: true), DigestTable(hasLines: false))
    for number in 0..<3000 as Range<UInt64> {
        #expect(lined.line(of: digest(number)) == nil && plain.line(of: digest(number)) == nil)
        lined.add(digest(number), line: Int32(number) + 1)
        plain.add(digest(number), line: 0)
    }
    let copy = lined
    lined.add(digest(9999), line: 7)
    #expect((0..<3000 as Range<UInt64>).allSatisfy { copy.line(of: digest($0)) == Int32($0) + 1 })
    #expect((0..<3000 as Range<UInt64>).allSatisfy { plain.line(of: digest($0)) == 1 })
    #expect(copy.line(of: digest(9999)) == nil && lined.line(of: digest(9999)) == 7 && lined.count == 3001)
}

@Test("words are the same eight bytes at a time as one by one, in lower case, and by character where none is divided")
func words() {
    func words(_ text: String) -> [String] {
        var found: [String] = []
        TextDuplicates.eachWord(of: text) { _, place in
            found.append(String(decoding: Array(text.utf8)[place], as: UTF8.self))
        }
        return found
    }
    func hashes(_ text: String) -> [UInt64] {
        var found: [UInt64] = []
        TextDuplicates.words(of: text, &found)
        return found
    }
    let long = String(repeating: "Abc9", count: 40)
    let texts = [
        "", "a", "One two-three", "eightby tes", "eightbyt nine9nine", "x \(long) y", " \(long)\(long)", "a.b.c.!",
    ]
    for text in texts {
        let expected = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
        #expect(words(text) == expected)
        // The last word is not ASCII, so that all are read byte by byte.
        #expect(words(text + " é") == expected + ["é"])
        #expect(hashes(text + " é").dropLast() == hashes(text)[...])
        #expect(hashes(text.uppercased()) == hashes(text.lowercased()))
        #expect(Set(hashes(text)).count == Set(expected.map { $0.lowercased() }).count)
    }
    #expect(words("東京 tower") == ["東", "京", "tower"])
}
