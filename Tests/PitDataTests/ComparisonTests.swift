import Foundation
import PitData
import Testing

private final class Pair {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitcompare-\(UUID().uuidString)").path
    let (first, second): (String, String)
    init(_ first: [String], _ second: [String], suffix: String = "jsonl") throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        (self.first, self.second) = ("\(folder)/a.\(suffix)", "\(folder)/b.\(suffix)")
        for (path, lines) in [(self.first, first), (self.second, second)] {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
        }
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

private func words(_ range: Range<Int>, _ prefix: String = "w") -> String {
    range.map { "\(prefix)\($0)" }.joined(separator: " ")
}

private func row(_ text: String, _ id: Int) -> String { #"{"id": \#(id), "text": "\#(text)"}"# }

@Test("of a test set it is told what the training set has: the same, nearly the same, runs of words")
func overlap() throws {
    var training = (0..<200).map { row(words($0 * 100..<$0 * 100 + 40, "t"), $0) }
    training[20] = row(words(0..<40), 20)
    training[30] = row(words(100..<140), 30)
    training[40] = row("before it, " + words(200..<215) + " and after it", 40)
    let test = [
        row(words(0..<40), 1),  // the same
        row(words(0..<40), 2),  // and once more
        row(words(100..<139) + " other", 3),  // nearly
        row("quite another. W200, " + words(201..<214) + ". And so on and so forth until it ends here", 4),  // a run
        row(words(300..<340), 5),  // nothing
        row("short one", 6), "{",
    ]
    let pair = try Pair(training, test)
    let found = try DatasetOverlap.run(first: pair.first, second: pair.second)
    #expect(found.rowsInFirst == 200 && found.rows == 6 && found.bad.count == 1 && found.bad.first.first?.line == 7)
    #expect(found.exact == 2 && found.near == 1 && found.short == 1 && found.sampled == 1)
    #expect(found.shared == 4 && found.sharedHalf == 3 && found.sharedMost == 3)
    #expect(found.examples.map(\.line) == [1, 3, 4] && found.examples.map(\.kind) == [.exact, .shared, .shared])
    #expect(found.examples.map(\.lineInFirst) == [21, 31, 41])
    #expect(found.examples[2].passage == "W200, " + words(201..<214))
    let longer = try DatasetOverlap.run(first: pair.first, second: pair.second, .init(words: 15))
    #expect(longer.shared == 3)
    #expect(throws: DataFault.self) {
        _ = try DatasetOverlap.run(first: pair.first, second: pair.second, .init(columns: ["txt"]))
    }
}

@Test("the same texts in other columns or in CSV are found by the columns that are named")
func overlapByColumn() throws {
    let text = words(0..<20)
    let pair = try Pair(
        ["id,text", "1,\"\(text)\"", "2,\"\(words(30..<50))\""], ["id,text", "9,\"\(text)\""], suffix: "csv")
    #expect(try DatasetOverlap.run(first: pair.first, second: pair.second).exact == 0)
    #expect(try DatasetOverlap.run(first: pair.first, second: pair.second, .init(columns: ["text"])).exact == 1)
}

@Test("two files beside each other: columns that differ, drift, and overlap, as JSON too")
func comparison() async throws {
    let first = (0..<300).map {
        #"{"n": \#($0), "kind": "\#($0 % 2 == 0 ? "a" : "b")", "old": 1, "chat": [{"text": "\#(words($0..<$0 + 20))"}]}"#
    }
    let second = (0..<300).map {
        #"{"n": \#($0 + 1000), "kind": "\#($0 % 2 == 0 ? "a" : "b")", "new": "x", "chat": [{"text": "\#(words($0..<$0 + 20))"}]}"#
    }
    let pair = try Pair(first, second)
    let found = try await DatasetComparison.run(first: pair.first, second: pair.second, .init(columns: ["chat.*.text"]))
    #expect(found.drift.isEmpty && found.overlap.exact == 300)
    let all = try await DatasetComparison.run(first: pair.first, second: pair.second)
    #expect(all.columns.filter { $0.first == nil || $0.second == nil }.map(\.name) == ["old", "new"])
    #expect(
        all.drift.first { $0.column == "n" }?.drifted == true
            && all.drift.first { $0.column == "kind" }?.drifted == false)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(all.json.pretty.utf8)) as? [String: Any])
    #expect((json["overlap"] as? [String: Any])?["shared"] as? Int == 300)
    #expect((json["columns"] as? [[String: Any]])?.count == 5)
}
