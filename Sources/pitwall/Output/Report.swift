import Foundation
import PitGrid
import PitModel
import Yams

/// Rows for scripts and people: each value under a key whose name is a contract.
struct Report {
    enum Value {
        case text(String)
        case number(Double)
        case count(Int)
        case flag(Bool)
        case time(Timestamp)
        case list([String])
        case map([String: String])
        case none
    }

    struct Column {
        /// snake_case, with the unit.
        var key: String
        /// The table's head; nil keeps it out of every table.
        var title: String?
        var isWide = false
        /// How a table writes it; nil writes the value itself.
        var show: ((Value) -> String)?
    }

    var columns: [Column]
    var rows: [[Value]]
    /// Said instead of an empty table.
    var emptyText: String

    func render(_ format: OutputFormat) -> String {
        switch format {
        case .table: rows.isEmpty ? emptyText + "\n" : table(isWide: false)
        case .wide: rows.isEmpty ? emptyText + "\n" : table(isWide: true)
        case .json: json()
        case .yaml: (try? Yams.dump(object: objects(), allowUnicode: true, sortKeys: true)) ?? "[]\n"
        case .csv: csv()
        }
    }

    private func table(isWide: Bool) -> String {
        let shown = columns.indices.filter { columns[$0].title != nil && (isWide || !columns[$0].isWide) }
        var lines: [[SafeText]] = [shown.map { SafeText(columns[$0].title ?? "") }]
        for row in rows {
            lines.append(
                shown.map { index in SafeText(columns[index].show.map { $0(row[index]) } ?? Self.plain(row[index])) })
        }
        let widths = shown.indices.map { column in lines.map { $0[column].columns }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                let isLast = column == line.count - 1
                text +=
                    cell.description + (isLast ? "" : String(repeating: " ", count: widths[column] - cell.columns + 2))
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    static func plain(_ value: Value) -> String {
        switch value {
        case .text(let text): text.isEmpty ? "--" : text
        case .number(let number): Figures.short(number)
        case .count(let count): "\(count)"
        case .flag(let flag): flag ? "yes" : "no"
        case .time(let time): time.rfc3339
        case .list(let list): list.isEmpty ? "--" : list.joined(separator: ",")
        case .map(let map): map.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        case .none: "--"
        }
    }

    private func objects() -> [[String: Any]] {
        rows.map { row in
            var object: [String: Any] = [:]
            for (column, value) in zip(columns, row) { object[column.key] = Self.json(value) }
            return object
        }
    }

    /// What is missing is null; what JSON has no number for is a text.
    private static func json(_ value: Value) -> Any {
        switch value {
        case .text(let text): return text
        case .number(let number):
            if number.isFinite { return number }
            return number.isNaN ? "NaN" : number > 0 ? "+Inf" : "-Inf"
        case .count(let count): return count
        case .flag(let flag): return flag
        case .time(let time): return time.rfc3339
        case .list(let list): return list
        case .map(let map): return map
        case .none: return NSNull()
        }
    }

    private func json() -> String {
        let data = try? JSONSerialization.data(
            withJSONObject: objects(), options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return (data.map { String(decoding: $0, as: UTF8.self) } ?? "[]") + "\n"
    }

    /// RFC 4180, the first line holding the keys.
    private func csv() -> String {
        func quote(_ text: String) -> String {
            // A spreadsheet takes what begins so for a formula.
            let safe = text.first.map { "=+-@\t\r".contains($0) && Double(text) == nil } ?? false ? "'" + text : text
            return safe.contains(where: { ",\"\n\r".contains($0) })
                ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
        }
        func cell(_ value: Value) -> String {
            switch value {
            case .none: ""
            case .number(let number): "\(number)"
            case .list(let list): list.joined(separator: " ")
            default: Self.plain(value) == "--" ? "" : Self.plain(value)
            }
        }
        let head = columns.map(\.key).joined(separator: ",")
        return ([head] + rows.map { $0.map { quote(cell($0)) }.joined(separator: ",") }).joined(separator: "\r\n")
            + "\r\n"
    }
}
