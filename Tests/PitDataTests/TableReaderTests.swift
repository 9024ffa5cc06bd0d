import Foundation
import PitData
import PitStatistics
import Testing

/// A folder of files that is removed with the test.
final class Files {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitdata-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }
    func write(_ name: String, _ data: Data) throws -> String {
        let file = folder.appending(path: name)
        try data.write(to: file)
        return file.path
    }
}

private func compare(
    _ a: String, _ b: String, columns: [String]? = nil, method: String? = nil
) async throws -> TableComparison {
    try await TableComparison.run(reference: a, current: b, columns: columns, method: method).comparison
}

@Suite struct TableReaderTests {
    private let files: Files
    init() throws { files = try Files() }

    @Test func readsCSVAsSpreadsheetsWriteIt() throws {
        let text =
            "\u{FEFF}id,\"a, b\",note\r\n1,2.5,plain\r\n2,-1e3,\"two\nlines, \"\"quoted\"\"\"\r\n3,,\r\n4,nan,last"
        let table = try TableReader.read(try files.write("a.csv", text))
        #expect(table.rows == 4 && table.badLineCount == 0)
        #expect(table.columns.map(\.name) == ["id", "a, b", "note"])
        #expect(table.columns.map(\.count) == [4, 2, 3])
        #expect(table.columns.map(\.missing) == [0, 2, 1])
    }

    @Test func countsRecordsOfAnotherWidthAndSaysWhere() throws {
        let text = "a,b\n1,2\n3\n4,5,6\n7,8\n,\n"
        let table = try TableReader.read(try files.write("a.csv", text))
        #expect(table.rows == 3 && table.badLineCount == 2)
        #expect(table.badLines.map(\.number) == [3, 4])
        #expect(table.columns.map(\.missing) == [1, 1])
    }

    @Test func countsLinesThatAreNoObjects() throws {
        let text = "{\"a\":1,\"b\":{\"c\":\"x\"}}\nnot json\n\n[1]\n{\"a\":2,\"b\":{\"c\":true},\"d\":null}\n{\"a\":"
        let table = try TableReader.read(try files.write("a.jsonl", text))
        #expect(table.rows == 2 && table.badLineCount == 3)
        #expect(table.badLines.map(\.number) == [2, 4, 6])
        #expect(table.columns.map(\.name) == ["a", "b.c"])
    }

    @Test func aFileWithoutAKnownNameIsKnownByItsBeginning() throws {
        #expect(try TableReader.read(try files.write("a.log", "{\"x\":1}\n")).columns.map(\.name) == ["x"])
        #expect(try TableReader.read(try files.write("b.txt", "x\n1\n")).columns.map(\.name) == ["x"])
    }

    @Test func whatCannotBeReadIsSaid() async throws {
        #expect(throws: DataFault.self) { try TableReader.read("/nowhere/at/all.csv") }
        #expect(throws: DataFault.self) { try TableReader.read(files.folder.path) }
        let empty = try files.write("empty.csv", "")
        #expect(throws: DataFault.empty(path: empty)) { try TableReader.read(empty) }
        let head = try files.write("head.csv", "a,b\n")
        #expect(throws: DataFault.empty(path: head)) { try TableReader.read(head) }
        let some = try files.write("some.csv", "a,b\n1,2\n")
        await #expect(throws: DataFault.noSuchColumn("c", path: some, known: ["a", "b"])) {
            try await compare(some, some, columns: ["c"])
        }
    }

    @Test func aLineWithoutEndIsPassedOver() throws {
        var data = Data("{\"a\":1}\n{\"a\":\"".utf8)
        data.append(Data(repeating: 0x78, count: 17 << 20))
        data.append(Data("\"}\n{\"a\":3}\n".utf8))
        let table = try TableReader.read(try files.write("long.jsonl", data))
        #expect(table.rows == 2 && table.badLineCount == 1)
        #expect(table.badLines.first?.reason.contains("MiB") == true)
    }

    @Test func anyBytesAreReadToTheEnd() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("a1,.-\"\n\r{}[]:e\\ é".utf8)
        for round in 0..<300 {
            let bytes = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                round % 2 == 0 ? alphabet[Int.random(in: 0..<alphabet.count)] : UInt8.random(in: 0...255)
            }
            for name in ["any.csv", "any.jsonl"] {
                let path = try files.write(name, Data(bytes))
                guard let table = try? TableReader.read(path) else { continue }
                #expect(table.columns.allSatisfy { $0.count + $0.missing <= 2 * table.rows }, "\(bytes)")
            }
        }
    }
}

@Suite struct TableComparisonTests {
    private let files: Files
    init() throws { files = try Files() }

    /// The same numbers each time.
    private struct Draws {
        var state: UInt64
        mutating func unit() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        mutating func normal() -> Double { sqrt(-2 * log(1 - unit())) * cos(2 * .pi * unit()) }
    }

    private func numbers(_ count: Int, _ seed: UInt64, mean: Double = 0) -> [Double] {
        var draws = Draws(state: seed)
        return (0..<count).map { _ in mean + draws.normal() }
    }

    @Test(arguments: [3, 17])
    func manyRowsGiveWhatTheStatisticsGiveOfTheSameValuesInMemory(_ digits: Int) async throws {
        // More than are held in memory: short decimals take the way of whole numbers, long ones do not.
        let format = "%.\(digits)g"
        func column(_ count: Int, _ seed: UInt64, _ mean: Double) -> [String] {
            numbers(count, seed, mean: mean).map { String(format: format, $0) }
        }
        let (a, b) = (column(20_000, 1, 0), column(9000, 2, 0.2))
        let before = try files.write("a.csv", "x\n" + a.joined(separator: "\n") + "\n")
        let now = try files.write("b.jsonl", b.map { "{\"x\":\($0)}" }.joined(separator: "\n"))
        let (x, y) = (OrderedValues(a.compactMap(Double.init)), OrderedValues(b.compactMap(Double.init)))
        let ks = try #require(try await compare(before, now, method: "ks").columns.first)
        let known = try #require(KolmogorovSmirnov.compare(x, y))
        #expect(ks.statistic == known.statistic)
        #expect(abs((ks.pValue ?? 1) - known.pValue) <= 1e-9)
        #expect(ks.drifted == true && ks.nReference == 20_000 && ks.nCurrent == 9000)
        let usual = try #require(try await compare(before, now).columns.first)
        #expect(usual.method == "wasserstein" && usual.pValue == nil)
        let normed = try #require(WassersteinDistance.normed(x, y))
        #expect(abs((usual.statistic ?? 0) - normed) < 1e-9)
        let psi = try #require(try await compare(before, now, method: "psi").columns.first)
        guard case .value(let index, _) = PopulationStability().score(reference: .numbers(x), current: .numbers(y))
        else {
            Issue.record("no index")
            return
        }
        #expect(abs((psi.statistic ?? 0) - index) < 1e-9)
    }

    @Test func eachColumnGetsWhatSuitsIt() async throws {
        func table(_ count: Int, _ shift: Double, seed: UInt64) -> String {
            var draws = Draws(state: seed)
            var text = "amount,tier,flag,note,constant\n"
            for row in 0..<count {
                let tier = draws.unit() < 0.3 + shift ? "gold" : draws.unit() < 0.5 ? "free" : "trial"
                let word = shift > 0 && draws.unit() < 0.8 ? "kestrel" : "parcel"
                text +=
                    "\(10 + draws.normal()),\(tier),\(row % 2),please ask for the \(word) number \(row) of today,7\n"
            }
            return text
        }
        let (a, b) = (
            try files.write("a.csv", table(400, 0, seed: 1)), try files.write("b.csv", table(300, 0.4, seed: 2))
        )
        let found = try await compare(a, b)
        #expect(found.columns.map(\.column) == ["amount", "tier", "flag", "note", "constant"])
        #expect(found.columns.map(\.method) == ["ks", "chi2", "z", "classifier", "z"])
        #expect(found.columns.map(\.drifted) == [false, true, false, true, false])
        let same = try await compare(a, a)
        #expect(same.columns.prefix(3).allSatisfy { $0.drifted == false })
        let one = try await compare(a, b, columns: ["tier"], method: "js")
        #expect(one.columns.map(\.column) == ["tier"] && one.columns[0].method == "js")
        #expect(one.columns[0].pValue == nil && one.columns[0].limit == 0.1)
        let other = try await compare(a, b, columns: ["tier"], method: "wasserstein").columns[0]
        #expect(other.statistic == nil && other.drifted == nil)
        let numbersAsWords = try await compare(a, b, columns: ["flag"], method: "chi2").columns[0]
        #expect(numbersAsWords.method == "chi2" && numbersAsWords.drifted == false)
    }

    @Test func correctionForTheNumberOfColumnsOnlyEverTakesDriftAway() async throws {
        func table(_ seed: UInt64) -> String {
            let columns = (0..<40).map { numbers(60, seed &* 1000 &+ UInt64($0)) }
            let head = (0..<40).map { "c\($0)" }.joined(separator: ",")
            let rows = (0..<60).map { row in columns.map { "\($0[row])" }.joined(separator: ",") }
            return head + "\n" + rows.joined(separator: "\n")
        }
        let raw = try await compare(try files.write("a.csv", table(5)), try files.write("b.csv", table(6)))
        var adjusted = raw
        adjusted.adjust()
        for (before, after) in zip(raw.columns, adjusted.columns) {
            #expect((after.pValue ?? 0) >= (before.pValue ?? 0) - 1e-12)
            #expect(!(after.drifted ?? false) || before.drifted == true)
        }
        #expect(adjusted.columns.allSatisfy { $0.drifted == false })
    }

    @Test func columnsOfOneFileAloneAreNamed() async throws {
        let found = try await compare(try files.write("a.csv", "x,y\n1,2\n"), try files.write("b.csv", "z,x\n1,2\n"))
        #expect(found.onlyInReference == ["y"] && found.onlyInCurrent == ["z"])
        #expect(found.columns.map(\.column) == ["x"])
    }
}
