import Foundation
import PitConnect
import PitModel
import Testing

/// A log that a test writes to, rotates and cuts, and what reads it.
private final class Log {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitlog-\(UUID().uuidString)").path
    let path: String
    var cursor: String?

    init(_ name: String = "chat.jsonl") throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/" + name
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func line(_ number: Int) -> String {
        "{\"id\":\"\(number)\",\"prompt\":\"p\(number)\",\"response\":\"r\"}\n"
    }

    func write(_ text: String, to other: String? = nil) throws {
        let file = try #require(fopen(other ?? path, "a"))
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    func write(_ numbers: ClosedRange<Int>) throws { try write(numbers.map(Self.line).joined()) }

    func rotate() throws {
        for number in stride(from: 99, through: 1, by: -1)
        where FileManager.default.fileExists(atPath: "\(path).\(number)") {
            try FileManager.default.moveItem(atPath: "\(path).\(number)", toPath: "\(path).\(number + 1)")
        }
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
    }

    /// All that there is to be had, each page read by a connector of its own: as after a restart.
    @discardableResult
    func read(limit: Int = 500, options: [String: OptionValue] = [:]) async throws -> InteractionPage {
        var all = InteractionPage(cursor: cursor ?? "")
        for _ in 0..<1000 {
            let connector = FileConnector(connection("file", path, options: options), http: FakeHTTP())
            let page = try await connector.readInteractions(after: cursor, limit: limit)
            cursor = page.cursor
            all.interactions += page.interactions
            all.badLineCount += page.badLineCount
            all.badLines += page.badLines
            all.warnings += page.warnings
            if !page.hasMore { return all }
        }
        Issue.record("it never ends")
        return all
    }

    func ids(limit: Int = 500) async throws -> [Int] {
        try await read(limit: limit).interactions.compactMap { Int($0.id) }
    }
}

@Test("a growing file is read on where it was left, line by line, and a line that is not finished waits")
func growingFile() async throws {
    let log = try Log()
    try log.write(1...3)
    #expect(try await log.ids() == [1, 2, 3])
    #expect(try await log.ids() == [])
    let line = Log.line(4)
    try log.write(String(line.prefix(9)))
    #expect(try await log.ids() == [])
    try log.write(String(line.dropFirst(9)))
    #expect(try await log.ids() == [4])
    try log.write(5...40)
    #expect(try await log.ids(limit: 7) == Array(5...40))
}

@Test("a rotated file is read to its end under its new name, then the new one; nothing twice, nothing left out")
func rotation() async throws {
    let log = try Log()
    try log.write(1...10)
    #expect(try await log.ids(limit: 4) == Array(1...10))
    try log.write(11...20)
    try log.rotate()
    #expect(try await log.ids() == [], "for a moment there is no file of that name")
    try log.write(21...25)
    #expect(try await log.ids(limit: 4) == Array(11...25))
    // Twice between two readings.
    try log.write(26...30)
    try log.rotate()
    try log.write(31...35)
    try log.rotate()
    try log.write(36...40)
    #expect(try await log.ids() == Array(26...40))
    #expect(try await log.ids() == [])
}

@Test("files that are rotated under names with a date are read by their age")
func datedRotation() async throws {
    let log = try Log()
    try log.write(1...3)
    try await log.read()
    try log.write(4...4)
    for (day, age) in [("20261121", 30.0), ("20261122", 20.0), ("20261123", 10.0)] {
        let path = "\(log.path)-\(day)"
        if day != "20261121" { try log.write(Log.line(age == 20 ? 5 : 6)) }
        try FileManager.default.moveItem(atPath: log.path, toPath: path)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    }
    try log.write(7...7)
    #expect(try await log.ids() == [4, 5, 6, 7])
}

@Test("many rotations while it is being written lose nothing and tell nothing twice")
func manyRotations() async throws {
    let log = try Log()
    var random = Seeded(state: 5)
    var (written, read): (Int, [Int]) = (0, [])
    for turn in 0..<120 {
        let count = Int(random.next() % 6)
        for _ in 0..<count {
            written += 1
            try log.write(Log.line(written))
        }
        if turn % 3 == 2, FileManager.default.fileExists(atPath: log.path) { try log.rotate() }
        if turn % 3 != 0 { read += try await log.ids(limit: Int(random.next() % 5) + 1) }
    }
    try log.write(Log.line(written + 1))
    read += try await log.ids()
    #expect(read == Array(1...written + 1))
}

@Test("a file that was cut, or cut and written anew, is read from its beginning, and that is said")
func cutFile() async throws {
    let log = try Log()
    try log.write(1...5)
    try await log.read()
    #expect(truncate(log.path, 0) == 0)
    try log.write(6...7)
    let page = try await log.read()
    #expect(page.interactions.map(\.id) == ["6", "7"])
    #expect(page.warnings.count == 1)
    #expect(truncate(log.path, 0) == 0)
    try log.write(8...30)
    #expect(try await log.ids() == Array(8...30), "it is longer than it was, but another")
}

@Test("a rotated file that is gone is said to be, and the new one is read")
func lostFile() async throws {
    let log = try Log()
    try log.write(1...2)
    try await log.read()
    try FileManager.default.moveItem(atPath: log.path, toPath: log.folder + "/elsewhere")
    try log.write(3...4)
    let page = try await log.read()
    #expect(page.interactions.map(\.id) == ["3", "4"])
    #expect(page.warnings.contains { $0.contains("rotated") })
}

@Test("lines that cannot be read are counted and told by number, never by what they say; the rest is read")
func badLines() async throws {
    let log = try Log()
    try log.write("{\"secret\": \n" + Log.line(1) + "\n[1]\n{\"level\":\"info\"}\n\u{0}\u{1}\n" + Log.line(2))
    let page = try await log.read()
    #expect(page.interactions.map(\.id) == ["1", "2"])
    #expect(page.badLineCount == 4)
    #expect(page.badLines.map(\.number) == [1, 4, 5, 6])
    #expect(page.badLines.allSatisfy { $0.excerpt.isEmpty && !$0.reason.contains("secret") })
    try log.write("{\n")
    #expect(try await log.read().badLines.map(\.number) == [8])
}

@Test("a response of five megabytes is read; a line of more than sixteen is passed over and counted")
func longLines() async throws {
    let log = try Log()
    let long = String(repeating: "word ", count: 1 << 20)
    try log.write("{\"id\":\"1\",\"prompt\":\"p\",\"response\":\"\(long)\"}\n")
    try log.write("{\"id\":\"2\",\"prompt\":\"p\",\"response\":\"\(long)\(long)\(long)\(long)\"}\n" + Log.line(3))
    let page = try await log.read()
    #expect(page.interactions.map(\.id) == ["1", "3"])
    #expect(page.interactions.first?.response?.utf8.count == 5 << 20)
    #expect(page.badLines.map(\.number) == [2])
    #expect(page.badLines.first?.reason.contains("16 MiB") == true)
}

@Test("CSV is read by the names of its columns, also where it is left and read on")
func csvFile() async throws {
    let log = try Log("chat.csv")
    try log.write("prompt,resp")
    #expect(try await log.read().interactions.isEmpty)
    try log.write("onse,score\n\"a, b\nc\",d,0.5\n")
    let first = try await log.read().interactions
    #expect(first.map(\.prompt) == ["a, b\nc"] && first.map(\.response) == ["d"])
    #expect(first.first?.attributes["score"] == .number(0.5))
    try log.write("e,f,1\ng,h\n\"i")
    let second = try await log.read()
    #expect(second.interactions.map(\.prompt) == ["e"])
    #expect(second.badLineCount == 1)
    try log.write("\",j,2\n")
    #expect(try await log.read().interactions.map(\.prompt) == ["i"])
}

@Test("the same line has the same id after a rotation, and equal lines have two")
func stableIDs() async throws {
    let log = try Log()
    let line = "{\"prompt\":\"a\",\"response\":\"b\"}\n"
    try log.write(line + line)
    let first = try await log.read().interactions.map(\.id)
    #expect(Set(first).count == 2)
    log.cursor = nil
    try log.rotate()
    try FileManager.default.moveItem(atPath: log.path + ".1", toPath: log.path)
    #expect(try await log.read().interactions.map(\.id) == first)
}

@Test("what cannot be a file of exchanges is said with what to do")
func faultsOfFiles() async throws {
    let log = try Log()
    func fault(_ path: String, _ options: [String: OptionValue] = [:]) async -> ConnectorFault? {
        do throws(ConnectorFault) {
            _ = try await FileConnector(connection("file", path, options: options), http: FakeHTTP()).probe()
            return nil
        } catch { return error }
    }
    #expect(await fault(log.path)?.summary.contains("no file") == true)
    #expect(await fault(log.folder)?.summary.contains("not a plain file") == true)
    #expect(await fault("/dev/zero")?.summary.contains("not a plain file") == true)
    try log.write(1...1)
    #expect(await fault(log.path) == nil)
    #expect(await fault(log.path, ["format": .text("xml")])?.summary.contains("jsonl or csv") == true)
    #expect(await fault(log.path, ["fields": .list(["promt=a"])])?.summary.contains("`promt=a`") == true)
}

@Test("a complete file's last line needs no line end")
func wholeFile() async throws {
    let log = try Log()
    try log.write(String((Log.line(1) + Log.line(2)).dropLast()))
    let page = try await FileConnector.whole(connection("file", log.path)).readInteractions(after: nil, limit: 10)
    #expect(page.interactions.map(\.id) == ["1", "2"])
    #expect(!page.hasMore)
}
