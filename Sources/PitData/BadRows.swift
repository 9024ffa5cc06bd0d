/// Rows that could not be read: how many, and the first of them.
public struct BadRows: Equatable, Sendable {
    public struct Row: Equatable, Sendable {
        public var line: Int
        public var why: String
    }
    public private(set) var count = 0
    public private(set) var first: [Row] = []
    static let most = 20

    mutating func add(_ line: Int, _ why: String) {
        count += 1
        if first.count < Self.most { first.append(Row(line: line, why: why)) }
    }

    mutating func tooLong(_ lines: Int) { count += lines }

    /// Those of the part of a file that begins behind so many lines.
    mutating func add(_ part: BadRows, behind lines: Int) {
        count += part.count
        for row in part.first.prefix(Self.most - first.count) {
            first.append(Row(line: lines + row.line, why: row.why))
        }
    }
}
