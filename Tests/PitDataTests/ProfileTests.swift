import Foundation
import PitData
import PitStatistics
import Testing

/// A file of its own, removed when it goes.
final class Rows {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitdata-\(UUID().uuidString)").path
    var path: String { folder + "/rows.jsonl" }
    init(_ bytes: some Sequence<UInt8>) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }
    convenience init(_ lines: [String]) throws { try self.init((lines.joined(separator: "\n") + "\n").utf8) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

@Test("a profile counts kinds, gaps, lengths and values; what cannot be read is told with its line")
func profile() async throws {
    let rows = try Rows([
        #"{"id": 1, "text": "déjà \u00e9\ud83d\ude00 \"q\" 東京", "ok": true, "more": {"a": [1, "}"]}}"#,
        #"{"text": "", "id": -2.5e3, "ok": false}"#,
        #"{"id": null, "text": "plain", "ok": true, "late": 7}"#,
        "{\"text\": \"broken", "", "[1]", #"{"id": 1} x"#, #"{"id": 1 "text": 2}"#, "{}",
    ])
    let profile = try await FileProfile.read(rows.path)
    #expect(profile.rows == 4 && profile.bad.count == 4 && !profile.hasChanged)
    #expect(profile.bad.first.map(\.line) == [4, 6, 7, 8])
    let byName = Dictionary(uniqueKeysWithValues: profile.columns.map { ($0.name, $0) })
    let text = try #require(byName["text"])
    // Scalars: `déjà é😀 "q" 東京` is 14.
    #expect(text.strings == 3 && text.empty == 1 && text.lengthLeast == 0 && text.lengthMost == 14)
    #expect(text.distinct == 3 && text.distinctIsExact)
    let id = try #require(byName["id"])
    #expect(id.least == -2500 && id.most == 1)
    #expect(byName["more"]?.nested == 1 && byName["ok"]?.flags == 3 && byName["late"]?.missing == 3)
}

@Test("a table is profiled as its rows would be as objects; labels have a balance, texts their phrases")
func profileOfTable() async throws {
    var lines = ["id,label,text"]
    for number in 0..<400 {
        lines.append("\(number),\(number % 4 == 0 ? "bad" : "good"),\"no. \(number), to be honest with you\"")
    }
    lines += ["x,y", "007,good,"]
    let rows = try Rows(lines)
    let path = rows.folder + "/rows.csv"
    try FileManager.default.moveItem(atPath: rows.path, toPath: path)
    let profile = try await FileProfile.read(path)
    #expect(profile.rows == 401 && profile.bad.count == 1 && profile.bad.first.map(\.line) == [402])
    let (id, label, text) = (profile.columns[0], profile.columns[1], profile.columns[2])
    #expect(id.name == "id" && id.numbers == 400 && id.strings == 1 && id.most == 399)
    #expect(label.top.map(\.value) == ["good", "bad"] && label.top.map(\.count) == [301, 100])
    #expect(label.balance.map { abs($0 - 0.81) < 1e-2 } == true && text.balance == nil)
    #expect(text.missing == 1 && text.phrases.map(\.words).contains("to be honest"))
}

@Test("in parts as in one: what is counted does not depend on how a file is divided")
func profileInParts() async throws {
    var lines: [String] = []
    for number in 0..<120_000 {
        let word = String(repeating: "x", count: number % 97)
        lines.append(#"{"id": \#(number), "text": "\#(word)\#(number % 1000)", "kind": "k\#(number % 3)"}"#)
    }
    lines[77_777] = "{ no"
    let rows = try Rows(lines)
    let one = try await FileProfile.read(rows.path, cores: 1)
    let several = try await FileProfile.read(rows.path, cores: 5)
    #expect(one.rows == 119_999 && several.rows == one.rows)
    #expect(one.bad.first.map(\.line) == [77_778] && several.bad.first.map(\.line) == [77_778])
    for (a, b) in zip(one.columns, several.columns) {
        #expect(a.name == b.name && a.count == b.count && a.distinct == b.distinct && a.lengthMean == b.lengthMean)
        #expect(a.mean == b.mean || abs((a.mean ?? 0) - (b.mean ?? 1)) < 1e-6)
    }
    let id = try #require(one.columns.first { $0.name == "id" })
    #expect(!id.distinctIsExact && abs(Double(id.distinct) / 119_999 - 1) < 0.03)
    #expect(abs(try #require(id.quantiles)[1] - 60_000) < 3000)
    let kind = try #require(one.columns.first { $0.name == "kind" })
    #expect(Set(kind.top.map(\.value)) == ["k0", "k1", "k2"] && kind.top.first?.count == 40_000)
}

@Test("a line of more than sixteen megabytes, bytes that are no text and deep nesting harm nothing")
func profileOfHarm() async throws {
    var bytes = Array("{\"a\": \"".utf8) + [UInt8](repeating: 0x78, count: 17 << 20) + Array("\"}\n".utf8)
    bytes += Array("{\"a\": \"".utf8) + [0xFF, 0xC0, 0x80, 0x1B] + Array("\"}\n".utf8)
    bytes += Array(("{\"a\": " + String(repeating: "[", count: 100_000) + "\n").utf8)
    bytes += Array("{\"a\": \"\\\\\"}\n{\"a\": \"last\"}".utf8)
    let rows = try Rows(bytes)
    let profile = try await FileProfile.read(rows.path)
    #expect(profile.rows == 3 && profile.bad.count == 2)
    #expect(profile.bad.first.map(\.line) == [1, 3] && profile.bad.first[0].why.contains("16 MiB"))
    let found = try await RowDuplicates.run(rows.path, .init(by: ["a"], near: 0.8))
    #expect(found.rows == 2 && found.kept == 2 && found.bad.first.map(\.line) == [1, 2, 3])
    #expect(found.bad.first[0].why.contains("16 MiB"))
    await #expect(throws: DataFault.self) { _ = try await FileProfile.read(rows.folder) }
    await #expect(throws: DataFault.self) { _ = try await FileProfile.read(rows.path + "x") }
}

@Test("distinct values are counted exactly while they are few, then within some hundredths, merged or not")
func distinctValues() {
    var (all, halves) = (DistinctCount(), [DistinctCount(), DistinctCount()])
    for number in 0..<200_000 {
        let hash = MinHash.mix(UInt64(number / 2))
        all.add(hash)
        halves[number % 2].add(hash)
        if number == 3999 { #expect(all.isExact && all.estimate == 2000) }
    }
    #expect(!all.isExact && abs(Double(all.estimate) / 100_000 - 1) < 0.03)
    halves[0].merge(halves[1])
    #expect(halves[0].estimate == all.estimate)
    var few = DistinctCount()
    few.add(1)
    few.merge(all)
    #expect(!few.isExact)
}

@Test("what would lose rows is refused: the file itself as a part; a mark before the first line is none of it")
func loseNothing() async throws {
    let text = "{\"a\": \"!!!\"}\n{\"a\": \"???\"}\n{\"a\": \"caf\u{E9}\"}\n"
    let rows = try Rows([UInt8]([0xEF, 0xBB, 0xBF]) + Array(text.utf8))
    let itself = rows.folder + "/train.jsonl"
    try FileManager.default.linkItem(atPath: rows.path, toPath: itself)
    let halves = try DatasetSplit("train=0.5,test=0.5")
    #expect(throws: DataFault.self) {
        _ = try RowSplit.run(rows.path, halves, group: nil, seed: 0, folder: rows.folder)
    }
    #expect(try Data(contentsOf: URL(filePath: itself)).count > 40)
    let parts = try RowSplit.run(rows.path, halves, group: nil, seed: 0, folder: rows.folder + "/out")
    #expect(parts.parts.reduce(0) { $0 + $1.rows } == 3 && parts.bad.count == 0)
    let profile = try await FileProfile.read(rows.path)
    #expect(profile.rows == 3 && profile.bad.count == 0 && profile.notTextCount == 0)
    // Texts without a word have nothing in common.
    var near = RowDuplicates(.init(by: ["a"], near: 0.8))
    var lines = try LineFile(rows.path)
    var kept = 0
    while let line = try lines.next() { if near.isNew(line, line: lines.line) == true { kept += 1 } }
    #expect(kept == 3)
    #expect(throws: DataFault.self) { _ = try LineFile(rows.folder) }
    let latin = try Rows(Array("{\"a\": \"caf".utf8) + [0xE9] + Array("\"}\n".utf8))
    #expect(try await FileProfile.read(latin.path).notTextCount == 1)
    let table = try Rows(["name,age", "ana,7"])
    await #expect(throws: DataFault.self) { _ = try await FileProfile.read(table.path) }
    // It grew while it was read.
    let growing = try LineFile(latin.path)
    try growing.check()
    let handle = try FileHandle(forWritingTo: URL(filePath: latin.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{}".utf8))
    try handle.close()
    do throws(DataFault) {
        try growing.check()
        Issue.record("it is not told that the file grew")
    } catch { #expect(error.summary.contains("changed while it was read")) }
}

@Test(
    "a profile tells texts unlike the others by their lines, masked, and which columns go together",
    arguments: [true, false])
func oddTextsAndCorrelations(isTable: Bool) async throws {
    let subjects = ["your parcel", "the refund", "an invoice", "this order", "my account", "our driver"]
    var lines = isTable ? ["id,double,side,tier,price,text"] : []
    for number in 0..<400 {
        let (side, tier) = (["north", "south"][number % 2], ["red", "green", "blue"][number / 7 % 3])
        let text =
            number == 250
            ? "zQ]x%% 0xF9~~{{ qqXv]]Kp ##@ ana@example.com }{|^ WWvZx"
            : "Please tell me when \(subjects[number % 6]) no. \(number) will be here"
        let price = Double(number % 2) * 100 + Double(number % 13)
        lines.append(
            isTable
                ? "\(number),\(number * 2),\(side),\(tier),\(price),\(text)"
                : #"{"id": \#(number), "double": \#(number * 2), "side": "\#(side)", "tier": "\#(tier)", "#
                    + #""price": \#(price), "text": "\#(text)", "none": null}"#)
    }
    let rows = try Rows(lines)
    let path = rows.folder + (isTable ? "/t.csv" : "/t.jsonl")
    try FileManager.default.moveItem(atPath: rows.path, toPath: path)
    let profile = try await FileProfile.read(path)
    let text = try #require(profile.columns.first { $0.name == "text" })
    #expect(text.odd.map(\.line) == [isTable ? 252 : 251])
    let odd = try #require(text.odd.first)
    #expect(odd.excerpt.contains("[email]") && !odd.excerpt.contains("ana@"))
    #expect(odd.perplexity > 4 * (text.perplexity ?? .infinity) && (text.perplexity ?? 0) > 1)
    func strength(_ first: String, _ second: String) -> FileProfile.Correlation? {
        profile.correlations.first { $0.first == first && $0.second == second }
    }
    #expect(strength("id", "double").map { $0.measure == .spearman && $0.strength > 0.9999 && $0.rows == 400 } == true)
    #expect(strength("side", "price").map { $0.measure == .ratio && $0.strength > 0.99 } == true)
    #expect(strength("side", "tier").map { $0.measure == .cramersV && $0.strength < 0.2 } == true)
    #expect(profile.correlations.allSatisfy { $0.first != "text" && $0.second != "text" })
    let quick = try await FileProfile.read(path, isWhole: false)
    #expect(quick.correlations.isEmpty && quick.columns.allSatisfy { $0.perplexity == nil && $0.odd.isEmpty })
}
