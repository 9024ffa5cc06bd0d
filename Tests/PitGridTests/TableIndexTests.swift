import PitGrid
import Testing

private struct Item: Sendable {
    var name: String
    var size: Double?
    var owner: String?
    var text: String
}

private let table = Table<Item>(
    [
        TableColumn("name", "NAME", width: .flex(min: 5), priority: 1, sortKey: { .text($0.name) }) {
            TableCell(SafeText($0.name))
        },
        TableColumn("size", "SIZE", width: .fixed(5), priority: 1, sortKey: { .number($0.size) }) { _ in TableCell("")
        },
        TableColumn("owner", "OWNER", width: .fixed(5), priority: 1, sortKey: { .text($0.owner) }) { _ in TableCell("")
        },
        TableColumn("text", "TEXT", width: .fixed(5), priority: 1) { TableCell(SafeText($0.text)) },
    ], prefix: "items", identity: { $0.name }, name: { $0.name })

@Suite struct TableIndexTests {
    private func items(_ count: Int, _ random: inout some RandomNumberGenerator) -> [Item] {
        let words = ["Ärger", "alpha", "BETA", "straße", "x", "", "be\u{0}ta", "日本"]
        return (0..<count).map { _ in
            Item(
                name: "n\(Int.random(in: 0...9, using: &random))",
                size: [nil, .nan, 0, -0.0, -3, .infinity, 7.5, 7.5].randomElement(using: &random) ?? nil,
                owner: [nil, "Ann", "bob", "Zoë"].randomElement(using: &random) ?? nil,
                text: words.shuffled(using: &random).prefix(2).joined(separator: " "))
        }
    }

    @Test func anIndexSortsAsTheTableDoes() {
        var random = SystemRandomNumberGenerator()
        for count in [0, 1, 2, 40] {
            let rows = items(count, &random)
            let index = TableIndex(table, rows) { [$0.text] }
            for column in ["name", "size", "owner", "text", "none", nil] {
                for descending in [false, true] {
                    let isSortable = ["name", "size", "owner"].contains(column)
                    let expected = table.order(rows, TableState(sortColumn: column, isDescending: descending))
                    #expect(
                        index.order(by: column, descending: descending) { _ in true }
                            == (descending && !isSortable ? expected.reversed() : expected))
                }
            }
        }
    }

    @Test func rowsAreFoundByEveryWordWhateverTheirCase() {
        var random = SystemRandomNumberGenerator()
        let rows = items(200, &random)
        let index = TableIndex(table, rows) { [$0.name, $0.text] }
        for words in [["beta"], ["ä"], ["ß", "alpha"], ["n1"], ["1 a"], ["日"], ["beta", "beta"], ["zz"]] {
            let expected = rows.indices.filter { row in
                words.allSatisfy { word in
                    [rows[row].name, rows[row].text].contains { $0.lowercased().utf8.contains(word.utf8) }
                }
            }
            #expect(index.order(words: words.map { Array($0.utf8) }) { _ in true } == expected)
            #expect(
                index.order(words: words.map { Array($0.utf8) }) { $0 % 2 == 0 } == expected.filter { $0 % 2 == 0 })
        }
    }
}

extension Collection where Element == UInt8 {
    fileprivate func contains(_ other: some Collection<UInt8>) -> Bool {
        let (all, part) = (Array(self), Array(other))
        guard all.count >= part.count else { return false }
        return (0...(all.count - part.count)).contains { all[$0..<$0 + part.count].elementsEqual(part) }
    }
}
